"""What is needed of a graph, each operation once: `rewrite` without rules, in one pass.

Guarantees: the graph returned is that of `rewrite(graph, machine, ())`, node for node, if the nodes
of the given one work for no items, as those of lifted programs do. Slices that could be simpler, of
which `rewrite` knows, are left to it.
"""

from __future__ import annotations

from collections.abc import Hashable

from slotweave.ir.graph import Graph, Node
from slotweave.isa import LOADS, WORD_MASK
from slotweave.machine import Machine
from slotweave.rewrite.driver import rewrite
from slotweave.rewrite.finish import needed_nodes
from slotweave.rewrite.workspace import EXCHANGEABLE

#: Slices of these may be simpler.
_LAYERS = frozenset({"slice", "broadcast", "overlay"})


def needed_once(graph: Graph, machine: Machine) -> Graph:
    """What stores, traces and pauses of `graph` depend on, common subexpressions once."""
    if any(node.op == "slice" and _may_be_simpler(graph, node) for node in graph.nodes):
        return rewrite(graph, machine, ()).graph
    first = _first_of_each(graph)
    needed = needed_nodes(first)
    joins = {name for name in needed if first[name].op == "join" and len(first[name].after) < 2}
    kept = sorted(needed - joins)
    number = {name: place for place, name in enumerate(kept)}
    nodes = []
    for name in kept:
        node = first[name]
        after = _waits(first, number, node.after) if node.after else ()
        nodes.append(node.with_edges(tuple([number[arg] for arg in node.args]), after))
    return graph.with_nodes(tuple(nodes))


def _may_be_simpler(graph: Graph, node: Node) -> bool:
    source = graph.nodes[node.args[0]]
    return source.op in _LAYERS or source.width == node.width


def _first_of_each(graph: Graph) -> list[Node]:
    """The nodes of `graph`; in the arguments of each of them the first of those that are alike.

    A load that nobody needs is a join: what waits for it waits for what it waits for.
    """
    inputs = {region.name for region in graph.regions if region.read_only}
    needed = needed_nodes(graph.nodes)
    same = list(range(len(graph.nodes)))
    interned: dict[Hashable, int] = {}
    nodes = []
    for index, node in enumerate(graph.nodes):
        after = tuple([same[earlier] for earlier in node.after]) if node.after else ()
        if index not in needed:
            nodes.append(node if node.pure else Node("join", 0, after=after))
            continue
        args = tuple([same[arg] for arg in node.args])
        nodes.append(node.with_edges(args, after))
        if node.pure or (node.region in inputs and node.effect is LOADS):
            if node.op in EXCHANGEABLE and args[0] > args[1]:
                args = (args[1], args[0], *args[2:])
            key = (node.op, node.width, args, node.imm & WORD_MASK, node.offsets, node.region)
            same[index] = interned.setdefault(key, index)
    return nodes


def _waits(nodes: list[Node], number: dict[int, int], after: tuple[int, ...]) -> tuple[int, ...]:
    """What is kept of `after`, dropped ones replaced by what they wait for."""
    found: set[int] = set()
    seen: set[int] = set()
    waiting = list(after)
    while waiting:
        earlier = waiting.pop()
        if earlier in seen:
            continue
        seen.add(earlier)
        if earlier in number:
            found.add(number[earlier])
        else:
            waiting += nodes[earlier].after
    return tuple(sorted(found))
