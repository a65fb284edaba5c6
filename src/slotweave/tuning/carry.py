"""A schedule carried from one problem to another: what both have is due when it was.

A change of a few choices leaves most operations of a kernel as they are, in an order that a search
has improved for hours. Operations are matched item by item, by what they do and where in the kernel
they stand, in the order of the problem (longest common subsequences, as of two versions of a text).
What is new is placed between what it waits for and what waits for it; what only now is waited for
is due in time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from slotweave.analysis.topological_order import topological_order
from slotweave.backend.attempts import HUNDREDTHS
from slotweave.ir.graph import Graph
from slotweave.ir.known_words import Words
from slotweave.ir.problem import Ints, Problem

#: How much earlier than what waits for it a new operation is placed at most: its result takes
#: scratch.
MOST_EARLY = 10 * HUNDREDTHS

#: Sequences that differ are only matched if the product of their lengths is no larger than this.
MOST_COMPARED = 4_000_000

Labels = Sequence[Hashable]


@dataclass(frozen=True, slots=True)
class Constant:
    """The label of an operation that makes these words, whatever it is given."""

    words: Words


def labels_of(graph: Graph, problem: Problem) -> Labels:
    """What each operation does: operations of two problems may be the same if these are equal.

    A constant's label is its words, however it is made. Operations that a plan adds to the problem
    of `graph` (joins at its end) are all alike.
    """
    known = graph.known
    rows = zip(problem.mode_offset[:-1].tolist(), problem.mode_offset[1:].tolist(), strict=True)
    engines = problem.mode_engine.tolist()
    labels: list[Hashable] = []
    for node, (first, end) in zip(problem.nodes.tolist(), rows, strict=True):
        if node in known:
            labels.append(Constant(known[node]))
            continue
        made = graph.nodes[node] if node >= 0 else None
        what = None if made is None else (made.op, made.stage, made.region)
        labels.append((what, *engines[first:end]))
    return labels


def carried_times(
    before: Problem, labels: Labels, due: NDArray[np.int64], after: Problem, others: Labels
) -> NDArray[np.int64]:
    """When each operation of `after` is due, if those of `before` are at the times `due` (from 0).

    `labels` are those of `before`, `others` those of `after`. What takes no slot has no time of its
    own, only one between its neighbours.
    """
    source = np.full(after.size, -1, np.int64)  # the same operation before, if there was one
    for item in np.unique(after.items).tolist():
        old, new = np.flatnonzero(before.items == item), np.flatnonzero(after.items == item)
        one, other = [labels[i] for i in old.tolist()], [others[i] for i in new.tolist()]
        for first, second, count in _matched(one, other):
            source[new[second : second + count]] = old[first : first + count]
    _match_constants(labels, others, source)
    carried = np.where(source >= 0, due[source], -1)
    carried[without_slots(after)] = -1
    _place_new(after, carried)
    _put_in_order(before, after, source, carried)
    return carried


def without_slots(problem: Problem) -> NDArray[np.int64]:
    """The operations without slots: joins of memory order, and zeros."""
    if not problem.size:
        return np.arange(0)
    return np.flatnonzero(np.maximum.reduceat(problem.mode_slots, problem.mode_offset[:-1]) == 0)


def _match_constants(labels: Labels, others: Labels, source: NDArray[np.int64]) -> None:
    """Constants without a match are the same if their words are, whenever they are made."""
    made = {label: op for op, label in enumerate(labels) if isinstance(label, Constant)}
    for op, label in enumerate(others):
        if source[op] < 0 and isinstance(label, Constant):
            source[op] = made.get(label, -1)


def _matched(one: Labels, other: Labels) -> Iterator[tuple[int, int, int]]:
    """(first in `one`, first in `other`, count) of runs that are the same in both, in order."""
    shorter = min(len(one), len(other))
    head = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    left = shorter - head
    tail = next((i for i in range(left) if one[-1 - i] != other[-1 - i]), left)
    yield 0, 0, head
    middle, theirs = one[head : len(one) - tail], other[head : len(other) - tail]
    if len(middle) * len(theirs) <= MOST_COMPARED:
        matcher = SequenceMatcher(None, middle, theirs, autojunk=False)
        for first, second, count in matcher.get_matching_blocks():
            yield head + first, head + second, count
    yield len(one) - tail, len(other) - tail, tail


def _place_new(problem: Problem, due: NDArray[np.int64]) -> None:
    """Give operations without a time (-1) one between those of their neighbours."""
    new = np.flatnonzero(due < 0)
    if not len(new):
        return
    order = [op for op in topological_order(problem).tolist() if due[op] < 0]
    owner = np.repeat(np.arange(problem.size), np.diff(problem.pred_offset))
    after = _rows(problem.pred, owner, new)
    latest: dict[int, int] = {}
    for op in reversed(order):
        known = [latest.get(int(each), int(due[each])) for each in after[op]]
        latest[op] = min((each for each in known if each >= 0), default=int(due.max())) - 1
    for op in order:
        before = problem.pred[problem.pred_offset[op] : problem.pred_offset[op + 1]]
        earliest = 1 + int(due[before].max(initial=-1))
        due[op] = max(earliest, (earliest + latest[op]) // 2, latest[op] - MOST_EARLY)


def _put_in_order(
    before: Problem, after: Problem, source: NDArray[np.int64], due: NDArray[np.int64]
) -> None:
    """Make operations due a cycle before what waits for them now and did not before, if they were
    due after it, and what they wait for themselves."""
    waiting, old = (np.repeat(np.arange(each.size), np.diff(each.pred_offset))
                    for each in (after, before))  # fmt: skip
    edges = source[after.pred] * before.size + source[waiting]
    known = np.isin(edges, before.pred * before.size + old)
    new = ~known | (source[after.pred] < 0) | (source[waiting] < 0)
    moved = np.zeros(after.size, bool)
    while True:
        late = np.flatnonzero((new | moved[waiting]) & (due[after.pred] > due[waiting]))
        if not len(late):
            return
        np.minimum.at(due, after.pred[late], np.maximum(due[waiting[late]] - HUNDREDTHS, 0))
        moved[after.pred[late]] = True


def _rows(pred: Ints, owner: NDArray[np.int64], wanted: NDArray[np.int64]) -> dict[int, Ints]:
    """The successors of each operation that is wanted."""
    edges = np.flatnonzero(np.isin(pred, wanted))
    edges = edges[np.argsort(pred[edges], kind="stable")]
    begins = np.searchsorted(pred[edges], wanted)
    ends = np.searchsorted(pred[edges], wanted, side="right")
    rows = zip(wanted.tolist(), begins.tolist(), ends.tolist(), strict=True)
    return {op: owner[edges[first:end]].astype(np.int32) for op, first, end in rows}
