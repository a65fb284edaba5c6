"""In program order: one slot a cycle, each operation behind the one before it."""

from __future__ import annotations

from hypothesis import given

from slotweave.backend.schedule import in_order_schedule
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.ir.problem import DATA, ORDER
from strategies.problems import NO_SLOTS, Op, problem_of, problems, schedule_of
from support.examples import examples


@examples(60)
@given(problems(20))
def test_the_schedule_is_legal_and_has_one_slot_a_cycle(problem):
    schedule = in_order_schedule(problem)
    assert list(schedule_violations(schedule, problem)) == []
    assert len(set(schedule.cycle.tolist())) == len(schedule.cycle)


def test_slots_follow_each_other_in_the_order_of_the_operations():
    problem = problem_of([Op(), Op(((0, 3, 1),)), Op()], engines=[("alu", 4)])
    assert in_order_schedule(problem) == schedule_of([[0], [1, 2, 3], [4]])


def test_an_operation_waits_for_its_operands_and_those_behind_it_for_it():
    problem = problem_of([Op(((0, 1, 4),)), Op(after=((0, DATA, 0),)), Op()])
    assert in_order_schedule(problem) == schedule_of([[0], [4], [5]])


def test_a_join_takes_no_cycle():
    problem = problem_of([Op(), Op((NO_SLOTS,), ((0, ORDER, 0),)), Op(after=((1, DATA, 0),))])
    assert in_order_schedule(problem) == schedule_of([[0], [], [1]])


def test_an_operation_numbered_before_its_operand_goes_behind_it():
    problem = problem_of([Op(after=((1, DATA, 0),)), Op(), Op()])
    assert in_order_schedule(problem) == schedule_of([[1], [0], [2]])


def test_nothing_takes_no_cycles():
    assert in_order_schedule(problem_of([])) == schedule_of([])
