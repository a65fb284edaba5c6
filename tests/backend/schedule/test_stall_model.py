"""Schedules with few stalls: what the model allows, against counting stalls one by one."""

import pytest

from slotweave.backend.schedule.exact import Status, run_model, stall_model
from slotweave.bounds.projects.chains import chains
from slotweave.check.legality.project_legality import project_violations
from slotweave.hexagon.packing.stalls import stall_cycles
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use

pytest.importorskip("ortools", reason="exact scheduling needs ortools")


def chain(size):
    """Activities of one cycle, each after the one before, and one that is free."""
    mode = ActivityMode(1, (Use(0, 1, 0, 1),))
    activities = tuple(Activity(f"a{k}", (mode,)) for k in range(size + 1))
    lags = tuple(Lag(k, k + 1, 1) for k in range(size - 1))
    return Project((Resource("slot", 1),), activities, lags)


def solved(project, cycles, waits, stalls):
    longest = chains(project)
    assert longest is not None
    return run_model(stall_model(project, longest, cycles, waits, stalls, workers=1), 20)


def test_a_free_activity_hides_a_stall():
    project, waits = chain(2), ((0, 1, 2),)
    outcome = solved(project, 3, waits, 0)
    assert not list(project_violations(outcome.schedule, project))
    assert stall_cycles(outcome.schedule.starts, waits) == 0
    assert outcome.schedule.starts == (0, 2, 1)


@pytest.mark.parametrize(("stalls", "status"), [(0, Status.INFEASIBLE), (1, Status.OPTIMAL)])
def test_a_stall_that_nothing_hides_has_to_be_allowed(stalls, status):
    outcome = solved(chain(2), 3, ((0, 1, 3),), stalls)
    assert outcome.status is status or (outcome.schedule is None) == (status is Status.INFEASIBLE)
    if outcome.schedule is not None:
        assert stall_cycles(outcome.schedule.starts, ((0, 1, 3),)) == 1


def test_a_value_read_in_its_own_cycle_is_not_waited_for():
    use = (Use(0, 1, 0, 1),)
    reader = Activity("reader", (ActivityMode(1, use), ActivityMode(1, use)))
    lags = (Lag(0, 1, 0), Lag(1, 0, 0, only=(1, 0)), Lag(0, 1, 1, only=(1, 1)))
    maker = Activity("maker", (ActivityMode(1, use),))
    project = Project((Resource("slots", 2),), (maker, reader), lags)
    outcome = solved(project, 1, ((0, 1, 4),), 0)
    assert outcome.schedule.starts == (0, 0)
    assert outcome.schedule.modes == (0, 0)


def test_no_work_is_no_answer():
    project = chain(30)
    longest = chains(project)
    search = stall_model(project, longest, 31, (), 0, workers=1)
    assert run_model(search, None, work=0.0).status is Status.UNKNOWN


def test_activities_that_waits_alone_tell_apart_may_start_in_any_order():
    mode = ActivityMode(1, (Use(0, 1, 0, 1),))
    project = Project((Resource("slot", 1),), (Activity("a", (mode,)), Activity("b", (mode,))), ())
    outcome = solved(project, 2, ((1, 0, 3),), 2)
    assert outcome.schedule is not None
    assert outcome.schedule.starts == (1, 0)


def test_stalls_add_up_along_the_packets():
    waits = ((0, 1, 3), (1, 2, 2))
    assert stall_cycles((0, 1, 2), waits) == 3
    assert stall_cycles((0, 2, 3), waits) == 2
    assert stall_cycles((0, 0, 1), ((0, 1, 5),)) == 0
