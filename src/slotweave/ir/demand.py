"""Which words of each value reach an effect: the others may hold anything.

A set of words is an integer with bit k for word k.
"""

from __future__ import annotations

from slotweave.ir.graph import Graph, Node


def demanded_words(graph: Graph) -> list[int]:
    """For each node the set of its words that some store, trace or address depends on."""
    demand = [0] * len(graph.nodes)
    for index in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[index]
        if node.op == "slice":
            demand[node.args[0]] |= demand[index] << node.imm
        elif node.op == "overlay":
            _demand_of_parts(graph, node, demand[index], demand)
        elif node.width == 0 or demand[index]:
            for arg in node.args:
                demand[arg] |= _operand_demand(node, graph.nodes[arg].width, demand[index])
    return demand


def _operand_demand(node: Node, width: int, demand: int) -> int:
    """What a node of which `demand` is wanted wants of an operand of `width` words."""
    lane_wise = node.width == width and node.op != "vload"
    return demand if lane_wise else (1 << width) - 1


def _demand_of_parts(graph: Graph, node: Node, demand: int, demands: list[int]) -> None:
    """Each word of an overlay is that of the last part that covers it."""
    for arg, offset in zip(reversed(node.args), reversed(node.offsets), strict=True):
        covered = ((1 << graph.nodes[arg].width) - 1) << offset
        demands[arg] |= (demand & covered) >> offset
        demand &= ~covered
