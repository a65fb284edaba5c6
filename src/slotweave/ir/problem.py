"""A scheduling problem: operations with modes, edges with lags, storages; it knows no ISA.

Operations are numbered 0 .. n-1 and described by columns (NumPy arrays, int32); ragged columns are
in compressed rows: row i of `x` is x[x_offset[i] : x_offset[i + 1]].

Modes. Each operation runs in exactly one of its modes: `slots` slots of one engine, in any cycles
(a mode of eight slots is a vector operation split over the lanes of a narrower engine; the k-th
slot does lane k). A mode of no slots costs nothing and takes effect at once (a join of memory
order).

Edges. A DATA edge says: the first slot of the successor issues at or after the last slot of the
predecessor plus the latency of its mode. An ORDER edge of lag l says: at or after the last slot of
the predecessor plus l (l may be 0: same cycle allowed).

Storages. A storage is a run of consecutive scratch words with one address. An operation writes at
most one (`writes`, -1 for none), possibly together with others that write other words of it, and
reads any number. A storage is live from the first write into it until the last read. One that an
operation without slots and predecessors writes holds zeros, and is live throughout.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]

DATA, ORDER = 0, 1


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be scheduled. Equality compares all columns."""

    engines: tuple[str, ...]
    slots: tuple[int, ...]  # per cycle, by engine
    nodes: Ints  # operation -> the graph node it stands for
    items: Ints  # operation -> group of items, -1 for shared
    mode_offset: Ints
    mode_engine: Ints  # index into engines; -1 for a mode of no slots
    mode_slots: Ints
    mode_latency: Ints
    mode_source: Ints  # whatever the maker of the problem wants back (the machine's mode), else -1
    pred_offset: Ints  # rows: predecessors of an operation
    pred: Ints
    pred_kind: Ints  # DATA or ORDER
    pred_lag: Ints  # of ORDER edges
    writes: Ints  # operation -> storage, -1 for none
    read_offset: Ints  # rows: storages that an operation reads
    read: Ints
    storage_words: Ints

    @property
    def size(self) -> int:
        """Number of operations."""
        return len(self.nodes)

    @cached_property
    def zeros(self) -> Ints:
        """The storages that operations without slots write: zeros, which are live throughout."""
        if self.size == 0:
            return self.writes
        free = np.maximum.reduceat(self.mode_slots, self.mode_offset[:-1]) == 0
        written: Ints = self.writes[free & (self.writes >= 0)]
        return written

    def checksum(self) -> int:
        """A number (CRC-32) that tells this problem from others, the same on every computer."""
        sum_of_bytes = crc32(repr((self.engines, self.slots)).encode())
        for field in fields(self)[2:]:
            column = np.ascontiguousarray(getattr(self, field.name), "<i4")
            sum_of_bytes = crc32(column.tobytes(), sum_of_bytes)
        return sum_of_bytes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, field.name), getattr(other, field.name))
            for field in fields(self)
        )

    def __hash__(self) -> int:
        return hash((self.engines, self.slots, self.size))
