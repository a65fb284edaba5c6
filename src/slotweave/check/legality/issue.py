"""When operations issue under a schedule, as columns: what the legality checks start from.

Presumes what `mismatches` and `problem_faults` look for. All cycles are int64, so that no sum of
cycle and latency wraps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule
from slotweave.ir.verify.invariants import first_index
from slotweave.ir.verify.schedule_verify import schedule_faults

Cycles = NDArray[np.int64]


def mismatches(schedule: Schedule, problem: Problem) -> Iterator[Diagnostic]:
    """Why `schedule` is not for `problem`: other operations, unknown modes, too few or many slots.

    The first of each is reported.
    """
    malformed = list(schedule_faults(schedule))
    yield from malformed
    if malformed:
        return
    if len(schedule.mode) != problem.size:
        reason = f"a schedule of {len(schedule.mode)} operations for {problem.size}"
        yield Diagnostic("SW401", reason)
        return
    operation = first_index(schedule.mode >= np.diff(problem.mode_offset))
    if operation is not None:
        reason = f"{named(problem, operation)} has no mode {schedule.mode[operation]}"
        yield Diagnostic("SW401", reason)
        return
    wanted = problem.mode_slots[problem.mode_offset[:-1] + schedule.mode]
    given = np.diff(schedule.cycle_offset)
    operation = first_index(wanted != given)
    if operation is not None:
        reason = (
            f"{named(problem, operation)} has {given[operation]} slots "
            f"where its mode takes {wanted[operation]}"
        )
        yield Diagnostic("SW401", reason)


def named(problem: Problem, operation: int) -> str:
    """An operation as messages call it."""
    return f"operation {operation} (node {problem.nodes[operation]})"


def owners(offset: NDArray[Any]) -> NDArray[np.int64]:
    """The row of each entry of a ragged column."""
    return np.repeat(np.arange(len(offset) - 1), np.diff(offset))


@dataclass(frozen=True, eq=False)
class Issue:
    """The cycles of `schedule` by slot and by operation."""

    schedule: Schedule
    problem: Problem

    @cached_property
    def mode(self) -> NDArray[np.int64]:
        """The chosen mode of each operation, as an index into the mode columns."""
        return self.problem.mode_offset[:-1].astype(np.int64) + self.schedule.mode

    @cached_property
    def latency(self) -> Cycles:
        """Of each operation, in its mode."""
        return self.problem.mode_latency[self.mode].astype(np.int64)

    @cached_property
    def takes_slots(self) -> NDArray[np.bool_]:
        return np.diff(self.schedule.cycle_offset) > 0

    @cached_property
    def slot_cycle(self) -> Cycles:
        return self.schedule.cycle.astype(np.int64)

    @cached_property
    def slot_operation(self) -> NDArray[np.int64]:
        return owners(self.schedule.cycle_offset)

    @cached_property
    def first(self) -> Cycles:
        """The cycle of the first slot of each operation; 0 where there are none."""
        return self._extreme(np.minimum)

    @cached_property
    def last(self) -> Cycles:
        """The cycle of the last slot of each operation; 0 where there are none."""
        return self._extreme(np.maximum)

    def _extreme(self, reduction: np.ufunc) -> Cycles:
        found = np.zeros(self.problem.size, dtype=np.int64)
        rows = np.flatnonzero(self.takes_slots)
        if len(rows):
            found[rows] = reduction.reduceat(self.slot_cycle, self.schedule.cycle_offset[rows])
        return found
