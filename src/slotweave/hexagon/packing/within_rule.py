"""The fewest packets of a block in which what the user names gets no worse.

Stalls of packets as few as can be are too many where the rule allows fewer. Then the block is
solved once more, with the stalls that are allowed in it (`packing.stalls`). By a rule that allows
fewer stalls in more packets, that many packets or more are needed; for these fewer stalls are
allowed, and so on until packets and stalls go together.
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving.solve import BOUND, SOLVER, Limits, Method, Solution, solve
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.problem import PacketProblem
from slotweave.hexagon.packing.stalls import (
    project_with_stalls,
    stall_cycles,
    with_stalls,
    without_stalls,
)
from slotweave.ir.project import ProjectSchedule
from slotweave.ir.project_bound import MAKESPAN

#: The share of what is left that a search takes which may not be the last.
_SHARE = 0.5
#: Searches that may end undecided before steps of packets grow.
_FEW = 2


@dataclass(frozen=True, slots=True)
class WithinRule:
    """The shortest schedule found that obeys the rule, None if none is shorter than the input; who
    shows that all shorter ones break it, "" where nobody does; and what was spent of the limits:
    seconds, and units of the solver's count."""

    schedule: ProjectSchedule | None
    by: str
    spent: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Rule:
    """How many stalls the rule allows in so many packets, and the packets of the input."""

    no_worse: NoWorse
    before: int
    stalls_before: int

    def allowed(self, packets: int) -> int:
        return self.no_worse.most_stalls(packets, self.before, self.stalls_before)

    def is_kept(self, problem: PacketProblem, schedule: ProjectSchedule) -> bool:
        packets = schedule.makespan(problem.project)
        stalls = stall_cycles(schedule.starts, problem.waits)
        return packets < self.before and stalls <= self.allowed(packets)


def within_rule(
    problem: PacketProblem,
    schedules: tuple[ProjectSchedule, ProjectSchedule],
    before: int,
    limits: Limits,
    method: Method,
    no_worse: NoWorse,
) -> WithinRule:
    """The shortest schedule found of fewer than `before` packets that obeys `no_worse`; `schedules`
    are the input, which does, and the shortest one, which does not."""
    now, best = schedules
    rule = _Rule(no_worse, before, stall_cycles(now.starts, problem.waits))
    found: ProjectSchedule | None = None
    least, most, undecided, shown = best.makespan(problem.project), before, 0, set[str]()
    seconds = work = 0.0
    while least < most:
        allowed = rule.allowed(least)
        is_last = allowed == rule.allowed(before - 1)
        project = project_with_stalls(problem, allowed)
        known = [with_stalls(problem, one, allowed) for one in schedules]
        told: list[Solution] = []
        solution = solve(
            project, method, limits if is_last else limits.share(_SHARE), told.append,
            known, least + allowed,
        )  # fmt: skip
        limits = limits.after(*solution.spent)
        seconds, work = seconds + solution.spent[0], work + solution.spent[1]
        for one in told:
            made = _packets_of(problem, one, allowed)
            if rule.is_kept(problem, made) and made.makespan(problem.project) < most:
                found, most = made, made.makespan(problem.project)
        bound = solution.best(MAKESPAN)
        needed = 0 if bound is None else (bound.value or 0) - allowed
        if bound is not None and needed > least:
            shown.add(bound.by)
            least = needed
        elif least < most:
            undecided += 1
            least += step_after(undecided)
        if is_last:  # in more packets no fewer stalls are allowed
            undecided += least < most
            break
    by = SOLVER if SOLVER in shown else BOUND
    return WithinRule(found, "" if undecided else by, (seconds, work))


def fewest_stalls(
    problem: PacketProblem, schedule: ProjectSchedule, limits: Limits, method: Method
) -> WithinRule:
    """A schedule of no more packets than `schedule`, with as few stalls as are found within
    `limits`: their number is halved again and again, and is less than those of `schedule`."""
    packets = schedule.makespan(problem.project)
    none, most = 0, stall_cycles(schedule.starts, problem.waits)
    seconds = work = 0.0
    while none < most:
        allowed = (none + most) // 2
        known = [with_stalls(problem, schedule, allowed)]
        solution = solve(
            project_with_stalls(problem, allowed), method, limits.share(_SHARE),
            known=known, enough=packets + allowed,
        )  # fmt: skip
        limits = limits.after(*solution.spent)
        seconds, work = seconds + solution.spent[0], work + solution.spent[1]
        made = _packets_of(problem, solution, allowed)
        stalls = stall_cycles(made.starts, problem.waits)
        if made.makespan(problem.project) <= packets and stalls < most:
            schedule, most = made, stalls
        else:
            none = allowed + 1
    return WithinRule(schedule, "", (seconds, work))


def _packets_of(problem: PacketProblem, solution: Solution, stalls: int) -> ProjectSchedule:
    """The packets of a schedule with stalls, checked."""
    assert solution.schedule is not None  # one is told of
    schedule = without_stalls(problem, solution.schedule, stalls)
    for fault in project_violations(schedule, problem.project):
        raise CheckFailed(fault)
    return schedule


def step_after(undecided: int) -> int:
    """How many packets more are tried next after so many searches that decided nothing: one more,
    and twice as many each time once there were a few of them."""
    return 1 << max(0, undecided - _FEW)
