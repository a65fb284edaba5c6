"""Scratch addresses for live ranges, lowest fit first in the order in which they begin.

This is linear scan (Poletto and Sarkar, "Linear scan register allocation", TOPLAS 1999) on live
ranges of one or more consecutive words, without spilling: where a range finds no room the caller
learns in which cycle, and what held the scratch then. Before that, ranges are placed in other
orders (wide ones first, long ones first), so that runs of words and single words do not break up
each other's room.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.analysis.liveness import LiveRanges, live_ranges, live_words
from slotweave.ir.allocation import Allocation
from slotweave.ir.problem import Ints, Problem
from slotweave.ir.schedule import Schedule

#: Words of scratch times cycles up to which other orders are tried: it bounds time and memory.
MOST_CELLS = 2**20


@dataclass(frozen=True)
class NoRoom:
    """`wanted` consecutive words were not to be had in `cycle`, when `live` words were in use.

    `holding` lists the storages live then.
    """

    cycle: int
    wanted: int
    live: int
    holding: tuple[int, ...]


def allocate(problem: Problem, schedule: Schedule, scratch_words: int) -> Allocation | NoRoom:
    """An address for each storage, so that no two live ranges share a word; or where it fails."""
    from slotweave.backend.allocate import _first_fit_kernel

    ranges = live_ranges(problem, schedule)
    used = np.flatnonzero(ranges.first >= 0).astype(np.int32)
    order = used[np.lexsort((-problem.storage_words[used], ranges.first[used]))]
    expiry = used[np.argsort(ranges.last[used], kind="stable")]
    address, failed = _first_fit_kernel.first_fit(
        order, expiry, ranges.first, ranges.last, problem.storage_words, scratch_words
    )
    live = live_words(problem, ranges, int(ranges.last.max(initial=0)))
    peak = int(live.max(initial=0))
    if failed >= 0 and peak <= scratch_words:
        other = _in_other_orders(problem, ranges, used, scratch_words)
        address, failed = (address, failed) if other is None else (other, -1)
    if failed < 0:
        return Allocation(address, peak, scratch_words)
    cycle = int(ranges.first[failed])
    holding = used[(ranges.first[used] <= cycle) & (ranges.last[used] > cycle)]
    return NoRoom(
        cycle,
        int(problem.storage_words[failed]),
        int(problem.storage_words[holding].sum()) - int(problem.storage_words[failed]),
        tuple(storage for storage in holding.tolist() if storage != failed),
    )


def _in_other_orders(
    problem: Problem, ranges: LiveRanges, used: Ints, scratch_words: int
) -> Ints | None:
    """Addresses by the first order of the storages `used` in which all find room."""
    from slotweave.backend.allocate import _any_order_kernel

    if scratch_words * (int(ranges.last.max(initial=0)) + 1) > MOST_CELLS:
        return None
    begin, words = ranges.first[used], problem.storage_words[used]
    length = ranges.last[used] - begin
    for keys in ((begin, -words), (begin, -length), (begin, -length, -words), (-words * length,)):
        address, failed = _any_order_kernel.place_in_order(
            used[np.lexsort(keys)], ranges.first, ranges.last, problem.storage_words, scratch_words
        )
        if failed < 0:
            found: Ints = address
            return found
    return None
