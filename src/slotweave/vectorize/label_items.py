"""Whose work each operation is: that of the one last store that needs it, or everybody's."""

from __future__ import annotations

from dataclasses import replace

from slotweave.ir.graph import Graph
from slotweave.isa import Effect

_UNNEEDED = -2
_SHARED = -1


def label_items(graph: Graph) -> Graph:
    """`graph` with an item for each store, and for what only it depends on; the rest is shared."""
    items = [_UNNEEDED] * len(graph.nodes)
    count = 0
    for index in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[index]
        if node.effect is Effect.STORE:
            items[index] = count
            count += 1
        elif items[index] == _UNNEEDED:
            items[index] = _SHARED
        for arg in node.args:
            other = items[arg]
            items[arg] = items[index] if other in (_UNNEEDED, items[index]) else _SHARED
    # The first store is the first item: who is first is first to be scheduled.
    named = [count - 1 - item if item >= 0 else _SHARED for item in items]
    return graph.with_nodes(
        tuple(
            replace(node, item=item) if node.item != item else node
            for node, item in zip(graph.nodes, named, strict=True)
        )
    )
