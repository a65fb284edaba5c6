"""The ready operations of each class, as sets of ranks of which the smallest is asked for.

Data layout. `ready[c]` has a bit for each rank, 64 to a word; `full[c]` has a bit for each word of
`ready[c]` that is not zero. All words of `full[c]` before `low[c]` are zero. To put a rank in, to
take one out and to find the smallest are a few instructions each, without branches that depend on
ranks: in a heap these are mispredicted half of the time.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from slotweave.base.numba_options import INNER

#: Each number of six bits is once a run of its bits (a de Bruijn sequence; Leiserson, Prokop and
#: Randall, "Using de Bruijn Sequences to Index a 1 in a Computer Word", 1998).
_DE_BRUIJN = 0x03F79D71B4CB0A89


def _places() -> NDArray[np.int64]:
    """By the upper six bits of the sequence shifted left: by how many places."""
    found = np.zeros(64, np.int64)
    for place in range(64):
        found[((_DE_BRUIJN << place) & (2**64 - 1)) >> 58] = place
    return found


_PLACES = _places()


@njit(**INNER)
def _lowest_bit(word):  # type: ignore[no-untyped-def]
    """The place of the lowest bit of `word` that is set."""
    alone = word & (~word + np.uint64(1))
    return _PLACES[(alone * np.uint64(_DE_BRUIJN)) >> np.uint64(58)]


@njit(**INNER)
def no_ranks(class_count, n):  # type: ignore[no-untyped-def]
    """Empty sets for ranks below n: `ready`, `full` and `low`."""
    ready = np.zeros((class_count, (n >> 6) + 1), np.uint64)
    full = np.zeros((class_count, (n >> 12) + 1), np.uint64)
    return ready, full, np.zeros(class_count, np.int64)


@njit(**INNER)
def put_in(ready, full, low, c, rank):  # type: ignore[no-untyped-def]
    ready[c, rank >> 6] |= np.uint64(1) << np.uint64(rank & 63)
    full[c, rank >> 12] |= np.uint64(1) << np.uint64((rank >> 6) & 63)
    low[c] = min(low[c], rank >> 12)


@njit(**INNER)
def take_out(ready, full, c, rank):  # type: ignore[no-untyped-def]
    left = ready[c, rank >> 6] & ~(np.uint64(1) << np.uint64(rank & 63))
    ready[c, rank >> 6] = left
    if left == 0:
        full[c, rank >> 12] &= ~(np.uint64(1) << np.uint64((rank >> 6) & 63))


@njit(**INNER)
def smallest(ready, full, low, c, none):  # type: ignore[no-untyped-def]
    """The smallest rank of class c; `none` if it has none."""
    for at in range(low[c], full.shape[1]):
        if full[c, at] != 0:
            low[c] = at
            word = (at << 6) + _lowest_bit(full[c, at])
            return (word << 6) + _lowest_bit(ready[c, word])
    low[c] = full.shape[1]
    return none
