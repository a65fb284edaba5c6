"""Stores of words that are not read before they are stored again, or that are not output."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from slotweave.ir.graph import Graph
from slotweave.isa import Effect
from slotweave.vectorize.copying import Copy


def drop_dead_stores(graph: Graph) -> Graph:
    """`graph` without stores at known addresses whose words are never seen."""
    found = dead_stores(graph)
    return without_stores(graph, found.overwritten | found.not_output)


def without_stores(graph: Graph, dead: Set[int]) -> Graph:
    """`graph` without these stores; what is left is in order as their addresses say."""
    copy = Copy(graph)
    number: list[int] = []
    for index, node in enumerate(graph.nodes):
        if index in dead or node.op == "join":
            number.append(-1)
            continue
        args = tuple([number[arg] for arg in node.args])
        number.append(copy.add(node.with_edges(args, node.after)))
    return copy.graph()


@dataclass(frozen=True)
class DeadStores:
    """Stores without effect: all of their words are stored again first, or some are not output
    and nothing reads them to the end."""

    overwritten: frozenset[int]
    not_output: frozenset[int]


class _Unseen:
    """The words of a region that are overwritten before they are read, from a point on."""

    def __init__(self, judged: bool) -> None:
        self.all_but: set[int] | None = None if judged else set()
        self.words: set[int] = set()

    def holds(self, word: int) -> bool:
        return word in self.words or (self.all_but is not None and word not in self.all_but)

    def add(self, word: int) -> None:
        self.words.add(word)

    def remove(self, word: int) -> None:
        self.words.discard(word)
        if self.all_but is not None:
            self.all_but.add(word)

    def clear(self) -> None:
        self.all_but = None
        self.words.clear()


def dead_stores(graph: Graph) -> DeadStores:
    """The stores at known addresses whose words are never seen."""
    known = graph.known
    unseen = {r.name: _Unseen(r.output or r.read_only) for r in graph.regions}
    overwritten, not_output = set[int](), set[int]()
    for index in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[index]
        if node.op == "pause":
            for state in unseen.values():
                state.clear()
        if node.effect not in (Effect.LOAD, Effect.STORE):
            continue
        state, address = unseen[node.region], known.get(node.args[0])
        wide = node.op in ("vload", "vstore")
        words = range(0) if address is None else address
        if address is not None and wide:
            words = range(address[0], address[0] + graph.vector_length)
        if node.effect is Effect.LOAD:
            if address is None:
                state.clear()
            for word in words:
                state.remove(word)
        elif address is not None:
            if state.words.issuperset(words):
                overwritten.add(index)
            elif all(state.holds(word) for word in words):
                not_output.add(index)
            for word in words:
                state.add(word)
    return DeadStores(frozenset(overwritten), frozenset(not_output))
