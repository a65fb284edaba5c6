"""The critical path bound: the longest chain of dependences, each operation in its fastest mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slotweave.analysis.topological_order import topological_order
from slotweave.bounds.model import Bound
from slotweave.ir.certificate import PathCertificate
from slotweave.ir.problem import DATA, Ints, Problem

#: The tail of an operation after which nothing happens; far below any length of a path.
NO_TAIL = -(2**30)


@dataclass(frozen=True)
class Distances:
    """`head[i]`: the earliest cycle of operation i's first slot; `tail[i]`: the cycles from
    then to the end, that one included; 0 or less if no slot must follow. Both ignore that slots
    are shared with other operations."""

    head: Ints
    tail: Ints


def distances(problem: Problem) -> Distances:
    """Longest paths from the start and to the end."""
    if problem.size == 0:
        return Distances(np.zeros(0, np.int32), np.zeros(0, np.int32))
    latency = np.minimum.reduceat(problem.mode_latency, problem.mode_offset[:-1])
    span = least_span(problem)
    waits = np.where(problem.pred_kind == DATA, latency[problem.pred], problem.pred_lag)
    steps = np.array(span)[problem.pred] - 1 + waits
    edges = _edges_in_order(problem, steps)
    head = [0] * problem.size
    for pred, op, step in zip(*edges, strict=True):
        ready = head[pred] + step
        if ready > head[op]:
            head[op] = ready
    tail = _own_tails(problem, span)
    for pred, op, step in zip(*map(reversed, edges), strict=True):
        length = step + tail[op]
        if length > tail[pred]:
            tail[pred] = length
    return Distances(np.array(head, np.int32), np.array(tail, np.int32))


def _edges_in_order(problem: Problem, steps: Ints) -> tuple[list[int], list[int], list[int]]:
    """Predecessor, operation and step of each edge, those to an operation before those from it.

    `steps` has the cycles from the first slot of the one to that of the other.
    """
    successor = np.repeat(np.arange(problem.size), np.diff(problem.pred_offset))
    place = np.empty(problem.size, np.int64)
    place[topological_order(problem)] = np.arange(problem.size)
    order = np.argsort(place[successor], kind="stable")
    return problem.pred[order].tolist(), successor[order].tolist(), steps[order].tolist()


def least_span(problem: Problem) -> list[int]:
    """The fewest cycles from an operation's first slot to its last one, both included.

    A mode of no slots counts as one cycle, as if the operation had a slot of its own.
    """
    slots = np.array((*problem.slots, 1), np.int64)  # the last one for engine -1, modes of no slots
    cycles = -(-problem.mode_slots // slots[problem.mode_engine])
    spans = np.minimum.reduceat(np.maximum(cycles, 1), problem.mode_offset[:-1])
    result: list[int] = spans.tolist()
    return result


def _own_tails(problem: Problem, span: list[int]) -> list[int]:
    """The span of each operation that must have a slot, NO_TAIL for the others.

    What waits in vain takes no time: the makespan ends with the last slot.
    """
    fewest = np.minimum.reduceat(problem.mode_slots, problem.mode_offset[:-1])
    tails: list[int] = np.where(fewest > 0, span, NO_TAIL).tolist()
    return tails


def critical_path_bound(
    problem: Problem, at: Distances | None = None, names: Sequence[str] = ()
) -> Bound:
    """The cycles that the longest chain of dependences takes; `at`: its `distances`, if known.

    `names` are what users call the operations, "" for those that they do not know; none if
    nothing is known of them but the problem.
    """
    at = at or distances(problem)
    lengths = at.head + at.tail
    if lengths.max(initial=0) <= 0:
        return Bound("critical path", 0, "there is nothing to do", PathCertificate(-1))
    longest = int(np.argmax(lengths))
    cycles = int(lengths[longest])
    through = _named(problem, np.flatnonzero(lengths == cycles).tolist(), names)
    why = f"the chain of dependences through {through} takes that long"
    return Bound("critical path", cycles, why, PathCertificate(longest))


def _named(problem: Problem, chain: Sequence[int], names: Sequence[str]) -> str:
    """What to call a chain: by its first operation that needs a slot and has a name."""
    slots = np.minimum.reduceat(problem.mode_slots, problem.mode_offset[:-1])
    named = (names[operation] for operation in chain if names and slots[operation] > 0)
    return next(filter(None, named), f"operation {chain[0]}")
