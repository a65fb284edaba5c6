"""Where a plan's tables lie in memory, and which region every other word belongs to.

Until the end nothing needs the index region of items that start at the root, so tables are laid
there one after the other; where the batch is a whole number of vectors they may run on over the
values, which are in registers by then and are written when nothing reads the tables any more.

The first nodes of the tree are read once, at the start. A plan may *borrow* their words: they are
kept in registers, and written back at the end where the contract asks for it. One table may lie
there such that addresses of its records are *indices* (see `IndexTable`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slotweave.challenge.tree_hash.workload import (
    HEADER_WORDS,
    Shape,
    judges_indices,
    keeps_inputs,
)
from slotweave.frontend.tracer import Tracer
from slotweave.ir.graph import Region

#: A copy is a node, a record a node between its children; a family has the grandchildren too.
COPY_WORDS, RECORD_WORDS, FAMILY_WORDS = 1, 3, 7

#: How many value words tables may borrow at most; until the tables are read no more, the values
#: that lay there are in registers.
BORROWED_WORDS = 256


@dataclass(frozen=True, slots=True)
class Table:
    """What is made of each node at `depth`: that many `words` (a copy, a record or a family)."""

    depth: int
    words: int

    @property
    def size(self) -> int:
        """The words of the whole table."""
        return self.words * int(2**self.depth)

    @property
    def levels(self) -> int:
        """How many levels of the tree it answers."""
        return self.words.bit_length()

    @property
    def name(self) -> str:
        kind = {COPY_WORDS: "copies", RECORD_WORDS: "records", FAMILY_WORDS: "families"}
        return f"{kind[self.words]} {self.depth}"


@dataclass(frozen=True, slots=True)
class Entries:
    """How a table is read: the entry at mirrored place p is what a vector load at `scale` * p +
    `base` brings, from its word `begin` on; `region` holds all of them."""

    region: Region
    scale: int
    base: int
    begin: int = 0

    def first_word(self, place: int) -> int:
        """The address of the first word of the entry at mirrored place `place`."""
        return self.scale * place + self.base + self.begin


@dataclass(frozen=True, slots=True)
class IndexTable:
    """Records of the level two above the one where all items end, four words apart, over nodes of
    the tree: a vector load that begins at an index brings a record as its last words.

    That index is the last one of those two levels below the record, and the path bits to the
    others (mirrored, as they are) count down from it: index = address - 2 * bit - bit.
    """

    table: Table
    words: range
    last_index: int

    @property
    def apart(self) -> int:
        """How far apart records lie."""
        return len(self.words) >> self.table.depth


def index_table(shape: Shape, lanes: int) -> IndexTable | None:
    """The one for this shape; None if records do not fit, or not over whole vectors of nodes."""
    depth = shape.level_of_round(shape.rounds)
    table, last = Table(depth - 2, RECORD_WORDS), 2 ** (depth + 1) - 2
    if depth < 2 or lanes < RECORD_WORDS:
        return None
    first = last - 2**depth + 4 + lanes - RECORD_WORDS
    whole = (first - shape.tree) % lanes == 0 and 2**table.depth % lanes == 0
    if not whole or first < shape.tree or first + 2**depth > shape.indices:
        return None
    return IndexTable(table, range(first, first + 2**depth), last)


def tables_over_values(tables: Sequence[Table], index: IndexTable | None) -> list[Table]:
    """The tables that lie over indices and values."""
    return [table for table in tables if index is None or table != index.table]


@dataclass(frozen=True)
class MemoryMap:
    """The regions as the kernel declares them, the same in every trace.

    `borrowed` holds the first nodes, if a plan wants to write there; `tree` all others, but for
    those that the table of `index` lies over.
    """

    tree: Region
    header: Region
    borrowed: Region | None
    laid: tuple[tuple[Table, Region], ...]
    rest: tuple[Region, ...]
    index: IndexTable | None = None

    @property
    def tables(self) -> Mapping[Table, Region]:
        """Where each table lies."""
        return dict(self.laid)

    def entries(self, table: Table) -> Entries:
        """How `table` is read."""
        region = self.tables[table]
        if self.index is None or table != self.index.table:
            return Entries(region, table.words, region.start)
        begin = region.start - self.index.last_index + self.index.apart * (2**table.depth - 1)
        return Entries(region, -self.index.apart, self.index.last_index, begin)

    def at(self, address: int) -> Region:
        """The region that holds the word at `address`, among tables, indices and values."""
        for region in (*self.tables.values(), *self.rest):
            if region.start <= address < region.start + region.length:
                return region
        raise ValueError(f"no working region holds address {address}")

    def node_region(self, address: int) -> Region:
        """The region that holds the node at `address`."""
        if address >= self.tree.start:
            return self.tree
        if self.index is not None and address in self.index.words:
            return self.tables[self.index.table]
        assert self.borrowed is not None  # what else lies before the tree
        return self.borrowed


def table_words(depth: int) -> int:
    """The words of the table of all records whose parents are at `depth`."""
    return Table(depth, RECORD_WORDS).size


def room_for_tables(shape: Shape, lanes: int) -> int:
    """How many words tables may take in all, a multiple of the vector length."""
    if shape.batch % lanes:
        whole = shape.batch // lanes - 1  # the last two vectors overlap: leave their words alone
        return max(0, whole * lanes)
    return shape.batch + min(shape.batch, BORROWED_WORDS)


def tables_fit(tables: Sequence[Table], shape: Shape, lanes: int) -> bool:
    """Whether these tables, in that order, find room over indices and values, and no entry's
    vector passes memory's end."""
    end = shape.indices
    for table in tables:
        end += table.size
        if table.words > 1 and end - table.words + lanes > shape.memory_words:
            return False
    return end - shape.indices <= room_for_tables(shape, lanes)


