"""A graph copied node by node, with the order of memory accesses computed again.

Nodes of the old graph are asked for by number and renamed as they are copied; what a pass puts in
their place is appended between them. Joins are not copied: the order of accesses follows from
regions and known addresses alone, as in `ir.memory_order`.
"""

from __future__ import annotations

from slotweave.ir.graph import Graph, Node
from slotweave.ir.known_words import Words, known_words
from slotweave.ir.memory_order import MemoryOrder
from slotweave.isa import Effect

#: Word `[1]` of the value of node `[0]`.
Ref = tuple[int, int]


class Copy:
    """The new graph so far; `known` are the values of its nodes of which all words are known."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._regions = graph.region_by_name
        self._order = {region.name: MemoryOrder(self._join) for region in graph.regions}
        self._traced: tuple[int, ...] = ()
        self._constants: dict[int, int] = {}
        self._slices: dict[Ref, int] = {}
        self._blocks: dict[tuple[Ref, ...], int] = {}
        self.nodes: list[Node] = []
        self.known: dict[int, Words] = {}

    def graph(self) -> Graph:
        return self._graph.with_nodes(tuple(self.nodes))

    def add(self, node: Node) -> int:
        """Append `node`, whose args are new numbers; its `after` is worked out."""
        if node.effect is Effect.LOAD or node.effect is Effect.STORE:
            return self._access(node)
        if node.op == "pause":
            return self._pause(node)
        if node.op == "trace_write":
            index = self._append(node.with_edges(node.args, self._traced))
            self._traced = (index,)
            return index
        return self._append(node)

    def _append(self, node: Node) -> int:
        index = len(self.nodes)
        self.nodes.append(node)
        if all(arg in self.known for arg in node.args):
            words = known_words(node, [self.known[arg] for arg in node.args])
            if words is not None:
                self.known[index] = words
        return index

    def _join(self, after: tuple[int, ...]) -> int:
        return self._append(Node("join", 0, after=after))

    def addresses(self, node: Node) -> list[int] | None:
        """The words of its region that an access touches; None if that is not known."""
        known = self.known.get(node.args[0])
        if known is None:
            return None
        if node.op not in ("vload", "vstore"):
            return list(known)
        region = self._regions[node.region]
        words = range(known[0], known[0] + self._graph.vector_length)
        return [word for word in words if region.start <= word < region.stop]

    def _access(self, node: Node) -> int:
        words, order = self.addresses(node), self._order[node.region]
        if node.effect is Effect.STORE:
            index = self._append(node.with_edges(node.args, order.before_store(words)))
            order.note_store(index, words)
            return index
        if self._regions[node.region].read_only:
            return self._append(node.with_edges(node.args, ()))
        index = self._append(node.with_edges(node.args, order.before_load(words)))
        order.note_load(index, words)
        return index

    def _pause(self, node: Node) -> int:
        waits = set(self._traced)
        for order in self._order.values():
            waits.update(order.before_store(None))
        index = self._append(node.with_edges(node.args, tuple(sorted(waits))))
        for order in self._order.values():
            order.note_store(index, None)
        self._traced = (index,)
        return index

    def constant(self, word: int) -> int:
        """A node of a known word; one for all of its uses."""
        if word not in self._constants:
            self._constants[word] = self._append(Node("const", 1, imm=word))
        return self._constants[word]

    def word(self, ref: Ref) -> int:
        """A node of width 1 that is `ref`."""
        if self.nodes[ref[0]].width == 1:
            return ref[0]
        if ref not in self._slices:
            where = self.nodes[ref[0]].where
            self._slices[ref] = self._append(Node("slice", 1, (ref[0],), ref[1], where=where))
        return self._slices[ref]

    def block(self, refs: tuple[Ref, ...]) -> int:
        """A node whose words are `refs`."""
        first = refs[0][0]
        if len(refs) == self.nodes[first].width and all(
            ref == (first, lane) for lane, ref in enumerate(refs)
        ):
            return first
        if len(refs) == 1:
            return self.word(refs[0])
        if refs not in self._blocks:
            where = self.nodes[first].where
            if len(set(refs)) == 1:
                node = Node("broadcast", len(refs), (self.word(refs[0]),), where=where)
            else:
                parts = tuple(self.word(ref) for ref in refs)
                offsets = tuple(range(len(refs)))
                node = Node("overlay", len(refs), parts, offsets=offsets, where=where)
            self._blocks[refs] = self._append(node)
        return self._blocks[refs]
