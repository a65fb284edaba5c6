"""CP-SAT as we run it: interruptions, limits, and what its answers mean."""

from __future__ import annotations

import threading

import pytest

from slotweave.backend.schedule.exact import Status, project_model, run_model
from slotweave.bounds.projects.chains import chains
from slotweave.ir.project import (
    Activity,
    ActivityMode,
    Lag,
    Project,
    ProjectSchedule,
    Resource,
    Use,
)


def in_turn(count: int, at_most: int):
    """Activities of two cycles that share one unit, within `at_most` cycles."""
    mode = ActivityMode(2, (Use(0, 1, 0, 2),))
    rows = tuple(Activity(str(n), (mode,)) for n in range(count))
    project = Project((Resource("R", 1),), rows, (Lag(1, 0, 3),))
    return project_model(project, chains(project), 0, at_most, workers=1)


def test_optimal_is_said_where_objective_and_bound_are_equal():
    answer = run_model(in_turn(3, 20), 20.0)
    assert (answer.status, answer.bound) == (Status.OPTIMAL, 6)
    assert max(answer.schedule.starts) == 4


def test_too_short_a_makespan_is_infeasible_and_has_no_schedule():
    answer = run_model(in_turn(3, 5), 20.0)
    assert (answer.status, answer.schedule, answer.bound) == (Status.INFEASIBLE, None, None)


def test_activities_that_share_their_modes_may_be_hinted():
    """CP-SAT refuses a model in which a variable has two hints, equal ones too."""
    modes = (ActivityMode(2, (Use(0, 1, 0, 2),)), ActivityMode(3, ()))
    rows = tuple(Activity(str(n), modes, choice=0) for n in range(3))
    project = Project((Resource("R", 1),), rows, ())
    begin = ProjectSchedule((0, 2, 4), (0, 0, 0))
    answer = run_model(project_model(project, chains(project), 0, 6, begin, workers=1), 20.0)
    assert (answer.status, answer.bound) == (Status.OPTIMAL, 3)


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_nothing_is_solved_without_time(seconds):
    assert run_model(in_turn(3, 20), seconds).status is Status.UNKNOWN


def test_an_interruption_stops_the_solver_and_is_raised():
    told: list[ProjectSchedule] = []

    def interrupt(schedule: ProjectSchedule) -> None:
        told.append(schedule)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_model(in_turn(4, 30), None, interrupt)
    assert told
    assert not any(thread.name == "cp-sat" for thread in threading.enumerate())


def test_two_patient_workers_do_without_activities_in_turn():
    """Two resources keep a, b and c apart pair by pair, which a set in turn says at once."""
    uses = ((0, 1), (0,), (1,))
    rows = tuple(
        Activity(str(n), (ActivityMode(2, tuple(Use(k, 2, 0, 2) for k in row)),))
        for n, row in enumerate(uses)
    )
    project = Project((Resource("R", 3), Resource("S", 3)), rows, (Lag(1, 2, 2),))

    def turns(workers: int, *, patient: bool) -> int:
        search = project_model(project, chains(project), 0, 9, None, workers, patient=patient)
        answer = run_model(search, None)
        assert answer.schedule is not None
        assert answer.schedule.makespan(project) == answer.bound == 6
        rows = search.model.proto.constraints
        return sum(len(row.no_overlap.intervals) == 3 for row in rows)

    assert turns(2, patient=False) == turns(1, patient=True) == 1
    assert turns(2, patient=True) == 0
