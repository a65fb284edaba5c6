"""Copies, records and families: nodes of one level, alone or with what lies below them, in tables.

A record is a node between its two children, a family has its four grandchildren after that: two or
three levels of the tree for one vector load an item. The words are xored with the carried constant
and in the order of mirrored places. Tables are built in working memory from the tree. Eight records
that are loaded one after the other, each as far after the one before as it has words in use,
overlap in scratch: each load overwrites what the one before brought too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slotweave.challenge.tree_hash.tables.memory_map import (
    COPY_WORDS,
    FAMILY_WORDS,
    RECORD_WORDS,
    Entries,
    MemoryMap,
    Table,
)
from slotweave.challenge.tree_hash.tables.tree_top import CARRIED_CONSTANT, TreeTop
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.frontend.tracer import Block, Tracer, Vector, Word
from slotweave.ir.graph import Region

#: Where the words of a record or a family lie: children and grandchildren by their path bits.
FIRST_CHILD, NODE, SECOND_CHILD, GRANDCHILDREN = range(4)


def build_tables(k: Tracer, shape: Shape, memory: MemoryMap) -> None:
    """Write all tables of `memory`."""
    for _ in k.strand(_tables, shape, memory):
        pass


def _tables(k: Tracer, shape: Shape, memory: MemoryMap) -> Iterator[None]:
    """A strand of one step."""
    top = TreeTop(k, shape, memory)
    words: dict[int, Word] = {}  # of nodes, xored with the carried constant
    with k.stage("build records"):
        for table in memory.tables:
            _build_table(k, top, words, table, memory.entries(table))
    yield


def _build_table(
    k: Tracer, top: TreeTop, words: dict[int, Word], table: Table, entries: Entries
) -> None:
    for node in range(2**table.depth - 1, 2 ** (table.depth + table.levels) - 1):
        top.word(node)  # rows of addresses that rise are made from each other
    region, nodes = entries.region, _nodes_by_address(table, entries)
    for node in nodes.values():
        if node not in words:
            words[node] = top.word(node) ^ CARRIED_CONSTANT
    # Nobody reads the words between entries. To make one takes an operation; to leave the node
    # there would take a copy of its whole row.
    for start in range(region.start, region.start + region.length, k.vector_length):
        row = k.pack([
            words[nodes[at]] if at in nodes else top.word(at - top.shape.tree) + 1
            for at in range(start, start + k.vector_length)
        ])  # fmt: skip
        k.vstore(k.constant(start), row, region)


def _nodes_by_address(table: Table, entries: Entries) -> dict[int, int]:
    """The node whose word lies at each address, in the order of places."""
    nodes = {}
    for place in range(2**table.depth):
        number = 2**table.depth - 1 + (2**table.depth - 1 - place)  # mirrored
        for i, node in enumerate(_nodes(number, table.words)):
            nodes[entries.first_word(place) + i] = node
    return nodes


def _nodes(node: int, words: int) -> Iterator[int]:
    """The nodes of the record of `node`; bit 0 leads to the right, as carried."""
    if words == COPY_WORDS:
        yield node
        return
    children = (2 * node + 2, 2 * node + 1)
    yield from (children[0], node, children[1])
    if words == FAMILY_WORDS:
        for child in children:
            yield from (2 * child + 2, 2 * child + 1)


@dataclass(frozen=True)
class Records:
    """The records of a vector of items, in scratch: item i's begins at word `apart` * i +
    `begin`."""

    block: Block
    apart: int
    lanes: int
    begin: int = 0

    def words(self, which: int) -> list[Word]:
        """One word of each item's record."""
        return [self.block.lane(self.apart * i + self.begin + which) for i in range(self.lanes)]


def read_records(
    k: Tracer, region: Region, address: Vector, words: int, first: int = 0, begin: int = 0
) -> Records:
    """The records at `address`, one for each lane: of `words` words, those from `first` on used.

    Records are the words from `begin` on of what is loaded there: the first words, or the last
    ones. Then each load covers what the one of the item after it brought too much.
    """
    lanes = range(k.vector_length)
    assert begin in (0, k.vector_length - words)
    used = range(begin + first, begin + words)
    parts = [(k.vload(address.lane(i), region, used=used), words * i) for i in lanes]
    block = k.overlay(parts[::-1] if begin else parts)
    return Records(block, words, k.vector_length, begin)


def windows_of_records(lanes: int) -> list[int]:
    """Words of a block of records, one a lane, at which windows of whole vectors begin: together
    they hold every first child, and as far after it as a second child lies."""
    words = RECORD_WORDS * lanes
    last = words - lanes - SECOND_CHILD
    return sorted({min(first, last) for first in range(0, words, lanes)})


def side_by_side(k: Tracer, words: Sequence[Word], buffer: Region, addresses: Vector) -> Vector:
    """`words` as a vector, laid side by side through the memory words at `addresses`."""
    store_words(k, words, buffer, addresses)
    return k.vload(addresses.lane(0), buffer)


def store_words(k: Tracer, words: Sequence[Word], region: Region, addresses: Vector) -> None:
    """Each word at its own address."""
    for i, word in enumerate(words):
        k.store(addresses.lane(i), word, region)
