"""Schedules carried from one problem to another."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.fit import Effort
from slotweave.base.diagnostics import InputError
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.extensions import kernels
from slotweave.ir.plan import Plan
from slotweave.ir.problem import Problem
from slotweave.ir.text.plan_json import plan_from_json
from slotweave.machine import CHALLENGE, Machine
from slotweave.tuning.answers import Asked, evaluated, text_of
from slotweave.tuning.carried import HOPELESS, Carried, carried_plan
from slotweave.tuning.carry import Constant, carried_times, labels_of, without_slots
from slotweave.tuning.posed import Posed
from slotweave.tuning.score import Task, score
from slotweave.tuning.search import start
from strategies.problems import problems
from support.examples import examples

KERNEL = kernels()["tree-hash"]
SHAPE = {"height": 6, "rounds": 9, "batch": 64}


def task() -> Task:
    return task_of(CHALLENGE)


def task_of(machine: Machine) -> Task:
    return Task(KERNEL, machine, SHAPE, "values")


@cache
def begun() -> Plan:
    """A plan with starting times."""
    return start(task(), KERNEL.plan("default", SHAPE, "values"), 0).best


def other_way(seed: int = 5) -> Plan:
    """The same, one vector going another way in one round."""
    exceptions = [*begun().choices.get("bias_but", ()),
                  {"rounds": [5], "groups": [3], "way": "arithmetic"}]  # fmt: skip
    choices = MappingProxyType({**begun().choices, "bias_but": exceptions})
    held = replace(begun().schedule, seed=seed)
    return plan_from_json(text_of(replace(begun(), choices=choices, schedule=held)))


def problem_of(posed: Posed) -> Problem:
    assert posed.ready is not None
    return posed.ready.forward.problem


@examples(60)
@given(problems(12), st.data())
def test_what_is_the_same_is_due_when_it_was(problem, data):
    labels = [("op", i) for i in range(problem.size)]
    due = np.array([data.draw(st.integers(0, 4000)) for _ in range(problem.size)], np.int64)
    carried = carried_times(problem, labels, due, problem, labels)
    free = without_slots(problem)
    assert np.delete(carried, free).tolist() == np.delete(due, free).tolist()


def test_a_change_of_one_vector_leaves_the_others_when_they_are_due():
    both = task()
    one, other = both.posed(begun()), both.posed(other_way())
    due = np.random.default_rng(0).integers(0, 90_000, problem_of(one).size)
    carried = carried_times(problem_of(one), one.labels, due, problem_of(other), other.labels)
    assert one.labels != other.labels
    for item in range(8):
        old, new = (np.setdiff1d(np.flatnonzero(each.items == item), without_slots(each))
                    for each in (problem_of(one), problem_of(other)))  # fmt: skip
        if item != 3:
            assert carried[new].tolist() == due[old].tolist()
    shared = set(due[problem_of(one).items == 3].tolist())
    theirs = carried[problem_of(other).items == 3].tolist()
    assert sum(time in shared for time in theirs) > 0.9 * len(theirs)


def test_what_is_new_lies_between_what_it_waits_for_and_what_waits_for_it():
    both = task()
    one, other = both.posed(begun()), both.posed(other_way())
    problem = problem_of(other)
    numbers = np.arange(problem_of(one).size)
    far_apart = 1000 * numbers + numbers**2 % 997
    carried = carried_times(problem_of(one), one.labels, far_apart, problem, other.labels)
    new = np.flatnonzero(~np.isin(carried, far_apart))
    assert len(new)
    owner = np.repeat(np.arange(problem.size), np.diff(problem.pred_offset))
    for op in new.tolist():
        before = carried[problem.pred[owner == op]]
        after = carried[owner[problem.pred == op]]
        assert before.max(initial=-1) < carried[op]
        assert carried[op] < after.min(initial=2**31) or before.max() + 1 >= after.min()


def test_constants_are_due_when_those_of_their_words_were_in_whatever_order_they_are_made():
    one = task().posed(begun())
    choices = MappingProxyType({**begun().choices, "summands": [64, 6, 3, 4]})
    other = task().posed(replace(begun(), choices=choices))
    due = np.random.default_rng(1).integers(0, 90_000, problem_of(one).size)
    carried = carried_times(problem_of(one), one.labels, due, problem_of(other), other.labels)
    before = {label: due[op] for op, label in enumerate(one.labels) if isinstance(label, Constant)}
    after = {label: op for op, label in enumerate(other.labels) if isinstance(label, Constant)}
    same = before.keys() & after.keys()
    assert list(before) != [label for label in after if label in before]
    # A constant that is the sum of another one now is due after it.
    assert sum(carried[after[label]] == before[label] for label in same) > 0.7 * len(same)
    assert all(carried[after[label]] <= before[label] for label in same)


def test_what_only_now_is_waited_for_is_due_in_time():
    """An operation that had waited for nothing before."""
    posed = task().posed(begun())
    problem, labels = problem_of(posed), posed.labels
    busy = np.setdiff1d(np.arange(problem.size), without_slots(problem))
    waits = next(op for op in busy[::-1] if problem.pred_offset[op] < problem.pred_offset[op + 1])
    edges = slice(problem.pred_offset[waits], problem.pred_offset[waits + 1])
    first = np.setdiff1d(problem.pred[edges], without_slots(problem))
    kept = np.delete(np.arange(len(problem.pred)), np.arange(edges.start, edges.stop))
    offset = problem.pred_offset - np.where(
        np.arange(problem.size + 1) > waits, edges.stop - edges.start, 0
    )
    apart = replace(
        problem, pred=problem.pred[kept], pred_kind=problem.pred_kind[kept],
        pred_lag=problem.pred_lag[kept], pred_offset=offset.astype(np.int32),
    )  # fmt: skip
    due = np.full(problem.size, 5_000)
    due[waits] = 700
    assert len(first)
    assert carried_times(problem, labels, due, problem, labels)[first].min() == 5_000
    assert carried_times(apart, labels, due, problem, labels)[first].max() == 600


def test_labels_tell_operations_apart_by_what_they_do():
    posed = task().posed(begun())
    labels = labels_of(posed.lowered.graph, problem_of(posed))
    assert len(labels) == problem_of(posed).size
    assert len({str(label) for label in labels}) > 20


def test_a_carried_plan_compiles_to_the_cycles_that_its_score_says():
    chain = Carried(task(), begun(), other_way())
    scores = []
    for steps in (4, 8):
        found, plan = chain.after(steps)
        assert len(plan.schedule.steps) <= steps
        kept = plan_from_json(text_of(plan))
        assert score(task(), kept) == found
        for effort in (Effort.FAST, Effort.DEFAULT):
            job = Job(KERNEL, SHAPE, "values", kept, CHALLENGE, instances=1, effort=effort)
            assert compile_job(job).cycles == found.cycles
        scores.append(found)
    assert scores[1].reach <= scores[0].reach
    assert scores[1].cycles <= score(task(), begun()).cycles + HOPELESS


def test_answers_do_not_depend_on_what_else_was_asked_with_them():
    """So one that was lost can be asked for again alone."""
    asked = [Asked(text_of(other_way()), None, text_of(begun()), steps) for steps in (3, 6, 9)]
    together = evaluated(task(), tuple(asked))
    assert [evaluated(task(), (each,)) for each in asked] == [(each,) for each in together]
    assert all(answer.score is not None and answer.plan for answer in together)


def test_what_keeps_its_choices_keeps_its_schedule():
    """So a change is judged by what it does, not by what carrying does."""
    kept = replace(begun(), schedule=replace(begun().schedule, steps=()))
    found, plan = Carried(task(), begun(), kept).after(0)
    assert found == score(task(), begun()) == score(task(), plan)
    assert plan.schedule.steps == ()


def test_a_search_begins_with_the_schedule_of_the_plan_whose_choices_were_changed():
    other = replace(other_way(), schedule=replace(begun().schedule, offsets=(), stagger=8.0))
    alone, carried = start(task(), other, 0), start(task(), other, 0, begun())
    assert carried.best_score < alone.best_score
    assert carried.best.schedule.due
    assert not alone.best.schedule.due
    assert carried.best.choices == other.choices


def test_a_schedule_is_not_carried_over_where_a_plan_has_a_shorter_one():
    worse = replace(begun(), schedule=replace(begun().schedule, steps=(), seed=1, noise=30.0))
    assert score(task(), begun()) < score(task(), worse)
    assert carried_plan(task(), worse, begun(), 0) == begun()
    assert not score(task(), begun()) < score(task(), carried_plan(task(), begun(), worse, 0))


def test_what_does_not_fit_is_not_carried_over():
    full = task_of(replace(CHALLENGE, scratch_words=300))
    assert carried_plan(full, begun(), other_way(), 0) == other_way()


def test_nothing_is_carried_over_from_a_plan_that_jumps_or_cannot_be_used():
    for changed in ({"loop": 2, "tables": [], "levels": ["select", "gather"]}, {"levels": []}):
        before = replace(begun(), choices={**begun().choices, **changed})
        with pytest.raises(InputError):
            task().posed(before)
        assert carried_plan(task(), before, begun(), 0) == begun()


def test_times_of_another_problem_are_not_heeded():
    """Other choices, or another machine: the starting times that the plan has as well count."""
    kept = replace(begun(), schedule=replace(begun().schedule, steps=()))
    _found, carried = Carried(task(), begun(), kept).after(0)
    check, _, times = carried.schedule.due.partition(" ")
    best = score(task(), begun())
    for due in ("1 2 3", f"{int(check) + 1} {times}", f"{check} {times} 7", check):
        assert score(task(), replace(begun(), schedule=replace(begun().schedule, due=due))) == best
    backwards = " ".join(reversed(times.split()))
    held = replace(begun().schedule, due=f"{check} {backwards}")
    assert score(task(), replace(begun(), schedule=held)).cycles > best.cycles


def test_problems_are_told_apart_by_their_checksums():
    one, other = task().posed(begun()), task().posed(other_way())
    slower = replace(problem_of(one), slots=(*problem_of(one).slots[:-1], 2))
    checksums = {problem_of(one).checksum(), problem_of(other).checksum(), slower.checksum()}
    assert len(checksums) == 3
    assert problem_of(task().posed(begun())).checksum() in checksums


def test_a_plan_of_another_problem_is_compiled_as_one_without_times():
    """Whichever is shorter: by its starting times, or staggered as usual."""
    held = replace(begun().schedule, due="1 2 3", steps=(5, 6))
    cycles = []
    for schedule in (held, replace(begun().schedule, steps=())):
        plan = replace(begun(), schedule=schedule)
        cycles.append(
            compile_job(Job(KERNEL, SHAPE, "values", plan, CHALLENGE, instances=1)).cycles
        )
    assert cycles[0] <= cycles[1]
