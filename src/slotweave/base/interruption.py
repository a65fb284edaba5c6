"""Ctrl-C and the end of the time given, whatever exception they arrive as."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

#: The exit code of what Ctrl-C ended.
_INTERRUPTED = 130

#: A timer of no seconds would never ring.
_SHORTEST = 0.001

#: Seconds from one ring of the timer to the next, and until a lost Ctrl-C comes again; rings that
#: tidying up may take.
_AGAIN = 0.05
_PATIENCE = 20

#: Timers that run longer than this, in seconds, are no limit.
_LONGEST = 1e8


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
    """Raise KeyboardInterrupt for a SystemError that hides one.

    A function compiled by Numba cannot be stopped by a signal. If the handler raises while such a
    function runs, the interpreter finds its result together with an exception and raises a
    SystemError, with the KeyboardInterrupt as its cause or context.
    """
    try:
        yield
    except SystemError as error:
        if _is_behind(error, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        raise


@contextmanager
def repeated_interruptions() -> Iterator[None]:
    """Send this process another Ctrl-C, a moment later, for each that was raised in a destructor or
    a callback, which let no exception out. What comes after the end of the block does not come."""
    if threading.current_thread() is not threading.main_thread():  # where none is raised
        yield
        return
    of_others, timers = sys.unraisablehook, list[threading.Timer]()

    def unraisable(what: UnraisableHookArgs) -> None:
        if what.exc_type is not KeyboardInterrupt:
            of_others(what)
            return
        timers.append(threading.Timer(_AGAIN, os.kill, (os.getpid(), signal.SIGINT)))
        timers[-1].daemon = True
        timers[-1].start()

    sys.unraisablehook = unraisable
    try:
        yield
    finally:
        sys.unraisablehook = of_others
        for timer in timers:
            timer.cancel()


class TimeIsUpError(BaseException):
    """The time given is over. It derives from BaseException as KeyboardInterrupt does: nothing on
    the way may take it for a failure of its own and go on.

    `file` and `line` say where the user's own code was by then, if that is known.
    """

    file: str = ""
    line: int | None = None


@contextmanager
def time_limited(seconds: float | None) -> Iterator[None]:
    """Raise TimeIsUpError if the block has not ended after `seconds`; None is no limit.

    By a signal, because what takes long may be anything, a kernel's own Python code included; what
    is compiled by Numba comes to its end first. The signal comes again and again, for code that
    swallows every exception must end too. Where there is no such signal (outside the main thread,
    on Windows) nothing is raised.
    """
    here = threading.current_thread() is threading.main_thread()
    if seconds is None or seconds > _LONGEST or not here or not hasattr(signal, "setitimer"):
        yield
        return
    alarm = _Alarm(sys.unraisablehook)
    before = signal.signal(signal.SIGALRM, alarm.ring)
    sys.unraisablehook = alarm.unraisable
    signal.setitimer(signal.ITIMER_REAL, max(seconds, _SHORTEST), _AGAIN)
    try:
        yield
    except SystemError as error:
        if _is_behind(error, TimeIsUpError):
            raise TimeIsUpError from error
        raise
    finally:
        alarm.is_off = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = alarm.of_others


class _Alarm:
    """Raises TimeIsUpError when it rings, unless one is on its way: what tidies up is left alone.

    On its way is one that is being handled, by an `except`, a `finally` or the end of a `with`.
    That is given `_PATIENCE` rings.
    """

    def __init__(self, of_others: Callable[[UnraisableHookArgs], object]) -> None:
        self.is_off = False
        self.of_others = of_others
        self._waited = 0

    def unraisable(self, what: UnraisableHookArgs) -> None:
        """Say nothing if it rang in a destructor, which lets no exception out: the next ring ends
        the block."""
        if what.exc_type is not TimeIsUpError:
            self.of_others(what)

    def ring(self, _signal: int, _frame: FrameType | None) -> None:
        if self.is_off:
            return
        handled = sys.exc_info()[1]
        if handled is not None and _is_behind(handled, TimeIsUpError):
            self._waited += 1
            if self._waited % _PATIENCE:
                return
        raise TimeIsUpError


def _is_behind(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an exception of this kind is among the causes and contexts of `error`."""
    behind, seen = [error], set[int]()
    while behind:
        one = behind.pop()
        if isinstance(one, kind):
            return True
        if id(one) not in seen:
            seen.add(id(one))
            behind += [other for other in (one.__cause__, one.__context__) if other is not None]
    return False
