"""Order in memory: which access must stay behind which.

Two accesses are apart only if they lie in different regions, or if their addresses have the same
base and ranges that do not meet; regions, and addresses that were read from memory, are known from
facts alone. A load follows the stores that it may meet; a store follows loads (in the same bundle
at the earliest, which reads first) and stores that it may meet. What only is read has no order.
Pauses, halts and traces meet everything, and so does an access that facts say nothing of although
they say something of others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from slotweave.isa import WORD_MASK
from slotweave.isa.operations import Effect
from slotweave.report.edges import Edge, later
from slotweave.report.issued import Issued
from slotweave.report.known_accesses import KnownAccesses
from slotweave.report.word_values import ZERO, WordValues


@dataclass
class _History:
    """The latest access to each word, and the two latest with different bases."""

    words: dict[tuple[int, int], Edge] = field(default_factory=dict)
    latest: dict[int, Edge] = field(default_factory=dict)
    leaders: tuple[int, ...] = ()

    def add(self, base: int, words: Iterable[int], edge: Edge) -> None:
        for word in words:
            self.words[base, word] = edge
        self.latest[base] = edge
        self.leaders = (base, *(other for other in self.leaders if other != base))[:2]

    def met(self, base: int, words: Iterable[int]) -> Edge | None:
        edge = None
        for other in self.leaders:
            if other != base:
                edge = later(edge, self.latest[other])
        for word in words:
            edge = later(edge, self.words.get((base, word)))
        return edge


@dataclass
class _Order:
    """The accesses so far: those of each region, and those that meet everything."""

    loads: dict[str, _History] = field(default_factory=dict)
    stores: dict[str, _History] = field(default_factory=dict)
    everywhere: _History = field(default_factory=_History)

    def met(self, histories: dict[str, _History], touched: Touched) -> Edge | None:
        """The latest of `histories` that `touched` may meet, or that meets everything."""
        edge = self.everywhere.met(touched.base, ())
        if touched.region is None:
            for history in histories.values():
                edge = later(edge, history.met(touched.base, ()))
        elif touched.region in histories:
            edge = later(edge, histories[touched.region].met(touched.base, touched.words))
        return edge

    def add(self, histories: dict[str, _History], touched: Touched, edge: Edge) -> None:
        if touched.region is None:
            self.everywhere.add(touched.base, (), edge)
        else:
            history = histories.setdefault(touched.region, _History())
            history.add(touched.base, touched.words, edge)


@dataclass(frozen=True, slots=True)
class Touched:
    """The words at these distances from `base` in `region`; everything if there is no region."""

    region: str | None
    base: int
    words: tuple[int, ...] = ()


def memory_edges(
    issued: tuple[Issued, ...], values: WordValues, known: KnownAccesses
) -> tuple[Edge | None, ...]:
    """The latest memory edge of each operation."""
    order = _Order()
    edges: list[Edge | None] = []
    for number, operation in enumerate(issued):
        access = known.get(operation.place)
        if operation.effect in (Effect.NONE, Effect.DEBUG) or (access and access.read_only):
            edges.append(None)
            continue
        words = touched(number, operation, values, known)
        edge = order.met(order.stores, words)
        if operation.effect is not Effect.LOAD:
            edge = later(edge, order.met(order.loads, words))
            order.add(order.stores, words, Edge(operation.bundle + 1, number))
        else:
            order.add(order.loads, words, Edge(operation.bundle, number))
        if edge and edge.earliest > operation.bundle:  # two accesses of one bundle, in its order
            edge = Edge(operation.bundle, edge.source)
        edges.append(edge)
    return tuple(edges)


def touched(number: int, operation: Issued, values: WordValues, known: KnownAccesses) -> Touched:
    """What `operation` reads or writes in memory.

    What meets everything has a base of its own.
    """
    access = known.get(operation.place)
    if operation.effect not in (Effect.LOAD, Effect.STORE) or (known and access is None):
        return Touched(None, -1 - number)
    producer, lane = operation.reads[0][0]
    base, distance = values.results[producer][lane] if producer >= 0 else ZERO
    if access is not None and access.first is not None:
        base, distance = ZERO[0], access.first
    vector = operation.kind.operation.name in ("vload", "vstore")
    width = operation.kind.vector_length if vector else 1
    words = tuple((distance + word) & WORD_MASK for word in range(width))
    return Touched("" if access is None else access.region, base, words)
