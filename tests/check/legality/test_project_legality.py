"""The checker of project schedules agrees with the definitions; each breach is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.check.legality.project_legality import project_violations
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
from support.examples import examples
from support.project_twin import is_legal

A = Activity("a", (ActivityMode(2, (Use(0, 2, 0, 2),)),))
B = Activity("b", (ActivityMode(1, (Use(0, 1, 0, 1),)), ActivityMode(3, ())))
PROJECT = Project((Resource("R", 2),), (A, B), (Lag(0, 1, 1, from_end=True), Lag(1, 0, -4)))
LOOP = Project((Resource("R", 2),), (A, B), (Lag(0, 1, 2), Lag(1, 0, 1, 2)), is_modulo=True)


def found(project: Project, *args: object) -> list[str]:
    return [one.message for one in project_violations(ProjectSchedule(*args), project)]


def test_legal_schedules_have_no_violation():
    assert found(PROJECT, (0, 3), (0, 0)) == []
    assert found(PROJECT, (0, 4), (0, 1)) == []
    assert found(LOOP, (0, 2), (0, 0), 3) == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (((0, 2), (0, 0)), "activity b starts in cycle 2, and its lag to activity a"),
        (((0, 5), (0, 0)), "activity a starts in cycle 0, and its lag to activity b"),
        (((0, -1), (0, 0)), "activity b starts in cycle -1"),
        (((0, 3), (0, 2)), "in mode 2"),
        (((0,), (0,)), "one start and one mode"),
        (((0, 3), (0, 0), 4), "a period of 4 does not fit"),
    ],
)
def test_each_breach_is_named(args, said):
    assert said in found(PROJECT, *args)[0]


def test_rows_of_a_period_are_shared_by_all_repetitions():
    assert found(LOOP, (0, 2), (0, 0), 2) == ["3 of 2 units of R are used in row 0"]
    assert "a period of None" in found(LOOP, (0, 2), (0, 0))[0]


def test_cycles_are_not_taken_twice():
    both = Project((Resource("R", 2),), (A, B), ())
    assert found(both, (0, 1), (0, 0)) == ["3 of 2 units of R are used in cycle 1"]


def test_modes_of_one_choice_are_the_same():
    tied = tuple(Activity(n, (ActivityMode(1, ()), ActivityMode(2, ())), 5) for n in "ab")
    project = Project((), tied, ())
    assert found(project, (0, 0), (1, 1)) == []
    assert "others of its choice are not" in found(project, (0, 0), (0, 1))[0]


@examples(300)
@given(projects(), st.data())
def test_the_checker_agrees_with_the_definitions(project, data):
    modes = []
    chosen: dict[int, int] = {}
    for activity in project.activities:
        mode = data.draw(st.integers(0, len(activity.modes) - 1))
        modes.append(chosen.setdefault(activity.choice, mode) if activity.choice >= 0 else mode)
    starts = tuple(data.draw(st.integers(0, 6)) for _ in modes)
    period = data.draw(st.integers(1, 6)) if project.is_modulo else None
    schedule = ProjectSchedule(starts, tuple(modes), period)
    assert (not list(project_violations(schedule, project))) == is_legal(project, schedule)
