"""A problem held back: groups of operations one after the other, operations with one mode.

Each function returns a problem of which every schedule is one of the problem given, once
`without_barriers` has cut off what was added. So any scheduler obeys, and none knows of it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from slotweave.analysis.order_edges import with_order_edges
from slotweave.ir.problem import Ints, Problem
from slotweave.ir.schedule import Schedule


def with_barriers(problem: Problem, group: Ints, most_open: int) -> Problem:
    """`problem` with at most `most_open` of the groups 0, 1, .. under way at once.

    `group` numbers the operations, -1 for those that may go at any time. Group g begins when
    group g - most_open has ended: a join of no slots stands between them. Where groups depend on
    each other in another order, the edges form a cycle.
    """
    joins = int(group.max(initial=-1)) + 1 - most_open
    if joins <= 0:
        return problem
    size = problem.size
    ends = np.flatnonzero((group >= 0) & (group < joins))
    begins = np.flatnonzero(group >= most_open)
    chain = np.arange(1, joins)
    after = np.concatenate((size + group[ends], begins, size + chain))
    before = np.concatenate((ends, size + group[begins] - most_open, size + chain - 1))
    lag = np.repeat((1, 0), (len(ends), len(begins) + len(chain)))
    return with_order_edges(
        _with_joins(problem, joins),
        after.astype(np.int32), before.astype(np.int32), lag.astype(np.int32),
    )  # fmt: skip


def first_modes_only(problem: Problem) -> Problem:
    """`problem` with no mode but the first of each operation."""
    first = problem.mode_offset[:-1]
    return replace(
        problem,
        mode_offset=np.arange(problem.size + 1, dtype=np.int32),
        mode_engine=problem.mode_engine[first],
        mode_slots=problem.mode_slots[first],
        mode_latency=problem.mode_latency[first],
        mode_source=problem.mode_source[first],
    )


def without_barriers(schedule: Schedule, size: int) -> Schedule:
    """`schedule` of the first `size` operations; joins after them take no slots."""
    return replace(
        schedule, mode=schedule.mode[:size], cycle_offset=schedule.cycle_offset[: size + 1]
    )


def _with_joins(problem: Problem, count: int) -> Problem:
    """`problem` with `count` more operations of no slots that nothing is known of yet."""

    def more(column: Ints, value: int) -> Ints:
        return np.concatenate((column, np.full(count, value))).astype(np.int32)

    def more_rows(offset: Ints, length: int) -> Ints:
        return np.concatenate((offset, offset[-1] + length * np.arange(1, count + 1))).astype(
            np.int32
        )

    return replace(
        problem,
        nodes=more(problem.nodes, -1),
        items=more(problem.items, -1),
        mode_offset=more_rows(problem.mode_offset, 1),
        mode_engine=more(problem.mode_engine, -1),
        mode_slots=more(problem.mode_slots, 0),
        mode_latency=more(problem.mode_latency, 0),
        mode_source=more(problem.mode_source, -1),
        pred_offset=more_rows(problem.pred_offset, 0),
        writes=more(problem.writes, -1),
        read_offset=more_rows(problem.read_offset, 0),
    )
