"""A schedule of at most so many cycles that stalls no longer than allowed, as a CP-SAT model.

A machine that issues its cycles in order waits where a value is not there yet. A wait (before,
after, latency) asks for `latency` real cycles from the issue of one activity to that of another in
a later cycle of the schedule; waits shorter than the lags already ask for may be left out. Cycle k
of the schedule issues at `time[k]`, which rises by one or more; the schedule is within what is
allowed if the last one issues early enough. Variables and constraints of the schedule itself are
those of `project_model`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slotweave.backend.schedule.exact.pressure import ValueSpan, post_pressure
from slotweave.backend.schedule.exact.project_model import ProjectModel, project_parts
from slotweave.backend.schedule.exact.solver import Search
from slotweave.bounds.projects.chains import Chains
from slotweave.ir.project import Project, ProjectSchedule

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Wait = tuple[int, int, int]


def stall_model(
    project: Project,
    chains: Chains,
    cycles: int,
    waits: Sequence[Wait],
    stalls: int,
    hint: ProjectSchedule | None = None,
    workers: int = 2,
    values: Sequence[ValueSpan] = (),
    registers: int = 0,
) -> Search:
    """The search for a schedule of at most `cycles` cycles with at most `stalls` stalls, in which
    no more than `registers` of the `values` are live at once."""
    made, read = project_parts(project, chains, chains.longest, cycles, hint)
    last = cycles - 1 + stalls
    times = [made.model.new_int_var(k, k + stalls, f"time {k}") for k in range(cycles)]
    for k in range(1, cycles):
        made.model.add(times[k] >= times[k - 1] + 1)
    made.model.add(times[-1] <= last)
    post_waits(made, times, [wait for wait in waits if wait[2] > 1])
    if values:
        post_pressure(made, values, registers, cycles)
    return Search(made.model, read, False, workers)


def post_waits(made: ProjectModel, times: list[Any], waits: Sequence[Wait]) -> None:
    """Correctness: what is waited for is there, but for what shares the cycle of its reader."""
    model: cp_model.CpModel = made.model
    issues: dict[int, Any] = {}
    for number in sorted({one for before, after, _ in waits for one in (before, after)}):
        issues[number] = model.new_int_var(0, len(times) * 8, f"issue {number}")
        model.add_element(made.starts[number], times, issues[number])
    beside = _sharing_modes(made.project)
    for before, after, latency in waits:
        posted = model.add(issues[after] >= issues[before] + latency)
        shared = beside.get((before, after), ())
        if shared:
            literals = made.literals[after]
            posted.only_enforce_if([literals[mode].negated() for mode in shared])


def _sharing_modes(project: Project) -> dict[tuple[int, int], list[int]]:
    """For each pair the modes of the second in which it is held to the cycle of the first."""
    found: dict[tuple[int, int], list[int]] = {}
    for lag in project.lags:
        if lag.only is not None and lag.only[0] == lag.before and lag.lag == 0:
            found.setdefault((lag.after, lag.before), []).append(lag.only[1])
    return found
