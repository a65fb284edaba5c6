"""List scheduling with modes chosen on the way and scratch pressure kept in bounds.

The method is list scheduling for the multi-mode resource-constrained project scheduling problem
(Kolisch, "Serial and parallel schedule generation schemes revisited", EJOR 1996: the parallel
scheme), with the longest path to the end as the priority, as in Cooper and Torczon, "Engineering a
Compiler", 12.3. It knows nothing of the operations but what the Problem says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from slotweave.analysis.mode_classes import ModeClasses, mode_classes
from slotweave.analysis.topological_order import topological_order
from slotweave.bounds.slots import Prices, dearest_prices
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import DATA, Ints, Problem
from slotweave.ir.schedule import Schedule

Urgency = NDArray[np.float64]


@dataclass(frozen=True)
class ScratchFull:
    """Why there is no schedule: in `cycle` every operation that could go needs scratch not there.

    `live` words were in use then; `holding` lists the storages that held them.
    """

    cycle: int
    live: int
    holding: tuple[int, ...]


@dataclass(frozen=True)
class Pressure:
    """How many words may be live: `limit` for the item that is furthest on its way.

    The others leave it `reserve` words, and `slope` more for each cycle by which they lag.
    """

    limit: int
    reserve: int = 0
    slope: float = 0.0


def list_schedule(
    problem: Problem, options: ScheduleOptions, pressure: Pressure
) -> Schedule | ScratchFull:
    """A legal schedule of `problem` that keeps within `pressure`, or why there is none this way.

    Time is O((n + e) log n) for n operations and e edges. Deterministic.
    """
    return list_schedule_by(problem, priorities(problem, options), pressure)


def priorities(problem: Problem, options: ScheduleOptions) -> Urgency:
    """How urgent each operation is, in cycles: longest path to the end, less its item's offset.

    In program order its place counts instead.
    """
    from slotweave.backend.schedule import _list_kernel

    if options.order == "program":
        return program_order(problem)

    bias: Urgency = np.full(problem.size, -np.inf)
    own = problem.items >= 0
    bias[own] = _offsets_of(problem.items[own], options)
    urgency = _list_kernel.urgencies(
        topological_order(problem), problem.mode_offset, problem.mode_latency,
        problem.pred_offset, problem.pred, problem.pred_kind == DATA, problem.pred_lag, bias,
    )  # fmt: skip
    rng = np.random.default_rng(options.seed)
    noise: Urgency = rng.uniform(-options.noise, options.noise, problem.size)
    jittered: Urgency = np.add(urgency, noise, dtype=np.float64)
    return jittered


def _offsets_of(items: Ints, options: ScheduleOptions) -> Urgency:
    """By how much the priority of operations of these items is lowered (or raised)."""
    offsets: Urgency = items * np.float64(options.stagger)
    given = items < len(options.offsets)
    offsets[given] = np.array(options.offsets, dtype=np.float64)[items[given]]
    return offsets


def program_order(problem: Problem) -> Urgency:
    """Priorities that follow the order of the operations: depth first, as the kernel wrote them."""
    return -np.arange(problem.size, dtype=np.float64)


def list_schedule_by(
    problem: Problem, urgency: Urgency, pressure: Pressure
) -> Schedule | ScratchFull:
    """As `list_schedule`, by given priorities (the most urgent operation has the largest)."""
    return run_list(prepare(problem), urgency, pressure)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A problem as the hot loop wants it: what stays the same from one list to the next.

    `modes` are in order of their price, `mode_columns` their engines, slots and latencies;
    `free_mode` and `least_moved` are those of the hot loop (`_list_kernel`);
    `predecessors` counts those of each operation; `successors` are the edges by predecessor:
    offset, successor, whether DATA, lag; `slot_offset` leaves each operation room for its widest
    mode. No schedule has fewer than `least_cycles` (the slots bound); at `prices`, the work of all
    operations takes so many: that of a slot in cycles, by engine.
    """

    problem: Problem
    modes: Ints
    mode_columns: tuple[Ints, Ints, Ints]
    free_mode: Ints
    least_moved: NDArray[np.int64]
    predecessors: Ints
    classes: ModeClasses
    successors: tuple[Ints, Ints, NDArray[np.bool_], Ints]
    slot_offset: Ints
    readers: NDArray[np.int64]
    horizon: int
    least_cycles: float
    prices: NDArray[np.float64]


def prepare(problem: Problem) -> Prepared:
    """Bring `problem` into the form that `run_list` takes, for many lists."""
    classes = mode_classes(problem)
    least, prices = dearest_prices(problem, classes)
    modes = cheapest_first(problem, prices)
    columns = problem.mode_engine[modes], problem.mode_slots[modes], problem.mode_latency[modes]
    return Prepared(
        problem, modes, columns, _free_modes(problem, columns[1]), _least_moved(problem),
        np.diff(problem.pred_offset), classes, _successors(problem), _slot_room(problem),
        _readers(problem), _horizon(problem), float(least),
        np.array(prices, np.float64),
    )  # fmt: skip


def prepare_like(problem: Problem, prepared: Prepared) -> Prepared:
    """As `prepare`, for a problem that has the operations and modes of `prepared`'s in the same
    order, whatever its edges, and what it reads and writes."""
    return replace(
        prepared, problem=problem, predecessors=np.diff(problem.pred_offset),
        successors=_successors(problem), readers=_readers(problem), horizon=_horizon(problem),
    )  # fmt: skip


