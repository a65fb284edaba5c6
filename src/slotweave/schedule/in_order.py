"""One slot a cycle, in the order of the operations: the schedule of a program written by hand."""

from __future__ import annotations

import numpy as np

from slotweave.ir.problem import DATA, Problem
from slotweave.ir.schedule import Schedule


def in_order_schedule(problem: Problem) -> Schedule:
    """Each operation in its first mode, each slot in a cycle of its own, waiting for what it needs.

    Needs operations numbered so that predecessors come first; O(n + e).
    """
    offsets, preds = problem.pred_offset.tolist(), problem.pred.tolist()
    kinds, lags = problem.pred_kind.tolist(), problem.pred_lag.tolist()
    first_mode = problem.mode_offset[:-1]
    slots, latencies = problem.mode_slots[first_mode].tolist(), problem.mode_latency[first_mode]
    latency = latencies.tolist()
    last = [0] * problem.size  # the cycle of the last slot of each operation
    cycle: list[int] = []
    free_from = 0  # the first cycle in which nothing has been placed
    for op in range(problem.size):
        ready = 0
        for j in range(offsets[op], offsets[op + 1]):
            pred = preds[j]
            ready = max(ready, last[pred] + (latency[pred] if kinds[j] == DATA else lags[j]))
        if slots[op] == 0:
            last[op] = ready
            continue
        start = max(ready, free_from)
        cycle += range(start, start + slots[op])
        free_from = start + slots[op]
        last[op] = free_from - 1
    offset = np.concatenate(([0], np.cumsum(slots, dtype=np.int32))).astype(np.int32)
    mode = np.zeros(problem.size, np.int32)
    return Schedule(mode, offset, np.array(cycle, np.int32), free_from)
