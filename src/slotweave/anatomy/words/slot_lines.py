"""Which line of the kernel each slot of a program comes from, as far as the program says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from slotweave.ir.program import Program


@dataclass(frozen=True, eq=False)
class SlotLines:
    """The lines of `program` as it is written, not of what runs of it."""

    program: Program

    def of(self, bundle: int, engine: str, position: int) -> str | None:
        """`walk.py:31`, the line that slot number `position` of `engine` in `bundle` comes from."""
        first = self._first
        if first is None:
            return None
        lines, at = self.program.lines, first[bundle] + position
        for name, row in self.program.bundles[bundle].items():
            if name == engine:
                return lines.texts[lines.slots[at]] if lines.slots[at] >= 0 else None
            at += len(row)
        return None

    @cached_property
    def _first(self) -> list[int] | None:
        """How many slots there are before each bundle; None if the lines are not of these slots."""
        program = self.program
        if not program.lines.texts or len(program.lines.slots) != program.slots:
            return None
        sizes = (sum(map(len, bundle.values())) for bundle in program.bundles)
        return list(accumulate(sizes, initial=0))
