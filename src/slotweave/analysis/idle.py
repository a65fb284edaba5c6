"""Why slots of a schedule are idle, by engine.

A slot of cycle t is idle for the first of these reasons that holds:

    scratch     an operation for that engine had all it needs, and was held back: in a list schedule
                by scratch or by the plan (stages and windows open, first modes), in one in program
                order by its turn
    dependence  operations for that engine were still to come, none had all it needs yet
    nothing     no operation for that engine was left
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    issue = _first_slots(schedule, width)
    ready = ready_cycles(problem, schedule)
    result = {}
    for number, (name, slots) in enumerate(zip(problem.engines, problem.slots, strict=True)):
        used = np.bincount(schedule.cycle[engine_of_slot == number], minlength=cycles)
        able = _able(problem, number) & (width > 0)
        waits = np.zeros(cycles + 1, np.int64)
        np.add.at(waits, ready[able], 1)
        np.add.at(waits, issue[able], -1)
        waiting = np.cumsum(waits)[:cycles] > 0
        last = int(issue[able].max(initial=-1))
        cause = np.where(waiting, 0, np.where(np.arange(cycles) <= last, 1, 2))
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


def _first_slots(schedule: Schedule, width: Ints) -> Ints:
    issue = np.zeros(len(width), np.int32)
    some = np.flatnonzero(width)
    if len(some):
        issue[some] = np.minimum.reduceat(schedule.cycle, schedule.cycle_offset[some])
    return issue


def _able(problem: Problem, engine: int) -> NDArray[np.bool_]:
    """Which operations have a mode on `engine`."""
    on = (problem.mode_engine == engine).astype(np.int32)
    able: NDArray[np.bool_] = np.add.reduceat(on, problem.mode_offset[:-1]) > 0
    return able
