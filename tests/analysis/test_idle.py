"""Idle slots by cause: every idle slot once, each under the right heading."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.idle import idle_slots, ready_cycles
from slotweave.backend.schedule import Pressure, list_schedule_by, program_order
from slotweave.ir.problem import DATA, ORDER
from strategies.problems import (
    NO_SLOTS,
    Op,
    edges_of,
    legal_schedules,
    mode_of,
    problem_of,
    problems,
    schedule_of,
)
from support.examples import examples


@examples(60)
@given(problems(12).flatmap(lambda p: st.tuples(st.just(p), legal_schedules(p))))
def test_causes_add_up_to_the_idle_slots_of_each_engine(case):
    problem, schedule = case
    used: Counter[int] = Counter()
    for op in range(problem.size):
        engine, slots, _latency = mode_of(problem, op, int(schedule.mode[op]))
        used[engine] += slots
    for number, (engine, causes) in enumerate(idle_slots(problem, schedule).items()):
        assert problem.engines[number] == engine
        given_slots = problem.slots[number] * schedule.makespan
        assert sum(causes.values()) == given_slots - used[number]
        assert all(count > 0 for count in causes.values())


@examples(60)
@given(problems(12).flatmap(lambda p: st.tuples(st.just(p), legal_schedules(p))))
def test_ready_cycles_are_those_of_a_slow_twin(case):
    problem, schedule = case
    offset = schedule.cycle_offset.tolist()
    ready = ready_cycles(problem, schedule).tolist()

    def done(op: int) -> int:
        return max(schedule.cycle[offset[op] : offset[op + 1]].tolist(), default=allowed(op))

    def allowed(op: int) -> int:
        latest = 0
        for pred, kind, lag in edges_of(problem, op):
            latency = mode_of(problem, pred, int(schedule.mode[pred]))[2]
            latest = max(latest, done(pred) + (latency if kind == DATA else lag))
        return latest

    assert ready == [allowed(op) for op in range(problem.size)]


def test_a_slot_waits_for_operands_for_scratch_or_for_nothing():
    problem = problem_of(
        [
            Op(((0, 1, 3),)),
            Op(after=((0, DATA, 0),)),
            Op(((1, 1, 1),)),
            Op(((1, 1, 1),), ((2, ORDER, 1),)),
        ],
        engines=[("alu", 1), ("load", 2)],
    )
    assert idle_slots(problem, schedule_of([[0], [3], [0], [2]])) == {
        "alu": {"dependence": 2},
        "load": {"scratch": 2, "dependence": 1, "nothing": 3},
    }


def test_an_engine_without_work_has_nothing_to_do():
    problem = problem_of([Op()], engines=[("alu", 1), ("flow", 2)])
    assert idle_slots(problem, schedule_of([[0]])) == {"alu": {}, "flow": {"nothing": 2}}


def test_joins_hand_on_what_they_wait_for():
    problem = problem_of(
        [Op(((0, 1, 4),)), Op((NO_SLOTS,), ((0, DATA, 0),)), Op(after=((1, DATA, 0),))]
    )
    assert ready_cycles(problem, schedule_of([[1], [], [7]])).tolist() == [0, 5, 5]


def test_nothing_to_do_leaves_nothing_idle():
    problem = problem_of([])
    schedule = list_schedule_by(problem, program_order(problem), Pressure(0))
    assert idle_slots(problem, schedule) == {"alu": {}}
