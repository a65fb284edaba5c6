"""Operations of a machine of packets as a project: a toy machine, against trying all packings."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.bounds.projects import makespan_bounds
from slotweave.check.legality.project_bounds import bound_faults
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving.solve import Limits, Method, solve
from slotweave.instances.packets import PacketActivity, all_slots, packet_project
from slotweave.ir.project import Lag, ProjectSchedule
from slotweave.machine.packets import PacketMachine, PacketNeeds
from support.examples import examples

#: Two units for memory, one of which multiplies, too, and an adder; long words fill a packet.
TOY = PacketMachine("toy", frozenset(range(3)), {"words": 4})
MEMORY, MULTIPLY, ADD = frozenset({0, 1}), frozenset({1}), frozenset({0, 1, 2})


def activity(name, *ways):
    return PacketActivity(name, ways)


def one(slots, words=1):
    return (PacketNeeds(slots, (("words", words),)),)


def least_by_trying(activities, lags, most):
    """The fewest packets, by every placement and every mode; None if `most` are too few."""
    for packets in range(1, most + 1):
        spots = [range(packets)] * len(activities)
        modes = [range(len(each.ways)) for each in activities]
        for starts in product(*spots):
            for chosen in product(*modes):
                if allowed(activities, lags, starts, chosen, packets):
                    return packets
    return None


def allowed(activities, lags, starts, chosen, packets):
    for lag in lags:
        holds = lag.only is None or chosen[lag.only[0]] == lag.only[1]
        if holds and starts[lag.after] < starts[lag.before] + lag.lag:
            return False
    rows = [
        [need for a, s, c in zip(activities, starts, chosen, strict=True) if s == packet
         for need in a.ways[c]]
        for packet in range(packets)
    ]  # fmt: skip
    return all(map(TOY.fits, rows))


ways = st.sampled_from([one(MEMORY), one(MULTIPLY), one(ADD), one(ADD, 2), one(MEMORY, 3)])


@st.composite
def problems(draw):
    size = draw(st.integers(1, 4))
    activities = [
        activity(f"a{k}", *draw(st.lists(ways, min_size=1, max_size=2))) for k in range(size)
    ]
    lags = []
    for after in range(1, size):
        before = draw(st.integers(0, after - 1))
        lags.append(Lag(before, after, 0))
        if len(activities[after].ways) == 2:
            lags.append(Lag(after, before, 0, only=(after, 0)))
            lags.append(Lag(before, after, 1, only=(after, 1)))
        else:
            lags.append(Lag(before, after, draw(st.integers(0, 1))))
    return activities, lags


@examples(60)
@given(problems())
def test_exact_scheduling_finds_the_fewest_packets(problem):
    activities, lags = problem
    project = packet_project(TOY, activities, lags)
    least = least_by_trying(activities, lags, 4)
    solution = solve(project, Method.EXACT, Limits(seconds=20, evaluations=20, workers=1))
    assert solution.makespan == least
    assert solution.proof("makespan") is not None


@examples(60)
@given(problems())
def test_no_bound_is_above_the_fewest_packets(problem):
    activities, lags = problem
    project = packet_project(TOY, activities, lags)
    least = least_by_trying(activities, lags, 4)
    for bound in makespan_bounds(project):
        assert bound.value <= least
        assert not list(bound_faults(bound, project))


def test_a_reader_in_the_packet_of_its_producer_takes_the_mode_for_it():
    reader = activity("reader", one(MULTIPLY), one(ADD))
    lags = (
        Lag(0, 1, 0),
        Lag(1, 0, 0, only=(1, 0)),
        Lag(0, 1, 1, only=(1, 1)),
    )
    project = packet_project(TOY, [activity("maker", one(MULTIPLY)), reader], lags)
    beside, later = ProjectSchedule((0, 0), (0, 0)), ProjectSchedule((0, 1), (0, 1))
    assert any("slot 1" in found.message for found in project_violations(beside, project))
    assert not list(project_violations(later, project))
    early = ProjectSchedule((0, 0), (0, 1))
    assert any("lag" in found.message for found in project_violations(early, project))


def test_what_shares_a_packet_is_one_activity_with_the_needs_of_all():
    pair = activity("pair", (*one(MULTIPLY), *one(ADD, 2)))
    project = packet_project(TOY, [pair, activity("multiply", one(MULTIPLY))], ())
    assert solve(project, Method.LIST, Limits(evaluations=5)).makespan == 2


def test_the_resource_of_all_slots_is_found():
    project = packet_project(TOY, [activity("a", one(MEMORY))], ())
    assert project.resources[all_slots(project)].capacity == 3


@pytest.mark.parametrize("known", [(0, 2), (0, 1)])
def test_a_known_schedule_is_where_solving_begins(known):
    project = packet_project(TOY, [activity("a", one(ADD)), activity("b", one(ADD))],
                             [Lag(0, 1, 1)])  # fmt: skip
    told = []
    start = ProjectSchedule(known, (0, 0))
    solve(project, Method.LIST, Limits(evaluations=5), told.append, known=[start])
    assert told[0].schedule == start
    assert told[-1].makespan == 2
