"""One slot a cycle, in the order of the operations: the schedule of a program written by hand."""

from __future__ import annotations

from itertools import chain

import numpy as np

from slotweave.analysis.topological_order import topological_order
from slotweave.ir.problem import DATA, Problem
from slotweave.ir.schedule import Schedule


def in_order_schedule(problem: Problem) -> Schedule:
    """Each operation in its first mode, each slot in a cycle of its own, waiting for what it needs.

    An operation numbered before its predecessors goes after them. O(n + e) if there is none.
    """
    offsets, preds = problem.pred_offset.tolist(), problem.pred.tolist()
    kinds, lags = problem.pred_kind.tolist(), problem.pred_lag.tolist()
    first_mode = problem.mode_offset[:-1]
    slots, latencies = problem.mode_slots[first_mode].tolist(), problem.mode_latency[first_mode]
    latency = latencies.tolist()
    last = [0] * problem.size  # the cycle of the last slot of each operation
    cycles: list[range] = [range(0)] * problem.size
    free_from = 0  # the first cycle in which nothing has been placed
    for op in topological_order(problem).tolist():
        ready = 0
        for j in range(offsets[op], offsets[op + 1]):
            pred = preds[j]
            ready = max(ready, last[pred] + (latency[pred] if kinds[j] == DATA else lags[j]))
        if slots[op] == 0:
            last[op] = ready
            continue
        start = max(ready, free_from)
        free_from = start + slots[op]
        cycles[op] = range(start, free_from)
        last[op] = free_from - 1
    offset = np.concatenate(([0], np.cumsum(slots, dtype=np.int32))).astype(np.int32)
    mode = np.zeros(problem.size, np.int32)
    cycle = np.fromiter(chain.from_iterable(cycles), np.int32, offset[-1])
    return Schedule(mode, offset, cycle, free_from)
