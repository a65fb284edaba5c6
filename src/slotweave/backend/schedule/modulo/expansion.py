"""Modulo variable expansion: how many copies of each storage the iterations of a loop write.

Lam, "Software pipelining", PLDI 1988. A storage is written again by the iteration that comes as
many periods later as it has copies, so it must not be live for longer than that. The kernel is
unrolled as often as the storage with most copies has; the number of the others is raised to a
divisor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slotweave.analysis.liveness import live_ranges
from slotweave.ir.loop_problem import LoopProblem
from slotweave.ir.schedule import Schedule

#: Unrolling so much more than the live ranges ask for is looked at where it divides the trips.
_SPARE = 3


@dataclass(frozen=True, eq=False)
class LoopRanges:
    """Storage s is live in (first[s], last[s]], later iterations counted in; -1 if never written.

    `least[s]` is the fewest copies that it can do with.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    least: NDArray[np.int64]


def loop_ranges(loop: LoopProblem, schedule: Schedule, period: int) -> LoopRanges:
    """The live ranges of what one iteration writes."""
    within = live_ranges(loop.problem, schedule)
    first, last = within.first.astype(np.int64), within.last.astype(np.int64)
    width = schedule.cycle_offset
    for read in loop.reads:
        slots = schedule.cycle[width[read.operation] : width[read.operation + 1]]
        if len(slots):
            at = int(slots.max()) + read.distance * period
            last[read.storage] = max(last[read.storage], at)
    written = first >= 0
    least = np.where(written, np.maximum(1, -(-(last - first) // period)), 0)
    for home in loop.homes:
        least[home.storage] = max(least[home.storage], home.distance)
    return LoopRanges(first, last, least)


def unrolling(ranges: LoopRanges, trips: int | None) -> int:
    """How many iterations make a pass of the kernel; best a divisor of the `trips`."""
    most = int(ranges.least.max(initial=1))
    if trips is None:
        return most
    return min(range(most, most + _SPARE + 1), key=lambda unroll: (trips % unroll, unroll))


def copies(ranges: LoopRanges, unroll: int) -> tuple[int, ...]:
    """By storage, the least divisor of `unroll` that is enough; 0 of one that is never written."""
    divisors = [number for number in range(1, unroll + 1) if unroll % number == 0]
    return tuple(
        next(number for number in divisors if number >= least) if least else 0
        for least in ranges.least.tolist()
    )
