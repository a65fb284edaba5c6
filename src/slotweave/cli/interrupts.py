"""Ctrl-C in work that keeps what it has found so far."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def deferred_interrupt() -> Iterator[Callable[[], None]]:
    """Within, Ctrl-C waits until the function given is called, or until the end of the block.

    There it is raised as KeyboardInterrupt: between two steps, each of them whole, and not inside
    compiled code, which makes another error of it. A second Ctrl-C does not wait. Where Ctrl-C does
    something else than to raise that (a job in the background ignores it), that is left alone.
    """
    is_waiting = False

    def defer(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_waiting
        is_waiting = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def raise_if_waiting() -> None:
        nonlocal is_waiting
        if is_waiting:
            is_waiting = False
            raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield raise_if_waiting
        return
    signal.signal(signal.SIGINT, defer)
    try:
        yield raise_if_waiting
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    raise_if_waiting()
