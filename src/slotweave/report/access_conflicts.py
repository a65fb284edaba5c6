"""Order in memory: which access must stay behind which, when nothing is known about memory.

Two accesses are apart only if their addresses have the same base and ranges that do not meet. A
load follows the stores that it may meet; a store follows loads (in the same bundle at the
earliest, which reads first) and stores that it may meet. Pauses, halts and traces meet everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from slotweave.isa import WORD_MASK
from slotweave.isa.operations import Effect
from slotweave.report.edges import Edge, later
from slotweave.report.issued import Issued
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


def memory_edges(issued: tuple[Issued, ...], values: WordValues) -> tuple[Edge | None, ...]:
    """The latest memory edge of each operation."""
    loads, stores = _History(), _History()
    edges: list[Edge | None] = []
    for number, operation in enumerate(issued):
        if operation.effect in (Effect.NONE, Effect.DEBUG):
            edges.append(None)
            continue
        base, words = _touched(number, operation, values)
        edge = stores.met(base, words)
        if operation.effect is not Effect.LOAD:
            edge = later(edge, loads.met(base, words))
            stores.add(base, words, Edge(operation.bundle + 1, number))
        else:
            loads.add(base, words, Edge(operation.bundle, number))
        if edge and edge.earliest > operation.bundle:  # two accesses of one bundle, in its order
            edge = Edge(operation.bundle, edge.source)
        edges.append(edge)
    return tuple(edges)


def _touched(number: int, operation: Issued, values: WordValues) -> tuple[int, list[int]]:
    """The base and the distances of the words that `operation` reads or writes in memory.

    What is no access to memory has a base of its own, and meets all others.
    """
    if operation.effect not in (Effect.LOAD, Effect.STORE):
        return -1 - number, []
    producer, lane = operation.reads[0][0]
    base, distance = values.results[producer][lane] if producer >= 0 else ZERO
    vector = operation.kind.operation.name in ("vload", "vstore")
    width = operation.kind.vector_length if vector else 1
    return base, [(distance + word) & WORD_MASK for word in range(width)]
