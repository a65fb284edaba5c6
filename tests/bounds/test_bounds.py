"""Lower bounds: never above the optimum, and as high as their argument allows."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ortools.linear_solver import pywraplp

from slotweave.analysis.mode_classes import mode_classes
from slotweave.backend.schedule import in_order_schedule, program_order
from slotweave.backend.schedule.list_schedule import Pressure, list_schedule_by
from slotweave.bounds import Bound, best_bound, bound_ladder
from slotweave.bounds.critical_path import critical_path_bound, distances
from slotweave.bounds.engine import engine_bounds
from slotweave.bounds.heads_and_tails import heads_and_tails_bound
from slotweave.bounds.slots import dearest_prices, slots_bound
from slotweave.ir.problem import DATA, ORDER, Problem
from strategies.problems import NO_SLOTS, Op, problem_of, problems
from support.brute_force import least_makespan
from support.examples import examples


@examples(120)
@given(problems(4))
def test_no_bound_exceeds_the_optimum(problem):
    schedule = list_schedule_by(problem, program_order(problem), Pressure(1_000))
    optimum = least_makespan(problem, schedule.makespan)
    for bound in bound_ladder(problem):
        assert bound.cycles <= optimum, bound


def test_a_part_of_a_cycle_above_a_whole_number_is_not_rounded_away():
    """Two engines can do 21 operations a cycle."""
    either, engines = Op(modes=((0, 1, 1), (1, 1, 1))), [("wide", 20), ("narrow", 1)]
    bounds = [slots_bound(problem_of([either] * work, (), engines)) for work in (42, 45, 421)]
    fills = [bound.why.split("fills ")[1] for bound in bounds]
    assert fills == ["2.0 cycles", "2.1 cycles", "a little over 20 cycles"]
    assert [bound.cycles for bound in bounds] == [2, 3, 21]


@examples(80)
@given(problems(30))
def test_no_bound_exceeds_a_schedule(problem):
    list_scheduled = list_schedule_by(problem, program_order(problem), Pressure(1_000))
    shortest = min(list_scheduled.makespan, in_order_schedule(problem).makespan)
    assert best_bound(bound_ladder(problem)).cycles <= shortest


# Slots


mode_tables = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.integers(0, 3), st.sampled_from([1, 2, 3, 8]), st.just(1)),
            min_size=1, max_size=3, unique_by=lambda mode: mode[0],
        ),
        st.integers(1, 40),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def _work(table: list[tuple[list[tuple[int, int, int]], int]], slots: list[int]) -> Problem:
    """`count` independent operations for each (modes, count)."""
    operations = [Op(tuple(modes)) for modes, count in table for _ in range(count)]
    return problem_of(operations, (), [(f"e{i}", count) for i, count in enumerate(slots)])


def _spread_over_modes(problem: Problem) -> float:
    """The primal: the least time in which the operations, cut at will, fill no engine twice."""
    classes = mode_classes(problem)
    solver = pywraplp.Solver.CreateSolver("GLOP")
    time = solver.NumVar(0, solver.infinity(), "time")
    load: list[list[pywraplp.LinearExpr]] = [[] for _ in problem.slots]
    for number, modes in enumerate(classes.modes):
        shares = [solver.NumVar(0, solver.infinity(), "") for _ in modes]
        solver.Add(sum(shares) == classes.of.tolist().count(number))
        for share, (engine, slots, _latency) in zip(shares, modes, strict=True):
            load[engine].append(share * slots)
    for terms, slots in zip(load, problem.slots, strict=True):
        if terms:
            solver.Add(sum(terms) <= time * slots)
    solver.Minimize(time)
    assert solver.Solve() == pywraplp.Solver.OPTIMAL
    return float(time.solution_value())


@examples(80)
@given(mode_tables, st.lists(st.integers(1, 12), min_size=4, max_size=4))
def test_the_slots_bound_is_the_optimum_of_the_linear_program(table, slots):
    problem = _work(table, slots)
    dual, prices = dearest_prices(problem)
    assert float(dual) == pytest.approx(_spread_over_modes(problem), abs=1e-6)
    assert sum(price * n for price, n in zip(prices, problem.slots, strict=True)) == 1
    assert slots_bound(problem).cycles == ceil(dual)


def test_work_that_two_engines_share_is_bounded_by_both():
    """12 * 8 lanes of work: alu does 12 lanes a cycle, valu 6 * 8, together 60."""
    vector = ((0, 1, 1), (1, 8, 1))
    problem = problem_of([Op(vector)] * 120, engines=[("valu", 6), ("alu", 12)])
    assert slots_bound(problem) == Bound(
        "slots", 16, "the work that only valu and alu can do fills 16.0 cycles"
    )


def test_a_slot_of_six_is_worth_the_eight_that_stand_in_for_it():
    vector = ((0, 1, 1), (1, 8, 1))
    problem = problem_of([Op(vector)], engines=[("valu", 6), ("alu", 12), ("load", 2)])
    assert dearest_prices(problem) == (
        Fraction(1, 60) * 8,
        (Fraction(8, 60), Fraction(1, 60), Fraction(0)),
    )


def test_an_abundance_of_modes_is_searched_in_part_and_still_bounds():
    """Eight engines and modes of many widths have more ties than anyone can look at."""
    rng = np.random.default_rng(7)
    rows = [
        tuple((int(e), int(rng.integers(1, 9)), 1) for e in rng.permutation(8)[:3])
        for _ in range(40)
    ]
    problem = problem_of([Op(row) for row in rows], (), [(f"e{k}", 1 + k % 3) for k in range(8)])
    optimum = _spread_over_modes(problem)
    assert 0.8 * optimum < slots_bound(problem).cycles <= ceil(optimum - 1e-6)


def test_an_engine_is_bounded_by_what_no_other_can_run():
    either, only = ((0, 1, 1), (1, 1, 1)), ((1, 3, 1), (1, 2, 1))
    problem = problem_of([Op(either)] * 9 + [Op(only)] * 4, engines=[("alu", 1), ("load", 3)])
    assert engine_bounds(problem) == (
        Bound("load", 3, "8 slots that only load can run, 3 a cycle"),
    )


# The critical path


def test_a_chain_takes_its_latencies_and_its_last_cycle():
    chain = [
        Op(((0, 1, 3), (0, 1, 2))),
        Op(((0, 1, 5),), ((0, DATA, 0),)),
        Op(after=((1, ORDER, 4),)),
    ]
    assert critical_path_bound(problem_of(chain)).cycles == 2 + 4 + 1


def test_the_slots_of_one_operation_take_their_cycles():
    gather, use = Op(((0, 8, 1),)), Op(after=((0, DATA, 0),))
    assert critical_path_bound(problem_of([gather], engines=[("load", 2)])).cycles == 4
    assert critical_path_bound(problem_of([gather, use], engines=[("load", 2)])).cycles == 5


def test_a_join_at_the_end_takes_no_cycle():
    slow, join = Op(((0, 1, 9),)), Op((NO_SLOTS,), ((0, DATA, 0),))
    assert critical_path_bound(problem_of([slow, join])).cycles == 1
    assert critical_path_bound(problem_of([slow, join, Op(after=((1, DATA, 0),))])).cycles == 10


def test_heads_and_tails_meet_at_each_operation():
    problem = problem_of([Op(), Op(((0, 1, 2),), ((0, DATA, 0),)), Op(after=((1, DATA, 0),))])
    at = distances(problem)
    assert at.head.tolist() == [0, 1, 3]
    assert at.tail.tolist() == [4, 3, 1]


def test_the_path_does_not_depend_on_the_numbering():
    backward = problem_of([Op(after=((1, DATA, 0),)), Op(after=((2, DATA, 0),)), Op()])
    assert critical_path_bound(backward).cycles == 3


# Heads and tails


def test_work_that_waits_for_a_load_leaves_cycles_idle():
    """Nine words of work on three slots, none in cycle 0; and the one store comes behind all."""
    load, work = Op(((0, 1, 1),)), Op(((1, 1, 1),), ((0, DATA, 0),))
    store = Op(((2, 1, 1),), tuple((op, DATA, 0) for op in range(1, 10)))
    engines = [("load", 1), ("alu", 3), ("store", 1)]
    problem = problem_of([load, *[work] * 9, store], engines=engines)
    assert slots_bound(problem).cycles == 3
    assert critical_path_bound(problem).cycles == 3
    bound = heads_and_tails_bound(problem)
    assert bound.cycles == 5
    assert "alu (without its first and last cycle)" in bound.why


def test_a_window_ends_with_the_work_that_it_is_about():
    """Six loads of one a cycle, each with a chain of five behind it, the first with one of eight:
    the heads of that chain are no reason to look for loads as late as its end."""
    loads = [Op(((0, 1, 1),))] * 6
    work: list[Op] = []
    for load in range(6):
        before = load
        for _link in range(8 if load == 0 else 5):
            work.append(Op(((1, 1, 1),), ((before, DATA, 0),)))
            before = len(loads) + len(work) - 1
    problem = problem_of([*loads, *work], engines=[("load", 1), ("alu", 40)])
    bound = heads_and_tails_bound(problem)
    assert bound.cycles == 11
    assert "load (without its last 5 cycles)" in bound.why


def test_lanes_of_a_split_vector_may_lie_in_any_cycles():
    """Eight lanes on an engine of three slots take three cycles behind the load, no more."""
    load, lanes = Op(((0, 1, 1),)), Op(((1, 8, 1), (0, 4, 1)), ((0, DATA, 0),))
    problem = problem_of([load, lanes], engines=[("load", 1), ("alu", 3)])
    assert heads_and_tails_bound(problem).cycles <= least_makespan(problem, 9) == 4


@given(problems(30))
def test_heads_and_tails_never_weaken_the_slots_bound(problem):
    assert heads_and_tails_bound(problem).cycles >= slots_bound(problem).cycles


# The ladder


def test_nothing_to_do_is_bounded_by_nothing():
    for problem in (problem_of([]), problem_of([Op((NO_SLOTS,))])):
        assert bound_ladder(problem) == (
            Bound("slots", 0, "there is nothing to do"),
            Bound("critical path", 0, "there is nothing to do"),
            Bound("heads and tails", 0, "there is nothing to do"),
        )


def test_a_chain_goes_by_its_first_operation_that_has_a_name():
    problem = problem_of([Op((NO_SLOTS,)), *(Op(after=((at, DATA, 0),)) for at in range(3))])
    named = critical_path_bound(problem, names=["no slot", "", "k.py:7", "k.py:9"])
    assert named.why == "the chain of dependences through k.py:7 takes that long"
    assert "through operation " in critical_path_bound(problem).why


def test_the_best_bound_is_the_highest_and_of_equals_the_first():
    low, high, same = Bound("a", 1, ""), Bound("b", 2, ""), Bound("c", 2, "")
    assert best_bound((low, high, same)) is high
