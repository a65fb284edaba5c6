"""Schedule legality: legal schedules pass, each kind of lie is found, a slow twin agrees."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.ir.problem import DATA, ORDER, Problem
from slotweave.ir.schedule import Schedule
from strategies.problems import (
    NO_SLOTS,
    Op,
    edges_of,
    ints,
    legal_schedules,
    mode_of,
    problem_of,
    problems,
    schedule_of,
)

SPLIT, SLOW = (0, 3, 1), (1, 1, 2)
PROBLEM = problem_of(
    [
        Op((SPLIT, SLOW)),
        Op(((0, 1, 1),), ((0, DATA, 0),)),
        Op((NO_SLOTS,), ((0, ORDER, 1), (1, DATA, 0))),
        Op(((1, 1, 1),), ((2, ORDER, 2),)),
    ],
    engines=[("alu", 2), ("valu", 1)],
)
LEGAL = schedule_of([[0, 0, 1], [2], [], [5]])


def found(schedule: Schedule, problem: Problem = PROBLEM) -> list[str]:
    return [violation.message for violation in schedule_violations(schedule, problem)]


def test_a_legal_schedule_has_no_violations():
    assert found(LEGAL) == []


def test_a_later_mode_changes_what_is_legal():
    assert found(schedule_of([[0], [2], [], [5]], [1, 0, 0, 0])) == []
    (late,) = found(schedule_of([[0], [1], [], [5]], [1, 0, 0, 0]))
    assert late == (
        "operation 1 (node 11) issues in cycle 1 but needs the result of operation 0 (node 10), "
        "which allows cycle 2 or later"
    )


def test_an_operand_that_is_late_is_reported():
    (late,) = found(schedule_of([[0, 0, 2], [2], [], [5]]))
    assert "operation 1 (node 11) issues in cycle 2 but needs the result of operation 0" in late


def test_an_order_edge_through_a_join_is_kept():
    (late,) = found(schedule_of([[0, 0, 1], [2], [], [4]]))
    assert late == (
        "operation 3 (node 13) issues in cycle 4 but must come after operation 2 (node 12), "
        "which allows cycle 5 or later"
    )


def test_joins_of_joins_are_followed_in_any_numbering():
    chain = problem_of(
        [Op(after=((1, ORDER, 0),)), Op((NO_SLOTS,), ((2, ORDER, 0),)),
         Op((NO_SLOTS,), ((3, DATA, 0),)), Op()],
        engines=[("alu", 2)],
    )  # fmt: skip
    assert found(schedule_of([[1], [], [], [0]]), chain) == []
    assert len(found(schedule_of([[0], [], [], [0]]), chain)) == 1


def test_an_order_edge_may_allow_the_same_cycle_or_an_earlier_one():
    for lag, first, legal in ((0, 3, True), (0, 2, False), (-1, 2, True), (-1, 1, False)):
        problem = problem_of([Op(), Op(after=((0, ORDER, lag),))], engines=[("alu", 2)])
        assert (found(schedule_of([[3], [first]]), problem) == []) is legal


def test_an_overfull_engine_is_reported_with_its_cycle():
    (overfull,) = found(schedule_of([[0, 0, 0], [2], [], [5]]))
    assert overfull == "3 slots on alu in cycle 0, which has 2: operations 0"


def test_engines_do_not_share_their_cycles():
    pair = problem_of([Op(((0, 1, 1),)), Op(((1, 1, 1),))], engines=[("alu", 1), ("valu", 1)])
    assert found(schedule_of([[0], [0]]), pair) == []


def test_a_makespan_that_is_not_the_last_cycle_is_reported():
    assert found(replace(LEGAL, makespan=7)) == ["a makespan of 7 cycles is claimed, 6 are used"]


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        (replace(LEGAL, makespan=5), "slots-are-within"),
        (replace(LEGAL, cycle=ints([-1, 0, 1, 2, 5])), "slots-are-within"),
        (replace(LEGAL, mode=ints([0, 0, 0, -1])), "modes-are-counted"),
        (replace(LEGAL, cycle_offset=ints([0, 3, 4, 4])), "rows-are-contiguous"),
        (replace(LEGAL, cycle=np.zeros(5)), "columns-are-integers"),
        (replace(LEGAL, mode=ints([0, 1, 0, 0])), "operation 1 (node 11) has no mode 1"),
        (schedule_of([[0, 0], [2], [], [5]]), "has 2 slots where its mode takes 3"),
        (schedule_of([[0, 0, 1], [], [], [5]]), "has 0 slots where its mode takes 1"),
        (schedule_of([[0, 0, 1], [2], [4], [5]]), "has 1 slots where its mode takes 0"),
        (schedule_of([[0, 0, 1], [2]]), "a schedule of 2 operations for 4"),
    ],
)
def test_a_schedule_of_something_else_is_refused(schedule, reason):
    (violation,) = found(schedule)
    assert reason in violation


@given(problems().flatmap(lambda p: st.tuples(st.just(p), legal_schedules(p))))
def test_schedules_legal_by_construction_pass(case):
    problem, schedule = case
    assert found(schedule, problem) == []


def violations_counted_slowly(schedule: Schedule, problem: Problem) -> tuple[int, int, bool]:
    """(late edges, overfull engines and cycles, a wrong makespan), one operation at a time."""
    rows = np.split(schedule.cycle, schedule.cycle_offset[1:-1])
    modes = [mode_of(problem, i, int(schedule.mode[i])) for i in range(problem.size)]

    def allowed(edge: tuple[int, int, int]) -> int:
        pred, kind, lag = edge
        return effect(pred) + (modes[pred][2] if kind == DATA else lag)

    def effect(operation: int) -> int:
        if len(rows[operation]):
            return int(rows[operation].max())
        return max([0, *map(allowed, edges_of(problem, operation))])

    late = sum(
        int(rows[i].min()) < allowed(edge)
        for i in range(problem.size)
        if len(rows[i])
        for edge in edges_of(problem, i)
    )
    used = Counter((modes[i][0], cycle) for i in range(problem.size) for cycle in rows[i].tolist())
    overfull = sum(slots > problem.slots[engine] for (engine, _), slots in used.items())
    return late, overfull, schedule.makespan != max(schedule.cycle, default=-1) + 1


@given(problems().flatmap(lambda p: st.tuples(st.just(p), legal_schedules(p))), st.data())
def test_a_slow_twin_finds_the_same_violations(case, data):
    problem, schedule = case
    if len(schedule.cycle):
        slots = st.integers(0, len(schedule.cycle) - 1)
        cycles = st.integers(0, int(schedule.makespan) - 1)
        cycle = schedule.cycle.copy()
        for slot, moved in data.draw(st.lists(st.tuples(slots, cycles), max_size=4)):
            cycle[slot] = moved
        schedule = replace(schedule, cycle=cycle)
    messages = found(schedule, problem)
    counted = (
        sum("or later" in message for message in messages),
        sum("slots on" in message for message in messages),
        any("makespan" in message for message in messages),
    )
    assert counted == violations_counted_slowly(schedule, problem)


def test_many_operations_are_checked():
    count = 200_000
    chain = problem_of([Op()])
    many = replace(
        chain,
        nodes=np.arange(count), items=np.full(count, -1), writes=np.full(count, -1),
        mode_offset=np.arange(count + 1), mode_engine=np.zeros(count, np.int32),
        mode_slots=np.ones(count, np.int32), mode_latency=np.ones(count, np.int32),
        mode_source=np.zeros(count, np.int32),
        pred_offset=np.maximum(np.arange(count + 1) - 1, 0), pred=np.arange(count - 1),
        pred_kind=np.zeros(count - 1, np.int32), pred_lag=np.zeros(count - 1, np.int32),
        read_offset=np.zeros(count + 1, np.int32),
    )  # fmt: skip
    every = np.arange(count)
    legal = Schedule(np.zeros(count, np.int32), np.arange(count + 1), every, count)
    assert found(legal, many) == []
    swapped = every.copy()
    swapped[[777, 778]] = [778, 777]
    messages = found(replace(legal, cycle=swapped), many)
    assert [message.partition(" (")[0] for message in messages] == ["operation 778"]
