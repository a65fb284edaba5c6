"""Scratch addresses for live ranges, lowest fit first in the order in which they begin.

This is linear scan (Poletto and Sarkar, "Linear scan register allocation", TOPLAS 1999) on live
ranges of one or more consecutive words, without spilling: where a range finds no room the caller
learns in which cycle, and what held the scratch then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.analysis.liveness import live_ranges, live_words
from slotweave.ir.allocation import Allocation
from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule


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
    if failed < 0:
        return Allocation(address, int(live.max(initial=0)), scratch_words)
    cycle = int(ranges.first[failed])
    holding = used[(ranges.first[used] <= cycle) & (ranges.last[used] > cycle)]
    return NoRoom(
        cycle,
        int(problem.storage_words[failed]),
        int(problem.storage_words[holding].sum()) - int(problem.storage_words[failed]),
        tuple(storage for storage in holding.tolist() if storage != failed),
    )
