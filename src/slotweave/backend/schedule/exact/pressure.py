"""Values that are live at once, as a constraint of a CP-SAT model of a schedule.

A value is in a register from the cycle of what writes it first to the cycle of what reads it last,
which may write another value into that register. (A cumulative constraint with intervals of
variable length: Eriksson et al., "Integrated code generation for loops", 2012, have the same for
modulo schedules.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slotweave.backend.schedule.exact.project_model import ProjectModel


@dataclass(frozen=True, slots=True)
class ValueSpan:
    """A value by the activities that write and read it, and whether it is there before the first
    cycle or after the last."""

    writers: tuple[int, ...]
    readers: tuple[int, ...]
    enters: bool = False
    leaves: bool = False


def post_pressure(
    made: ProjectModel, values: Sequence[ValueSpan], registers: int, cycles: int
) -> None:
    """Correctness: no more than `registers` of the values are live in a cycle."""
    model = made.model
    intervals = []
    for number, value in enumerate(values):
        first: Any = 0
        if not value.enters:
            first = model.new_int_var(0, cycles, f"first {number}")
            model.add_min_equality(first, [made.starts[one] for one in value.writers])
        last: Any = cycles
        if not value.leaves:
            last = model.new_int_var(0, cycles, f"last {number}")
            for one in value.readers:
                model.add(last >= made.starts[one])
            for one in value.writers:
                model.add(last > made.starts[one])
        size = model.new_int_var(0, cycles, f"live {number}")
        intervals.append(model.new_interval_var(first, size, last, f"value {number}"))
    model.add_cumulative(intervals, [1] * len(intervals), registers)
