"""The hot loop of scratch allocation in any order: a table of who holds which word when.

`held[word, cycle]` says whether a storage placed so far holds that word in that cycle. A storage is
live in cycles first + 1 .. last. Runs of several words take the lowest place where they fit, single
words the highest.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from slotweave.base.numba_options import INNER

NO_ROOM = -1


@njit(**INNER)
def _is_free(held, at, words, begin, end):  # type: ignore[no-untyped-def]
    for word in range(at, at + words):
        for cycle in range(begin, end):
            if held[word, cycle]:
                return False
    return True


@njit(cache=True)
def place_in_order(order, first, last, words, size):  # type: ignore[no-untyped-def]
    """Addresses, and the storage that found no room (-1 if all did)."""
    address = np.full(len(words), -1, np.int32)
    cycles = 0
    for storage in order:
        cycles = max(cycles, last[storage] + 1)
    held = np.zeros((size, cycles), np.bool_)
    for storage in order:
        begin, end, wide = first[storage] + 1, last[storage] + 1, words[storage]
        found = NO_ROOM
        for place in range(size - wide + 1):
            at = place if wide > 1 else size - 1 - place
            if _is_free(held, at, wide, begin, end):
                found = at
                break
        if found == NO_ROOM:
            return address, storage
        address[storage] = found
        held[found : found + wide, begin:end] = True
    return address, -1
