"""The operations of a straight program, and what keeps each of them from an earlier bundle.

An operation may be held by three causes, each with the bundle from which on it would be free:

    operand   a word that it reads lands in that bundle
    memory    it reads or writes memory behind an operation that may meet it there
    scratch   the word that it writes still holds a value that is read, or is written, before that

Two accesses to memory are apart only if facts about memory say so, or if their addresses are a
known distance from each other. A pause or halt keeps its place among accesses to memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program, Slot
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.report.access_conflicts import memory_edges
from slotweave.report.edges import Edge
from slotweave.report.issued import NEVER_WRITTEN, Issued, Word
from slotweave.report.known_accesses import KnownAccesses, known_accesses
from slotweave.report.word_values import WordValues, word_values
from slotweave.simulate.slots import SlotKind, slot_kinds

CAUSES = ("operand", "memory", "scratch")


@dataclass(frozen=True)
class Placements:
    """Every operation in listing order; `edges[cause][i]` is the latest edge of `issued[i]`.

    `known` has what facts say of its accesses to memory.
    """

    issued: tuple[Issued, ...]
    edges: Mapping[str, tuple[Edge | None, ...]]
    values: WordValues
    known: KnownAccesses

    @cached_property
    def earliest(self) -> Mapping[str, tuple[int, ...]]:
        """For each cause the bundle from which on it does not hold an operation."""
        return {
            cause: tuple([edge.earliest if edge and edge.earliest > 0 else 0 for edge in edges])
            for cause, edges in self.edges.items()
        }

    def free_from(self, number: int, *causes: str) -> int:
        """The first bundle in which none of `causes` (all if none is given) holds `number`."""
        return max([self.earliest[cause][number] for cause in causes or CAUSES])

    def binding(self, number: int) -> tuple[str, Edge] | None:
        """The cause that holds `number` longest, and its edge."""
        found = [(cause, edge) for cause in CAUSES if (edge := self.edges[cause][number])]
        return max(found, key=lambda pair: pair[1].earliest, default=None)


def placements(program: Program, machine: Machine, facts: Facts = NOTHING_KNOWN) -> Placements:
    """What holds each operation of `program`, which must be straight and legal on `machine`."""
    known = known_accesses(program, machine, facts)
    issued, scratch = _walk(program, machine)
    operand = tuple(_operand_edge(operation, issued) for operation in issued)
    values = word_values(issued, known)
    memory = memory_edges(issued, values, known)
    return Placements(
        issued, {"operand": operand, "memory": memory, "scratch": scratch}, values, known
    )


def _operand_edge(operation: Issued, issued: tuple[Issued, ...]) -> Edge | None:
    if not operation.producers:
        return None
    last = max(operation.producers, key=lambda producer: issued[producer].lands)
    return Edge(issued[last].lands, last)


@dataclass
class _Walk:
    """All operations so far with the producers of what they read, and the scratch edge of each.

    `holder` has the word of a result that each scratch word holds; `readers` the last operation
    that reads it there, and the one before.
    """

    issued: list[Issued] = field(default_factory=list)
    edges: list[Edge | None] = field(default_factory=list)
    holder: dict[int, Word] = field(default_factory=dict)
    readers: dict[int, tuple[int, ...]] = field(default_factory=dict)
    in_flight: dict[int, list[int]] = field(default_factory=dict)

    def land(self, bundle: int) -> None:
        """What was issued long enough before `bundle` is in scratch now."""
        for number in self.in_flight.pop(bundle, ()):
            edge = None
            for lane, word in enumerate(self.issued[number].written):
                edge = self._reuse(number, word, edge)
                self.holder[word] = (number, lane)
            self.edges[number] = edge

    def _reuse(self, number: int, word: int, edge: Edge | None) -> Edge | None:
        """The later of `edge` and what `word` makes its writer `number` wait for."""
        writer = self.issued[number]
        if word in self.holder:  # the write before it must land first
            earlier, _lane = self.holder[word]
            free = min(self.issued[earlier].lands - writer.kind.latency + 1, writer.bundle)
            if edge is None or free > edge.earliest:
                edge = Edge(free, earlier)
        for reader in self.readers.pop(word, ()):
            free = self.issued[reader].bundle - writer.kind.latency + 1
            if reader != number and (edge is None or free > edge.earliest):
                edge = Edge(free, reader)
        return edge

    def issue(self, bundle: int, engine: str, position: int, kind: SlotKind, slot: Slot) -> None:
        number = len(self.issued)
        words_read = kind.words_read(slot)
        reads = tuple(
            tuple([self.holder.get(word, NEVER_WRITTEN) for word in words]) for words in words_read
        )
        producers = tuple({word[0]: None for words in reads for word in words if word[0] >= 0})
        for words in words_read:
            for word in words:
                before = self.readers.get(word, ())
                if number not in before:
                    self.readers[word] = (number, *before[:1])
        operation = Issued(bundle, engine, position, kind, slot, reads, producers)
        self.issued.append(operation)
        self.edges.append(None)
        if operation.written:
            self.in_flight.setdefault(operation.lands, []).append(number)


def _walk(program: Program, machine: Machine) -> tuple[tuple[Issued, ...], tuple[Edge | None, ...]]:
    walk = _Walk()
    for bundle, engine, position, kind, slot in _slots(program, machine):
        for landing in sorted(at for at in walk.in_flight if at <= bundle):
            walk.land(landing)
        walk.issue(bundle, engine, position, kind, slot)
    for landing in sorted(walk.in_flight):
        walk.land(landing)
    return tuple(walk.issued), tuple(walk.edges)


def _slots(program: Program, machine: Machine) -> Iterator[tuple[int, str, int, SlotKind, Slot]]:
    kinds = slot_kinds(machine)
    for bundle, engines in enumerate(program.bundles):
        for engine, slots in engines.items():
            if engine != DEBUG_ENGINE:
                for position, slot in enumerate(slots):
                    yield bundle, engine, position, kinds[engine][slot[0]], slot
