"""Which line of the kernel each slot of a program comes from, as far as the program says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from slotweave.base.diagnostics import SlotweaveError, changed
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


@contextmanager
def naming_lines(program: Program) -> Iterator[None]:
    """Errors raised within that name a slot say which line of the kernel it comes from."""
    try:
        yield
    except SlotweaveError as error:
        found = error.diagnostic
        if found.bundle is None or not found.engine:
            raise
        line = SlotLines(program).of(found.bundle, found.engine, found.slot or 0)
        if line is None:
            raise
        raise changed(error, replace(found, message=f"{found.message} ({line})")) from None
