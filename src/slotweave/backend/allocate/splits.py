"""Which live ranges to split so that fewer words are live, chosen on a schedule at hand.

A storage that is not read for long can leave scratch meanwhile: its words are stored to memory and
loaded back (a spill), or rematerialized if they are constants. Among the gaps between
two uses those are taken first that free the most words over cycles in which too many are live, for
each slot that it costs; a relative of "furthest next use first" (Belady, IBM Systems Journal 1966)
for gaps that cost differently. What comes back may be brought back early, after a `trigger`: an
operation that the first reader needs anyway and that ended some cycles before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from slotweave.analysis.liveness import live_ranges, live_words
from slotweave.ir.problem import Ints, Problem
from slotweave.ir.schedule import Schedule
from slotweave.ir.split import Reload, Split

#: Cycles from a use until the storage is free, and from bringing it back until the next use: an
#: address, the access, and one to spare.
LEAVE, RETURN = 3, 4

#: Most operations looked at for a trigger.
MOST_LOOKED_AT = 64


@dataclass(frozen=True, slots=True)
class _Gap:
    """Nobody reads `storage` in cycles start .. end - 1; its next reader is number `reader`."""

    storage: int
    reader: int
    start: int
    end: int


def propose_splits(
    problem: Problem, schedule: Schedule, words: int, cost: Sequence[int]
) -> tuple[Split, ...]:
    """Splits after which at most `words` words are live in `schedule`, where gaps allow it.

    `cost` says how many slots it takes to bring a storage back, 0 if that cannot be done.
    """
    uses = _Uses(problem, schedule, cost)
    ranges = live_ranges(problem, schedule)
    excess = live_words(problem, ranges, schedule.makespan).astype(np.int64) - words
    chosen: dict[int, list[_Gap]] = {}
    waiting = [(-_worth(gap, excess, problem, cost), n) for n, gap in enumerate(uses.gaps)]
    waiting = [entry for entry in waiting if entry[0] < 0]
    heapify(waiting)
    while waiting and excess.max(initial=0) > 0:
        promised, number = heappop(waiting)
        gap = uses.gaps[number]
        worth = _worth(gap, excess, problem, cost)
        if worth <= 0:
            continue
        if worth < -promised:  # others have freed some of these cycles since
            heappush(waiting, (-worth, number))
            continue
        excess[gap.start : gap.end] -= problem.storage_words[gap.storage]
        chosen.setdefault(gap.storage, []).append(gap)
    return tuple(uses.split(storage, gaps) for storage, gaps in sorted(chosen.items()))


def _worth(gap: _Gap, excess: NDArray[np.int64], problem: Problem, cost: Sequence[int]) -> float:
    """Words that the gap frees, over cycles in which too many are live, for each slot it costs."""
    over = int(np.count_nonzero(excess[gap.start : gap.end] > 0))
    return over * int(problem.storage_words[gap.storage]) / cost[gap.storage]


class _Uses:
    """Who writes and reads each storage that can be split, when, and the gaps between."""

    def __init__(self, problem: Problem, schedule: Schedule, cost: Sequence[int]) -> None:
        self.problem = problem
        offset = schedule.cycle_offset
        some = np.flatnonzero(np.diff(offset))
        self.first, self.last = (np.zeros(problem.size, np.int64) for _ in range(2))
        self.first[some] = np.minimum.reduceat(schedule.cycle, offset[some])
        self.last[some] = np.maximum.reduceat(schedule.cycle, offset[some])
        latency = problem.mode_latency[problem.mode_offset[:-1] + schedule.mode]
        self.maker = {
            storage: op for op, storage in enumerate(problem.writes.tolist())
            if storage >= 0 and cost[storage] > 0
        }  # fmt: skip
        self.landed = {s: int(self.last[op] + latency[op]) for s, op in self.maker.items()}
        self.readers: dict[int, list[int]] = {storage: [] for storage in self.maker}
        for op, row in enumerate(_rows(problem.read_offset, problem.read)):
            for storage in row:
                if storage in self.readers:
                    self.readers[storage].append(op)
        for ops in self.readers.values():
            ops.sort(key=lambda op: (int(self.first[op]), op))
        self.gaps = [gap for storage in self.maker for gap in self._gaps_of(storage)]

    def _gaps_of(self, storage: int) -> Iterator[_Gap]:
        readers = self.readers[storage]
        busy = self.landed[storage]
        for number, reader in enumerate(readers):
            start, end = busy + LEAVE, int(self.first[reader]) - RETURN
            if end > start:
                yield _Gap(storage, number, start, end)
            busy = max(busy, int(self.last[reader]))

    def split(self, storage: int, gaps: Sequence[_Gap]) -> Split:
        readers = self.readers[storage]
        cuts = [*sorted(gap.reader for gap in gaps), len(readers)]
        reloads = tuple(
            Reload(tuple(readers[start:stop]), self._trigger(readers[start]),
                   int(self.first[readers[start]]))
            for start, stop in pairwise(cuts)
        )  # fmt: skip
        return Split(storage, self.maker[storage], self.landed[storage], reloads)

    def _trigger(self, reader: int) -> int:
        """Of the operations before `reader` the last one that leaves time to bring a storage back.

        The search goes from the latest to earlier ones.
        """
        problem, latest = self.problem, int(self.first[reader]) - RETURN
        heap = [(-int(self.last[reader]), reader)]
        seen = {reader}
        while heap and len(seen) < MOST_LOOKED_AT:
            negated, op = heappop(heap)
            if -negated <= latest and op != reader:
                return op
            for pred in problem.pred[
                problem.pred_offset[op] : problem.pred_offset[op + 1]
            ].tolist():
                if pred not in seen:
                    seen.add(pred)
                    heappush(heap, (-int(self.last[pred]), pred))
        return -1


def _rows(offset: Ints, values: Ints) -> Iterator[list[int]]:
    flat = values.tolist()
    for start, stop in pairwise(offset.tolist()):
        yield flat[start:stop]
