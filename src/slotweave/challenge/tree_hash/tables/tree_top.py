"""Nodes of the tree as words, each read once, and as vectors that hold one in all lanes."""

from __future__ import annotations

from slotweave.challenge.tree_hash.tables.memory_map import MemoryMap
from slotweave.challenge.tree_hash.workload import HASH_STAGES, Shape
from slotweave.frontend.tracer import Tracer, Vector, Word

#: What the last stage of the hash xors in; a value that still lacks it is *carried*.
CARRIED_CONSTANT = HASH_STAGES[-1][1]


#: A node, and whether the constant is xored in; two nodes, and the same.
VectorKey = tuple[int, bool]
StepKey = tuple[int, int, bool]


class TreeTop:
    """Nodes on request, plain or xored with the carried constant; each is made only once."""

    def __init__(self, k: Tracer, shape: Shape, memory: MemoryMap) -> None:
        self.k, self.shape, self.memory = k, shape, memory
        self._rows: dict[tuple[int, bool], Vector] = {}
        self._words: dict[tuple[int, bool], Word] = {}
        self._vectors: dict[tuple[int, bool], Vector] = {}
        self._steps: dict[tuple[int, int, bool], Vector] = {}

    def vector(self, node: int, xored: bool) -> Vector:
        """The value of `node` in every lane, xored with the carried constant if so asked."""
        key = (node, xored)
        if key not in self._vectors:
            with self.k.item(-1), self.k.stage("tree top"):
                self._vectors[key] = self.k.broadcast(self._word_from_row(node, xored))
        return self._vectors[key]

    def step(self, node: int, other: int, xored: bool) -> Vector:
        """What leads from the value of `node` to that of `other`, in every lane."""
        key = (node, other, xored)
        if key not in self._steps:
            with self.k.item(-1), self.k.stage("tree top"):
                apart = self._word_from_row(other, xored) - self._word_from_row(node, xored)
                self._steps[key] = self.k.broadcast(apart)
        return self._steps[key]

    def made(self) -> tuple[list[VectorKey], list[StepKey]]:
        """The arguments of `vector` and of `step` so far."""
        return list(self._vectors), list(self._steps)

    def word(self, node: int, xored: bool) -> Word:
        """The value of `node`; the constant is xored in for this word alone."""
        key = (node, xored)
        if key not in self._words:
            plain = self._word_from_row(node, False)
            self._words[key] = plain ^ CARRIED_CONSTANT if xored else plain
        return self._words[key]

    def read(self, first: int, stop: int) -> None:
        """Read the nodes `first` to `stop` - 1, in that order: rows of addresses that rise are
        made from each other."""
        for node in range(first, stop):
            self._word_from_row(node, False)

    def row(self, first: int) -> Vector:
        """The vector of nodes from `first` on, which is a multiple of the vector length."""
        return self._row(first // self.k.vector_length, False)

    def _word_from_row(self, node: int, xored: bool) -> Word:
        lanes = self.k.vector_length
        row = node // lanes
        address = self.shape.tree + row * lanes
        if address + lanes <= self.shape.memory_words:
            return self._row(row, xored).lane(node % lanes)
        key = (node, xored)
        if key not in self._words:
            where = self.shape.tree + node
            word = self.k.load(self.k.constant(where), self.memory.node_region(where))
            self._words[key] = word ^ CARRIED_CONSTANT if xored else word
        return self._words[key]

    def _row(self, row: int, xored: bool) -> Vector:
        key = (row, xored)
        if key not in self._rows:
            if xored:
                self._rows[key] = self._row(row, False) ^ CARRIED_CONSTANT
            else:
                address = self.shape.tree + row * self.k.vector_length
                region = self.memory.node_region(address)
                self._rows[key] = self.k.vload(self.k.constant(address), region)
        return self._rows[key]
