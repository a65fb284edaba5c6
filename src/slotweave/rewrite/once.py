"""What is needed of a graph, each operation once: `rewrite` without rules, in one pass.

Guarantees: the graph returned is that of `rewrite(graph, machine, ())`, node for node, if the nodes
of the given one work for no items, as those of lifted programs do. Slices that could be simpler, of
which `rewrite` knows, are left to it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from slotweave.ir.graph import PURE, Graph, Node
from slotweave.machine import Machine
from slotweave.rewrite.finish import FOR_OTHERS
from slotweave.rewrite.workspace import form_of, may_be_shared

#: Slices of these may be simpler.
_LAYERS = frozenset({"slice", "broadcast", "overlay"})

#: What stands for a load or a join that nobody needs.
_JOIN = Node("join", 0)


def needed_once(graph: Graph, machine: Machine) -> Graph:
    """What stores, traces and pauses of `graph` depend on, common subexpressions once."""
    nodes = graph.nodes
    if any(_may_be_simpler(graph, node) for node in nodes if node.op == "slice"):
        from slotweave.rewrite.driver import rewrite  # loads all rules

        return rewrite(graph, machine, ()).graph
    edges = _edges_of_firsts(graph)
    needed = _needed(nodes, edges)
    number = [-1] * len(nodes)  # of what is kept
    renamed = number.__getitem__
    kept: list[Node] = []
    rows = zip(nodes, needed, edges.args, edges.after, edges.joins, edges.unread, strict=True)
    for index, (node, is_needed, args, after, joins, unread) in enumerate(rows):
        if is_needed and not (joins and len(after) < 2):
            waits = _waits(edges, number, after) if after else ()
            number[index] = len(kept)
            kept.append((_JOIN if unread else node).with_edges(tuple(map(renamed, args)), waits))
    return graph.with_nodes(tuple(kept))


def _may_be_simpler(graph: Graph, node: Node) -> bool:
    source = graph.nodes[node.args[0]]
    return source.op in _LAYERS or source.width == node.width


class _Edges(NamedTuple):
    """What each node of a graph needs and waits for, and whether it is a join by now.

    `unread`: is it one because nobody needs what it is?
    """

    args: list[tuple[int, ...]]
    after: list[tuple[int, ...]]
    joins: bytearray
    unread: bytearray


def _edges_of_firsts(graph: Graph) -> _Edges:
    """The edges of `graph`; in the arguments of each node the first of those that are alike.

    A load that nobody needs is a join: what waits for it waits for what it waits for.
    """
    nodes = graph.nodes
    inputs = {region.name for region in graph.regions if region.read_only}
    edges = _Edges(
        [node.args for node in nodes],
        [node.after for node in nodes],
        bytearray([node.op == "join" for node in nodes]),
        bytearray(len(nodes)),
    )
    same = list(range(len(nodes)))
    first = same.__getitem__
    interned: dict[Hashable, int] = {}
    for index, (node, needed) in enumerate(zip(nodes, _needed(nodes, edges), strict=True)):
        op = node.op
        if node.after:
            edges.after[index] = tuple(map(first, node.after))
        if needed:
            edges.args[index] = args = tuple(map(first, node.args))
            if op in PURE or may_be_shared(node, inputs):
                key = form_of(op, node.width, args, node.imm, node.offsets, node.region)
                same[index] = interned.setdefault(key, index)
        elif op not in PURE:
            edges.args[index], edges.joins[index], edges.unread[index] = (), True, True
    return edges


def _needed(nodes: tuple[Node, ...], edges: _Edges) -> bytearray:
    """Of each node whether it has an effect, or one that has depends on it (see `needed_nodes`)."""
    args, after, joins, _unread = edges
    needed = bytearray(len(nodes))
    for index in range(len(nodes) - 1, -1, -1):
        if not needed[index]:
            if nodes[index].op in FOR_OTHERS:
                continue
            needed[index] = True
        for arg in args[index]:
            needed[arg] = True
        for earlier in after[index]:
            if joins[earlier]:
                needed[earlier] = True
    return needed


def _waits(edges: _Edges, number: Sequence[int], after: tuple[int, ...]) -> tuple[int, ...]:
    """What is kept of `after`, dropped ones replaced by what they wait for.

    `number` has the new number of each node that is kept, and -1 for the others.
    """
    found: set[int] = set()
    seen: set[int] = set()
    waiting = list(after)
    while waiting:
        earlier = waiting.pop()
        if earlier in seen:
            continue
        seen.add(earlier)
        if number[earlier] >= 0:
            found.add(number[earlier])
        else:
            waiting += edges.after[earlier]
    return tuple(sorted(found))
