"""Which words of each value reach an effect: the others may hold anything.

A set of words is an integer with bit k for word k.
"""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.ir.graph import Node


def demanded_words(nodes: Sequence[Node]) -> list[int]:
    """For each node the set of its words that some store, trace or address depends on."""
    demand = [0] * len(nodes)
    for index in range(len(nodes) - 1, -1, -1):
        node, wanted = nodes[index], demand[index]
        op, width = node.op, node.width
        if op == "slice":
            demand[node.args[0]] |= wanted << node.imm
        elif op == "overlay":
            _demand_of_parts(nodes, node, wanted, demand)
        elif wanted or not width:
            for arg in node.args:  # lane by lane, or all of it
                words = nodes[arg].width
                lane_wise = words == width and op != "vload"
                demand[arg] |= wanted if lane_wise else (1 << words) - 1
    return demand


def _demand_of_parts(nodes: Sequence[Node], node: Node, demand: int, demands: list[int]) -> None:
    """Each word of an overlay is that of the last part that covers it."""
    for arg, offset in zip(reversed(node.args), reversed(node.offsets), strict=True):
        covered = ((1 << nodes[arg].width) - 1) << offset
        demands[arg] |= (demand & covered) >> offset
        demand &= ~covered