def declare_memory(
    k: Tracer,
    shape: Shape,
    contract: str,
    wanted: Sequence[Table],
    borrowed: range = range(0),
    restore: bool = False,
    index: IndexTable | None = None,
) -> MemoryMap:
    """Declare memory, with the tables `wanted` in that order, and the words `borrowed` of the first
    nodes, or of these and the header; they end where the table of `index` begins, if it is wanted.

    These are output if the contract keeps inputs, or if they are to be restored all the same.
    """
    k.memory(shape.memory_words)
    judged = keeps_inputs(contract) or restore
    lent = None
    if borrowed:
        known = shape.header() if borrowed.start == 0 else ()
        lent = k.region(
            "borrowed", borrowed.start, len(borrowed), output=judged, words=known
        ).region
    header = lent
    if header is None or borrowed.start:
        header = k.region("header", 0, HEADER_WORDS, read_only=True, words=shape.header()).region
    first = max(shape.tree, borrowed.stop)
    tables: dict[Table, Region] = {}
    if index is not None:
        words = index.words
        laid = _working_region(shape, contract, index.table.name, words.start, len(words))
        tables[index.table] = _declare(k, laid)
        first = words.stop
    tree = k.region("tree", first, shape.indices - first, read_only=True).region
    at = shape.indices
    for table in tables_over_values(wanted, index):
        region = _working_region(shape, contract, table.name, at, table.size)
        tables[table] = _declare(k, region)
        at += region.length
    rest = []
    for name, start, stop in (
        ("indices", shape.indices, shape.values),
        ("values", shape.values, shape.memory_words),
    ):
        begin = max(start, at)
        if begin < stop:
            region = _working_region(shape, contract, name, begin, stop - begin)
            rest.append(_declare(k, region))
    return MemoryMap(tree, header, lent, tuple(tables.items()), tuple(rest), index)


def _working_region(shape: Shape, contract: str, name: str, start: int, words: int) -> Region:
    holds_values = start + words > shape.values
    return Region(name, start, words, output=holds_values or judges_indices(contract))


def _declare(k: Tracer, region: Region) -> Region:
    return k.region(
        region.name, region.start, region.length,
        read_only=region.read_only, output=region.output,
    ).region  # fmt: skip
