"""List scheduling: legal, deterministic, ends always, and equal to its slow twin."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from slotweave.backend.schedule import (
    Pressure,
    ScratchFull,
    list_schedule,
    list_schedule_by,
    program_order,
)
from slotweave.backend.schedule.list_schedule import cheapest_first, priorities
from slotweave.bounds.slots import dearest_prices
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import DATA, ORDER, Problem
from slotweave.ir.schedule import Schedule
from strategies.problems import Op, problem_of, problems, schedule_of
from support.examples import examples
from support.list_schedule_twin import PATIENCE, Twin

AMPLE = Pressure(1_000_000)
NO_SLOTS = (-1, 0, 0)

pressures = st.builds(
    Pressure, st.integers(0, 12), st.integers(0, 4), st.sampled_from([0.0, 0.5, 3.0])
)


def scheduled(problem: Problem, pressure: Pressure = AMPLE) -> Schedule | ScratchFull:
    return list_schedule(problem, ScheduleOptions(), pressure)


def in_program_order(problem: Problem, pressure: Pressure = AMPLE) -> Schedule | ScratchFull:
    return list_schedule_by(problem, program_order(problem), pressure)


def cycles(schedule: Schedule | ScratchFull) -> list[list[int]]:
    assert isinstance(schedule, Schedule)
    offset = schedule.cycle_offset.tolist()
    return [schedule.cycle[a:b].tolist() for a, b in pairwise(offset)]


@examples(200)
@given(problems(14), pressures, st.integers(0, 2**32))
def test_a_slow_twin_makes_the_same_schedule(problem, pressure, seed):
    urgency = np.random.default_rng(seed).integers(0, 6, problem.size).astype(np.float64)
    order = cheapest_first(problem, dearest_prices(problem)[1])
    sorted_problem = with_modes(problem, order)
    limits = pressure.limit, pressure.reserve, pressure.slope
    twin = Twin(sorted_problem, urgency.tolist(), *limits).run()
    fast = list_schedule_by(problem, urgency, pressure)
    if twin is None:
        assert isinstance(fast, ScratchFull)
    else:
        first = problem.mode_offset[:-1]
        assert fast == replace(twin, mode=order[first + twin.mode] - first)


@given(problems(14))
def test_modes_are_tried_in_order_of_their_price(problem):
    prices = dearest_prices(problem)[1]
    order = cheapest_first(problem, prices)
    price = np.array((*map(float, prices), 0.0))
    cost = price[problem.mode_engine[order]] * problem.mode_slots[order]
    for first, stop in pairwise(problem.mode_offset.tolist()):
        assert sorted(order[first:stop].tolist()) == list(range(first, stop))
        assert np.all(np.diff(cost[first:stop]) >= -1e-8)


def with_modes(problem: Problem, order: NDArray[np.int32]) -> Problem:
    """`problem` with the modes of its operations listed in another order."""
    return replace(
        problem,
        mode_engine=problem.mode_engine[order],
        mode_slots=problem.mode_slots[order],
        mode_latency=problem.mode_latency[order],
        mode_source=problem.mode_source[order],
    )


@examples(80)
@given(problems(30), st.integers(0, 5), pressures)
def test_it_ends_with_a_legal_schedule_or_with_what_held_the_scratch(problem, seed, pressure):
    schedule = list_schedule(problem, ScheduleOptions(seed=seed, noise=2.0), pressure)
    if isinstance(schedule, Schedule):
        assert list(schedule_violations(schedule, problem)) == []
    else:
        held = int(problem.storage_words[list(schedule.holding)].sum())
        assert held == schedule.live <= pressure.limit
        assert problem.storage_words.sum() > pressure.limit


@examples(60)
@given(problems(20))
def test_with_ample_scratch_there_is_a_schedule(problem):
    assert isinstance(scheduled(problem), Schedule)
    assert isinstance(in_program_order(problem), Schedule)


@examples(40)
@given(problems(20), st.integers(0, 3))
def test_the_same_options_make_the_same_schedule(problem, seed):
    options = ScheduleOptions(seed=seed, noise=3.0, stagger=2.0)
    assert list_schedule(problem, options, AMPLE) == list_schedule(problem, options, AMPLE)


def test_another_seed_makes_another_schedule():
    problem = problem_of([Op() for _ in range(8)])
    rows = {
        str(cycles(list_schedule(problem, ScheduleOptions(seed=seed, noise=1.0), AMPLE)))
        for seed in range(4)
    }
    assert len(rows) == 4


def test_nothing_to_do_takes_no_cycles():
    assert scheduled(problem_of([])) == schedule_of([])


def test_the_longest_path_goes_first():
    chain = [Op(((0, 1, 3),)), Op(after=((0, DATA, 0),))]
    assert cycles(scheduled(problem_of([Op(), *_shifted(chain, 1)]))) == [[1], [0], [3]]


def _shifted(operations: list[Op], by: int) -> list[Op]:
    return [
        Op(op.modes, tuple((pred + by, kind, lag) for pred, kind, lag in op.after), op.writes)
        for op in operations
    ]


def test_priorities_do_not_depend_on_the_numbering():
    forward = problem_of([Op(((0, 1, 3),)), Op(after=((0, DATA, 0),)), Op()])
    backward = problem_of([Op(), Op(after=((2, DATA, 0),)), Op(((0, 1, 3),))])
    options = ScheduleOptions()
    assert priorities(forward, options).tolist() == [4.0, 1.0, 1.0]
    assert priorities(backward, options).tolist() == [1.0, 1.0, 4.0]


def test_later_items_are_put_back_by_the_stagger():
    problem = problem_of([Op(item=2), Op(item=1), Op(item=0), Op(item=-1)])
    assert priorities(problem, ScheduleOptions(stagger=10.0)).tolist() == [-19, -9, 1, 1]
    offsets = ScheduleOptions(stagger=10.0, offsets=(5.0, 0.0))
    assert priorities(problem, offsets).tolist() == [-19, 1, -4, 1]


def test_what_a_late_item_does_for_an_early_one_is_late():
    # Item 0's store waits for a read of item 2, which is put back as item 2's.
    read, store = Op(item=2), Op(item=0, after=((0, ORDER, 0), (2, DATA, 0)))
    problem = problem_of([read, store, Op(item=0)])
    assert priorities(problem, ScheduleOptions(stagger=10.0)).tolist() == [-19, 1, 2]


def test_an_edge_without_lag_allows_the_same_cycle():
    problem = problem_of(
        [Op(), Op(after=((0, ORDER, 0),)), Op(after=((1, ORDER, 0),))], engines=[("alu", 3)]
    )
    assert cycles(in_program_order(problem)) == [[0], [0], [0]]


def test_joins_take_effect_in_the_cycle_in_which_they_are_ready():
    join = (NO_SLOTS,)
    problem = problem_of(
        [
            Op(((0, 1, 2),)),
            Op(join, ((0, DATA, 0),)),
            Op(join, ((1, ORDER, 0),)),
            Op(((0, 1, 1),), ((2, DATA, 0),)),
        ]
    )
    assert cycles(in_program_order(problem)) == [[0], [], [], [2]]


def test_a_mode_without_slots_is_taken_wherever_it_stands():
    problem = problem_of([Op(((0, 1, 1), NO_SLOTS)), Op(after=((0, DATA, 0),))])
    schedule = in_program_order(problem)
    assert cycles(schedule) == [[], [0]]
    assert schedule.mode.tolist() == [1, 0]


def test_the_second_engine_is_taken_when_the_first_is_full():
    either = ((0, 1, 1), (1, 1, 1))
    schedule = in_program_order(problem_of([Op(either)] * 2, engines=[("valu", 1), ("alu", 1)]))
    assert cycles(schedule) == [[0], [0]]
    assert schedule.mode.tolist() == [0, 1]


def test_an_operation_makes_room_for_one_that_has_no_choice():
    either, only = ((0, 1, 1), (1, 1, 1)), ((0, 1, 1),)
    problem = problem_of([Op(either), Op(only)], engines=[("valu", 1), ("alu", 1)])
    schedule = in_program_order(problem)
    assert cycles(schedule) == [[0], [0]]
    assert schedule.mode.tolist() == [1, 0]


def test_the_least_urgent_operation_makes_room():
    either, only = ((0, 1, 1), (1, 1, 1)), ((0, 1, 1),)
    problem = problem_of([Op(either)] * 2 + [Op(only)], engines=[("valu", 2), ("alu", 1)])
    schedule = in_program_order(problem)
    assert cycles(schedule) == [[0], [0], [0]]
    assert schedule.mode.tolist() == [0, 1, 0]


def test_what_becomes_ready_within_a_cycle_goes_before_a_crowd_that_waits_for_scratch():
    crowd = [Op(writes=number) for number in range(2 * PATIENCE)]
    readers = [Op(after=((k, DATA, 0),), reads=(k,)) for k in range(len(crowd))]
    first, second = Op(((1, 1, 1),)), Op(after=((2 * len(crowd), ORDER, 0),))
    problem = problem_of(
        [*crowd, *readers, first, second], [4] * len(crowd), [("alu", 2), ("load", 1)]
    )
    urgency = np.arange(problem.size, 0, -1).astype(np.float64)
    urgency[0] += 2  # its result fills scratch
    urgency[-1] += problem.size
    rows = cycles(list_schedule_by(problem, urgency, Pressure(4)))
    assert rows[0] == rows[-2] == rows[-1] == [0]


def test_a_vector_is_split_over_the_slots_that_are_left():
    problem = problem_of([Op(), Op(((0, 4, 1),)), Op(after=((1, DATA, 0),))], engines=[("alu", 3)])
    assert cycles(in_program_order(problem)) == [[0], [0, 0, 1, 1], [2]]


def test_a_mode_wider_than_its_engine_takes_several_cycles():
    assert cycles(in_program_order(problem_of([Op(((0, 5, 1),))], engines=[("load", 2)]))) == [
        [0, 0, 1, 1, 2]
    ]


def _pipelines(count: int, words: int) -> Problem:
    """`count` items of one load and one store each."""
    operations = []
    for item in range(count):
        operations += [
            Op(((0, 1, 1),), (), item, (), item),
            Op(((1, 1, 1),), ((2 * item, DATA, 0),), -1, (item,), item),
        ]
    return problem_of(operations, [words] * count, [("load", 2), ("store", 1)])


def _most_live(problem: Problem, schedule: Schedule | ScratchFull) -> int:
    """Words between the load and the store of each item, where both are one cycle long."""
    rows = cycles(schedule)
    spans = [(rows[op][0], rows[op + 1][0], op // 2) for op in range(0, problem.size, 2)]
    return max(
        sum(int(problem.storage_words[item]) for start, stop, item in spans if start < t <= stop)
        for t in range(len(rows) + 1)
    )


def test_pressure_bounds_the_words_that_are_live():
    problem = _pipelines(12, 4)
    wide, tight = scheduled(problem), scheduled(problem, Pressure(8))
    assert _most_live(problem, wide) > 8
    assert _most_live(problem, tight) <= 8


def test_what_holds_a_full_scratch_is_named():
    pair = Op(((0, 1, 1),), ((0, DATA, 0), (1, DATA, 0)), -1, (0, 1))
    problem = problem_of([Op(writes=0), Op(writes=1), pair], [5, 4])
    full = scheduled(problem, Pressure(8))
    assert full == ScratchFull(cycle=1, live=5, holding=(0,))
    assert cycles(scheduled(problem, Pressure(9))) == [[0], [1], [2]]


@pytest.mark.parametrize("crowd", [2, PATIENCE, 3 * PATIENCE])
def test_what_frees_scratch_is_found_behind_a_crowd_that_waits_for_it(crowd):
    """All are on one engine; the operation that replaces a value by a smaller one is last."""
    waiting = [Op(writes=2 + number) for number in range(crowd)]
    readers = [Op(after=((number, DATA, 0),), reads=(2 + number,)) for number in range(crowd)]
    relief = crowd * 2
    operations = [
        *waiting,
        *readers,
        Op(writes=0),
        Op(after=((relief, DATA, 0),), writes=1, reads=(0,)),
        Op(after=((relief + 1, DATA, 0),), reads=(1,)),
    ]
    problem = problem_of(operations, [6, 1] + [4] * crowd)
    urgency = np.arange(problem.size, 0, -1).astype(np.float64)
    urgency[relief] = problem.size + 1  # the large value comes first, its reader last
    schedule = list_schedule_by(problem, urgency, Pressure(6))
    assert isinstance(schedule, Schedule)
    assert list(schedule_violations(schedule, problem)) == []


def test_others_leave_their_reserve_to_the_item_furthest_on_its_way():
    """Item 1 begins at once, or only when item 0 has had its two words, and given them back."""
    item = [
        Op(writes=0, item=0),
        Op(after=((0, DATA, 0),), writes=1, item=0),
        Op(after=((0, DATA, 0), (1, DATA, 0)), reads=(0, 1), item=0),
    ]
    other = [Op(writes=2, item=1), Op(after=((3, DATA, 0),), reads=(2,), item=1)]
    problem = problem_of([*item, *other], [1, 1, 1], [("alu", 2)])
    urgency = np.array([9, 8, 7, 6, 5], np.float64)
    for pressure in (Pressure(3), Pressure(3, reserve=1)):
        together = list_schedule_by(problem, urgency, pressure)
        assert cycles(together) == [[0], [1], [2], [0], [1]]
    for pressure in (Pressure(3, reserve=2), Pressure(3, slope=1.0)):
        apart = list_schedule_by(problem, urgency, pressure)
        assert cycles(apart) == [[0], [1], [2], [3], [4]]


def test_who_leads_but_waits_for_operands_does_not_stop_the_others():
    problem = problem_of([Op(writes=0, item=0), Op(after=((0, DATA, 0),), reads=(0,), item=1)], [2])
    urgency = np.array([1.0, 2.0])
    assert cycles(list_schedule_by(problem, urgency, Pressure(2, reserve=2))) == [[0], [1]]


def test_a_cycle_of_edges_is_refused():
    problem = problem_of([Op(after=((1, ORDER, 0),)), Op(after=((0, ORDER, 0),))])
    with pytest.raises(ValueError, match="form a cycle"):
        in_program_order(problem)
