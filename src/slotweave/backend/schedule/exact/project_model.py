"""The least makespan of a project as a CP-SAT model; each constraint is posted by one function.

Variables: the start of each activity, which mode it takes (a literal for each if there are several)
and its duration. Definitions: modes, durations, the makespan. Correctness: lags, resources.
Redundant: activities no two of which can run together, in turn; loads of resources by modes; the
order of activities that are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from slotweave.backend.schedule.exact.solver import Search
from slotweave.bounds.projects.chains import Chains
from slotweave.bounds.projects.cliques import covering_cliques
from slotweave.ir.project import ActivityMode, Project, ProjectSchedule

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

#: On hard projects two searches do better than what CP-SAT chooses by itself for two workers; on
#: easy ones they are slower. Without the linear relaxation it learns from many times as many
#: conflicts a second, and proves what is within reach of that; branching by the reduced costs of
#: the relaxation raises the bound where nothing else does. A worker alone does the latter.
_RAISES_BOUNDS = "reduced_costs"
_PATIENT = ("no_lp", _RAISES_BOUNDS, "quick_restart")
#: Tries the ends of what each start may be, and takes away what propagation refutes.
_PROBES = "probing"
#: Learns from conflicts, without the linear relaxation.
_LEARNS = "no_lp"
#: Seconds, roughly, for a unit of the solver's count: while it probes, and else for an activity.
_PROBING_PACE, _PACE = 25.0, 0.01


@dataclass(frozen=True, eq=False)
class ProjectModel:
    """The model under construction. `literals[a]` has one literal for each mode, or nothing."""

    project: Project
    model: cp_model.CpModel
    starts: Sequence[Any]
    literals: Sequence[Sequence[Any]]
    durations: Sequence[Any]
    makespan: Any


def project_model(
    project: Project,
    chains: Chains,
    at_least: int,
    at_most: int,
    hint: ProjectSchedule | None = None,
    workers: int = 2,
    *,
    patient: bool = False,
) -> Search:
    """The search for the least makespan from `at_least` to `at_most`, beginning from `hint`.

    A `patient` one is for projects that a first search did not decide. Two workers of such a one do
    without activities in turn: with them a search that learns from conflicts needs somewhat fewer,
    but each of these takes two to three times as long (docs/adr/0011).
    """
    known = None if hint is None else _in_order(project, hint)
    made, read = project_parts(project, chains, at_least, at_most, known)
    post_order(made)
    quick = patient and workers > 1
    if not quick:
        post_turns(made)
    post_loads(made)
    made.model.minimize(made.makespan)
    chosen = _PATIENT if workers > 1 else (_RAISES_BOUNDS,)
    return Search(
        made.model, read, True, workers,
        strategies=chosen if patient else (), pace=_pace(project), quick=quick,
    )  # fmt: skip


def shorter_model(
    project: Project, chains: Chains, at_least: int, at_most: int, *, probes: bool
) -> Search:
    """The search for any schedule of these makespans. One that `probes` often shows at once that
    there is none (shaving: Martin and Shmoys, "A new approach to computing optimal schedules for
    the job-shop scheduling problem", 1996), one that does not often finds one at once."""
    made, read = project_parts(project, chains, at_least, at_most)
    post_order(made)
    post_loads(made)
    strategy = _PROBES if probes else _LEARNS
    pace = _PROBING_PACE if probes else _pace(project)
    return Search(made.model, read, False, 1, strategies=(strategy,), pace=pace)


def _pace(project: Project) -> float:
    return max(1.0, _PACE * project.size)


def project_parts(
    project: Project,
    chains: Chains,
    at_least: int,
    at_most: int,
    hint: ProjectSchedule | None = None,
) -> tuple[ProjectModel, Callable[[Callable[[Any], int]], ProjectSchedule]]:
    """The model without an objective and what is redundant, and what reads a schedule from it."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    latest = (at_most - chains.tails).tolist()
    starts = [
        model.new_int_var(int(head), max(int(head), last), f"start {a}")
        for a, (head, last) in enumerate(zip(chains.heads.tolist(), latest, strict=True))
    ]
    if any(head > last for head, last in zip(chains.heads.tolist(), latest, strict=True)):
        model.add_bool_or([])  # a chain is too long
    literals = _mode_literals(project, model)
    durations = [_duration(project, model, number, row) for number, row in enumerate(literals)]
    makespan = model.new_int_var(at_least, max(at_least, at_most), "makespan")
    made = ProjectModel(project, model, starts, literals, durations, makespan)
    post_ends(made)
    post_lags(made)
    post_resources(made)
    if hint is not None:
        add_hint(made, hint)
    return made, _reader(made)


def _mode_literals(project: Project, model: cp_model.CpModel) -> list[list[Any]]:
    """Exactly one mode each; those of one choice share their literals."""
    tied: dict[int, list[Any]] = {}
    literals = []
    for number, activity in enumerate(project.activities):
        row: list[Any] = []
        if len(activity.modes) > 1:
            known = tied.get(activity.choice) if activity.choice >= 0 else None
            row = known or [
                model.new_bool_var(f"mode {number} {m}") for m in range(len(activity.modes))
            ]
            if known is None:
                model.add_exactly_one(row)
            if activity.choice >= 0:
                tied[activity.choice] = row
        literals.append(row)
    return literals


def _duration(project: Project, model: cp_model.CpModel, number: int, row: list[Any]) -> Any:
    """A number, or a sum over the literals."""
    modes = project.activities[number].modes
    if modes[0].duration == project.activities[number].longest == modes[-1].duration:
        lengths = {mode.duration for mode in modes}
        if len(lengths) == 1:
            return modes[0].duration
    del model
    return sum(mode.duration * literal for mode, literal in zip(modes, row, strict=True))


def post_ends(made: ProjectModel) -> None:
    """Definition: the makespan is not before the end of any activity."""
    for start, duration in zip(made.starts, made.durations, strict=True):
        made.model.add(start + duration <= made.makespan)


def post_lags(made: ProjectModel) -> None:
    """Correctness: each lag, from start or end, in the modes in which it holds."""
    for lag in made.project.lags:
        begin = made.starts[lag.before] + (made.durations[lag.before] if lag.from_end else 0)
        row = [] if lag.only is None else made.literals[lag.only[0]]
        posted = made.model.add(begin + lag.lag <= made.starts[lag.after])
        if lag.only is not None and row:
            posted.only_enforce_if(row[lag.only[1]])


def post_resources(made: ProjectModel) -> None:
    """Correctness: no cycle uses more of a resource than there is."""
    for number, resource in enumerate(made.project.resources):
        intervals, units = [], []
        for interval, amount in _intervals(made, number):
            intervals.append(interval)
            units.append(amount)
        if not intervals:
            continue
        if all(2 * amount > resource.capacity for amount in units):
            made.model.add_no_overlap(intervals)
            if any(amount > resource.capacity for amount in units):
                made.model.add_cumulative(intervals, units, resource.capacity)
        else:
            made.model.add_cumulative(intervals, units, resource.capacity)


def _intervals(made: ProjectModel, resource: int) -> list[tuple[Any, int]]:
    """The intervals in which a resource is used, and how many units of it: one for each mode, or
    for all that use it alike."""
    found = []
    for number, activity in enumerate(made.project.activities):
        row: Sequence[Any] = made.literals[number]
        each = [[u for u in mode.uses if u.resource == resource] for mode in activity.modes]
        if all(uses == each[0] for uses in each):
            row, each = (), each[:1]
        for place, uses in enumerate(each):
            for use in uses:
                begin = made.starts[number] + use.first
                found.append((_interval(made, begin, use.cycles, row, place), use.units))
    return found


def _interval(made: ProjectModel, begin: Any, cycles: int, row: Sequence[Any], place: int) -> Any:
    if not row:
        return made.model.new_fixed_size_interval_var(begin, cycles, "")
    return made.model.new_optional_fixed_size_interval_var(begin, cycles, row[place], "")


def post_turns(made: ProjectModel) -> None:
    """Redundant: activities no two of which can run together, of different resources too."""
    for clique in covering_cliques(made.project):
        rows = [
            made.model.new_fixed_size_interval_var(made.starts[number], length, "")
            for number, length in clique
        ]
        made.model.add_no_overlap(rows)


def post_loads(made: ProjectModel) -> None:
    """Redundant: what the chosen modes use of a resource has room in the makespan."""
    for number, resource in enumerate(made.project.resources):
        total: Any = 0
        for activity, row in zip(made.project.activities, made.literals, strict=True):
            energies = [
                sum(use.units * use.cycles for use in mode.uses if use.resource == number)
                for mode in activity.modes
            ]
            if row:
                total += sum(e * one for e, one in zip(energies, row, strict=True) if e)
            else:
                total += energies[0]
        if any(made.literals):
            made.model.add(total <= resource.capacity * _span(made, number))


def _span(made: ProjectModel, resource: int) -> Any:
    """Cycles in which a resource can be used: the makespan, and what uses outlast durations by."""
    outlast = max(
        (
            use.first + use.cycles - mode.duration
            for activity in made.project.activities
            for mode in activity.modes
            for use in mode.uses
            if use.resource == resource
        ),
        default=0,
    )
    return made.makespan + max(0, outlast)


def post_order(made: ProjectModel) -> None:
    """Redundant: activities that are alike start in the order of their numbers. Not where more than
    modes and lags tells them apart, as the lives of values do."""
    for group in _alike(made.project):
        for one, other in pairwise(group):
            made.model.add(made.starts[one] <= made.starts[other])


def _alike(project: Project) -> list[list[int]]:
    """Activities of one mode, the same in each group, that no lag holds."""
    held = {number for lag in project.lags for number in (lag.before, lag.after)}
    groups: dict[ActivityMode, list[int]] = {}
    for number, activity in enumerate(project.activities):
        if number not in held and len(activity.modes) == 1:
            groups.setdefault(activity.modes[0], []).append(number)
    return list(groups.values())


def _in_order(project: Project, schedule: ProjectSchedule) -> ProjectSchedule:
    """The schedule with those that are alike in their order."""
    starts = list(schedule.starts)
    for group in _alike(project):
        for number, start in zip(group, sorted(starts[k] for k in group), strict=True):
            starts[number] = start
    return replace(schedule, starts=tuple(starts))


def add_hint(made: ProjectModel, schedule: ProjectSchedule) -> None:
    """Begin from a schedule."""
    seen: set[int] = set()
    for number, start in enumerate(schedule.starts):
        made.model.add_hint(made.starts[number], start)
        for place, literal in enumerate(made.literals[number]):
            if literal.index not in seen:
                seen.add(literal.index)
                made.model.add_hint(literal, place == schedule.modes[number])
    made.model.add_hint(made.makespan, schedule.makespan(made.project))


def _reader(made: ProjectModel) -> Callable[[Callable[[Any], int]], ProjectSchedule]:
    def read(value: Callable[[Any], int]) -> ProjectSchedule:
        starts = tuple(int(value(start)) for start in made.starts)
        modes = tuple(
            next((m for m, one in enumerate(row) if value(one)), 0) for row in made.literals
        )
        return ProjectSchedule(starts, modes)

    return read
