"""The hot loop of scratch allocation: a sweep over live ranges in order of their start.

`order` lists the storages by first landing, `expiry` the same storages by last read. Scratch words
that are free are bits of `free`, 63 to an entry (so that no sign is in the way). Runs of several
words take the lowest place where they fit, single words the highest free one, so that single words
do not break up the room for runs. All entries below `low` are full.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from slotweave.base.numba_options import INNER

NO_ROOM = -1

#: Bits used of each entry.
BITS = 63


@njit(**INNER)
def _set(free, at, words, value):  # type: ignore[no-untyped-def]
    for word in range(at, at + words):
        bit = np.int64(1) << (word % BITS)
        if value:
            free[word // BITS] |= bit
        else:
            free[word // BITS] &= ~bit


@njit(**INNER)
def _lowest_run(free, words, size, low):  # type: ignore[no-untyped-def]
    run = 0
    for entry in range(low, len(free)):
        left = free[entry]
        if left == 0:
            run = 0
            continue
        for at in range(entry * BITS, min(size, (entry + 1) * BITS)):
            run = run + 1 if left & 1 else 0
            left >>= 1
            if run == words:
                return at - words + 1
    return NO_ROOM


@njit(**INNER)
def _highest_word(free):  # type: ignore[no-untyped-def]
    for entry in range(len(free) - 1, -1, -1):
        left = free[entry]
        if left == 0:
            continue
        at = 0
        for step in (32, 16, 8, 4, 2, 1):
            if left >> step:
                at += step
                left >>= step
        return entry * BITS + at
    return NO_ROOM


@njit(cache=True)
def first_fit(order, expiry, first, last, words, size):  # type: ignore[no-untyped-def]
    """Addresses, and the storage that found no room (-1 if all did)."""
    address = np.full(len(words), -1, np.int32)
    free = np.zeros((size + BITS - 1) // BITS, np.int64)
    _set(free, 0, size, True)
    low = 0
    gone = 0
    for storage in order:
        while gone < len(expiry) and last[expiry[gone]] <= first[storage]:
            old = expiry[gone]
            _set(free, address[old], words[old], True)
            low = min(low, address[old] // BITS)
            gone += 1
        while low < len(free) and free[low] == 0:
            low += 1
        if words[storage] == 1:
            at = _highest_word(free)
        else:
            at = _lowest_run(free, words[storage], size, low)
        if at == NO_ROOM:
            return address, storage
        address[storage] = at
        _set(free, at, words[storage], False)
    return address, -1
