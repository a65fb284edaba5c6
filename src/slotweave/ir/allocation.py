"""An allocation: a scratch address for each storage; and the layout that says who lies where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.ir.problem import Ints


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the words of each graph value lie: word k of node i in storage[j] at word[j].

    j = offset[i] + k. Nodes without a value have an empty row. Storages are those of the problem.
    """

    offset: Ints
    storage: Ints
    word: Ints

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Layout):
            return NotImplemented
        return (
            np.array_equal(self.offset, other.offset)
            and np.array_equal(self.storage, other.storage)
            and np.array_equal(self.word, other.word)
        )

    def __hash__(self) -> int:
        return hash((len(self.offset), len(self.word)))


@dataclass(frozen=True, eq=False)
class Allocation:
    """`address[s]` is the first scratch word of storage s, -1 if it is never live.

    `peak` is the largest number of words live in one cycle, `size` the scratch that was given.
    """

    address: Ints
    peak: int
    size: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Allocation):
            return NotImplemented
        same = np.array_equal(self.address, other.address)
        return same and self.peak == other.peak and self.size == other.size

    def __hash__(self) -> int:
        return hash((self.peak, self.size, len(self.address)))
