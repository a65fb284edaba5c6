"""Live ranges of storages under a schedule.

A slot of bundle t with latency l lands at the end of bundle t + l - 1; all reads of a bundle come
before all landings. A storage is therefore live after its first landing, up to and including its
last read: the half-open interval (first, last]. A storage that nothing reads is live for one cycle
after its last landing, so that no other one lands on it meanwhile. What an operation without slots
writes is there throughout: nothing else ever lands on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.ir.problem import Ints, Problem
from slotweave.ir.schedule import Schedule


@dataclass(frozen=True)
class LiveRanges:
    """Storage s is live in the half-open interval (first[s], last[s]]; -1, -1 if it never is."""

    first: Ints
    last: Ints


def live_ranges(problem: Problem, schedule: Schedule) -> LiveRanges:
    """The live range of each storage, in cycles."""
    count = len(problem.storage_words)
    first_slot, last_slot = _slot_bounds(problem, schedule)
    latency = problem.mode_latency[problem.mode_offset[:-1] + schedule.mode]
    never = np.iinfo(np.int32).max
    first = np.full(count, never, np.int32)
    last = np.full(count, -1, np.int32)
    makers = np.flatnonzero(problem.writes >= 0)
    written = problem.writes[makers]
    np.minimum.at(first, written, np.maximum(first_slot[makers] + latency[makers] - 1, 0))
    np.maximum.at(last, written, last_slot[makers] + latency[makers])
    reader = np.repeat(np.arange(problem.size), np.diff(problem.read_offset))
    np.maximum.at(last, problem.read, last_slot[reader])
    first[first == never] = -1
    # What nobody reads may land after the end, but not on words that are never to be written.
    last[problem.zeros] = max(schedule.makespan, int(last.max(initial=0)))
    return LiveRanges(first, last)


def _slot_bounds(problem: Problem, schedule: Schedule) -> tuple[Ints, Ints]:
    """The cycles of the first and last slot of each operation (0 where there are none)."""
    width = np.diff(schedule.cycle_offset)
    first = np.zeros(problem.size, np.int32)
    last = np.zeros(problem.size, np.int32)
    some = np.flatnonzero(width)
    if len(some):
        starts = schedule.cycle_offset[some]
        first[some] = np.minimum.reduceat(schedule.cycle, starts)
        last[some] = np.maximum.reduceat(schedule.cycle, starts)
    return first, last


def live_words(problem: Problem, ranges: LiveRanges, makespan: int) -> Ints:
    """How many words are live in each cycle 0 .. makespan (in a cycle: while its slots read)."""
    # Latencies may carry a range past the makespan.
    cycles = max(makespan, int(ranges.last.max(initial=0))) + 2
    used = ranges.first >= 0
    words = problem.storage_words[used]
    begin = np.bincount(ranges.first[used] + 1, words, cycles)  # exact: far below 2^53
    end = np.bincount(ranges.last[used] + 1, words, cycles)
    return np.cumsum(begin - end)[: makespan + 1].astype(np.int32)
