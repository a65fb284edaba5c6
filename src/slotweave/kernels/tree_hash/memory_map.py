"""Where a plan's record tables lie in memory, and which region every other word belongs to.

Until the end nothing needs the index region of items that start at the root, so tables are laid
there one after the other; where the batch is a whole number of vectors they may run on over the
values, which are in registers by then and are written when nothing reads the tables any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slotweave.frontend.tracer import RegionHandle, Tracer
from slotweave.ir.graph import Region
from slotweave.kernels.tree_hash.workload import HEADER_WORDS, Shape

#: A record is a node between its two children.
RECORD_WORDS = 3

#: How many value words tables may borrow at most; until the tables are read no more, the values
#: that lay there are in registers.
BORROWED_WORDS = 256


@dataclass(frozen=True)
class MemoryMap:
    """The regions as the kernel declares them; `tables` maps a depth to its parents' table."""

    tree: RegionHandle
    header: RegionHandle
    tables: Mapping[int, RegionHandle]
    rest: Sequence[RegionHandle]

    def at(self, address: int) -> RegionHandle:
        """The region that holds the word at `address`, among tables, indices and values."""
        for region in (*self.tables.values(), *self.rest):
            if region.start <= address < region.start + region.length:
                return region
        raise ValueError(f"no working region holds address {address}")


def table_words(depth: int) -> int:
    """The words of the table of all records whose parents are at `depth`."""
    return RECORD_WORDS * int(2**depth)


def room_for_tables(shape: Shape, lanes: int) -> int:
    """How many words tables may take in all, a multiple of the vector length."""
    if shape.batch % lanes:
        whole = shape.batch // lanes - 1  # the last two vectors overlap: leave their words alone
        return max(0, whole * lanes)
    return shape.batch + min(shape.batch, BORROWED_WORDS)


def declare_memory(
    k: Tracer, shape: Shape, contract: str, table_depths: Sequence[int]
) -> MemoryMap:
    """Declare memory, with a table for each of `table_depths` in that order."""
    k.memory(shape.memory_words)
    header = k.region("header", 0, HEADER_WORDS, read_only=True)
    tree = k.region("tree", shape.tree, shape.nodes, read_only=True)
    tables: dict[int, RegionHandle] = {}
    at = shape.indices
    for depth in table_depths:
        region = _working_region(shape, contract, f"records {depth}", at, table_words(depth))
        tables[depth] = _declare(k, region)
        at += region.length
    rest = []
    for name, start, stop in (
        ("indices", shape.indices, shape.values),
        ("values", shape.values, shape.memory_words),
    ):
        first = max(start, at)
        if first < stop:
            region = _working_region(shape, contract, name, first, stop - first)
            rest.append(_declare(k, region))
    return MemoryMap(tree, header, tables, rest)


def _working_region(shape: Shape, contract: str, name: str, start: int, words: int) -> Region:
    holds_values = start + words > shape.values
    return Region(name, start, words, output=holds_values or contract != "values")


def _declare(k: Tracer, region: Region) -> RegionHandle:
    return k.region(
        region.name, region.start, region.length,
        read_only=region.read_only, output=region.output,
    )  # fmt: skip
