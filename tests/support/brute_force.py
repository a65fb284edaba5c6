"""The least makespan of tiny problems, by trying everything."""

from __future__ import annotations

from collections import Counter
from itertools import combinations_with_replacement

from slotweave.analysis.topological_order import topological_order
from slotweave.ir.problem import DATA, Problem
from strategies.problems import edges_of, mode_of


def least_makespan(problem: Problem, at_most: int) -> int:
    """The fewest cycles that any legal schedule of `problem` takes; one of `at_most` must exist."""
    order = topological_order(problem).tolist()
    return next(m for m in range(at_most + 1) if _fits(problem, m, order, {}, Counter()))


def _fits(
    problem: Problem,
    makespan: int,
    todo: list[int],
    done: dict[int, tuple[int, int]],  # operation -> cycle of its last slot, latency
    used: Counter[tuple[int, int]],  # (engine, cycle) -> slots
) -> bool:
    """Whether the operations of `todo` can be placed in the slots that are left."""
    if not todo:
        return True
    op, rest = todo[0], todo[1:]
    ready = 0
    for pred, kind, lag in edges_of(problem, op):
        last, latency = done[pred]
        ready = max(ready, last + (latency if kind == DATA else lag))
    for mode in range(int(problem.mode_offset[op + 1] - problem.mode_offset[op])):
        engine, slots, latency = mode_of(problem, op, mode)
        for row in combinations_with_replacement(range(ready, makespan), slots):
            taken = used + Counter((engine, cycle) for cycle in row)
            if any(taken[engine, cycle] > problem.slots[engine] for cycle in row):
                continue
            placed = {**done, op: (max(row, default=ready), latency)}
            if _fits(problem, makespan, rest, placed, taken):
                return True
    return False
