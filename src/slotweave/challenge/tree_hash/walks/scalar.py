"""Tree hash one item at a time, as the definition reads: the scalar starting point.

Every value that a round needs is read from memory and written back in the same round. Literals are
interned by the tracer: each distinct one is loaded once, and held for good. Item numbers too,
unless there are more of them than scratch could hold; then each is loaded where it is used.
"""

from __future__ import annotations

from slotweave.challenge.tree_hash.tables.memory_map import MemoryMap
from slotweave.challenge.tree_hash.workload import HASH_STAGES, HEADER_WORDS, Shape
from slotweave.frontend.tracer import Tracer, Word

#: Up to this many items their numbers are held in scratch.
HELD_ITEM_NUMBERS = 1024


def build_scalar(k: Tracer, shape: Shape, memory: MemoryMap) -> None:
    """Write the scalar program of `shape` through `k`."""
    item_indices, item_values = memory.at(shape.indices), memory.at(shape.values)
    header = [k.load(k.constant(i), memory.header) for i in range(HEADER_WORDS)]
    nodes, tree, indices, values = header[1], header[4], header[5], header[6]
    held = shape.batch <= HELD_ITEM_NUMBERS
    for literal in (0, 1, 2, *(range(shape.batch) if held else ())):
        k.literal(literal)
    k.pause()
    for _ in range(shape.rounds):
        for item in range(shape.batch):
            with k.item(item):
                number = k.literal(item) if held else k.constant(item)
                index = k.load(indices + number, item_indices)
                value = k.load(values + number, item_values)
                node = k.load(tree + index, memory.tree)
                value = hash_plainly(value ^ node)
                step = k.select((value % 2) == 0, k.literal(1), k.literal(2))
                index = index * 2 + step
                index = k.select(index < nodes, index, k.literal(0))
                k.store(indices + number, index, item_indices)
                k.store(values + number, value, item_values)
    k.pause()


def hash_plainly(a: Word) -> Word:
    """The hash as the workload defines it."""
    for op1, constant, op2, op3, shift in HASH_STAGES:
        left = a + constant if op1 == "+" else a ^ constant
        right = a << shift if op3 == "<<" else a >> shift
        a = left + right if op2 == "+" else left ^ right
    return a
