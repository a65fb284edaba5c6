"""Fitting into scratch: it ends with a schedule that fits, or with what was in the way."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.allocate import NoRoom, allocate
from slotweave.backend.fit import Effort, fit, search_fit
from slotweave.backend.lower import lower
from slotweave.backend.schedule import in_order_schedule
from slotweave.backend.scratch_shortage import scratch_too_small
from slotweave.base.diagnostics import Exit, NoSchedule
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.frontend.trace import trace
from slotweave.ir.graph import Graph, Node
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import DATA, Problem
from slotweave.machine import CHALLENGE
from slotweave.rewrite import rewrite
from strategies.problems import NO_SLOTS, Op, problem_of, problems
from support.examples import examples
from support.tree_hash import parameters

LIST, IN_ORDER = ScheduleOptions(), ScheduleOptions(method="in-order")


def graph_for(problem: Problem) -> Graph:
    """A graph with a node for each operation of `problem`, which counts them from 10 on."""
    nodes = tuple(Node("const", 1, stage=f"stage {k % 3}") for k in range(10 + problem.size))
    return Graph("test", 4, 0, (), nodes)


@examples(120)
@given(problems(16), st.integers(1, 24), st.sampled_from([LIST, IN_ORDER]))
def test_it_ends_with_what_fits_or_with_the_reason(problem, scratch_words, options):
    graph = graph_for(problem)
    try:
        schedule, allocation = fit(graph, problem, options, scratch_words)
    except NoSchedule as failure:
        message = str(failure)
    else:
        assert list(schedule_violations(schedule, problem)) == []
        assert list(allocation_violations(allocation, schedule, problem)) == []
        assert allocation.size == scratch_words
        return
    cycle, live, wanted = map(
        int,
        re.search(
            r"in cycle (\d+) (\d+) of \d+ scratch words were live and (\d+) more", message
        ).groups(),
    )
    assert message.startswith("SW301 ")
    # With one operation at a time there was no room either, in just that place.
    refused = allocate(problem, in_order_schedule(problem), scratch_words)
    assert isinstance(refused, NoRoom)
    assert (refused.cycle, refused.live, refused.wanted) == (cycle, live, wanted)


@examples(80)
@given(problems(16))
def test_what_fits_as_it_was_written_fits(problem):
    in_order = in_order_schedule(problem)
    least = allocate(problem, in_order, 1_000).peak
    while isinstance(allocate(problem, in_order, max(least, 1)), NoRoom):
        least += 1
    schedule, _allocation = fit(graph_for(problem), problem, LIST, max(least, 1))
    assert list(schedule_violations(schedule, problem)) == []


def _sums(items: int, inputs: int) -> Problem:
    """Each item loads words and then adds them all up in one operation."""
    operations: list[Op] = []
    for item in range(items):
        first = len(operations)
        storages = tuple(range(item * inputs, (item + 1) * inputs))
        operations += [Op(((0, 1, 1),), (), storage, (), item) for storage in storages]
        edges = tuple((first + k, DATA, 0) for k in range(inputs))
        operations.append(Op(((1, 1, 1),), edges, -1, storages, item))
    return problem_of(operations, [1] * (items * inputs), [("load", 2), ("alu", 1)])


@pytest.mark.parametrize("scratch_words", [4, 5, 7, 12, 100])
def test_items_that_fit_one_at_a_time_fit(scratch_words):
    problem = _sums(items=12, inputs=4)
    schedule, allocation = fit(graph_for(problem), problem, LIST, scratch_words)
    assert list(schedule_violations(schedule, problem)) == []
    assert list(allocation_violations(allocation, schedule, problem)) == []


def test_more_scratch_makes_no_longer_schedule_here():
    problem = _sums(items=12, inputs=4)
    spans = [fit(graph_for(problem), problem, LIST, words)[0].makespan for words in (4, 8, 100)]
    assert spans == sorted(spans, reverse=True)
    assert spans[-1] == 25  # 48 loads, two a cycle, and the last sum


def test_in_order_means_one_slot_a_cycle():
    problem = _sums(items=2, inputs=3)
    schedule, _allocation = fit(graph_for(problem), problem, IN_ORDER, 6)
    assert schedule == in_order_schedule(problem)


def test_a_failure_names_the_cycle_the_live_words_and_their_holders():
    names = [("const", "tables"), ("const", "tables"), ("load", "item"), ("add", "")]
    nodes = (*[Node("const", 1)] * 10, *(Node(op, 1, stage=stage) for op, stage in names))
    use = Op(((0, 1, 1),), tuple((k, DATA, 0) for k in range(3)), 3, (0, 1, 2))
    last = Op(((0, 1, 1),), ((3, DATA, 0),), -1, (3,))
    problem = problem_of([Op(writes=0), Op(writes=1), Op(writes=2), use, last], [8, 8, 1, 4])
    graph = Graph("test", 4, 0, (), (*nodes, Node("store", 0)))
    with pytest.raises(NoSchedule) as refused:
        fit(graph, problem, LIST, 16)
    assert refused.value.exit_code is Exit.NO_SCHEDULE
    assert str(refused.value) == (
        "SW301 even with one operation at a time, in cycle 2 16 of 16 scratch words were live and "
        "1 more was wanted; held: 16 words of tables (const). To fit, fewer of these values must "
        "be live at once: more scratch, fewer constants or tables in registers, or a plan that "
        "keeps fewer items in flight"
    )


def test_one_value_wider_than_scratch_is_refused_with_nothing_held():
    problem = problem_of([Op(writes=0), Op(after=((0, DATA, 0),), reads=(0,))], [9])
    with pytest.raises(NoSchedule, match=r"0 of 8 .* 9 more side .* held: nothing"):
        fit(graph_for(problem), problem, LIST, 8)


def test_only_the_largest_holders_are_listed():
    labels = [f"stage {k}" for k in range(9)]
    nodes = tuple(Node("load", 1, stage=label) for label in labels)
    problem = problem_of([Op(writes=k) for k in range(9)], list(range(1, 10)))
    graph = Graph("test", 4, 0, (), (*[Node("const", 1)] * 10, *nodes))
    failure = NoRoom(cycle=3, wanted=8, live=45, holding=tuple(range(9)))
    message = str(scratch_too_small(graph, problem, failure, 50))
    listed = re.findall(r"(\d+) words of (stage \d) \(load\)", message)
    assert listed == [(str(9 - k), f"stage {8 - k}") for k in range(6)]


def test_a_problem_without_values_fits_anywhere():
    problem = problem_of([Op(), Op((NO_SLOTS,), ((0, DATA, 0),))])
    _schedule, allocation = fit(graph_for(problem), problem, LIST, 1)
    assert allocation.peak == 0


def test_with_more_scratch_the_best_attempt_is_not_passed_over():
    """The first attempt that fits into 700 words lets too much in at once, and is far slower."""
    shape = parameters(10, 16, 256)
    plan = TREE_HASH.plan("multi-batch", shape, "values")
    lowered = lower(trace(TREE_HASH, shape, "values", plan, CHALLENGE), CHALLENGE)
    few, more = (
        fit(lowered.graph, lowered.problem, plan.schedule, words)[0].makespan
        for words in (600, 700)
    )
    assert more <= few


def test_after_each_attempt_there_is_the_shortest_so_far_and_the_last_is_what_fits():
    shape = parameters(6, 10, 128)
    plan = TREE_HASH.plan("default", shape, "values")
    traced = trace(TREE_HASH, shape, "values", plan, CHALLENGE)
    lowered = lower(rewrite(traced, CHALLENGE).graph, CHALLENGE)
    what = (lowered.graph, lowered.problem, plan.schedule, CHALLENGE.scratch_words, Effort.DEFAULT)
    found = list(search_fit(*what))
    spans = [schedule.makespan for schedule, _allocation in found]
    assert len(spans) == len(Effort.DEFAULT.value[0])
    assert spans == sorted(spans, reverse=True)
    assert spans[0] > spans[-1]
    assert fit(*what) == found[-1]


def test_attempts_that_do_not_fit_are_counted_until_one_does():
    found = list(search_fit(graph_for(problem := _sums(12, 4)), problem, LIST, 4))
    assert found[0] is None
    assert found[-1] is not None
    first = next(at for at, one in enumerate(found) if one)
    assert all(found[first:])


@pytest.mark.long
def test_items_of_a_long_problem_are_put_further_apart_where_that_is_much_shorter(monkeypatch):
    """In 1,300 words the plan's own stagger lets too many items in, whatever the pressure."""
    shape = parameters(10, 16, 512)
    plan = TREE_HASH.plan("default", shape, "values")
    traced = trace(TREE_HASH, shape, "values", plan, CHALLENGE)
    lowered = lower(rewrite(traced, CHALLENGE).graph, CHALLENGE)
    monkeypatch.setattr("slotweave.backend.fit.MOST_SCHEDULED", 1)  # as if it were long
    what = (lowered.graph, lowered.problem, plan.schedule, 1300)
    spans = [fit(*what, effort)[0].makespan for effort in (Effort.FAST, Effort.DEFAULT)]
    assert spans[1] < spans[0] / 2
