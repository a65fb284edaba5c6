"""A graph under change: its nodes in another order, some exchanged, added or left out.

Steps that follow each other work on one of these, so that the graph is built once, at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.ir.graph import Graph, Node


class Reordered:
    """`nodes` are those of the graph by number, then new ones; their arguments are such numbers.

    `order` has the numbers of those that are left, in order, `instead` by number of some of the
    others the one that stands for it.
    """

    def __init__(self, graph: Graph) -> None:
        self.source = graph
        self.nodes: list[Node] = list(graph.nodes)
        self.order: Sequence[int] = range(len(self.nodes))
        self.instead: dict[int, int] = {}

    def add(self, node: Node) -> int:
        """The number of a new node; it has no place in the order yet."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def standing_for(self, number: int) -> int:
        """The node that is used where `number` is named."""
        return self.instead.get(number, number)

    def drop_unread(self) -> None:
        """Leave out the operations, but for accesses, whose results nothing uses."""
        kept: set[int] = set()
        instead = self.instead
        for number in reversed(self.order):
            node = self.nodes[number]
            if number in kept or not node.pure:
                kept.add(number)
                kept.update([instead.get(arg, arg) for arg in node.args])
                if node.after:
                    kept.update([instead.get(earlier, earlier) for earlier in node.after])
        self.order = [number for number in self.order if number in kept]

    def graph(self) -> Graph:
        """The graph that it is by now."""
        place = {number: at for at, number in enumerate(self.order)}
        place |= {old: place[new] for old, new in self.instead.items() if new in place}
        nodes: list[Node] = []
        for number in self.order:
            node = self.nodes[number]
            args = tuple([place[arg] for arg in node.args])
            after = tuple([place[earlier] for earlier in node.after]) if node.after else ()
            nodes.append(node.with_edges(args, after))
        return self.source.with_nodes(tuple(nodes))
