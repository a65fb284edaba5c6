"""What the order of a graph demands of a schedule: kind and lag of each edge of `after`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from slotweave.analysis.access_lags import Access, safe_lag
from slotweave.ir.graph import Graph
from slotweave.ir.problem import DATA, ORDER
from slotweave.isa import OPERATIONS, STORES

#: The latencies that a node may have, whichever mode is chosen.
Latencies = Callable[[int], Iterable[int]]

#: How far apart two accesses must stand.
Lag = Callable[[Access, Access], int | None]


class MemoryEdges:
    """The edges of the `after` of a graph.

    A join takes no time of its own: an edge to it is as long as the longest to what waits for it.
    `lag` is `safe_lag` for a schedule, `least_lag` for a bound.
    """

    def __init__(self, graph: Graph, latencies: Latencies, lag: Lag = safe_lag) -> None:
        self._nodes, self._ordered = graph.nodes, graph.columns.ordered
        self._lag = lag
        self._latencies = latencies
        self._seen: dict[int, Access] = {}
        self._kinds: dict[tuple[str, tuple[int, ...]], Access] = {}
        self._waiting = self._behind_joins()

    def edge(self, earlier: int, later: int) -> tuple[int, int]:
        """(kind, lag) of the edge between two nodes, the second of which has the first in `after`.

        Of nodes between which the machine knows no order the second issues no earlier.
        """
        if self._nodes[earlier].op == "join":
            return DATA, 0  # has no latency
        joins = self._nodes[later].op == "join"
        first = self._access(earlier)
        waiting = self._waiting[later] if joins else (self._access(later),)
        lags = [lag for then in waiting if (lag := self._lag(first, then)) is not None]
        lag = max(lags, default=0)
        stores = first.operation.effect is STORES
        if stores and (lag == first.slowest or not waiting):
            return DATA, 0
        return ORDER, lag

    def _access(self, index: int) -> Access:
        access = self._seen.get(index)
        if access is None:
            latencies = tuple(self._latencies(index))
            key = (self._nodes[index].op, latencies)
            access = self._kinds.get(key)
            if access is None:
                ends = min(latencies), max(latencies)
                access = self._kinds[key] = Access(OPERATIONS[key[0]], *ends)
            self._seen[index] = access
        return access

    def _waiting_at(self, index: int) -> frozenset[Access]:
        if self._nodes[index].op == "join":
            return self._waiting[index]
        return frozenset((self._access(index),))

    def _behind_joins(self) -> dict[int, frozenset[Access]]:
        """What waits for each join, for others in between as well; there are few kinds."""
        nodes = self._nodes
        waiting = {
            index: frozenset[Access]() for index, node in enumerate(nodes) if node.op == "join"
        }
        self._waiting = waiting
        for index in reversed(self._ordered) if waiting else ():
            for earlier in nodes[index].after:
                if earlier in waiting:
                    waiting[earlier] |= self._waiting_at(index)
        return waiting
