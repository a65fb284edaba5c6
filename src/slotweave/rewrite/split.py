"""A graph in parts: what its groups of items share, and each group by itself.

A group is what works for one item (see `Node.item`): a value belongs to it if it is used there
alone, and no other item has one like it. Constants belong to nobody.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from slotweave.ir.graph import PURE, Graph, Node
from slotweave.rewrite.workspace import form_of, may_be_shared

#: The item of a node that is shared.
SHARED = -1


@dataclass(frozen=True)
class Split:
    """The nodes of a graph that are `shared`, and by item those of each of its `groups`, in order.

    Joins are in none of them, as are nodes of no use.
    """

    shared: list[int]
    groups: dict[int, list[int]]


def split(graph: Graph, needed: set[int]) -> Split | None:
    """The parts of `graph`, of which these nodes are `needed`.

    None if there are fewer than two groups, or if one uses what another one makes, or if what is
    shared uses what a group makes.
    """
    nodes = graph.nodes
    inputs = {region.name for region in graph.regions if region.read_only}
    likeness = [-1] * len(nodes)  # equal for nodes that compute the same, if they may be one
    owners: list[int] = []  # by likeness
    known: dict[Hashable, int] = {}
    for index, node in enumerate(nodes):
        if index not in needed:
            continue
        alike = tuple([likeness[arg] for arg in node.args])
        if -1 in alike:
            continue
        key: Hashable = index
        if node.op in PURE or may_be_shared(node, inputs):
            key = form_of(node.op, node.width, alike, node.imm, node.offsets, node.region)
        elif node.item != SHARED:
            continue
        likeness[index] = name = known.setdefault(key, len(known))
        item = node.item if constant_of(nodes, node) is None else SHARED
        if name == len(owners):
            owners.append(item)
        elif owners[name] != item:
            owners[name] = SHARED
    for index in range(len(nodes) - 1, -1, -1):
        if index not in needed:
            continue
        node, name = nodes[index], likeness[index]
        mine = owners[name] if name >= 0 else node.item
        for arg in node.args:
            of = likeness[arg]
            if of >= 0:
                if owners[of] != mine:
                    owners[of] = SHARED
            elif nodes[arg].item not in (mine, SHARED):
                return None
    groups: dict[int, list[int]] = {SHARED: []}
    for index, node in enumerate(nodes):
        if index in needed and node.op != "join":
            name = likeness[index]
            groups.setdefault(owners[name] if name >= 0 else node.item, []).append(index)
    shared = groups.pop(SHARED)
    return Split(shared, groups) if len(groups) > 1 else None


def constant_of(nodes: Sequence[Node], node: Node) -> tuple[int, int] | None:
    """The width and the word of a constant, one of `nodes`, which rules may make wherever they want
    one; None for other nodes."""
    if node.op == "const":
        return 1, node.imm
    if node.op == "broadcast" and nodes[node.args[0]].op == "const":
        return node.width, nodes[node.args[0]].imm
    return None
