"""Schedules within a number of registers: values that are live at once, as a constraint."""

import pytest

pytest.importorskip("ortools", reason="exact scheduling needs ortools")

from slotweave.backend.schedule.exact import ValueSpan, modulo_model, run_model, stall_model
from slotweave.bounds.projects.chains import chains
from slotweave.ir.project import Activity, ActivityMode, Lag, Project


def makers_and_readers(count):
    """`count` values, each made by one activity and read by another, as the values' spans."""
    activities = tuple(Activity(f"{k}", (ActivityMode(1, ()),)) for k in range(2 * count))
    lags = tuple(Lag(2 * k, 2 * k + 1, 1) for k in range(count))
    spans = [ValueSpan((2 * k,), (2 * k + 1,)) for k in range(count)]
    return Project((), activities, lags), spans


def scheduled(project, spans, registers, cycles):
    longest = chains(project)
    search = stall_model(project, longest, cycles, (), 0, None, 1, spans, registers)
    return run_model(search, None, work=10.0).schedule


@pytest.mark.parametrize(("registers", "cycles"), [(3, 2), (2, 3), (1, 4)])
def test_fewer_registers_take_more_cycles(registers, cycles):
    project, spans = makers_and_readers(3)
    found = scheduled(project, spans, registers, cycles)
    live = [
        sum(found.starts[2 * k] <= cycle < found.starts[2 * k + 1] for k in range(3))
        for cycle in range(cycles)
    ]
    assert max(live) <= registers
    assert scheduled(project, spans, registers, cycles - 1) is None


def test_values_from_before_and_for_after_take_registers_all_along():
    project, spans = makers_and_readers(1)
    passing = ValueSpan((), (), enters=True, leaves=True)
    assert scheduled(project, [*spans, passing], 2, 2) is not None
    assert scheduled(project, [*spans, passing], 1, 2) is None


def test_values_of_an_iteration_live_as_short_as_they_can():
    """A chain of three that may be spread over a period of four: nobody waits."""
    activities = tuple(Activity(f"{k}", (ActivityMode(1, ()),)) for k in range(4))
    lags = (Lag(0, 1, 1), Lag(1, 2, 1), Lag(0, 3, 1), Lag(3, 0, 0, 1))
    project = Project((), activities, lags, is_modulo=True)
    spans = [ValueSpan((0,), (1, 3)), ValueSpan((1,), (2,))]
    longest = chains(project, 4)
    search = modulo_model(project, 4, longest, 8, workers=1, values=spans)
    found = run_model(search, None, work=10.0)
    starts = found.schedule.starts
    assert (starts[1] - starts[0], starts[2] - starts[1], starts[3] - starts[0]) == (1, 1, 1)
    assert found.bound == 2
