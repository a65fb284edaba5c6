"""Rows of integers of different lengths in one array (compressed rows), and what is done to all
rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Ragged:
    """Row i is values[offset[i] : offset[i + 1]]."""

    offset: Ints
    values: Ints

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        """These rows."""
        sizes = np.fromiter(map(len, rows), np.int32, len(rows))
        offset = offsets(sizes)
        values = np.fromiter(chain.from_iterable(rows), np.int32, int(offset[-1]))
        return cls(offset, values)

    def __len__(self) -> int:
        return len(self.offset) - 1

    @property
    def sizes(self) -> Ints:
        """The length of each row."""
        return np.diff(self.offset)

    @property
    def owner(self) -> Ints:
        """The row of each value."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.sizes)

    def take(self, rows: Ints) -> Ragged:
        """These rows, in that order; each as often as it is named."""
        sizes = self.sizes[rows]
        offset = offsets(sizes)
        first = np.repeat(self.offset[rows] - offset[:-1], sizes)
        return Ragged(offset, self.values[first + np.arange(offset[-1], dtype=np.int32)])

    def joined(self, offset: Ints) -> Ragged:
        """Rows offset[i] to offset[i + 1] - 1 as one, for each i."""
        return Ragged(self.offset[offset], self.values)

    def only(self, wanted: NDArray[np.bool_]) -> Ragged:
        """The rows without the values that are not `wanted`, a mask of all of them."""
        before = np.concatenate(([0], np.cumsum(wanted))).astype(np.int32)
        return Ragged(before[self.offset], self.values[wanted])

    def distinct(self) -> Ragged:
        """The first of equal values of each row."""
        owner, values = self.owner, self.values
        new = np.ones(len(values), np.bool_)
        new[1:] = (values[1:] != values[:-1]) | (owner[1:] != owner[:-1])
        less = self.only(new)
        if not (less.sizes > 2).any():  # two that lie side by side differ by now
            return less
        key = less.owner.astype(np.int64) * (int(values.max()) + 1) + less.values
        first = np.zeros(len(key), np.bool_)
        first[np.unique(key, return_index=True)[1]] = True
        return less.only(first)

    def with_rows(self, rows: Mapping[int, Sequence[int]]) -> tuple[Ragged, NDArray[np.bool_]]:
        """The rows, some of them others, by number in ascending order; and where their values are
        among all."""
        changed = np.zeros(len(self), np.bool_)
        changed[list(rows)] = True
        sizes = self.sizes
        kept = np.repeat(~changed, sizes)
        sizes[list(rows)] = [len(row) for row in rows.values()]
        offset = offsets(sizes)
        others = np.repeat(changed, sizes)
        values = np.empty(int(offset[-1]), np.int32)
        values[~others] = self.values[kept]
        values[others] = list(chain.from_iterable(rows.values()))
        return Ragged(offset, values), others


def offsets(sizes: Ints) -> Ints:
    """Where rows of these lengths begin, and where the last one ends."""
    return np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))).astype(np.int32)
