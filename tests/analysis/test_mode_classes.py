"""Classes of operations that may choose from the same modes, and orders of operations."""

from __future__ import annotations

import pytest
from hypothesis import given

from slotweave.analysis.mode_classes import mode_classes
from slotweave.analysis.topological_order import topological_order
from slotweave.ir.problem import DATA
from strategies.problems import Op, edges_of, mode_of, problem_of, problems
from support.examples import examples


@examples(80)
@given(problems(15))
def test_operations_share_a_class_just_if_their_modes_are_equal(problem):
    classes = mode_classes(problem)
    counts = (problem.mode_offset[1:] - problem.mode_offset[:-1]).tolist()
    for op, count in enumerate(counts):
        assert classes.modes[classes.of[op]] == tuple(mode_of(problem, op, k) for k in range(count))
    assert len(set(classes.modes)) == len(classes.modes) == len(set(classes.of.tolist()))


def test_classes_are_numbered_as_they_come():
    one, two = ((0, 1, 1),), ((0, 1, 1), (0, 4, 1))
    assert mode_classes(problem_of([Op(two), Op(one), Op(two)])).of.tolist() == [0, 1, 0]


@examples(80)
@given(problems(15))
def test_predecessors_come_first_in_a_topological_order(problem):
    order = topological_order(problem).tolist()
    assert sorted(order) == list(range(problem.size))
    place = {op: at for at, op in enumerate(order)}
    for op in order:
        assert all(place[pred] < place[op] for pred, _kind, _lag in edges_of(problem, op))


def test_of_several_that_could_be_next_the_lowest_is():
    problem = problem_of([Op(after=((3, DATA, 0),)), Op(), Op(), Op()])
    assert topological_order(problem).tolist() == [1, 2, 3, 0]


def test_operations_in_order_stay_as_they_are():
    problem = problem_of([Op(), Op(), Op(after=((0, DATA, 0),))])
    assert topological_order(problem).tolist() == [0, 1, 2]


def test_a_cycle_of_edges_has_no_order():
    problem = problem_of([Op(), Op(after=((2, DATA, 0),)), Op(after=((1, DATA, 0),))])
    with pytest.raises(ValueError, match="form a cycle"):
        topological_order(problem)
