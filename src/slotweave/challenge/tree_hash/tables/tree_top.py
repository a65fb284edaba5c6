"""Nodes of the tree as words, each read once, and as vectors that hold one in all lanes.

All are shared by the whole trace (see `Tracer.once`), so strands may ask for them.
"""

from __future__ import annotations

from slotweave.challenge.tree_hash.tables.memory_map import MemoryMap
from slotweave.challenge.tree_hash.workload import HASH_STAGES, Shape
from slotweave.frontend.tracer import Tracer, Vector, Word

#: What the last stage of the hash xors in; a value that still lacks it is *carried*.
CARRIED_CONSTANT = HASH_STAGES[-1][1]


class TreeTop:
    """Nodes on request, plain or xored with the carried constant; each is made only once."""

    def __init__(self, k: Tracer, shape: Shape, memory: MemoryMap) -> None:
        self.k, self.shape, self.memory = k, shape, memory

    def vector(self, node: int, xored: bool) -> Vector:
        """The value of `node` in every lane, xored with the carried constant if so asked."""
        return self.k.once(_vector, self.shape, self.memory, node, xored)

    def step(self, node: int, other: int, xored: bool) -> Vector:
        """What leads from the value of `node` to that of `other`, in every lane."""
        return self.k.once(_step, self.shape, self.memory, node, other, xored)

    def word(self, node: int) -> Word:
        """The value of `node`, as a word of whatever it is read with."""
        return _word_from_row(self.k, self.shape, self.memory, node, False)

    def row(self, first: int) -> Vector:
        """The vector of nodes from `first` on, which is a multiple of the vector length."""
        number = first // self.k.vector_length
        return self.k.once(_row, self.shape, self.memory, number, False)


def _vector(k: Tracer, shape: Shape, memory: MemoryMap, node: int, xored: bool) -> Vector:
    with k.stage("tree top"):
        return k.broadcast(_word_from_row(k, shape, memory, node, xored))


def _step(k: Tracer, shape: Shape, memory: MemoryMap, node: int, other: int, xored: bool) -> Vector:
    with k.stage("tree top"):
        there = _word_from_row(k, shape, memory, other, xored)
        return k.broadcast(there - _word_from_row(k, shape, memory, node, xored))


def _word_from_row(k: Tracer, shape: Shape, memory: MemoryMap, node: int, xored: bool) -> Word:
    """The value of `node`, a lane of the vector that it lies in if all of that lies in memory."""
    lanes = k.vector_length
    number = node // lanes
    if shape.tree + (number + 1) * lanes <= shape.memory_words:
        return k.once(_row, shape, memory, number, xored).lane(node % lanes)
    return k.once(_lone_word, shape, memory, node, xored)


def _row(k: Tracer, shape: Shape, memory: MemoryMap, number: int, xored: bool) -> Vector:
    with k.stage("tree top"):
        if xored:
            return k.once(_row, shape, memory, number, False) ^ CARRIED_CONSTANT
        address = shape.tree + number * k.vector_length
        return k.vload(k.constant(address), memory.node_region(address))


def _lone_word(k: Tracer, shape: Shape, memory: MemoryMap, node: int, xored: bool) -> Word:
    with k.stage("tree top"):
        if xored:
            return k.once(_lone_word, shape, memory, node, False) ^ CARRIED_CONSTANT
        where = shape.tree + node
        return k.load(k.constant(where), memory.node_region(where))
