"""Ctrl-C, whatever exception it arrives as."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: The exit code of what Ctrl-C ended.
_INTERRUPTED = 130


def exit_when_interrupted() -> None:
    """From now on Ctrl-C ends the process at once, without a word: nothing has been begun.

    Where it does something else than to raise KeyboardInterrupt, that is left alone.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _exit)


def raise_when_interrupted() -> None:
    """From now on Ctrl-C raises KeyboardInterrupt again, if it ended the process until now."""
    if signal.getsignal(signal.SIGINT) is _exit:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _exit(_signal: int, _frame: FrameType | None) -> None:
    os._exit(_INTERRUPTED)


@contextmanager
def unmasked_interruptions() -> Iterator[None]:
    """Raise KeyboardInterrupt for a SystemError that one is behind.

    A function compiled by Numba cannot be stopped by a signal. If the handler raises while such a
    function runs, the interpreter finds its result together with an exception and raises a
    SystemError, with the KeyboardInterrupt as its cause or context.
    """
    try:
        yield
    except SystemError as error:
        if _is_interruption(error):
            raise KeyboardInterrupt from error
        raise


def _is_interruption(error: BaseException) -> bool:
    """Whether a KeyboardInterrupt is among the causes and contexts of `error`."""
    behind, seen = [error], set[int]()
    while behind:
        one = behind.pop()
        if isinstance(one, KeyboardInterrupt):
            return True
        if id(one) not in seen:
            seen.add(id(one))
            behind += [other for other in (one.__cause__, one.__context__) if other is not None]
    return False
