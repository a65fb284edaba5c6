"""Forward-backward improvement: legal, within scratch, deterministic, and often shorter."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.schedule import (
    BothWays,
    Pressure,
    changed_schedule,
    improved_lists,
    improved_schedules,
    list_schedule,
    list_schedule_by,
    mirrored_schedule,
    prepare,
    program_order,
    run_list,
)
from slotweave.backend.schedule.forward_backward import (
    AT_AN_END,
    MOVES_ITEMS,
    _at_an_end,
    _moved,
    reversed_problem,
)
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import DATA, ORDER
from slotweave.ir.schedule import Schedule
from strategies.problems import Op, edges_of, problem_of, problems
from support.examples import examples

AMPLE = Pressure(1_000_000)


@examples(100)
@given(problems(24), st.integers(0, 4), st.integers(0, 99))
def test_every_pass_gives_a_legal_schedule(problem, passes, seed):
    first = list_schedule(problem, ScheduleOptions(), AMPLE)
    assert isinstance(first, Schedule)
    schedules = list(improved_schedules(BothWays(prepare(problem)), first, AMPLE, passes, seed))
    assert len(schedules) == passes
    for schedule in schedules:
        assert list(schedule_violations(schedule, problem)) == []


@given(problems(24), st.integers(0, 99))
def test_the_same_seed_gives_the_same_schedules(problem, seed):
    first = list_schedule(problem, ScheduleOptions(), AMPLE)
    assert isinstance(first, Schedule)
    once, again = (
        list(improved_schedules(BothWays(prepare(problem)), first, AMPLE, 3, seed))
        for _ in range(2)
    )
    assert once == again


@examples(100)
@given(problems(24), st.integers(0, 99))
def test_a_change_gives_a_legal_schedule_and_is_made_again_by_its_seed(problem, seed):
    both = BothWays(prepare(problem))
    first = list_schedule(problem, ScheduleOptions(), AMPLE)
    assert isinstance(first, Schedule)
    by = program_order(problem)
    for change in (seed, AT_AN_END + seed, MOVES_ITEMS + seed):
        listed = changed_schedule(both, (first, by), AMPLE, change)
        again = changed_schedule(both, (first, by), AMPLE, change)
        assert listed is not None
        assert again is not None
        changed, urgency = listed
        assert list(schedule_violations(changed, problem)) == []
        assert changed == again[0] == run_list(both.forward, urgency, AMPLE)


def test_a_change_at_an_end_perturbs_the_first_or_the_last_operations():
    in_turn = problem_of([Op() for _ in range(400)])
    schedule = list_schedule_by(in_turn, program_order(in_turn), AMPLE)
    assert isinstance(schedule, Schedule)
    ends = set()
    for seed in range(40):
        much = np.flatnonzero(_at_an_end(schedule, 2.0, np.random.default_rng(seed)) == 2.0)
        assert 20 <= len(much) <= 150
        assert much[-1] - much[0] == len(much) - 1
        ends.add((bool(much[0] == 0), bool(much[-1] == 399)))
    assert ends == {(True, False), (False, True)}


def test_moving_items_alters_the_priorities_of_a_few_items_at_the_end():
    in_turn = problem_of([Op(item=number % 8) for number in range(400)])
    by = program_order(in_turn)
    schedule = list_schedule_by(in_turn, by, AMPLE)
    assert isinstance(schedule, Schedule)
    counts = set()
    for seed in range(40):
        moved = _moved(in_turn, schedule, by, np.random.default_rng(seed))
        assert moved is not None
        altered = np.flatnonzero(moved != by)
        assert np.all(altered >= 100)  # of 400 cycles the last 300 at most
        items = np.unique(in_turn.items[altered])
        counts.add(len(items))
        for item in items:
            (change,) = np.unique((moved - by)[altered][in_turn.items[altered] == item])
            assert 1 <= abs(change) <= 5
    assert counts <= {0, 1, 2, 3}
    assert counts >= {1, 2, 3}


def test_without_items_a_move_is_a_change_at_an_end():
    in_turn = problem_of([Op() for _ in range(400)])
    by = program_order(in_turn)
    schedule = list_schedule_by(in_turn, by, AMPLE)
    assert isinstance(schedule, Schedule)
    assert _moved(in_turn, schedule, by, np.random.default_rng(0)) is None
    listed = changed_schedule(BothWays(prepare(in_turn)), (schedule, by), AMPLE, MOVES_ITEMS)
    assert listed is not None
    assert np.any(np.diff(np.argsort(listed[1])) != np.diff(np.argsort(by)))


def test_the_mirrored_schedule_at_hand_changes_nothing():
    problem = problem_of([Op(after=((each - 3, DATA, 0),) * (each > 2)) for each in range(60)])
    both = BothWays(prepare(problem))
    first = list_schedule(problem, ScheduleOptions(), AMPLE)
    assert isinstance(first, Schedule)
    mirrored = mirrored_schedule(both, first)
    plain = list(improved_schedules(both, first, AMPLE, 3, 5))
    lists = list(improved_lists(both, first, AMPLE, 3, 5, mirrored))
    assert [schedule for schedule, _urgency in lists] == plain
    assert [run_list(both.forward, urgency, AMPLE) for _schedule, urgency in lists] == plain


@given(problems(24))
def test_reversed_twice_the_edges_are_what_they_were(problem):
    there = reversed_problem(problem)
    back = reversed_problem(there)
    for op in range(problem.size):
        assert sorted(pred for pred, _kind, _lag in edges_of(back, op)) == sorted(
            pred for pred, _kind, _lag in edges_of(problem, op)
        )
    assert np.all(there.pred_kind == ORDER)
    assert np.all(back.pred_lag >= 0)


def test_what_can_wait_waits_until_the_end_is_packed():
    """By program order the long chain starts last; a pass finds that it must come first."""
    chain = [Op(after=((3 + k, DATA, 0),) if k >= 0 else ()) for k in range(-1, 3)]
    problem = problem_of([Op(), Op(), Op(), *chain], engines=[("alu", 1)])
    prepared = prepare(problem)
    first = run_list(prepared, program_order(problem), AMPLE)
    assert isinstance(first, Schedule)
    better = min(s.makespan for s in improved_schedules(BothWays(prepared), first, AMPLE, 2))
    assert better <= first.makespan == 7


def test_a_pass_shortens_what_priorities_got_wrong():
    """Two engines; the list fills the first with work that nobody waits for."""
    waits = Op(((1, 1, 1),), after=((4, DATA, 0),))
    more = Op(((1, 1, 1),), after=((5, DATA, 0),))
    problem = problem_of([Op()] * 4 + [Op(), waits, more], engines=[("alu", 1), ("load", 1)])
    prepared = prepare(problem)
    first = run_list(prepared, program_order(problem), AMPLE)
    assert isinstance(first, Schedule)
    assert first.makespan == 7
    assert min(s.makespan for s in improved_schedules(BothWays(prepared), first, AMPLE, 1)) == 5


def test_it_ends_where_scratch_is_full():
    ops = [Op(writes=0), Op(writes=1), Op(after=((0, DATA, 0), (1, DATA, 0)), reads=(0, 1))]
    problem = problem_of(ops, [1, 1])
    first = list_schedule(problem, ScheduleOptions(), AMPLE)
    assert isinstance(first, Schedule)
    assert list(improved_schedules(BothWays(prepare(problem)), first, Pressure(1), 3)) == []
