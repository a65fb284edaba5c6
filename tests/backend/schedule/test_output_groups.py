"""Operations by the output that they serve first, and how far apart the outputs begin."""

from __future__ import annotations

from hypothesis import given

from slotweave.backend.schedule.output_groups import grouped_by_output
from slotweave.ir.problem import DATA, ORDER
from strategies.problems import Op, problem_of, problems
from support.examples import examples


def test_what_two_outputs_share_belongs_to_the_first() -> None:
    """0 is shared, 1 and 3 are the outputs, 2 serves the second alone."""
    problem = problem_of([
        Op(), Op(after=((0, DATA, 0),)),
        Op(after=((0, DATA, 0),)), Op(after=((2, DATA, 0),)),
    ])  # fmt: skip
    grouped = grouped_by_output(problem)
    assert grouped.problem.items.tolist() == [0, 0, 1, 1]
    assert grouped.begin.tolist() == [0, 2]
    assert grouped.offsets(0.5) == (0, 1)


def test_an_edge_of_order_takes_no_result() -> None:
    problem = problem_of([Op(), Op(after=((0, ORDER, 1),))])
    assert grouped_by_output(problem).problem.items.tolist() == [0, 1]


def test_without_operations_there_are_no_groups() -> None:
    grouped = grouped_by_output(problem_of([]))
    assert grouped.problem.size == len(grouped.begin) == 0


@examples(80)
@given(problems(16))
def test_each_group_has_an_output_and_serves_it(problem) -> None:
    """The group of an operation is the least of those of the operations that take its result."""
    grouped = grouped_by_output(problem)
    groups = grouped.problem.items.tolist()
    takers: list[list[int]] = [[] for _ in groups]
    for op in range(problem.size):
        for edge in range(problem.pred_offset[op], problem.pred_offset[op + 1]):
            if problem.pred_kind[edge] == DATA:
                takers[problem.pred[edge]].append(groups[op])
    outputs = [group for group, row in zip(groups, takers, strict=True) if not row]
    assert outputs == list(range(len(grouped.begin)))
    assert all(group == min(row) for group, row in zip(groups, takers, strict=True) if row)
    assert sorted(grouped.begin.tolist()) == grouped.begin.tolist()
