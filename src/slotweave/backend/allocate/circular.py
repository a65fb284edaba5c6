"""Scratch words for what a pipelined loop writes: live ranges on a circle, one pass long.

First fit, the widest and longest first; two ranges that overlap somewhere on the circle share no
word. (The ranges are circular arcs, whose colouring is hard: Garey, Johnson, Miller and
Papadimitriou, 1980.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.problem import Ints

#: A copy of a storage.
_Copy = tuple[int, int]


def allocate_circular(
    storage_words: Ints,
    live: Sequence[tuple[int, int]],
    copies: Sequence[int],
    period: int,
    unroll: int,
    homes: Mapping[_Copy, int],
    room: tuple[int, int],
) -> tuple[tuple[tuple[int, ...], ...], int] | None:
    """The addresses of the copies of each storage, and the words used; None if there is no room.

    Storage s is live from its first to before its last cycle in `live`, counted from the start of
    the iteration that writes it. `homes` are copies that lie where they lie; the others get words
    from room[0] on, up to before room[1].
    """
    begin, end = room
    cycle = period * unroll
    taken = np.zeros((cycle, max(0, end - begin)), np.bool_)
    address: dict[_Copy, int] = dict(homes)
    wanted = [
        (storage, copy)
        for storage, count in enumerate(copies)
        for copy in range(count)
        if (storage, copy) not in homes
    ]
    wanted.sort(key=lambda one: (-int(storage_words[one[0]]), live[one[0]][0] - live[one[0]][1]))
    for storage, copy in wanted:
        first, stop = live[storage]
        within = np.arange(first, stop) + copy * period
        again = np.arange(0, cycle, copies[storage] * period)
        cycles = np.unique((within[:, None] + again[None, :]) % cycle)
        place = _first_free(np.any(taken[cycles], axis=0), int(storage_words[storage]))
        if place is None:
            return None
        taken[cycles, place : place + int(storage_words[storage])] = True
        address[storage, copy] = begin + place
    used = int(np.flatnonzero(taken.any(axis=0)).max(initial=-1)) + 1
    found = tuple(
        tuple(address[storage, copy] for copy in range(count))
        for storage, count in enumerate(copies)
    )
    return found, used


def _first_free(taken: NDArray[np.bool_], words: int) -> int | None:
    """The first of `words` free words side by side."""
    counts = np.concatenate(([0], np.cumsum(taken)))
    free = np.flatnonzero(counts[words:] == counts[: len(counts) - words])
    return int(free[0]) if len(free) else None
