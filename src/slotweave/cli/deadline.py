"""A time limit that holds for a whole command, whatever stage it is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.base.interruption import TimeIsUpError, time_limited

#: A search that its limit ended still has its program checked: so long it may take in all.
GRACE_SECONDS = 1.0

#: What happens to the kernel in each stage, before there is a program, and after.
_BEFORE = {
    "trace": "traced", "rewrite": "rewritten", "lower": "lowered", "schedule": "scheduled",
}  # fmt: skip
_AFTER = {
    "emit": "emitted", "bound": "bounded", "check": "checked", "verify": "verified",
}  # fmt: skip


@contextmanager
def within(
    seconds: float | None, first: str, show: Callable[[str], None]
) -> Iterator[Callable[[str], None]]:
    """Give the block this many seconds and a little more; what it gets is told each stage's name.

    Raises NoSchedule (SW308) with the stage, of which `first` says what is done in it, and with the
    line of a kernel that was still running, if it takes longer. `show` is told what a person is to
    see.
    """
    doing, has_program = first, False

    def begins(stage: str) -> None:
        nonlocal doing, has_program
        has_program = stage in _AFTER
        doing = _AFTER.get(stage) or _BEFORE.get(stage, stage)
        show(f"the kernel is {doing}" if not has_program else f"the program is {doing}")

    try:
        with time_limited(None if seconds is None else seconds + GRACE_SECONDS):
            yield begins
    except TimeIsUpError as error:
        assert seconds is not None  # else there is nothing to be over
        if has_program:
            reason = f"a program was found, but it was still being {doing}"
        else:
            reason = f"there was no program yet: the kernel was still being {doing}"
        message = f"the time limit of {seconds:g} s expired: {reason}; allow more time"
        if error.file:
            message += ", if the kernel ends at all"
        raise NoSchedule(Diagnostic("SW308", message, error.file, error.line)) from None
