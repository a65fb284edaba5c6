"""Records of a node between its two children: two levels of the tree for one vector load an item.

A table holds, for every node of one level, the words (child for bit 0, node, child for bit 1), all
xored with the carried constant, in the order of mirrored places. It is built in working memory
from the tree. Eight records that are loaded one after the other, each RECORD_WORDS behind the one
before, overlap in scratch: each load overwrites what the one before brought too much.
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.frontend.tracer import Block, RegionHandle, Tracer, Vector, Word
from slotweave.kernels.tree_hash.memory_map import RECORD_WORDS
from slotweave.kernels.tree_hash.tree_top import CARRIED_CONSTANT

FIRST_CHILD, PARENT, SECOND_CHILD = range(RECORD_WORDS)


def build_table(k: Tracer, tree: RegionHandle, depth: int, table: RegionHandle) -> None:
    """Write the records of all nodes at `depth` to `table`; both levels are whole vectors."""
    with k.item(-1), k.stage("build records"):
        parents = _level_words(k, tree, depth)
        children = _level_words(k, tree, depth + 1)
        words: list[Word] = []
        for place in range(2**depth):
            number = 2**depth - 1 - place  # mirrored: place 0 is the rightmost node
            words += [children[2 * number + 1], parents[number], children[2 * number]]
        words = [word ^ CARRIED_CONSTANT for word in words]
        for first in range(0, len(words), k.vector_length):
            row = k.pack(words[first : first + k.vector_length])
            k.vstore(k.constant(table.start + first), row, table)


def _level_words(k: Tracer, tree: RegionHandle, depth: int) -> list[Word]:
    """The nodes at `depth`, from left to right, as they lie in the tree."""
    first = tree.start + 2**depth - 1
    rows = [k.vload(k.constant(first + i), tree) for i in range(0, 2**depth, k.vector_length)]
    return [row.lane(i) for row in rows for i in range(k.vector_length)]


@dataclass(frozen=True)
class Records:
    """The records of a vector of items, in scratch: item i's begins at word RECORD_WORDS * i."""

    block: Block
    lanes: int

    def words(self, which: int) -> list[Word]:
        """One word of each item's record."""
        return [self.block.lane(RECORD_WORDS * i + which) for i in range(self.lanes)]


def read_records(k: Tracer, table: RegionHandle, address: Vector) -> Records:
    """The records at `address`, one for each lane."""
    loads = [k.vload(address.lane(i), table, used=RECORD_WORDS) for i in range(k.vector_length)]
    block = k.overlay([(load, RECORD_WORDS * i) for i, load in enumerate(loads)])
    return Records(block, k.vector_length)


def side_by_side(k: Tracer, words: list[Word], buffer: RegionHandle, addresses: Vector) -> Vector:
    """`words` as a vector, laid side by side through the memory words at `addresses`."""
    for i, word in enumerate(words):
        k.store(addresses.lane(i), word, buffer)
    return k.vload(addresses.lane(0), buffer)
