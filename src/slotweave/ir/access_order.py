"""Pairs of memory accesses that must be ordered, and those that are not.

Two accesses of one region must be ordered if at least one is a store and they may alias: unless of
both it is known which few words they can touch, and these differ. An order is a path of `after`;
one through operands does not count, for rewriting may find that a value does not depend on them.
Accesses to read-only regions are in no order.

To look at few pairs, each access is only paired with those that no other pair covers: an access
after a store of unknown address need not be compared with what that store waits for already.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from slotweave.ir.graph import Graph
from slotweave.ir.known_words import Options, value_options
from slotweave.isa import LOADS, STORES


@dataclass
class _Since:
    """The accesses of a region since its last store of unknown address (the barrier)."""

    barrier: int | None = None
    last_store: dict[int, int] = field(default_factory=dict)  # by word
    loads: dict[int, list[int]] = field(default_factory=dict)  # by word, since its last store
    wild_loads: list[int] = field(default_factory=list)  # of unknown address

    def must_precede(self, store: bool, words: Collection[int] | None) -> set[int]:
        """The accesses that must come before the next one."""
        touched = self.last_store.keys() | self.loads.keys() if words is None else words
        found = {self.last_store[word] for word in touched if word in self.last_store}
        if store:
            found.update(self.wild_loads)
            found.update(load for word in touched for load in self.loads.get(word, ()))
        if not found and self.barrier is not None:
            found.add(self.barrier)  # all others had to come after it
        return found

    def note(self, index: int, store: bool, words: Collection[int] | None) -> _Since:
        """The state with access `index` after the others."""
        if store and words is None:
            return _Since(barrier=index)
        if words is None:
            self.wild_loads.append(index)
        for word in words or ():
            if store:
                self.last_store[word] = index
                self.loads.pop(word, None)
            else:
                self.loads.setdefault(word, []).append(index)
        return self


def accessed_words(graph: Graph, index: int, address: Options, demand: int) -> list[int]:
    """The words that access `index` can touch and that matter; `address` is what its can be."""
    node = graph.nodes[index]
    if node.op in ("vload", "vstore"):
        lanes = [lane for lane in range(graph.vector_length)
                 if node.op == "vstore" or demand >> lane & 1]  # fmt: skip
        return sorted({first + lane for first in address[0] for lane in lanes})
    wanted = [
        word for lane, word in enumerate(address) if node.effect is not LOADS or demand >> lane & 1
    ]
    return sorted(frozenset[int]().union(*wanted))


def missing_paths(graph: Graph) -> Iterator[tuple[int, int]]:
    """(earlier, later) accesses that must be ordered and are not."""
    options, demand = value_options(graph), graph.demand
    since = {region.name: _Since() for region in graph.regions if not region.read_only}
    for index, node in enumerate(graph.nodes):
        if node.region not in since or (node.effect is LOADS and not demand[index]):
            continue
        address = options.get(node.args[0])
        words = None
        if address is not None:
            words = accessed_words(graph, index, address, demand[index])
        store = node.effect is STORES
        state = since[node.region]
        for earlier in _unreached(graph, index, state.must_precede(store, words)):
            yield earlier, index
        since[node.region] = state.note(index, store, words)


def _unreached(graph: Graph, start: int, wanted: set[int]) -> list[int]:
    """Those of `wanted` from which no path of `after` leads to `start`."""
    if not wanted:
        return []
    lowest = min(wanted)
    left = set(wanted)
    seen = {start}
    queue = deque((start,))
    while queue and left:
        for earlier in graph.nodes[queue.popleft()].after:
            if earlier >= lowest and earlier not in seen:
                seen.add(earlier)
                queue.append(earlier)
                left.discard(earlier)
    return sorted(left)
