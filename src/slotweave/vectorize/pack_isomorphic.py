"""Pack isomorphic operations on words into operations on vectors.

Superword-level parallelism (Larsen and Amarasinghe, PLDI 2000), grown from the stores: stores to
vector_length adjacent words become one. So do the operations that make the stored words, and those
that make their operands, as long as they are isomorphic. Where they are not, words are gathered
into a vector, or broadcast if they are all one word. Isomorphic values that are stored to scattered
words are computed together and stored one by one. Packing also grows from words that the graph
gathers into a vector: mostly these are the lanes of one vector, computed one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from slotweave.ir.graph import Graph, Node
from slotweave.ir.known_words import Words
from slotweave.isa import Effect, Shape
from slotweave.machine import Machine
from slotweave.vectorize.copying import Copy, Ref
from slotweave.vectorize.store_groups import Group, store_groups, touched_words


def pack_isomorphic(graph: Graph, machine: Machine) -> Graph:
    """`graph` with its word stores side by side, and what leads to them, done in vectors.

    It stays as it is if that takes more vectors than it has words.
    """
    known = graph.known
    groups = store_groups(graph, known)
    if not groups and not _has_lanes(graph):
        return graph
    return _Packing(graph, machine, known, groups).result()


def pack_lanes(graph: Graph, machine: Machine) -> Graph:
    """`graph` with the lanes of vectors that it works on one by one put together again."""
    if not _has_lanes(graph):
        return graph
    return _Packing(graph, machine, graph.known, []).result()


def _has_lanes(graph: Graph) -> bool:
    return any(_is_lanes(graph, node) for node in graph.nodes)


def _is_lanes(graph: Graph, node: Node) -> bool:
    """Are these the words of a vector, laid side by side one by one?"""
    return node.op == "overlay" and len(node.args) == node.width == graph.vector_length


class _Packing:
    """The copy of a graph in which groups of nodes are packed where they are wanted."""

    def __init__(
        self, graph: Graph, machine: Machine, known: Mapping[int, Words], groups: list[Group]
    ) -> None:
        self._graph, self._machine, self._known = graph, machine, known
        self._groups = groups
        self._copy = Copy(graph)
        self._number: dict[int, int] = {}
        self._packed: dict[Group, int] = {}
        self._grouped = {store for group in groups for store in group}
        self._movable = _movable_loads(graph, known, self._grouped)

    @property
    def too_many(self) -> bool:
        """Are there more vectors than the graph has words, because words combine in many ways?"""
        return len(self._packed) > len(self._graph.nodes)

    def result(self) -> Graph:
        skipped = self._grouped | self._movable
        needed = _needed(self._graph)
        for index, node in enumerate(self._graph.nodes):
            lanes = index in needed and _is_lanes(self._graph, node)
            if (node.pure and not lanes) or node.op == "join" or index in skipped:
                continue  # made where it is wanted
            self._word(index)
        stores = [store for group in self._groups for store in self._stores(group)]
        for store in stores:
            self._copy.add(store)
        return self._graph if self.too_many else self._copy.graph()

    def _stores(self, group: Group) -> list[Node]:
        """The store of `group`, or all of its stores, with what they store in place."""
        stores = [self._graph.nodes[store] for store in group]
        value = self._vector(tuple(store.args[1] for store in stores))
        if self._consecutive(stores):
            return [replace(stores[0], op="vstore", args=(self._word(stores[0].args[0]), value))]
        return [
            replace(store, args=(self._word(store.args[0]), self._copy.word((value, lane))))
            for lane, store in enumerate(stores)
        ]

    def _word(self, root: int) -> int:
        """The copy of node `root` as it stands."""
        stack = [root]
        while stack:
            index = stack[-1]
            if index in self._number:
                stack.pop()
                continue
            node = self._graph.nodes[index]
            if _is_lanes(self._graph, node):
                self._number[index] = self._vector(node.args)
                continue
            missing = [arg for arg in node.args if arg not in self._number]
            if missing:
                stack += missing
                continue
            args = tuple(self._number[arg] for arg in node.args)
            self._number[index] = self._copy.add(replace(node, args=args))
        return self._number[root]

    def _vector(self, root: Group) -> int:
        """The vector of the words `root`."""
        stack = [root]
        while stack:
            group = stack[-1]
            if group in self._packed:
                stack.pop()
                continue
            operands = None if self.too_many else self._operands(group)
            if operands is None:
                self._packed[group] = self._side_by_side(group)
                continue
            missing = [args for args in operands if args not in self._packed]
            if missing:
                stack += missing
                continue
            args = tuple(self._packed[operand] for operand in operands)
            self._packed[group] = self._together(group, args)
        return self._packed[root]

    def _operands(self, group: Group) -> list[Group] | None:
        """The operands of `group` lane by lane, if it can be one vector operation."""
        nodes = [self._graph.nodes[index] for index in group]
        first = nodes[0]
        if len(set(group)) == 1 or any(
            (node.op, node.width, len(node.args), node.region)
            != (first.op, 1, len(first.args), first.region)
            for node in nodes
        ):
            return None
        if first.op in ("slice", "overlay", "const", "core_id"):
            return None
        if first.op == "add_immediate":
            return [tuple(node.args[0] for node in nodes)]
        if first.effect is Effect.LOAD:
            if not self._movable.issuperset(group):
                return None
            if self._consecutive(nodes):
                return []
            if all(node.args[0] in self._known for node in nodes):
                return None  # no gather: each address is known as it stands
        if not self._runs(first.op):
            return None
        return [tuple(node.args[k] for node in nodes) for k in range(len(first.args))]

    def _runs(self, op: str) -> bool:
        modes = self._machine.modes_of(op, Shape.VECTOR)
        return any(self._machine.slots[mode.engine] for mode in modes)

    def _consecutive(self, nodes: list[Node]) -> bool:
        """Do the accesses touch words side by side at known addresses?"""
        words = [self._known.get(node.args[0], (-1,))[0] for node in nodes]
        return words[0] >= 0 and words == list(range(words[0], words[0] + len(words)))

    def _together(self, group: Group, args: tuple[int, ...]) -> int:
        """One vector operation for `group` on the vectors `args`."""
        first = self._graph.nodes[group[0]]
        lanes = len(group)
        if first.effect is Effect.LOAD and not args:
            address = self._word(first.args[0])
            node = replace(first, op="vload", width=lanes, args=(address,))
        elif first.op == "add_immediate":
            immediates = tuple(self._graph.nodes[index].imm for index in group)
            constants = tuple((self._copy.constant(imm), 0) for imm in immediates)
            other = self._copy.block(constants)
            node = replace(first, op="add", width=lanes, args=(*args, other), imm=0)
        else:
            node = replace(first, width=lanes, args=args)
        return self._copy.add(node)

    def _side_by_side(self, group: Group) -> int:
        refs: tuple[Ref, ...] = tuple(self._source(index) for index in group)
        return self._copy.block(refs)

    def _source(self, index: int) -> Ref:
        """The word of node `index`, after a slice in the copy."""
        node = self._graph.nodes[index]
        if node.op == "slice":
            return self._word(node.args[0]), node.imm
        return self._word(index), 0


def _needed(graph: Graph) -> set[int]:
    """What some store, trace or pause depends on."""
    needed: set[int] = set()
    for index in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[index]
        if index in needed or not (node.pure or node.effect is Effect.LOAD or node.op == "join"):
            needed.update(node.args)
    return needed


def _movable_loads(graph: Graph, known: Mapping[int, Words], grouped: set[int]) -> set[int]:
    """The loads whose words only the stores in `grouped` change, which come last of all."""
    changed: dict[str, set[int] | None] = {region.name: set() for region in graph.regions}
    for index, node in enumerate(graph.nodes):
        if node.effect is Effect.STORE and index not in grouped:
            words, before = touched_words(graph, node, known), changed[node.region]
            changed[node.region] = None if words is None or before is None else before | words
    movable: set[int] = set()
    for index, node in enumerate(graph.nodes):
        if node.effect is Effect.LOAD:
            words, stored = touched_words(graph, node, known), changed[node.region]
            untouched = stored is not None and (words is not None and not words & stored)
            if untouched or stored == set():
                movable.add(index)
    return movable