def _readers(problem: Problem) -> NDArray[np.int64]:
    """How often each storage is read; once more if it is never free."""
    counted = np.concatenate((problem.read, problem.zeros))
    return np.bincount(counted, minlength=len(problem.storage_words)).astype(np.int64)


def _horizon(problem: Problem) -> int:
    """A number larger than any latency or lag by two."""
    slowest = int(problem.mode_latency.max(initial=1))
    return 2 + max(slowest, int(problem.pred_lag.max(initial=0)))


def run_list(prepared: Prepared, urgency: Urgency, pressure: Pressure) -> Schedule | ScratchFull:
    """List scheduling by given priorities (the most urgent operation has the largest)."""
    from slotweave.backend.schedule import _list_kernel

    problem, slot_offset = prepared.problem, prepared.slot_offset
    by_rank = _most_urgent_first(urgency).astype(np.int32)
    rank = np.empty(problem.size, np.int32)
    rank[by_rank] = np.arange(problem.size, dtype=np.int32)
    status, makespan, _peak, live, chosen, slot_cycle, _done = _list_kernel.list_schedule_arrays(
        np.array(problem.slots, np.int64), problem.mode_offset, *prepared.mode_columns,
        prepared.free_mode, prepared.least_moved, prepared.predecessors,
        *prepared.successors, rank, by_rank, prepared.classes.of, len(prepared.classes.modes),
        slot_offset, problem.writes, problem.read_offset, problem.read, problem.storage_words,
        prepared.readers, problem.items, urgency,
        pressure.limit, pressure.reserve, pressure.slope, prepared.horizon,
    )  # fmt: skip
    if status == _list_kernel.SCRATCH_FULL:
        return ScratchFull(int(makespan), int(live), _holding(problem, slot_cycle, slot_offset))
    if status != _list_kernel.DONE:
        raise ValueError("the edges of the problem form a cycle")
    columns = prepared.mode_columns
    offset, cycle = _list_kernel.taken_cycles(chosen, columns[1], slot_offset, slot_cycle)
    modes = prepared.modes[chosen] - problem.mode_offset[:-1]
    return Schedule(modes, offset, cycle, int(makespan))


def _most_urgent_first(urgency: Urgency) -> NDArray[np.int64]:
    """The operations in order of urgency, of equal ones the first one first.

    A stable sort takes several times as long as one of different keys.
    """
    bits = len(urgency).bit_length()
    if (abs(urgency) < 1 << (62 - bits)).all():
        whole = urgency.astype(np.int64)
        if (whole == urgency).all():
            keys = np.sort((-whole << bits) | np.arange(len(urgency)))
            return keys & ((1 << bits) - 1)
    order = np.argsort(-urgency)
    ordered = urgency[order]
    if (ordered[:-1] > ordered[1:]).all():
        return order
    return np.argsort(-urgency, kind="stable")


def cheapest_first(problem: Problem, prices: Prices) -> Ints:
    """The modes of each operation in order of what they cost at `prices` (of the slots bound)."""
    each = np.array((*map(float, prices), 0.0))  # the last one for modes of no slots
    cost = np.round(each[problem.mode_engine] * problem.mode_slots, 9)
    owner = np.repeat(np.arange(problem.size), np.diff(problem.mode_offset))
    return np.lexsort((np.arange(len(cost)), cost, owner)).astype(np.int32)


def _free_modes(problem: Problem, slots: Ints) -> Ints:
    """The first mode of each operation that takes none of the `slots`; -1 if it has none."""
    found = np.full(problem.size, -1, np.int32)
    owner = np.repeat(np.arange(problem.size), np.diff(problem.mode_offset))
    free = np.flatnonzero(slots == 0)[::-1]
    found[owner[free]] = free
    return found


def _least_moved(problem: Problem) -> NDArray[np.int64]:
    """By engine, the fewest slots of a mode of an operation that has another mode too."""
    least = np.full(len(problem.slots), np.iinfo(np.int64).max)
    modes = np.diff(problem.mode_offset)
    several = np.repeat(modes > 1, modes) & (problem.mode_engine >= 0)
    np.minimum.at(least, problem.mode_engine[several], problem.mode_slots[several])
    return least


def _successors(problem: Problem) -> tuple[Ints, Ints, NDArray[np.bool_], Ints]:
    """The edges by predecessor: offset, successor, whether DATA, lag."""
    order = np.argsort(problem.pred, kind="stable")
    counts = np.bincount(problem.pred, minlength=problem.size)
    offset = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    owner = np.repeat(np.arange(problem.size, dtype=np.int32), np.diff(problem.pred_offset))
    return offset, owner[order], (problem.pred_kind == DATA)[order], problem.pred_lag[order]


def _slot_room(problem: Problem) -> Ints:
    """Offsets that leave each operation room for its widest mode."""
    if problem.size == 0:
        return np.zeros(1, np.int32)
    widest = np.maximum.reduceat(problem.mode_slots, problem.mode_offset[:-1])
    return np.concatenate(([0], np.cumsum(widest))).astype(np.int32)


def _holding(problem: Problem, slot_cycle: Ints, slot_offset: Ints) -> tuple[int, ...]:
    """The storages written by an issued operation that an operation not yet issued will read."""
    issued = slot_cycle[slot_offset[:-1].clip(max=len(slot_cycle) - 1)] >= 0
    written = np.unique(problem.writes[issued & (problem.writes >= 0)])
    reader = np.repeat(np.arange(problem.size), np.diff(problem.read_offset))
    wanted = np.unique(problem.read[~issued[reader]])
    return tuple(np.intersect1d(written, wanted).tolist())
