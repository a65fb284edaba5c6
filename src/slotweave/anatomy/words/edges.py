"""An edge: from which bundle on an operation is free of another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from slotweave.anatomy.words.slot_columns import Longs

#: The source of an edge that is not there.
NO_SOURCE = -1


class Edge(NamedTuple):
    """Free from bundle `earliest` on, because of the operation numbered `source`."""

    earliest: int
    source: int


def later(first: Edge | None, second: Edge | None) -> Edge | None:
    """The edge that holds longer; of two that hold as long, the first."""
    if first is None or second is None:
        return first or second
    return second if second.earliest > first.earliest else first


@dataclass(frozen=True, eq=False)
class Edges:
    """An edge, or none, for each operation: by columns. Without an edge `earliest` is 0."""

    earliest: Longs
    source: Longs

    def of(self, number: int) -> Edge | None:
        """The edge of operation `number`."""
        source = int(self.source[number])
        return None if source == NO_SOURCE else Edge(int(self.earliest[number]), source)


def edge_columns(size: int, edges: Mapping[int, Edge | None]) -> Edges:
    """The edges of some of `size` operations by columns."""
    held = [(number, *edge) for number, edge in edges.items() if edge]
    number, earliest, source = np.array(held, np.int64).reshape(-1, 3).T
    columns = Edges(np.zeros(size, np.int64), np.full(size, NO_SOURCE, np.int64))
    columns.earliest[number], columns.source[number] = earliest, source
    return columns


def latest_edges(size: int, owner: Longs, earliest: Longs, source: Longs) -> Edges:
    """Of the candidates of each of `size` operations the one that holds longest, or the first.

    Candidate i is one of operation `owner[i]`; it is none if its source is NO_SOURCE.
    """
    kept = source != NO_SOURCE
    owner, earliest, source = owner[kept], earliest[kept], source[kept]
    least = np.iinfo(np.int64).min
    longest = np.full(size, least)
    np.maximum.at(longest, owner, earliest)
    held = np.full(size, NO_SOURCE, np.int64)
    binding = np.flatnonzero(earliest == longest[owner])[::-1]  # what is assigned last stays
    held[owner[binding]] = source[binding]
    return Edges(np.where(longest == least, 0, longest), held)
