"""Several rounds of a loop as one: its body, written out that many times.

Guarantees: running the graph returned once is running the graph given `times` times. What a
variable holds between two rounds is the value that the earlier one assigns to it; accesses that may
touch one word keep the order of the rounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from slotweave.analysis.iteration_order import iteration_conflicts
from slotweave.backend.lower.copy_variables import renumbered
from slotweave.ir.graph import Graph, Node


def repeat_body(graph: Graph, times: int, constants: Mapping[int, int]) -> Graph:
    """`times` rounds of the loop of which `graph` is one.

    `constants` are the words of variables that hold the same constant in all rounds.
    """
    distances: dict[int, dict[int, int]] = {}
    for one in iteration_conflicts(graph, constants):
        distances.setdefault(one.later, {})[one.earlier] = one.distance
    traces = [i for i, node in enumerate(graph.nodes) if node.op == "trace_write"]
    nodes: list[Node] = []
    rounds: list[list[int]] = []  # by round, what the nodes of the body are called
    held: dict[int, int] = {}  # by variable, the node that it is after the rounds so far
    for current in range(times):
        number: list[int] = []
        assigned: dict[int, int] = {}
        for index, node in enumerate(graph.nodes):
            if node.op == "variable" and node.imm in held:
                number.append(held[node.imm])
                continue
            if node.op == "assign":
                assigned[node.imm] = number[node.args[0]]
                number.append(-1)  # no node comes after one that assigns
                continue
            after = [
                rounds[earlier][before]
                for before, distance in distances.get(index, {}).items()
                for earlier in range(current - distance + 1)
            ]
            if traces and index == traces[0] and current:
                after.append(rounds[-1][traces[-1]])
            number.append(len(nodes))
            made = renumbered(node, number)
            nodes.append(replace(made, after=tuple(dict.fromkeys((*made.after, *after)))))
        held |= assigned
        rounds.append(number)
    nodes += [Node("assign", 0, (node,), imm=variable) for variable, node in held.items()]
    return graph.with_nodes(tuple(nodes))
