"""A schedule: for each operation of a problem its mode, and the cycle of each of its slots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.ir.problem import Ints
from slotweave.ir.shown import ShownAsText


@dataclass(frozen=True, eq=False)
class Schedule(ShownAsText):
    """`mode[i]` counts within the modes of operation i; `cycle` holds a row of slots for each.

    Row i (cycle_offset[i] .. cycle_offset[i+1]) has one cycle for each slot of the chosen mode,
    slot k doing lane k. Operations of no slots have an empty row. `makespan` is the number of
    cycles.
    """

    mode: Ints
    cycle_offset: Ints
    cycle: Ints
    makespan: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schedule):
            return NotImplemented
        return (
            self.makespan == other.makespan
            and np.array_equal(self.mode, other.mode)
            and np.array_equal(self.cycle_offset, other.cycle_offset)
            and np.array_equal(self.cycle, other.cycle)
        )

    def _text(self) -> str:
        from slotweave.ir.text.schedule_text import schedule_to_text

        return schedule_to_text(self)

    def __hash__(self) -> int:
        return hash((self.makespan, len(self.mode)))
