"""Schedules and allocates a problem of very many operations; prints what that took, as JSON.

Run as a program, so that its memory is its own: `many_operations.py ITEMS LENGTH`.
"""

from __future__ import annotations

import json
import resource
import sys

import numpy as np

from slotweave.backend.fit import fit
from slotweave.bounds import best_bound, bound_ladder
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import Problem

LANES, SCRATCH_WORDS = 8, 1536
_ALU, _VALU, _LOAD = range(3)


def chains(items: int, length: int) -> Problem:
    """`items` chains of `length` operations: a gather, arithmetic, and a scalar store at the end.

    A gather is eight loads; two of three vector operations may be split over the lanes of `alu`.
    Each operation reads the vector before it, and every fifth also the one before that.
    """
    size = items * length
    place = np.tile(np.arange(length), items)
    gather, last = place == 0, place == length - 1
    either = ~gather & ~last & (place % 3 > 0)
    mode_offset = np.concatenate(([0], np.cumsum(1 + either)))
    first_mode, second_mode = mode_offset[:-1], mode_offset[:-1][either] + 1
    mode_engine = np.full(mode_offset[-1], _VALU)
    mode_engine[first_mode[gather]] = _LOAD
    mode_engine[first_mode[last]] = _ALU
    mode_engine[second_mode] = _ALU
    mode_slots = np.ones(mode_offset[-1])
    mode_slots[first_mode[gather]] = LANES
    mode_slots[second_mode] = LANES
    two = (place % 5 == 0) & (place > 1)
    operands = np.where(gather, 0, np.where(two, 2, 1))
    offset = np.concatenate(([0], np.cumsum(operands)))
    reader = np.repeat(np.arange(size), operands)
    pred = reader - 1 - (np.arange(offset[-1]) - np.repeat(offset[:-1], operands))
    writes = np.where(last, -1, np.arange(size) - np.arange(size) // length)
    columns = {
        "nodes": np.zeros(size),
        "items": np.arange(size) // length,
        "mode_offset": mode_offset,
        "mode_engine": mode_engine,
        "mode_slots": mode_slots,
        "mode_latency": np.ones(mode_offset[-1]),
        "mode_source": np.full(mode_offset[-1], -1),
        "pred_offset": offset,
        "pred": pred,
        "pred_kind": np.zeros(len(pred)),
        "pred_lag": np.zeros(len(pred)),
        "writes": writes,
        "read_offset": offset,
        "read": writes[pred],
        "storage_words": np.full(size - items, LANES),
    }
    ints = {name: column.astype(np.int32) for name, column in columns.items()}
    return Problem(("alu", "valu", "load"), (12, 6, 2), **ints)


def main(items: int, length: int) -> None:
    problem = chains(items, length)
    graph = Graph("chains", LANES, 0, (), ())
    schedule, allocation = fit(graph, problem, ScheduleOptions(stagger=0.5), SCRATCH_WORDS)
    report = {
        "operations": problem.size,
        "makespan": schedule.makespan,
        "bound": best_bound(bound_ladder(problem)).cycles,
        "peak": allocation.peak,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
