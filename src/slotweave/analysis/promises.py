"""What a kernel promises: that an index into a region stays inside it, that no divisor is 0, and
which words memory holds before the run.

The order of memory accesses is worked out region by region, so a graph means what it says only on
memories on which each access that matters lies in the region that it names. Where ranges show that
it does, nothing is promised. What is left is a promise of the kernel: `simulate.graph` refuses a
memory that breaks one, and every result that rests on one says so.

A division by 0 is a fault. Where one may happen, a result is about the other memories alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from slotweave.analysis.graph_words import GraphWords
from slotweave.base.wording import plural
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Graph
from slotweave.isa import OPERATIONS, Effect

_DIVISIONS = frozenset(
    name for name, operation in OPERATIONS.items() if operation.defined_if is not None
)


@dataclass(frozen=True, slots=True, order=True)
class Promise:
    """`accesses` loads or stores at the source line `where` stay inside `region`, which has
    `length` words from address `start` on."""

    where: str
    access: str
    region: str
    start: int
    length: int
    accesses: int

    def __str__(self) -> str:
        inside = f"region {self.region} (words 0 to {self.length - 1})"
        place = f" at {self.where}" if self.where else ""
        return f"the index of {plural(self.accesses, self.access)}{place} stays inside {inside}"

    def to_json(self) -> Mapping[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, order=True)
class DivisorPromise:
    """The divisors of `operations` operations, of the name `operation`, at the source line `where`
    are not 0."""

    where: str
    operation: str
    operations: int

    def __str__(self) -> str:
        noun = plural(self.operations, "remainder" if self.operation == "mod" else "division")
        place = f" at {self.where}" if self.where else ""
        return f"the divisor of {noun}{place} is not 0"

    def to_json(self) -> Mapping[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, order=True)
class WordsPromise:
    """Before each run `region`, which starts at address `start`, begins with the `words` that its
    declaration says."""

    region: str
    start: int
    words: tuple[int, ...]

    def __str__(self) -> str:
        count = len(self.words)
        said = "word that its declaration says" if count == 1 else "words that its declaration says"
        return f"region {self.region} begins with the {count:,} {said}"

    def to_json(self) -> Mapping[str, Any]:
        return asdict(self)


Promised = Promise | DivisorPromise | WordsPromise


def promises_of(graph: Graph | Flow, facts: Facts, words: bool = False) -> tuple[Promised, ...]:
    """The promises of `graph` under `facts`: of indices and of divisors, by source line.

    With `words` also of what regions hold, where nothing but their declarations says it: a workload
    that comes with a definition has facts of its own.
    """
    graphs = [block.graph for block in graph.blocks] if isinstance(graph, Flow) else [graph]
    held = _of_words(graphs) if words else ()
    return (*_of_indices(graphs, facts), *_of_divisors(graphs, facts), *held)


def _of_words(graphs: Sequence[Graph]) -> Iterable[WordsPromise]:
    """Those of regions that are declared with words; the last graph knows all regions."""
    regions = graphs[-1].regions if graphs else ()
    return [WordsPromise(each.name, each.start, each.words) for each in regions if each.words]


def _of_divisors(graphs: Iterable[Graph], facts: Facts) -> Iterable[DivisorPromise]:
    """Those of divisors that may be 0 as far as ranges show, in any lane."""
    found: Counter[tuple[str, str]] = Counter()
    for each in graphs:
        divisions = [(node, node.args[1]) for node in each.nodes if node.op in _DIVISIONS]
        ranges = GraphWords(each, facts).ranges if divisions else []
        for node, divisor in divisions:
            if any(low == 0 for low, _high in ranges[divisor]):
                found[node.where, node.op] += 1
    return sorted(DivisorPromise(*key, count) for key, count in found.items())


def _of_indices(graphs: Iterable[Graph], facts: Facts) -> Iterable[Promise]:
    """Those of indices that ranges do not show to lie in their region."""
    found: Counter[tuple[str, str, str, int, int]] = Counter()
    for each in graphs:
        for index in _unshown(each, facts):
            node = each.nodes[index]
            region = each.region_by_name[node.region]
            access = "load" if node.effect is Effect.LOAD else "store"
            found[node.where, access, region.name, region.start, region.length] += 1
    return sorted(Promise(*key, count) for key, count in found.items())


def _unshown(graph: Graph, facts: Facts) -> Iterable[int]:
    """The accesses that matter and that ranges do not show to lie in their region."""
    accesses = [
        index
        for index, node in enumerate(graph.nodes)
        if node.effect in (Effect.LOAD, Effect.STORE)
    ]
    if not accesses:
        return
    words, demand = GraphWords(graph, facts), graph.demand
    for index in accesses:
        node = graph.nodes[index]
        region = graph.region_by_name[node.region]
        for lane, first, last in _lanes(graph, index, demand[index]):
            low, high = words.ranges[node.args[0]][lane]
            if low + first < region.start or high + last >= region.stop:
                yield index
                break


def _lanes(graph: Graph, index: int, demand: int) -> Iterable[tuple[int, int, int]]:
    """(word of the address, distances of the first and the last word that matters from there)."""
    node = graph.nodes[index]
    wide = node.op in ("vload", "vstore")
    if node.effect is Effect.STORE:
        lanes = graph.nodes[node.args[0]].width
        return [(0, 0, graph.vector_length - 1)] if wide else [(k, 0, 0) for k in range(lanes)]
    wanted = [lane for lane in range(node.width) if demand >> lane & 1]
    if wide:
        return [(0, wanted[0], wanted[-1])] if wanted else []
    return [(lane, 0, 0) for lane in wanted]
