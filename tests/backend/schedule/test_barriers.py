"""Barriers: what a held-back problem allows is allowed by the problem, and nothing overlaps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.schedule import (
    Pressure,
    first_modes_only,
    list_schedule,
    with_barriers,
    without_barriers,
)
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.ir.plan import ScheduleOptions
from strategies.problems import Op, problem_of, problems
from support.examples import examples

AMPLE = Pressure(10**9)
OPTIONS = ScheduleOptions(order="program")


def groups_in_order(size: int, cuts: list[int]) -> np.ndarray:
    """Group numbers that grow along the operations."""
    return np.searchsorted(np.sort(np.array(cuts)), np.arange(size)).astype(np.int32)


@examples(60)
@given(problem=problems(20), cuts=st.lists(st.integers(0, 19), max_size=5), most=st.integers(1, 3))
def test_groups_begin_when_those_far_enough_before_them_have_ended(problem, cuts, most):
    group = groups_in_order(problem.size, cuts)
    if np.any(problem.pred >= np.repeat(np.arange(problem.size), np.diff(problem.pred_offset))):
        return  # not numbered in an order in which groups could follow each other
    held = list_schedule(with_barriers(problem, group, most), OPTIONS, AMPLE)
    schedule = without_barriers(held, problem.size)
    assert list(schedule_violations(schedule, problem)) == []
    cycles = [
        schedule.cycle[start:stop].tolist() for start, stop in pairwise(schedule.cycle_offset)
    ]
    ends = [-1] * (int(group.max(initial=0)) + 1)
    for operation, number in enumerate(group.tolist()):
        ends[number] = max([ends[number], *cycles[operation]])
    for operation, number in enumerate(group.tolist()):
        before = max(ends[: max(0, number - most + 1)], default=-1)
        assert all(cycle > before for cycle in cycles[operation])


def test_operations_of_no_group_go_at_any_time():
    problem = problem_of([Op(), Op(), Op()], engines=[("alu", 3)])
    held = list_schedule(with_barriers(problem, np.array([0, -1, 1], np.int32), 1), OPTIONS, AMPLE)
    assert without_barriers(held, 3).cycle.tolist() == [0, 0, 1]


def test_groups_that_need_a_later_one_leave_no_schedule():
    problem = problem_of([Op(), Op(after=((0, 0, 0),))], engines=[("alu", 1)])
    with pytest.raises(ValueError, match="cycle"):
        list_schedule(with_barriers(problem, np.array([1, 0], np.int32), 1), OPTIONS, AMPLE)


@examples(30)
@given(problems(20))
def test_with_first_modes_only_every_operation_runs_in_its_first(problem):
    schedule = list_schedule(first_modes_only(problem), OPTIONS, AMPLE)
    assert not schedule.mode.any()
    assert list(schedule_violations(schedule, problem)) == []
