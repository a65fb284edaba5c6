"""Schedule legality: nothing runs too early, and no engine issues more than it has slots.

Guarantees, if no violation is returned for a problem without faults: each operation has exactly
the slots of one of its modes, in cycles 0 .. makespan - 1, the last of which is used; for each DATA
edge the first slot of the successor issues at or after the last slot of the predecessor plus the
latency of its mode, for each ORDER edge at or after it plus the lag; an operation without slots
takes effect as soon as its own edges allow; and in no cycle has an engine more slots than the
problem gives it. Reads only Schedule and Problem; knows no scheduler.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from slotweave.base.diagnostics import Diagnostic
from slotweave.check.legality.issue import Cycles, Issue, mismatches, named, owners
from slotweave.ir.problem import DATA, Problem
from slotweave.ir.schedule import Schedule


def schedule_violations(schedule: Schedule, problem: Problem) -> Iterator[Diagnostic]:
    """Where `schedule` breaks `problem` (SW401)."""
    unfit = list(mismatches(schedule, problem))
    yield from unfit
    if unfit:
        return
    issue = Issue(schedule, problem)
    yield from _wrong_makespan(issue)
    yield from _late_operands(issue)
    yield from _overfull_engines(issue)


def _wrong_makespan(issue: Issue) -> Iterator[Diagnostic]:
    last = int(issue.slot_cycle.max(initial=-1))
    claimed = issue.schedule.makespan
    if claimed != last + 1:
        reason = f"a makespan of {claimed} cycles is claimed, {last + 1} are used"
        yield Diagnostic("SW401", reason)


def _late_operands(issue: Issue) -> Iterator[Diagnostic]:
    """Each edge whose successor issues before it may."""
    problem = issue.problem
    done = _effect_cycles(issue)
    successor = owners(problem.pred_offset)
    allowed = done[problem.pred] + _edge_lengths(issue)
    late = (issue.first[successor] < allowed) & issue.takes_slots[successor]
    for edge in np.flatnonzero(late).tolist():
        pred, follower = int(problem.pred[edge]), int(successor[edge])
        kind = "needs the result of" if problem.pred_kind[edge] == DATA else "must come after"
        yield Diagnostic(
            "SW401",
            f"{named(problem, follower)} issues in cycle {issue.first[follower]} but {kind} "
            f"{named(problem, pred)}, which allows cycle {allowed[edge]} or later",
        )


def _edge_lengths(issue: Issue) -> Cycles:
    """Cycles from the last slot of the predecessor to the first that its successor may use."""
    problem = issue.problem
    data = problem.pred_kind == DATA
    return np.where(data, issue.latency[problem.pred], problem.pred_lag).astype(np.int64)


def _effect_cycles(issue: Issue) -> Cycles:
    """The last slot of each operation; for one without slots, when its own edges allow it.

    Goes depth first through chains of operations without slots, which are few.
    """
    preds, offset = issue.problem.pred, issue.problem.pred_offset.tolist()
    lengths = _edge_lengths(issue)
    done = issue.last.copy()
    known = issue.takes_slots.copy()
    opened = known.copy()
    stack = np.flatnonzero(~known).tolist()
    while stack:
        operation = stack[-1]
        row = slice(offset[operation], offset[operation + 1])
        if known[operation]:
            stack.pop()
        elif not opened[operation]:
            opened[operation] = True
            stack += preds[row][~opened[preds[row]]].tolist()
        else:
            known[operation] = True
            done[operation] = (done[preds[row]] + lengths[row]).max(initial=0)
    return done


def _overfull_engines(issue: Issue) -> Iterator[Diagnostic]:
    """Each cycle and engine with more slots than there are."""
    problem, span = issue.problem, issue.schedule.makespan
    engine = problem.mode_engine[issue.mode][issue.slot_operation].astype(np.int64)
    key = engine * span + issue.slot_cycle
    keys, used = np.unique(key, return_counts=True)
    given = np.array(problem.slots, dtype=np.int64)[keys // max(span, 1)]
    for index in np.flatnonzero(used > given).tolist():
        engine_number, cycle = divmod(int(keys[index]), span)
        users = np.unique(issue.slot_operation[key == keys[index]])
        listed = ", ".join(map(str, users[:8].tolist())) + ("..." if len(users) > 8 else "")
        yield Diagnostic(
            "SW401",
            f"{used[index]} slots on {problem.engines[engine_number]} in cycle {cycle}, which has "
            f"{given[index]}: operations {listed}",
        )
