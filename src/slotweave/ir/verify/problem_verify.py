"""Problems are well formed; no faults guarantee the invariants below.

columns-are-integers, columns-fit, rows-are-contiguous      the columns have their shapes
engines-are-named       engines have different names, none empty, and slots, none negative
sizes-are-bounded       slots and words are no more than a machine may have, latencies and lags no
                        longer than LONGEST
operations-have-modes   each operation has one or more
modes-run-somewhere     a mode has slots of an engine that has any, or no slots, no engine and no
                        latency
edges-join-operations   predecessors are operations; edges are DATA without lag, or ORDER
edges-are-acyclic       no operation waits for itself
storages-exist          operations read and write storages that exist, of one word or more
accesses-take-slots     an operation that may take no slots reads nothing, and writes nothing unless
                        it waits for nothing and has no other mode: zeros
reads-are-fed           what an operation reads, one of its DATA predecessors writes
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.problem import DATA, ORDER, Problem
from slotweave.ir.verify.invariants import column_faults, fault, first_index, row_faults, row_of
from slotweave.machine import MAX_SCRATCH_WORDS, MAX_SLOTS, MAX_VECTOR_LENGTH

#: The longest latency or lag; a million operations in turn then end before cycle 2^31.
LONGEST = 1000

Mask = NDArray[np.bool_]


def problem_faults(problem: Problem) -> Iterator[Diagnostic]:
    """The invariants that `problem` breaks, the first breach of each."""
    broken = list(_shapes(problem))
    if broken:
        yield from broken
        return
    yield from _engines_are_named(problem)
    yield from _sizes_are_bounded(problem)
    yield from _operations_have_modes(problem)
    yield from _modes_run_somewhere(problem)
    broken = [*_edges_join_operations(problem), *_storages_exist(problem)]
    yield from broken
    if not broken:
        yield from _edges_are_acyclic(problem)
        yield from _accesses_take_slots(problem)
        yield from _reads_are_fed(problem)


def _shapes(problem: Problem) -> Iterator[Diagnostic]:
    size, modes, edges = problem.size, len(problem.mode_engine), len(problem.pred)
    yield from column_faults(
        nodes=(problem.nodes, size),
        items=(problem.items, size),
        writes=(problem.writes, size),
        mode_engine=(problem.mode_engine, modes),
        mode_slots=(problem.mode_slots, modes),
        mode_latency=(problem.mode_latency, modes),
        mode_source=(problem.mode_source, modes),
        pred=(problem.pred, edges),
        pred_kind=(problem.pred_kind, edges),
        pred_lag=(problem.pred_lag, edges),
        read=(problem.read, len(problem.read)),
        storage_words=(problem.storage_words, len(problem.storage_words)),
    )
    yield from row_faults("mode_offset", problem.mode_offset, size, modes)
    yield from row_faults("pred_offset", problem.pred_offset, size, edges)
    yield from row_faults("read_offset", problem.read_offset, size, len(problem.read))


def _engines_are_named(problem: Problem) -> Iterator[Diagnostic]:
    names = problem.engines
    if len(set(names)) != len(names) or "" in names:
        yield fault("engines-are-named", f"{names} holds a name twice, or an empty one")
    if len(problem.slots) != len(names) or any(slots < 0 for slots in problem.slots):
        yield fault("engines-are-named", f"slots {problem.slots} for the engines {names}")


def _sizes_are_bounded(problem: Problem) -> Iterator[Diagnostic]:
    if any(slots > MAX_SLOTS for slots in problem.slots):
        yield fault("sizes-are-bounded", f"an engine has more than {MAX_SLOTS} slots")
    for column, limit, what in (
        (problem.mode_slots, MAX_VECTOR_LENGTH, "slots of a mode"),
        (problem.mode_latency, LONGEST, "latency of a mode"),
        (np.abs(problem.pred_lag.astype(np.int64)), LONGEST, "lag of an edge"),
        (problem.storage_words, MAX_SCRATCH_WORDS, "words of a storage"),
    ):
        largest = int(column.max(initial=0))
        if largest > limit:
            yield fault("sizes-are-bounded", f"{largest} {what}, more than {limit}")


def _operations_have_modes(problem: Problem) -> Iterator[Diagnostic]:
    operation = first_index(np.diff(problem.mode_offset) < 1)
    if operation is not None:
        yield fault("operations-have-modes", f"{_named(problem, operation)} has none")


def _modes_run_somewhere(problem: Problem) -> Iterator[Diagnostic]:
    engine, slots, latency = problem.mode_engine, problem.mode_slots, problem.mode_latency
    works = np.isin(engine, np.flatnonzero(np.array(problem.slots) > 0))
    runs = works & (slots > 0) & (latency >= 1)
    free = (engine == -1) & (slots == 0) & (latency == 0)
    mode = first_index(~(runs | free))
    if mode is not None:
        operation = row_of(problem.mode_offset, mode)
        yield fault(
            "modes-run-somewhere",
            f"{_named(problem, operation)} has a mode of {slots[mode]} slots on engine "
            f"{engine[mode]} with latency {latency[mode]}",
        )


def _edges_join_operations(problem: Problem) -> Iterator[Diagnostic]:
    yield from _first_edge(problem, ~_within(problem.pred, problem.size), "is not an operation")
    data = (problem.pred_kind == DATA) & (problem.pred_lag == 0)
    sound = data | (problem.pred_kind == ORDER)
    yield from _first_edge(problem, ~sound, "is neither DATA without lag nor ORDER")


def _first_edge(problem: Problem, bad: Mask, what: str) -> Iterator[Diagnostic]:
    edge = first_index(bad)
    if edge is not None:
        operation = row_of(problem.pred_offset, edge)
        yield fault(
            "edges-join-operations",
            f"the edge from {problem.pred[edge]} to {_named(problem, operation)} {what}",
        )


def _edges_are_acyclic(problem: Problem) -> Iterator[Diagnostic]:
    successor = _owners(problem.pred_offset)
    if np.all(problem.pred < successor):
        return  # numbered in an order that the edges keep
    stuck = _operations_on_cycles(problem.size, problem.pred, successor)
    if stuck:
        chain = ", ".join(map(str, stuck[:8]))
        reason = f"{len(stuck)} operations are in or after a cycle of waits: {chain}"
        yield fault("edges-are-acyclic", reason)


def _operations_on_cycles(size: int, pred: NDArray[Any], successor: NDArray[Any]) -> list[int]:
    """Operations that are never ready when all others have run (Kahn's algorithm)."""
    order = np.argsort(pred, kind="stable")
    offset = np.searchsorted(pred[order], np.arange(size + 1)).tolist()
    successors = successor[order].tolist()
    waiting = np.bincount(successor, minlength=size).tolist()
    ready = [operation for operation in range(size) if not waiting[operation]]
    while ready:
        operation = ready.pop()
        for follower in successors[offset[operation] : offset[operation + 1]]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return [operation for operation in range(size) if waiting[operation]]


def _storages_exist(problem: Problem) -> Iterator[Diagnostic]:
    storages = len(problem.storage_words)
    storage = first_index(problem.storage_words < 1)
    if storage is not None:
        words = problem.storage_words[storage]
        yield fault("storages-exist", f"storage {storage} has {words} words")
    operation = first_index(~_within(problem.writes, storages) & (problem.writes != -1))
    if operation is not None:
        target = problem.writes[operation]
        yield fault("storages-exist", f"{_named(problem, operation)} writes storage {target}")
    entry = first_index(~_within(problem.read, storages))
    if entry is not None:
        operation = row_of(problem.read_offset, entry)
        source = problem.read[entry]
        yield fault("storages-exist", f"{_named(problem, operation)} reads storage {source}")


def _accesses_take_slots(problem: Problem) -> Iterator[Diagnostic]:
    free = np.zeros(problem.size, dtype=bool)
    free[_owners(problem.mode_offset)[problem.mode_slots == 0]] = True
    waits = (np.diff(problem.pred_offset) > 0) | (np.diff(problem.mode_offset) > 1)
    accesses = (problem.writes >= 0) & waits | (np.diff(problem.read_offset) > 0)
    operation = first_index(free & accesses)
    if operation is not None:
        reason = f"{_named(problem, operation)} accesses storages, but may run without a slot"
        yield fault("accesses-take-slots", reason)


def _reads_are_fed(problem: Problem) -> Iterator[Diagnostic]:
    storages = max(len(problem.storage_words), 1)
    data = problem.pred_kind == DATA
    fed_by = problem.writes[problem.pred[data]]
    fed = _owners(problem.pred_offset)[data].astype(np.int64) * storages + fed_by
    reader = _owners(problem.read_offset)
    wanted = reader.astype(np.int64) * storages + problem.read
    entry = first_index(~np.isin(wanted, fed[fed_by >= 0]))
    if entry is not None:
        yield fault(
            "reads-are-fed",
            f"{_named(problem, int(reader[entry]))} reads storage {problem.read[entry]}, "
            "which none of its DATA predecessors writes",
        )


def _owners(offset: NDArray[Any]) -> NDArray[np.int32]:
    """The row of each entry of a ragged column."""
    rows = np.arange(len(offset) - 1, dtype=np.int32)
    return np.repeat(rows, np.diff(offset))


def _within(column: NDArray[Any], count: int) -> Mask:
    inside: Mask = (column >= 0) & (column < count)
    return inside


def _named(problem: Problem, operation: int) -> str:
    return f"operation {operation} (node {problem.nodes[operation]})"
