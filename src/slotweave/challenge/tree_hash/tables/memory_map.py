"""Where a plan's tables lie in memory, and which region every other word belongs to.

Until the end nothing needs the index region of items that start at the root, so tables are laid
there one after the other; where the batch is a whole number of vectors they may run on over the
values, which are in registers by then and are written when nothing reads the tables any more.

The first nodes of the tree are read once, at the start. A plan may *borrow* their words: they are
kept in registers, and written back at the end where the contract asks for it.
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


@dataclass(frozen=True)
class MemoryMap:
    """The regions as the kernel declares them, the same in every trace.

    `borrowed` holds the first nodes, if a plan wants to write there; `tree` all others.
    """

    tree: Region
    header: Region
    borrowed: Region | None
    laid: tuple[tuple[Table, Region], ...]
    rest: tuple[Region, ...]

    @property
    def tables(self) -> Mapping[Table, Region]:
        """Where each table lies."""
        return dict(self.laid)

    def at(self, address: int) -> Region:
        """The region that holds the word at `address`, among tables, indices and values."""
        for region in (*self.tables.values(), *self.rest):
            if region.start <= address < region.start + region.length:
                return region
        raise ValueError(f"no working region holds address {address}")

    def node_region(self, address: int) -> Region:
        """The region that holds the node at `address`."""
        if self.borrowed is not None and address < self.tree.start:
            return self.borrowed
        return self.tree


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
    """Whether these tables, in that order, find room, and no entry's vector passes memory's end."""
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
) -> MemoryMap:
    """Declare memory, with the tables `wanted` in that order, and the words `borrowed` of the first
    nodes, or of these and the header.

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
    tree = k.region("tree", first, shape.indices - first, read_only=True).region
    tables: dict[Table, Region] = {}
    at = shape.indices
    for table in wanted:
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
    return MemoryMap(tree, header, lent, tuple(tables.items()), tuple(rest))


def _working_region(shape: Shape, contract: str, name: str, start: int, words: int) -> Region:
    holds_values = start + words > shape.values
    return Region(name, start, words, output=holds_values or judges_indices(contract))


def _declare(k: Tracer, region: Region) -> Region:
    return k.region(
        region.name, region.start, region.length,
        read_only=region.read_only, output=region.output,
    ).region  # fmt: skip
