"""The kernel's lines of a program's slots, block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slotweave.backend.emit.emit import slot_lines
from slotweave.backend.emit.link import EmittedBlock, plain_start
from slotweave.backend.fitted import Fitted
from slotweave.ir.program import Program, SourceLines
from slotweave.machine import Machine

#: Characters of a line of the kernel that are kept, so that no file grows much.
LONGEST = 160


def program_lines(
    program: Program,
    starts: Sequence[int],
    emitted: Sequence[EmittedBlock],
    blocks: Sequence[Fitted],
    machine: Machine,
    sources: Mapping[str, str],
) -> SourceLines:
    """The lines, with their text as `sources` has it; what linking added, jumps above all, has
    none."""
    numbers: dict[str, int] = {}
    slots: list[int] = []
    for code, block, start, stop in zip(emitted, blocks, starts, starts[1:], strict=False):
        found = _lines(code, block, start, machine)
        for at, bundle in enumerate(program.bundles[start:stop]):
            lines = found[at] if at < len(found) else {}
            for engine, row in bundle.items():
                places = lines.get(engine, ())
                for position in range(len(row)):
                    place = places[position] if position < len(places) else ""
                    slots.append(numbers.setdefault(place, len(numbers)) if place else -1)
    texts = tuple(_shortened(sources.get(place, "")) for place in numbers)
    return SourceLines(tuple(numbers), tuple(slots), texts if any(texts) else ())


def _shortened(line: str) -> str:
    """A line of the kernel as a program file keeps it."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 4]} ..."


def _lines(
    code: EmittedBlock, block: Fitted, start: int, machine: Machine
) -> Sequence[Mapping[str, Sequence[str]]]:
    """For each bundle of a block and each engine the kernel's lines of its slots."""
    plain = slot_lines(block.graph, machine, block.problem, block.schedule)
    if code.pipelined is None:
        return plain
    nothing: Mapping[str, Sequence[str]] = {}
    guard = [nothing] * (code.pipelined.control.short is not None)
    front = [*guard, *code.pipelined.lines]
    front += [nothing] * (plain_start(start, code, machine) - start - len(front))
    return [*front, *plain]
