"""The critical path bound: the longest chain of dependences, each operation in its fastest mode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.bound.model import Bound
from slotweave.ir.problem import DATA, Ints, Problem


@dataclass(frozen=True)
class Distances:
    """`head[i]`: the earliest cycle of operation i's first slot; `tail[i]`: cycles from its last
    slot's cycle to the end, that cycle included. Both ignore slots of other operations."""

    head: Ints
    tail: Ints


def distances(problem: Problem) -> Distances:
    """Longest paths from the start and to the end; operations come after their predecessors."""
    latency = np.minimum.reduceat(problem.mode_latency, problem.mode_offset[:-1]).tolist()
    span = _least_span(problem)
    offset, preds = problem.pred_offset.tolist(), problem.pred.tolist()
    kinds, lags = problem.pred_kind.tolist(), problem.pred_lag.tolist()
    head = [0] * problem.size
    for op in range(problem.size):
        for j in range(offset[op], offset[op + 1]):
            p = preds[j]
            step = span[p] - 1 + (latency[p] if kinds[j] == DATA else lags[j])
            head[op] = max(head[op], head[p] + step)
    tail = [1 if width else 0 for width in span]
    for op in range(problem.size - 1, -1, -1):
        for j in range(offset[op], offset[op + 1]):
            p = preds[j]
            step = latency[p] if kinds[j] == DATA else lags[j]
            tail[p] = max(tail[p], step + span[op] - 1 + tail[op])
    return Distances(np.array(head, np.int32), np.array(tail, np.int32))


def _least_span(problem: Problem) -> list[int]:
    """The fewest cycles from an operation's first slot to its last one, both included.

    A mode of no slots spans one cycle less one, so that it adds nothing to a path.
    """
    slots = np.array((*problem.slots, 1), np.int64)  # the last one for engine -1, modes of no slots
    cycles = -(-problem.mode_slots // slots[problem.mode_engine])
    spans = np.minimum.reduceat(np.maximum(cycles, 1), problem.mode_offset[:-1])
    result: list[int] = spans.tolist()
    return result


def critical_path_bound(problem: Problem) -> Bound:
    """The cycles that the longest chain of dependences takes."""
    if problem.size == 0:
        return Bound("critical path", 0, "there is nothing to do")
    at = distances(problem)
    lengths = at.head + at.tail
    longest = int(np.argmax(lengths))
    why = f"the chain of dependences through operation {longest} takes that long"
    return Bound("critical path", int(lengths[longest]), why)
