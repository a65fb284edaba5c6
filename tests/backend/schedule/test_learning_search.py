"""The search that learns: against brute force, from any seed, and within ever less."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import assume, given
from numpy.typing import NDArray

from slotweave.backend.schedule.project import Answer, LearningSearch
from slotweave.backend.schedule.project import _learning_state as columns
from slotweave.backend.schedule.project._learning_kernel import luby
from slotweave.backend.schedule.project.exclusive_pairs import exclusive_pairs, held_units
from slotweave.check.legality.project_legality import project_violations
from slotweave.ir.project import (
    Activity,
    ActivityMode,
    Lag,
    Project,
    ProjectSchedule,
    Resource,
    Use,
    horizon,
)
from strategies.projects import projects
from support.examples import examples
from support.project_twin import least_makespan, schedules

#: Starts that are looked at by brute force.
LAST = 7


def one_mode(project: Project) -> Project:
    """Each activity in its first mode alone."""
    rows = tuple(replace(a, modes=a.modes[:1], choice=-1) for a in project.activities)
    return replace(project, activities=rows)


def decided(search: LearningSearch) -> ProjectSchedule | None:
    """A schedule, or None if there is none, in turns of a few conflicts."""
    while (answer := search.advance(3)) is Answer.OPEN:
        pass
    return search.schedule() if answer is Answer.FOUND else None


def shortest(project: Project, search: LearningSearch) -> ProjectSchedule | None:
    """The last of ever shorter schedules."""
    best = None
    while (schedule := decided(search)) is not None:
        assert list(project_violations(schedule, project)) == []
        assert schedule.makespan(project) <= search.makespan
        best = schedule
        if not search.shorten(schedule.makespan(project) - 1):
            break
    return best


def crowd(size: int, capacity: int, seed: int) -> Project:
    """Activities on two resources, with a few lags between them."""
    units = [(1 + (seed + 3 * k) % 4, 1 + (seed + 5 * k) % 3) for k in range(size)]
    lengths = [1 + (seed + 7 * k) % 5 for k in range(size)]
    rows = tuple(
        Activity(str(k), (ActivityMode(long, (Use(0, a, 0, long), Use(1, b, 0, long))),))
        for k, (long, (a, b)) in enumerate(zip(lengths, units, strict=True))
    )
    lags = tuple(Lag(k, k + 3, 0, from_end=True) for k in range(0, size - 3, 2))
    return Project((Resource("R", capacity), Resource("S", capacity)), rows, lags)


def truths(search: LearningSearch, schedule: ProjectSchedule) -> NDArray[np.bool_]:
    """Which literals of the search are true of a schedule: what they say, word for word."""
    state, project, starts = search.state, search.project, schedule.starts
    values = list(starts)
    for before, after in exclusive_pairs(project):
        end = starts[before] + project.activities[before].modes[0].duration
        values.append(int(end <= starts[after]))
    bound, literal = state.literal[:, columns.BOUND], np.arange(len(state.literal))
    value = np.array(values)[bound >> 1]
    is_late = value >= literal - state.activity[bound >> 1, columns.LOW]
    is_early = value <= state.activity[bound >> 1, columns.HIGH] - literal
    return np.where(bound & 1, is_early, is_late)


def clauses(search: LearningSearch) -> list[list[int]]:
    """The clauses that a search has, as literals, and what holds at its root."""
    state = search.state
    rows = state.clause[: state.tally[columns.CLAUSES], : columns.SIZE + 1].tolist()
    root = state.trail[: state.tally[columns.ROOT], columns.NEW].tolist()
    return [state.pool[at : at + size].tolist() for at, size in rows] + [[x] for x in root]


@examples(80)
@given(projects(modulo=False, most=4, solid=True))
def test_the_shortest_schedule_is_that_of_brute_force(project):
    project = one_mode(project)
    assume(LearningSearch.is_for(project))
    search = LearningSearch.of(project, horizon(project))
    least = least_makespan(project, LAST)
    found = None if search is None else shortest(project, search)
    if least is None:
        assert found is None or max(found.starts) > LAST
    else:
        assert found is not None
        assert found.makespan(project) <= least
        assert found.makespan(project) == least or max(found.starts) > LAST


def test_what_was_learned_within_a_longer_makespan_holds_within_a_shorter_one():
    """A search that comes down from the horizon ends where fresh ones find and refute."""
    for seed in range(6):
        project = crowd(12, 5, seed)
        least = shortest(project, LearningSearch.of(project, horizon(project))).makespan(project)
        assert decided(LearningSearch.of(project, least, seed=1)) is not None
        fresh = LearningSearch.of(project, least - 1, seed=1)
        assert fresh is None or decided(fresh) is None


def test_what_is_learned_is_true_of_all_schedules_within_the_makespan():
    """Of the schedules that searches from other seeds find, which are legal."""
    learned = 0
    for number in range(3):
        project = crowd(16, 5, number)
        least = shortest(project, LearningSearch.of(project, horizon(project))).makespan(project)
        searches = [LearningSearch.of(project, least, seed=seed) for seed in range(8)]
        found = [decided(search) for search in searches]
        assert all(not list(project_violations(one, project)) for one in found)
        for search in searches:
            rows = clauses(search)
            learned += len(rows)
            for is_true in (truths(search, one) for one in found):
                assert all(is_true[row].any() for row in rows)
    assert learned > 500


@examples(80)
@given(projects(modulo=False, most=3, solid=True))
def test_a_pair_never_runs_at_once_and_what_collides_otherwise_has_one_order(project):
    project = one_mode(project)
    assume(LearningSearch.is_for(project))
    pairs, found = set(exclusive_pairs(project)), list(schedules(project, None, LAST))
    modes = [one.modes[0] for one in project.activities]
    for i, j in combinations(range(project.size), 2):
        orders = {
            (
                one.starts[i] + modes[i].duration <= one.starts[j],
                one.starts[j] + modes[j].duration <= one.starts[i],
            )
            for one in found
        }
        mine, other = held_units(modes[i]), held_units(modes[j])
        if (i, j) in pairs:
            assert orders <= {(True, False), (False, True)}
        elif any(mine[r] + other.get(r, 0) > project.resources[r].capacity for r in mine):
            assert len(orders) <= 1


def test_searches_within_ever_more_end_at_the_least_makespan():
    for seed in range(4):
        project = crowd(12, 5, seed)
        least = shortest(project, LearningSearch.of(project, horizon(project))).makespan(project)
        search = LearningSearch.of(project, least - 2, seed=seed)
        while decided(search) is None:
            search = search.widened(search.makespan + 1)
        assert search.makespan == least


def test_the_same_seed_finds_the_same_schedule():
    project = crowd(16, 5, 2)
    starts = {shortest(project, LearningSearch.of(project, 60, seed=5)).starts for _ in range(2)}
    assert len(starts) == 1


def test_it_is_not_for_what_holds_resources_otherwise():
    def alone(*modes: ActivityMode, capacity: int = 2) -> Project:
        return Project((Resource("R", capacity),), (Activity("a", modes),), ())

    held = ActivityMode(3, (Use(0, 2, 0, 3),))
    assert LearningSearch.is_for(alone(held))
    assert not LearningSearch.is_for(alone(held, held))
    assert not LearningSearch.is_for(alone(ActivityMode(3, (Use(0, 2, 1, 2),))))
    assert not LearningSearch.is_for(alone(held, capacity=1))
    assert not LearningSearch.is_for(replace(alone(held), is_modulo=True))
    assert LearningSearch.of(alone(held), 2) is None  # it lasts 3


def test_restarts_follow_lubys_sequence():
    assert [luby(k) for k in range(15)] == [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]
