"""Groups of operations that serve the same output: what to finish before more is begun.

A kernel that marks no items still computes one result after the other, and a schedule by longest
paths begins all of them at once. Where scratch does not hold that, groups are staggered as items
are: each begins when the work of those before it is done, by the slots that it takes (depth first
rather than breadth first, as Sethi and Ullman order expressions, JACM 1970).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from slotweave.analysis.topological_order import topological_order
from slotweave.bounds.slots import dearest_prices
from slotweave.ir.problem import DATA, Ints, Problem


@dataclass(frozen=True, eq=False)
class Grouped:
    """`problem` with the groups as its items; `begin` is the cycle in which each of them begins."""

    problem: Problem
    begin: NDArray[np.float64]

    def offsets(self, factor: float) -> tuple[float, ...]:
        """What the priorities of the groups are lowered by, if they follow that much later."""
        offsets: tuple[float, ...] = tuple((factor * self.begin).tolist())
        return offsets


def grouped_by_output(problem: Problem) -> Grouped:
    """Each operation is in the group of the first output, in their order, that depends on it.

    An output is an operation whose result nothing takes. O(n + e).
    """
    groups = _first_outputs(problem)
    work = np.zeros(int(groups.max(initial=-1)) + 1)
    np.add.at(work, groups, _least_work(problem))
    begin = np.concatenate(([0.0], np.cumsum(work)))[: len(work)]
    return Grouped(replace(problem, items=groups), begin)


def _first_outputs(problem: Problem) -> Ints:
    """By operation the number of the first output that depends on it."""
    offset, pred = problem.pred_offset.tolist(), problem.pred.tolist()
    is_data = (problem.pred_kind == DATA).tolist()
    taken = np.zeros(problem.size, bool)
    taken[problem.pred[problem.pred_kind == DATA]] = True
    first = np.where(taken, problem.size, np.cumsum(~taken) - 1).tolist()
    for op in topological_order(problem).tolist()[::-1]:
        group = first[op]
        for edge in range(offset[op], offset[op + 1]):
            if is_data[edge] and group < first[pred[edge]]:
                first[pred[edge]] = group
    return np.array(first, np.int32)


def _least_work(problem: Problem) -> NDArray[np.float64]:
    """By operation the cycles that its cheapest mode takes of the engines that bound the most."""
    if problem.size == 0:
        return np.zeros(0)
    _total, prices = dearest_prices(problem)
    each = np.array((*map(float, prices), 0.0))  # the last one for modes of no slots
    costs = each[problem.mode_engine] * problem.mode_slots
    least: NDArray[np.float64] = np.minimum.reduceat(costs, problem.mode_offset[:-1])
    return least
