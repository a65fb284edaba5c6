"""Loads of words that are known to be in scratch already, because they were stored or loaded."""

from __future__ import annotations

from dataclasses import replace

from slotweave.ir.graph import Graph, Node
from slotweave.isa import Effect
from slotweave.vectorize.copying import Copy, Ref


def forward_stores(graph: Graph) -> Graph:
    """`graph` without loads at known addresses of words that an earlier access has seen."""
    copy = Copy(graph)
    held: dict[str, dict[int, Ref]] = {region.name: {} for region in graph.regions}
    number: list[int] = []
    for node in graph.nodes:
        if node.op == "join":
            number.append(-1)
            continue
        fresh = replace(node, args=tuple(number[arg] for arg in node.args))
        if node.effect is Effect.LOAD:
            number.append(_load(copy, fresh, held[node.region]))
        else:
            if node.effect is Effect.STORE:
                _note_store(copy, fresh, held[node.region])
            number.append(copy.add(fresh))
    return copy.graph()


def _load(copy: Copy, node: Node, held: dict[int, Ref]) -> int:
    words = copy.addresses(node)
    if words is not None and len(words) == node.width and all(word in held for word in words):
        return copy.block(tuple(held[word] for word in words))
    index = copy.add(node)
    if words is not None and len(words) == node.width:
        for lane, word in enumerate(words):
            held.setdefault(word, (index, lane))
    return index


def _note_store(copy: Copy, node: Node, held: dict[int, Ref]) -> None:
    words = copy.addresses(node)
    if words is None:
        held.clear()
        return
    for lane, word in enumerate(words):
        held[word] = (node.args[1], lane)
