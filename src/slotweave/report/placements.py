"""The operations of a straight program, and what keeps each of them from an earlier bundle.

An operation may be held by three causes, each with the bundle from which on it would be free:

    operand   a word that it reads lands in that bundle
    memory    it reads or writes memory behind an operation that may meet it there
    scratch   the word that it writes still holds a value that is read, or is written, before that

Nothing is assumed of memory: two accesses are apart only if their addresses are a known distance
from each other. A pause or halt keeps its place among accesses to memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slotweave.ir.program import Program, Slot
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.report.access_conflicts import memory_edges
from slotweave.report.edges import Edge, later
from slotweave.report.issued import Issued, Word
from slotweave.report.word_values import WordValues, word_values
from slotweave.simulate.slots import SlotKind, slot_kinds

CAUSES = ("operand", "memory", "scratch")


@dataclass(frozen=True)
class Placements:
    """Every operation in listing order; `edges[cause][i]` is the latest edge of `issued[i]`."""

    issued: tuple[Issued, ...]
    edges: Mapping[str, tuple[Edge | None, ...]]
    values: WordValues

    def free_from(self, number: int, *causes: str) -> int:
        """The first bundle in which none of `causes` (all if none is given) holds `number`."""
        edges = (self.edges[cause][number] for cause in causes or CAUSES)
        return max((edge.earliest for edge in edges if edge), default=0)

    def binding(self, number: int) -> tuple[str, Edge] | None:
        """The cause that holds `number` longest, and its edge."""
        found = [(cause, edge) for cause in CAUSES if (edge := self.edges[cause][number])]
        return max(found, key=lambda pair: pair[1].earliest, default=None)


def placements(program: Program, machine: Machine) -> Placements:
    """What holds each operation of `program`, which must be straight and legal on `machine`."""
    issued, scratch = _walk(program, machine)
    operand = tuple(_operand_edge(operation, issued) for operation in issued)
    values = word_values(issued)
    memory = memory_edges(issued, values)
    return Placements(issued, {"operand": operand, "memory": memory, "scratch": scratch}, values)


def _operand_edge(operation: Issued, issued: tuple[Issued, ...]) -> Edge | None:
    edge = None
    for producer in operation.producers():
        edge = later(edge, Edge(issued[producer].lands, producer))
    return edge


def _walk(program: Program, machine: Machine) -> tuple[tuple[Issued, ...], tuple[Edge | None, ...]]:
    """All operations with the producers of what they read, and the scratch edge of each."""
    issued: list[Issued] = []
    edges: list[Edge | None] = []
    holder: dict[int, Word] = {}
    readers: dict[int, tuple[int, ...]] = {}  # the last of a word's value, and the one before
    in_flight: dict[int, list[int]] = {}

    def land(bundle: int) -> None:
        for number in in_flight.pop(bundle, ()):
            writer = issued[number]
            for lane, word in enumerate(writer.written):
                edges[number] = later(edges[number], _reuse(writer, word, issued, holder))
                for reader in readers.pop(word, ()):
                    if reader != number:
                        free = issued[reader].bundle - writer.kind.latency + 1
                        edges[number] = later(edges[number], Edge(free, reader))
                holder[word] = (number, lane)

    for bundle, engine, position, kind, slot in _slots(program, machine):
        for landing in sorted(at for at in in_flight if at <= bundle):
            land(landing)
        reads = tuple(
            tuple(holder.get(word, (-1, 0)) for word in words) for words in kind.words_read(slot)
        )
        number = len(issued)
        for words in kind.words_read(slot):
            for word in words:
                before = readers.get(word, ())
                if number not in before:
                    readers[word] = (number, *before[:1])
        issued.append(Issued(bundle, engine, position, kind, slot, reads))
        edges.append(None)
        if issued[-1].written:
            in_flight.setdefault(issued[-1].lands, []).append(number)
    for landing in sorted(in_flight):
        land(landing)
    return tuple(issued), tuple(edges)


def _reuse(
    writer: Issued, word: int, issued: list[Issued], holder: Mapping[int, Word]
) -> Edge | None:
    """The write before it to the same word must land first."""
    if word not in holder:
        return None
    earlier, _lane = holder[word]
    free = min(issued[earlier].lands - writer.kind.latency + 1, writer.bundle)
    return Edge(free, earlier)


def _slots(program: Program, machine: Machine) -> Iterator[tuple[int, str, int, SlotKind, Slot]]:
    kinds = slot_kinds(machine)
    for bundle, engines in enumerate(program.bundles):
        for engine, slots in engines.items():
            if engine != DEBUG_ENGINE:
                for position, slot in enumerate(slots):
                    yield bundle, engine, position, kinds[engine][slot[0]], slot
