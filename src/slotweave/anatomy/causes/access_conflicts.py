"""Order in memory: which access must stay after which.

Two accesses are apart only if no region holds words of both, or if their addresses have the same
base and ranges that do not overlap; regions, and addresses that were read from memory, are known
from facts alone. A load reads memory in its bundle, whatever stands beside it: it follows the
stores that have landed by then and that it may alias. A store follows the loads that read before it
lands, those beside it too, wherever the bundle lists them, and stores that land before it; beside
these, it may still stand where it lands after them. What only is read has no order.

Traces follow each other. All that has an order follows the pauses of earlier bundles, and a pause
or a halt follows all of that, or stands beside it, wherever the bundle lists it. A jump, which an
unrolled program still has, has no order. What may fault for a zero divisor stays after the pauses
before it: moved, it would keep what the pause shows from being seen. Accesses that fault do so
wherever they stand between pauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import inf

from slotweave.anatomy.words.edges import Edge, Edges, edge_columns, later
from slotweave.anatomy.words.issued import Issued
from slotweave.anatomy.words.known_accesses import KnownAccesses
from slotweave.anatomy.words.live_scratch import JUMPS
from slotweave.anatomy.words.slot_columns import SlotColumns
from slotweave.anatomy.words.word_values import WordValues, base_of
from slotweave.isa import WORD_MASK
from slotweave.isa.operations import LOADS, NO_EFFECT, STORES, TRACES, Effect
from slotweave.simulate.slots import SlotKind

_NO_ORDER = JUMPS | {"core_id"}


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

    def conflict(self, base: int, words: Iterable[int]) -> Edge | None:
        edge = None
        for other in self.leaders:
            if other != base:
                edge = later(edge, self.latest[other])
        for word in words:
            edge = later(edge, self.words.get((base, word)))
        return edge


@dataclass
class _Order:
    """The accesses so far: those of each region."""

    loads: dict[str, _History] = field(default_factory=dict)
    stores: dict[str, _History] = field(default_factory=dict)

    def conflict(self, histories: dict[str, _History], touched: Touched) -> Edge | None:
        """The latest of `histories` that `touched` may alias."""
        edge = None
        for region in touched.regions:
            if region in histories:
                edge = later(edge, histories[region].conflict(touched.base, touched.words))
        return edge

    def add(self, histories: dict[str, _History], touched: Touched, edge: Edge) -> None:
        for region in touched.regions:
            history = histories.setdefault(region, _History())
            history.add(touched.base, touched.words, edge)


@dataclass(frozen=True, slots=True)
class Touched:
    """The words at these distances from `base`, all of which lie in `regions`."""

    regions: tuple[str, ...]
    base: int
    words: tuple[int, ...] = ()

    def may_alias(self, other: Touched) -> bool:
        """May one of the words be one of `other`?"""
        if self.regions != other.regions and set(self.regions).isdisjoint(other.regions):
            return False
        return self.base != other.base or not set(self.words).isdisjoint(other.words)


class MemoryWalk:
    """Goes through a program access by access; `edge` is what came before and may alias.

    Of pauses and halts it knows what they come after, not what comes after them.
    """

    def __init__(
        self, issued: tuple[Issued, ...], touched: Mapping[int, Touched], known: KnownAccesses
    ) -> None:
        self._issued, self._touched, self._known = issued, touched, known
        self._order = _Order()
        self._traced: Edge | None = None
        self._latest: Edge | None = None  # where the latest of all stands

    def ordered(self, number: int) -> bool:
        """Is this an operation that has an order in memory?"""
        operation = self._issued[number]
        if operation.effect in (NO_EFFECT, Effect.DEBUG):
            return False
        access = self._known.get(operation.place)
        only_read = access is not None and access.read_only
        return not only_read and operation.kind.operation.name not in _NO_ORDER

    def edge(self, number: int) -> Edge | None:
        """Until when an operation waits, which is ordered, and for which one."""
        operation = self._issued[number]
        if operation.effect is TRACES:
            return self._traced
        if operation.effect not in (LOADS, STORES):
            return self._latest
        words = self._touched[number]
        edge = self._order.conflict(self._order.stores, words)
        if operation.effect is STORES:
            edge = later(edge, self._order.conflict(self._order.loads, words))
            edge = edge and Edge(edge.earliest + 1 - operation.kind.latency, edge.source)
        return edge

    def note(self, number: int, at: int) -> None:
        """The operation, which is ordered and no pause or halt, stands in bundle `at`."""
        operation = self._issued[number]
        self._latest = later(self._latest, Edge(at, number))
        if operation.effect is TRACES:
            self._traced = later(self._traced, Edge(at + 1, number))
            return
        words = self._touched[number]
        if operation.effect is LOADS:
            self._order.add(self._order.loads, words, Edge(at, number))
        else:
            lands = Edge(at + operation.kind.latency, number)
            self._order.add(self._order.stores, words, lands)


def memory_edges(
    issued: tuple[Issued, ...],
    columns: SlotColumns,
    touched: Mapping[int, Touched],
    known: KnownAccesses,
) -> Edges:
    """The latest memory edge of each operation.

    Loads are taken in the bundle in which they read, all else where it lands.
    """
    walk = MemoryWalk(issued, touched, known)
    edges: dict[int, Edge | None] = {}
    in_flight: dict[int, list[tuple[int, Edge | None]]] = {}  # landing -> operations, as issued
    paused: Edge | None = None  # by the last pause so far: the walk knows of no pause or halt
    latest: Edge | None = None  # where the last of what a pause or a halt comes after stands

    def land(until: float) -> None:
        for time in sorted(time for time in in_flight if time <= until):
            for number, pause in in_flight.pop(time):
                take(number, pause)

    def take(number: int, pause: Edge | None) -> None:
        edge, bundle = later(pause, walk.edge(number)), issued[number].bundle
        walk.note(number, bundle)
        if edge and edge.earliest > bundle:  # beside each other, in the order of the bundle
            edge = Edge(bundle, edge.source)
        edges[number] = edge

    waiting = columns.numbers(_may_wait)
    for bundle, beside in groupby(waiting, lambda number: issued[number].bundle):
        if in_flight:
            land(bundle)
        pause = paused
        ends: list[int] = []
        for number in beside:
            operation = issued[number]
            ordered = walk.ordered(number)
            if ordered and operation.kind.breaks:
                ends.append(number)
                continue
            if ordered or operation.kind.operation.defined_if:
                latest = later(latest, Edge(bundle, number))
            if not ordered:
                edges[number] = pause if operation.kind.operation.defined_if else None
            elif operation.effect is LOADS:
                take(number, pause)
            else:
                in_flight.setdefault(operation.lands, []).append((number, pause))
        for number in ends:
            edge = later(pause, latest)
            edges[number] = edge and Edge(min(edge.earliest, bundle), edge.source)
            if issued[number].kind.operation.name == "pause":
                paused = Edge(bundle + 1, number)
    land(inf)
    return edge_columns(len(issued), edges)


def _may_wait(kind: SlotKind) -> bool:
    """Has it an order in memory, or may it fault and so stays after pauses?"""
    return kind.operation.effect is not NO_EFFECT or kind.operation.defined_if is not None


def touched_words(
    issued: Sequence[Issued], columns: SlotColumns, values: WordValues, known: KnownAccesses
) -> Mapping[int, Touched]:
    """What each load and store reads or writes in memory."""
    return {
        number: _touched(number, issued[number], values, known)
        for number in columns.numbers(lambda kind: kind.operation.effect in (LOADS, STORES))
    }


def _touched(number: int, operation: Issued, values: WordValues, known: KnownAccesses) -> Touched:
    access = known.get(operation.place)
    address = values.addresses[number]
    if access is not None and access.first is not None:
        address = access.first
    base, distance = base_of(address), address & WORD_MASK
    vector = operation.kind.operation.name in ("vload", "vstore")
    width = operation.kind.vector_length if vector else 1
    words = tuple([(distance + word) & WORD_MASK for word in range(width)])
    return Touched(("",) if access is None else tuple(dict.fromkeys(access.regions)), base, words)
