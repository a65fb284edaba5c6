"""Why slots of a schedule are idle, by engine.

The operations of an engine are those that the schedule runs on it. A slot of cycle t is idle for
the first of these reasons that holds:

    scratch     one of them had all it needs, and was held back: in a list schedule by scratch or by
                the plan (stages and windows open, first modes), in one in program order by its turn
    dependence  some were still to come, none had all it needs yet
    nothing     no later one was left

What `nothing` counts is what `anatomy.causes.idle_causes` counts of the program, which knows more
of why the others wait.
"""

from __future__ import annotations

import numpy as np

from slotweave.analysis.topological_order import topological_order
from slotweave.ir.problem import DATA, Ints, Problem
from slotweave.ir.schedule import Schedule

CAUSES = ("scratch", "dependence", "nothing")


def idle_slots(problem: Problem, schedule: Schedule) -> dict[str, dict[str, int]]:
    """engine -> cause -> number of idle slots."""
    cycles = schedule.makespan
    width = np.diff(schedule.cycle_offset)
    chosen = problem.mode_offset[:-1] + schedule.mode
    engine_of_slot = np.repeat(problem.mode_engine[chosen], width)
    owner = np.repeat(np.arange(problem.size), width)
    ready = ready_cycles(problem, schedule)[owner]
    result = {}
    for number, (name, slots) in enumerate(zip(problem.engines, problem.slots, strict=True)):
        here = engine_of_slot == number
        issued = schedule.cycle[here]
        used = np.bincount(issued, minlength=cycles)
        waits = np.zeros(cycles + 1, np.int64)
        np.add.at(waits, ready[here], 1)
        np.add.at(waits, issued, -1)
        waiting = np.cumsum(waits)[:cycles] > 0
        last = int(issued.max(initial=-1))
        cause = np.where(waiting, 0, np.where(np.arange(cycles) < last, 1, 2))
        counts = np.bincount(cause, weights=slots - used, minlength=3).astype(int).tolist()
        result[name] = {cause: n for cause, n in zip(CAUSES, counts, strict=True) if n}
    return result


def ready_cycles(problem: Problem, schedule: Schedule) -> Ints:
    """The first cycle in which each operation had everything that it depends on."""
    width = np.diff(schedule.cycle_offset)
    latency = problem.mode_latency[problem.mode_offset[:-1] + schedule.mode]
    last = np.zeros(problem.size, np.int64)
    some = np.flatnonzero(width)
    if len(some):
        last[some] = np.maximum.reduceat(schedule.cycle, schedule.cycle_offset[some])
    ready = np.zeros(problem.size, np.int64)
    owner = np.repeat(np.arange(problem.size), np.diff(problem.pred_offset))
    lag = np.where(problem.pred_kind == DATA, latency[problem.pred], problem.pred_lag)
    if len(some) < problem.size:
        # Operations of no slots take effect when they are ready: walk through them in order.
        order = topological_order(problem)
        for op in order[width[order] == 0].tolist():
            row = slice(problem.pred_offset[op], problem.pred_offset[op + 1])
            last[op] = (last[problem.pred[row]] + lag[row]).max(initial=0)
    np.maximum.at(ready, owner, last[problem.pred] + lag)
    return ready.astype(np.int32)
