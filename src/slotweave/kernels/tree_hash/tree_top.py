"""The nodes of the top of the tree, each in all lanes of a vector, made when first asked for."""

from __future__ import annotations

from slotweave.frontend.tracer import RegionHandle, Tracer, Vector, Word
from slotweave.kernels.tree_hash.workload import HASH_STAGES, Shape

#: What the last stage of the hash xors in; a value that still lacks it is *carried*.
CARRIED_CONSTANT = HASH_STAGES[-1][1]


class TreeTop:
    """Node vectors on request, plain or xored with the carried constant; each is made only once."""

    def __init__(self, k: Tracer, shape: Shape, tree: RegionHandle) -> None:
        self.k, self.shape, self.tree = k, shape, tree
        self._rows: dict[tuple[int, bool], Vector] = {}
        self._words: dict[tuple[int, bool], Word] = {}
        self._vectors: dict[tuple[int, bool], Vector] = {}

    def vector(self, node: int, xored: bool) -> Vector:
        """The value of `node` in every lane, xored with the carried constant if so asked."""
        key = (node, xored)
        if key not in self._vectors:
            with self.k.item(-1), self.k.stage("tree top"):
                self._vectors[key] = self.k.broadcast(self._word(node, xored))
        return self._vectors[key]

    def _word(self, node: int, xored: bool) -> Word:
        lanes = self.k.vector_length
        row = node // lanes
        address = self.tree.start + row * lanes
        if address + lanes <= self.shape.memory_words:
            return self._row(row, address, xored).lane(node % lanes)
        key = (node, xored)
        if key not in self._words:
            word = self.k.load(self.k.constant(self.tree.start + node), self.tree)
            self._words[key] = word ^ CARRIED_CONSTANT if xored else word
        return self._words[key]

    def _row(self, row: int, address: int, xored: bool) -> Vector:
        key = (row, xored)
        if key not in self._rows:
            if xored:
                self._rows[key] = self._row(row, address, False) ^ CARRIED_CONSTANT
            else:
                self._rows[key] = self.k.vload(self.k.constant(address), self.tree)
        return self._rows[key]
