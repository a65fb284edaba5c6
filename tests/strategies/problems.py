"""Random scheduling problems, with schedules and allocations that are legal by construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from slotweave.ir.allocation import Allocation
from slotweave.ir.problem import DATA, ORDER, Problem
from slotweave.ir.schedule import Schedule

NO_SLOTS = (-1, 0, 0)


@dataclass(frozen=True)
class Op:
    """One operation: its modes (engine, slots, latency), edges (pred, kind, lag), and storages."""

    modes: tuple[tuple[int, int, int], ...] = ((0, 1, 1),)
    after: tuple[tuple[int, int, int], ...] = ()
    writes: int = -1
    reads: tuple[int, ...] = ()
    item: int = -1


def ints(values: Sequence[int]) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def offsets(rows: Sequence[Sequence[object]]) -> np.ndarray:
    return ints([0, *np.cumsum([len(row) for row in rows]).tolist()])


def problem_of(
    operations: Sequence[Op],
    storage_words: Sequence[int] = (),
    engines: Sequence[tuple[str, int]] = (("alu", 1),),
) -> Problem:
    """The problem of `operations`; operation i stands for node 10 + i."""
    modes = [mode for op in operations for mode in op.modes]
    edges = [edge for op in operations for edge in op.after]
    return Problem(
        engines=tuple(name for name, _slots in engines),
        slots=tuple(slots for _name, slots in engines),
        nodes=ints(range(10, 10 + len(operations))),
        items=ints([op.item for op in operations]),
        mode_offset=offsets([op.modes for op in operations]),
        mode_engine=ints([engine for engine, _slots, _latency in modes]),
        mode_slots=ints([slots for _engine, slots, _latency in modes]),
        mode_latency=ints([latency for _engine, _slots, latency in modes]),
        mode_source=ints([engine for engine, _slots, _latency in modes]),
        pred_offset=offsets([op.after for op in operations]),
        pred=ints([pred for pred, _kind, _lag in edges]),
        pred_kind=ints([kind for _pred, kind, _lag in edges]),
        pred_lag=ints([lag for _pred, _kind, lag in edges]),
        writes=ints([op.writes for op in operations]),
        read_offset=offsets([op.reads for op in operations]),
        read=ints([storage for op in operations for storage in op.reads]),
        storage_words=ints(storage_words),
    )


def schedule_of(rows: Sequence[Sequence[int]], modes: Sequence[int] = ()) -> Schedule:
    """Operation i has its slots in the cycles `rows[i]`, in mode `modes[i]` (0 if not given)."""
    flat = [cycle for row in rows for cycle in row]
    mode = ints(modes or [0] * len(rows))
    return Schedule(mode, offsets(rows), ints(flat), max(flat, default=-1) + 1)


@st.composite
def problems(draw: st.DrawFn, max_operations: int = 10) -> Problem:
    """Problems without faults: joins, split modes, order edges, storages with several writers."""
    names = draw(st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=3, unique=True))
    engines = [(name, draw(st.integers(1, 3))) for name in names]
    operations: list[Op] = []
    storage_words: list[int] = []
    writers: dict[int, list[int]] = {}
    for _ in range(draw(st.integers(0, max_operations))):
        operation = draw(_operations(len(engines), len(operations), storage_words, writers))
        if operation.writes >= 0:
            writers.setdefault(operation.writes, []).append(len(operations))
        operations.append(operation)
    order = draw(st.permutations(range(len(operations))))
    return problem_of(_renumbered(operations, order), storage_words, engines)


@st.composite
def _operations(
    draw: st.DrawFn,
    engines: int,
    number: int,
    storage_words: list[int],
    writers: dict[int, list[int]],
) -> Op:
    earlier = st.integers(0, max(number - 1, 0))
    order = st.lists(st.tuples(earlier, st.integers(-1, 3)), max_size=2 if number else 0)
    edges = {pred: (pred, ORDER, lag) for pred, lag in draw(order)}
    if draw(st.integers(0, 4)) == 0:
        return Op((NO_SLOTS,), tuple(edges.values()))
    mode = st.tuples(st.integers(0, engines - 1), st.sampled_from([1, 1, 3]), st.integers(1, 3))
    modes = tuple(draw(st.lists(mode, min_size=1, max_size=2)))
    known = st.sampled_from(sorted(writers)) if writers else st.nothing()
    reads = tuple(draw(st.lists(known, max_size=2, unique=True))) if writers else ()
    for pred in (pred for storage in reads for pred in writers[storage]):
        edges[pred] = (pred, DATA, 0)
    writes = draw(st.integers(-1, len(storage_words)))
    writes = -1 if writes in reads else writes
    if writes == len(storage_words):
        storage_words.append(draw(st.sampled_from([1, 1, 4])))
    return Op(modes, tuple(edges.values()), writes, reads, draw(st.integers(-1, 2)))


def _renumbered(operations: list[Op], order: list[int]) -> list[Op]:
    """`operations` so that operation i becomes number order[i]."""
    moved = [Op()] * len(operations)
    for number, op in enumerate(operations):
        after = tuple((order[pred], kind, lag) for pred, kind, lag in op.after)
        moved[order[number]] = Op(op.modes, after, op.writes, op.reads, op.item)
    return moved


def edges_of(problem: Problem, operation: int) -> list[tuple[int, int, int]]:
    """(pred, kind, lag) of the edges into `operation`."""
    row = slice(*problem.pred_offset[operation : operation + 2].tolist())
    columns = (problem.pred[row], problem.pred_kind[row], problem.pred_lag[row])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def mode_of(problem: Problem, operation: int, mode: int) -> tuple[int, int, int]:
    """(engine, slots, latency) of a mode."""
    at = int(problem.mode_offset[operation]) + mode
    return (
        int(problem.mode_engine[at]),
        int(problem.mode_slots[at]),
        int(problem.mode_latency[at]),
    )


@st.composite
def legal_schedules(draw: st.DrawFn, problem: Problem) -> Schedule:
    """Legal schedules of `problem`, each slot placed a little later than it need be."""
    rows: dict[int, list[int]] = {}
    effect: dict[int, int] = {}
    chosen = [0] * problem.size
    used: dict[tuple[int, int], int] = {}
    delays = draw(st.lists(st.integers(0, 3), min_size=1, max_size=8))
    while len(rows) < problem.size:
        ready = (i for i in range(problem.size) if i not in rows)
        op = next(i for i in ready if all(pred in rows for pred, _, _ in edges_of(problem, i)))
        count = int(np.diff(problem.mode_offset)[op])
        chosen[op] = draw(st.integers(0, count - 1)) if count > 1 else 0
        engine, slots, _latency = mode_of(problem, op, chosen[op])
        start = 0
        for pred, kind, lag in edges_of(problem, op):
            latency = mode_of(problem, pred, chosen[pred])[2]
            start = max(start, effect[pred] + (latency if kind == DATA else lag))
        rows[op] = []
        for slot in range(slots):
            cycle = start + delays[(op + slot) % len(delays)]
            while used.get((engine, cycle), 0) >= problem.slots[engine]:
                cycle += 1
            used[engine, cycle] = used.get((engine, cycle), 0) + 1
            rows[op].append(cycle)
        effect[op] = max(rows[op], default=start)
    return schedule_of([rows[op] for op in range(problem.size)], chosen)


def separate_allocation(problem: Problem, peak: int) -> Allocation:
    """Every storage in words of its own, one behind the other."""
    stop = np.cumsum(problem.storage_words)
    size = int(stop[-1]) if len(stop) else 0
    return Allocation(ints((stop - problem.storage_words).tolist()), peak, size)
