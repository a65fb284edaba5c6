"""Why cycles have room left: each cause on the smallest project that has it."""

from slotweave.analysis.idle_cycles import DEPENDENCES, SLACK, IdleCycle, idle_cycles
from slotweave.ir.project import (
    Activity,
    ActivityMode,
    Lag,
    Project,
    ProjectSchedule,
    Resource,
    Use,
)


def project(needs, lags=()):
    activities = tuple(
        Activity(f"a{k}", (ActivityMode(1, tuple(Use(r, u, 0, 1) for r, u in row)),))
        for k, row in enumerate(needs)
    )
    return Project((Resource("slots", 2), Resource("words", 2)), activities, tuple(lags))


def causes(made, starts):
    return idle_cycles(made, ProjectSchedule(starts, (0,) * made.size), 0)


def test_what_waits_for_a_value_leaves_slots_to_dependences():
    made = project([[(0, 1)], [(0, 1)]], [Lag(0, 1, 1)])
    assert causes(made, (0, 1)) == [IdleCycle(0, 1, DEPENDENCES), IdleCycle(1, 1, DEPENDENCES)]


def test_a_resource_that_is_used_up_is_named():
    made = project([[(0, 1), (1, 2)], [(0, 1), (1, 2)]])
    assert causes(made, (0, 1))[0] == IdleCycle(0, 1, "words")


def test_what_would_fit_and_stands_later_is_slack():
    made = project([[(0, 1)], [(0, 1)]])
    assert causes(made, (0, 1))[0] == IdleCycle(0, 1, SLACK)


def test_a_full_cycle_has_no_cause():
    made = project([[(0, 1)], [(0, 1)]])
    assert causes(made, (0, 0)) == []
