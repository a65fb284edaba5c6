"""A modulo schedule of one period as a CP-SAT model; each constraint is posted by one function.

The start of an activity is stage * period + row (Eichenberger and Davidson, "Efficient formulation
for optimal modulo schedulers", PLDI 1997). Variables: a literal for each mode and row of an
activity, its stage, its start. With the rows as literals what a resource holds in a row is a sum,
for uses of several cycles that wrap around, too. Correctness: lags between starts, capacities of
rows. Redundant: rows that no start falls into. Symmetry: a schedule can be turned by any number of
rows, so the activity that uses most has row 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from slotweave.backend.schedule.exact.pressure import ValueSpan
from slotweave.backend.schedule.exact.solver import Search
from slotweave.bounds.projects.chains import Chains
from slotweave.ir.project import ActivityMode, Project, ProjectSchedule, horizon

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

#: Literals beyond which the model is not built.
MOST_LITERALS = 400_000


@dataclass(frozen=True, eq=False)
class ModuloModel:
    """The model under construction; `rows[a][m][c]` says that `a` runs in mode m from row c on."""

    project: Project
    period: int
    model: cp_model.CpModel
    starts: Sequence[Any]
    stages: Sequence[Any]
    rows: Sequence[Sequence[Sequence[Any]]]
    makespan: Any


def literals_of(project: Project, period: int) -> int:
    """The literals that the model of a period has."""
    return period * sum(len(activity.modes) for activity in project.activities)


def complete_makespan(project: Project, period: int) -> int:
    """A makespan within which each row of a schedule of `period` can be had, and any turn of it.

    With the rows given, the least starts are longest chains in which each step, a lag, is rounded
    up to the row of the next activity.
    """
    return horizon(project) + (project.size + 1) * period


def modulo_model(
    project: Project,
    period: int,
    chains: Chains,
    at_most: int | None = None,
    hint: ProjectSchedule | None = None,
    workers: int = 2,
    least_makespan: bool = False,
    values: Sequence[ValueSpan] = (),
) -> Search:
    """The search for a schedule of `period`: any one, with `least_makespan` the shortest, or one in
    which `values` of an iteration live for the fewest cycles together.

    `at_most` bounds the makespan; without it every schedule of the period has a copy in the model.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    last = at_most if at_most is not None else complete_makespan(project, period)
    heads, latest = chains.heads.tolist(), (last - chains.tails).tolist()
    if any(head > end for head, end in zip(heads, latest, strict=True)):
        model.add_bool_or([])  # a chain is too long
    ends = [max(head, end) for head, end in zip(heads, latest, strict=True)]
    bounds = list(zip(heads, ends, strict=True))
    starts = [model.new_int_var(a, b, f"start {k}") for k, (a, b) in enumerate(bounds)]
    stages = [
        model.new_int_var(a // period, b // period, f"stage {k}") for k, (a, b) in enumerate(bounds)
    ]
    rows = [
        [[model.new_bool_var(f"row {k} {m} {c}") for c in range(period)] for m in activity.modes]
        for k, activity in enumerate(project.activities)
    ]
    makespan = model.new_int_var(chains.longest, max(last, chains.longest), "makespan")
    made = ModuloModel(project, period, model, starts, stages, rows, makespan)
    post_rows(made)
    post_windows(made, bounds)
    post_choices(made)
    post_lags(made)
    post_capacities(made)
    if least_makespan:
        post_ends(made)
        model.minimize(makespan)
    elif values:
        model.minimize(sum(post_lifetimes(made, values, last)))
    elif at_most is None:
        post_turn(made)
    if hint is not None:
        add_hint(made, hint, least_makespan)
    return Search(model, _reader(made), least_makespan or bool(values), workers)


def post_rows(made: ModuloModel) -> None:
    """Definition: one mode and row each; start = stage * period + row."""
    for start, stage, modes in zip(made.starts, made.stages, made.rows, strict=True):
        made.model.add_exactly_one(literal for mode in modes for literal in mode)
        row = sum(c * literal for mode in modes for c, literal in enumerate(mode) if c)
        made.model.add(start == stage * made.period + row)


def post_windows(made: ModuloModel, bounds: list[tuple[int, int]]) -> None:
    """Redundant: rows that no start within its bounds falls into are left out."""
    for (low, high), modes in zip(bounds, made.rows, strict=True):
        if high - low + 1 >= made.period:
            continue
        allowed = {t % made.period for t in range(low, high + 1)}
        for mode in modes:
            for c, literal in enumerate(mode):
                if c not in allowed:
                    made.model.add(literal == 0)


def post_choices(made: ModuloModel) -> None:
    """Correctness: activities of one choice run in the mode of the same number."""
    tied: dict[int, Sequence[Sequence[Any]]] = {}
    for activity, modes in zip(made.project.activities, made.rows, strict=True):
        if activity.choice < 0:
            continue
        others = tied.setdefault(activity.choice, modes)
        for mine, theirs in zip(modes, others, strict=True):
            if mine is not theirs:
                made.model.add(sum(mine) == sum(theirs))


def _duration(made: ModuloModel, number: int) -> Any:
    """The duration of the mode chosen: a number where all are equal."""
    modes = made.project.activities[number].modes
    if len({mode.duration for mode in modes}) == 1:
        return modes[0].duration
    rows = zip(modes, made.rows[number], strict=True)
    return sum(mode.duration * sum(literals) for mode, literals in rows if mode.duration)


def post_lags(made: ModuloModel) -> None:
    """Correctness: each lag, over its distance."""
    for lag in made.project.lags:
        begin = made.starts[lag.before] + (_duration(made, lag.before) if lag.from_end else 0)
        after = made.starts[lag.after] + lag.distance * made.period
        made.model.add(begin + lag.lag <= after)


def post_capacities(made: ModuloModel) -> None:
    """Correctness: in no row is more of a resource used than there is."""
    terms: dict[tuple[int, int], list[tuple[Any, int]]] = defaultdict(list)
    for activity, modes in zip(made.project.activities, made.rows, strict=True):
        for mode, literals in zip(activity.modes, modes, strict=True):
            for (resource, ahead), units in _profile(mode, made.period).items():
                for c, literal in enumerate(literals):
                    terms[resource, (c + ahead) % made.period].append((literal, units))
    for (resource, _row), held in sorted(terms.items(), key=lambda item: item[0]):
        total = sum(units * literal for literal, units in held)
        made.model.add(total <= made.project.resources[resource].capacity)


def _profile(mode: ActivityMode, period: int) -> dict[tuple[int, int], int]:
    """Units by resource and rows after the start."""
    held: dict[tuple[int, int], int] = defaultdict(int)
    for use in mode.uses:
        for cycle in range(use.first, use.first + use.cycles):
            held[use.resource, cycle % period] += use.units
    return held


def post_ends(made: ModuloModel) -> None:
    """Definition: the makespan is not before the end of any activity."""
    for number, start in enumerate(made.starts):
        made.model.add(start + _duration(made, number) <= made.makespan)


def post_lifetimes(made: ModuloModel, values: Sequence[ValueSpan], last: int) -> list[Any]:
    """Definition: the cycles from what writes a value first to what reads it last, of each."""
    found = []
    for number, value in enumerate(values):
        cycles = made.model.new_int_var(0, last, f"live {number}")
        for writer in value.writers:
            for user in (*value.readers, *value.writers):
                if user != writer:
                    made.model.add(cycles >= made.starts[user] - made.starts[writer])
        found.append(cycles)
    return found


def post_turn(made: ModuloModel) -> None:
    """Symmetry: the activity that uses most has row 0."""
    if not made.project.size:
        return
    appetite = [
        sum(use.units * use.cycles for mode in activity.modes for use in mode.uses)
        for activity in made.project.activities
    ]
    one = int(np.argmax(appetite))
    made.model.add_bool_or([mode[0] for mode in made.rows[one]])


def add_hint(made: ModuloModel, schedule: ProjectSchedule, with_makespan: bool) -> None:
    """Begin from a schedule."""
    for number, (start, mode) in enumerate(zip(schedule.starts, schedule.modes, strict=True)):
        made.model.add_hint(made.starts[number], start)
        made.model.add_hint(made.stages[number], start // made.period)
        for m, literals in enumerate(made.rows[number]):
            for c, literal in enumerate(literals):
                made.model.add_hint(literal, m == mode and c == start % made.period)
    if with_makespan:
        made.model.add_hint(made.makespan, schedule.makespan(made.project))


def _reader(made: ModuloModel) -> Callable[[Callable[[Any], int]], ProjectSchedule]:
    def read(value: Callable[[Any], int]) -> ProjectSchedule:
        starts = tuple(int(value(start)) for start in made.starts)
        modes = tuple(
            next(m for m, literals in enumerate(row) if any(value(one) for one in literals))
            for row in made.rows
        )
        return ProjectSchedule(starts, modes, made.period)

    return read
