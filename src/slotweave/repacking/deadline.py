"""The end of the time that a repacking may take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from slotweave.base.budget import Budget
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.base.interruption import TimeIsUpError, time_limited


@contextmanager
def abandoning(budget: Budget, what: str) -> Iterator[None]:
    """Give the block what is left of `budget`; `what` says what was under way when it was over.

    Raises NoSchedule (SW308) then.
    """
    try:
        with time_limited(budget.seconds_left):
            yield
    except TimeIsUpError:
        reason = f"the time limit was over: {what}; give it more time"
        raise NoSchedule(Diagnostic("SW308", reason)) from None
