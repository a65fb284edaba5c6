"""What of a block is needed for what it does to memory, traces and variables."""

from __future__ import annotations

from slotweave.ir.graph import Graph, Node
from slotweave.isa import Effect


def used_part(graph: Graph, without: int | None) -> Graph:
    """`graph` without the assignment of variable `without`, and without what nothing then needs."""
    nodes = graph.nodes
    wanted = [
        not node.pure and node.effect is not Effect.LOAD and node.op != "join"
        and not (node.op == "assign" and node.imm == without)
        for node in nodes
    ]  # fmt: skip
    for index in reversed(range(len(nodes))):
        if wanted[index]:
            for needed in (*nodes[index].args, *nodes[index].after):
                wanted[needed] = True
    kept: list[Node] = []
    number: dict[int, int] = {}
    for index, node in enumerate(nodes):
        if wanted[index]:
            number[index] = len(kept)
            args = tuple(number[arg] for arg in node.args)
            kept.append(node.with_edges(args, tuple(number[e] for e in node.after)))
    return graph.with_nodes(tuple(kept))
