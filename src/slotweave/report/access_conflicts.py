"""Order in memory: which access must stay behind which.

Two accesses are apart only if they lie in different regions, or if their addresses have the same
base and ranges that do not meet; regions, and addresses that were read from memory, are known from
facts alone. A load follows the stores that it may meet; a store follows loads (in the same bundle
at the earliest, which reads first) and stores that it may meet. What only is read has no order.
Pauses, halts and traces meet everything, and so does an access that facts say nothing of although
they say something of others. A jump, which an unrolled program still has, meets nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from slotweave.isa import WORD_MASK
from slotweave.isa.operations import Effect
from slotweave.report.edges import Edge, Edges, edge_columns, later
from slotweave.report.issued import Issued
from slotweave.report.known_accesses import KnownAccesses
from slotweave.report.live_scratch import JUMPS
from slotweave.report.word_values import WordValues, base_of


@dataclass
class _History:
    """What waits longest for accesses to each word, and the two that do with different bases."""

    words: dict[tuple[int, int], Edge] = field(default_factory=dict)
    latest: dict[int, Edge] = field(default_factory=dict)
    leaders: tuple[int, ...] = ()

    def add(self, base: int, words: Iterable[int], edge: Edge) -> None:
        for word in words:
            self.words[base, word] = later(edge, self.words.get((base, word))) or edge
        self.latest[base] = later(edge, self.latest.get(base)) or edge
        others = [other for other in self.leaders if other != base]
        self.leaders = tuple(
            sorted([base, *others], key=lambda one: -self.latest[one].earliest)[:2]
        )

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

    def meets(self, other: Touched) -> bool:
        """May one of the words be one of `other`?"""
        if self.region is None or other.region is None:
            return True
        if self.region != other.region:
            return False
        return self.base != other.base or not set(self.words).isdisjoint(other.words)


class MemoryWalk:
    """Goes through a program access by access; `edge` is what was noted before and may be met."""

    def __init__(
        self, issued: tuple[Issued, ...], values: WordValues, known: KnownAccesses
    ) -> None:
        self._issued, self._values, self._known = issued, values, known
        self._order = _Order()

    def ordered(self, number: int) -> bool:
        """Is this an operation that has an order in memory?"""
        operation = self._issued[number]
        if operation.effect in (Effect.NONE, Effect.DEBUG):
            return False
        access = self._known.get(operation.place)
        only_read = access is not None and access.read_only
        return not only_read and operation.kind.operation.name not in JUMPS

    def edge(self, number: int) -> Edge | None:
        """Until when an operation waits, which is ordered, and for which one."""
        words = touched(number, self._issued[number], self._values, self._known)
        edge = self._order.met(self._order.stores, words)
        if self._issued[number].effect is not Effect.LOAD:
            edge = later(edge, self._order.met(self._order.loads, words))
        return edge

    def note(self, number: int, at: int) -> None:
        """The operation, which is ordered, stands in bundle `at`."""
        words = touched(number, self._issued[number], self._values, self._known)
        if self._issued[number].effect is Effect.LOAD:
            self._order.add(self._order.loads, words, Edge(at, number))
        else:
            self._order.add(self._order.stores, words, Edge(at + 1, number))


def memory_edges(issued: tuple[Issued, ...], values: WordValues, known: KnownAccesses) -> Edges:
    """The latest memory edge of each operation."""
    walk = MemoryWalk(issued, values, known)
    edges: list[Edge | None] = []
    for number, operation in enumerate(issued):
        edge = None
        if walk.ordered(number):
            edge = walk.edge(number)
            walk.note(number, operation.bundle)
        if edge and edge.earliest > operation.bundle:  # two accesses of one bundle, in its order
            edge = Edge(operation.bundle, edge.source)
        edges.append(edge)
    return edge_columns(edges)


def touched(number: int, operation: Issued, values: WordValues, known: KnownAccesses) -> Touched:
    """What `operation` reads or writes in memory.

    What meets everything has a base of its own.
    """
    access = known.get(operation.place)
    if operation.effect not in (Effect.LOAD, Effect.STORE) or (known and access is None):
        return Touched(None, -1 - number)
    address = values.addresses[number]
    if access is not None and access.first is not None:
        address = access.first
    base, distance = base_of(address), address & WORD_MASK
    vector = operation.kind.operation.name in ("vload", "vstore")
    width = operation.kind.vector_length if vector else 1
    words = tuple((distance + word) & WORD_MASK for word in range(width))
    return Touched("" if access is None else access.region, base, words)
