"""Loads of words side by side become one vector load, of which each takes its word.

Only words that nothing stores to are looked at, so that it does not matter when they are loaded. A
vector load needs one address where the words need one each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from slotweave.ir.graph import Graph, Node, Region
from slotweave.isa import Effect
from slotweave.vectorize.copying import Copy
from slotweave.vectorize.store_groups import touched_words


def load_together(graph: Graph) -> Graph:
    """`graph` with vector loads for its loads of words side by side; its regions must exist."""
    wanted = _loads(graph)
    first = {word: start for start, words in _windows(graph, wanted) for word in words}
    copy = Copy(graph)
    number: list[int] = []
    vectors: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        if node.op == "join":
            number.append(-1)
            continue
        word = wanted.get(index)
        start = None if word is None else first.get(word)
        if word is None or start is None:
            number.append(copy.add(replace(node, args=tuple(number[arg] for arg in node.args))))
            continue
        if start not in vectors:
            vectors[start] = copy.add(_vload(graph, copy, node, start))
        number.append(copy.word((vectors[start], word - start)))
    return copy.graph() if first else graph


def _vload(graph: Graph, copy: Copy, load: Node, start: int) -> Node:
    address = copy.constant(start)
    return replace(load, op="vload", width=graph.vector_length, args=(address,), item=-1)


def _loads(graph: Graph) -> dict[int, int]:
    """The word that each load of one word reads, if it is known and nothing stores to it."""
    known = graph.known
    stored: dict[str, set[int] | None] = {region.name: set() for region in graph.regions}
    for node in graph.nodes:
        if node.effect is Effect.STORE:
            words, before = touched_words(graph, node, known), stored[node.region]
            stored[node.region] = None if words is None or before is None else before | words
    found: dict[int, int] = {}
    for index, node in enumerate(graph.nodes):
        if node.op == "load" and node.width == 1 and node.args[0] in known:
            (word,), untouchable = known[node.args[0]][:1], stored[node.region]
            if untouchable is not None and word not in untouchable:
                found[index] = word
    return found


def _windows(graph: Graph, loads: dict[int, int]) -> Iterator[tuple[int, list[int]]]:
    """Where vectors start, and the words that each of them gives: at least two."""
    lanes = graph.vector_length
    for region in graph.regions:
        words = sorted({word for word in loads.values() if region.start <= word < region.stop})
        while words and region.length >= lanes:
            start = _start(region, words[0], lanes)
            inside = [word for word in words if word < start + lanes]
            words = words[len(inside) :]
            if len(inside) > 1:
                yield start, inside


def _start(region: Region, word: int, lanes: int) -> int:
    """The first word of a vector that begins with `word`, or before it at the region's end."""
    return min(word, region.stop - lanes)
