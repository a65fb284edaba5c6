"""The hot loop of scratch allocation: a sweep over live ranges in order of their start.

`order` lists the storages by first landing, `expiry` the same storages by last read. `busy` has one
entry a scratch word. Runs of several words take the lowest place where they fit, single words the
highest free one, so that single words do not break up the room for runs.
"""

from __future__ import annotations

import numpy as np
from numba import njit

NO_ROOM = -1


@njit(cache=True)
def _lowest_run(busy, words, size):  # type: ignore[no-untyped-def]
    run = 0
    for at in range(size):
        run = 0 if busy[at] else run + 1
        if run == words:
            return at - words + 1
    return NO_ROOM


@njit(cache=True)
def _highest_word(busy, size):  # type: ignore[no-untyped-def]
    for at in range(size - 1, -1, -1):
        if not busy[at]:
            return at
    return NO_ROOM


@njit(cache=True)
def first_fit(order, expiry, first, last, words, size):  # type: ignore[no-untyped-def]
    """Addresses, and the storage that found no room (-1 if all did)."""
    address = np.full(len(words), -1, np.int32)
    busy = np.zeros(size, np.bool_)
    gone = 0
    for storage in order:
        while gone < len(expiry) and last[expiry[gone]] <= first[storage]:
            old = expiry[gone]
            busy[address[old] : address[old] + words[old]] = False
            gone += 1
        if words[storage] == 1:
            at = _highest_word(busy, size)
        else:
            at = _lowest_run(busy, words[storage], size)
        if at == NO_ROOM:
            return address, storage
        address[storage] = at
        busy[at : at + words[storage]] = True
    return address, -1
