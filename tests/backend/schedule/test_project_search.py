"""Heuristics of projects: legal schedules, the least makespans of tiny ones, the same each time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given

from slotweave.backend.schedule.modulo import iterative_schedule
from slotweave.backend.schedule.modulo.swing import swing_order
from slotweave.backend.schedule.project import DisjunctiveSearch, ListSearch
from slotweave.backend.schedule.project.arrays import disjoint_uses
from slotweave.bounds.projects import edges_of
from slotweave.bounds.projects.chains import chains
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving.solve import Limits, Method, solve
from slotweave.ir.project import (
    Activity,
    ActivityMode,
    Lag,
    Project,
    ProjectSchedule,
    Resource,
    Use,
)
from strategies.projects import projects
from support.examples import a_share, examples
from support.project_twin import least_makespan


def shop(seed: int, jobs: int = 3, operations: int = 2, machines: int = 2) -> Project:
    """A random flexible job shop."""
    rng = random.Random(seed)
    activities, lags = [], []
    for job in range(jobs):
        for number in range(operations):
            able = rng.sample(range(machines), rng.randint(1, machines))
            rows = ((m, rng.randint(1, 4)) for m in able)
            modes = tuple(ActivityMode(d, (Use(m, 1, 0, d),)) for m, d in rows)
            if number:
                lags.append(Lag(len(activities) - 1, len(activities), 0, from_end=True))
            activities.append(Activity(f"{job}.{number}", modes))
    resources = tuple(Resource(f"M{m}", 1) for m in range(machines))
    return Project(resources, tuple(activities), tuple(lags))


def listed(project: Project, schedules: int) -> ProjectSchedule | None:
    search = ListSearch.of(project)
    assert search is not None
    return search.schedule(search.advance(search.start(), schedules, 0))


@examples(60)
@given(projects(modulo=False, most=4) | projects(modulo=False, most=4, conditional=True))
def test_list_schedules_are_legal(project):
    if ListSearch.of(project) is None:
        return
    schedule = listed(project, 20)
    if schedule is not None:
        assert list(project_violations(schedule, project)) == []


def test_list_scheduling_chooses_modes_by_what_they_ask_for():
    use = (Use(0, 1, 0, 1),)
    reader = Activity("reader", (ActivityMode(1, use), ActivityMode(1, use)))
    maker = Activity("maker", (ActivityMode(1, use),))
    lags = (Lag(0, 1, 0), Lag(1, 0, 0, only=(1, 0)), Lag(0, 1, 1, only=(1, 1)))
    beside = listed(Project((Resource("slots", 2),), (maker, reader), lags), 1)
    assert (beside.starts, beside.modes) == ((0, 0), (0, 0))
    later = listed(Project((Resource("slots", 1),), (maker, reader), lags), 1)
    assert (later.starts, later.modes) == ((0, 1), (0, 1))


def test_list_scheduling_goes_on_from_a_schedule():
    project = shop(1, jobs=6, operations=5, machines=4)
    search = ListSearch.of(project)
    known = search.schedule(search.advance(search.start(), 2000, 0))
    state = search.with_schedule(search.advance(search.start(), 1, 5), known)
    assert search.schedule(state) == known
    assert search.schedule(search.advance(state, 20, 5)).makespan(project) <= known.makespan(
        project
    )


@examples(30)
@given(projects(modulo=False, most=3, solid=True))
def test_list_scheduling_finds_the_least_makespan_of_tiny_projects(project):
    if ListSearch.of(project) is None or any(a.choice >= 0 for a in project.activities):
        return
    schedule = listed(project, 300)
    least = least_makespan(project, 8)
    if schedule is not None and least is not None and all(lag.lag >= 0 for lag in project.lags):
        assert schedule.makespan(project) <= least


@pytest.mark.parametrize("seed", a_share(range(6), 3))
def test_tabu_search_finds_the_least_makespan_of_small_job_shops(seed):
    project = shop(seed)
    begin = listed(project, 1)
    search = DisjunctiveSearch.of(project, begin)
    search.advance(400, seed)
    found = search.schedule()
    assert list(project_violations(found, project)) == []
    least = solve(project, Method.EXACT, Limits(workers=1)).makespan
    assert found.makespan(project) == least


def test_tabu_search_goes_on_from_its_best_and_repeats():
    project = shop(1, jobs=6, operations=5, machines=4)
    begin = listed(project, 1)
    found = []
    for _ in range(2):
        search = DisjunctiveSearch.of(project, begin)
        search.advance(500, 3)
        search.restart()
        search.advance(500, 4)
        found.append(search.schedule())
    assert found[0] == found[1]
    assert list(project_violations(found[0], project)) == []
    assert found[0].makespan(project) < begin.makespan(project)


@pytest.mark.parametrize(
    "changed",
    [
        Project((Resource("R", 1),), (Activity("a", (ActivityMode(2, (Use(0, 1, 1, 1),)),)),), ()),
        Project((Resource("R", 2),), (Activity("a", (ActivityMode(2, (Use(0, 1, 0, 2),)),)),), ()),
        Project((), (Activity("a", (ActivityMode(2, ()),)),), (Lag(0, 0, -1),)),
        Project((), (Activity("a", (ActivityMode(2, ()),)),), (), is_modulo=True),
    ],
)
def test_tabu_search_is_for_resources_of_one_activity_at_a_time(changed):
    assert DisjunctiveSearch.of(changed, ProjectSchedule((0,), (0,))) is None


def test_uses_of_one_resource_are_summed_where_they_overlap():
    uses = (Use(0, 1, 0, 3), Use(0, 2, 2, 2), Use(1, 1, 0, 1))
    pieces = [Use(0, 1, 0, 2), Use(0, 3, 2, 1), Use(0, 2, 3, 1), Use(1, 1, 0, 1)]
    assert disjoint_uses(uses) == pieces


@examples(60)
@given(projects(modulo=True, most=4))
def test_modulo_schedules_are_legal(project):
    states = iterative_schedule(project, 1)
    for _, state in zip(range(30), states, strict=False):
        if state.schedule is not None:
            assert list(project_violations(state.schedule, project)) == []


def test_the_swing_order_keeps_neighbours_on_one_side():
    """A recurrence first, and each next activity beside one that is placed."""
    names = [Activity(str(n), (ActivityMode(1, ()),)) for n in range(6)]
    pairs = ((0, 1), (1, 2), (3, 4), (4, 5), (2, 5))
    lags = (*(Lag(a, b, 1) for a, b in pairs), Lag(4, 3, 3, 1))
    project = Project((), tuple(names), lags, is_modulo=True)
    order = swing_order(edges_of(project), chains(project, 4))
    assert sorted(order) == list(range(6))
    assert set(order[:2]) == {3, 4}
    for place in range(2, 6):
        before = set(order[:place])
        above = {a for a, b in pairs if b == order[place]} & before
        below = {b for a, b in pairs if a == order[place]} & before
        assert not (above and below)


def test_several_modes_and_uses_that_wrap_around_share_a_period():
    """Three activities of two units in three cycles: on the first resource or on the second."""
    modes = tuple(ActivityMode(3, (Use(r, 1, 0, 3),)) for r in range(2))
    rows = tuple(Activity(str(n), modes) for n in range(2))
    project = Project((Resource("R", 1), Resource("S", 1)), rows, (), is_modulo=True)
    solution = solve(project, Method.EXACT, Limits(evaluations=30, workers=1))
    assert solution.period == 3
    one = Project(project.resources[:1], tuple(Activity(a.name, modes[:1]) for a in rows), (), True)
    assert solve(one, Method.MODULO, Limits(evaluations=30)).period == 6
