"""The kernel's lines of a program's slots, block by block."""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.backend.emit.emit import slot_lines
from slotweave.backend.fitted import Fitted
from slotweave.ir.program import Program, SourceLines
from slotweave.machine import Machine


def program_lines(
    program: Program, starts: Sequence[int], blocks: Sequence[Fitted], machine: Machine
) -> SourceLines:
    """The lines; what linking added, jumps above all, has none."""
    numbers: dict[str, int] = {}
    slots: list[int] = []
    for block, start, stop in zip(blocks, starts, starts[1:], strict=False):
        found = slot_lines(block.graph, machine, block.problem, block.schedule)
        for at, bundle in enumerate(program.bundles[start:stop]):
            lines = found[at] if at < len(found) else {}
            for engine, row in bundle.items():
                places = lines.get(engine, ())
                for position in range(len(row)):
                    place = places[position] if position < len(places) else ""
                    slots.append(numbers.setdefault(place, len(numbers)) if place else -1)
    return SourceLines(tuple(numbers), tuple(slots))
