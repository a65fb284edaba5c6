"""Forward-backward improvement: schedule from the end, then from the start, each by the other.

A list schedule is made for the problem with time reversed, the operations that ended last coming
first; its starting times are the priorities of the next forward schedule, and so on (Li and
Willis, "An iterative scheduling technique for resource-constrained project scheduling", EJOR 1992;
Tormos and Lova, Annals of Operations Research 2001). Reversed, operations are packed against the
end, so what could wait does, and the tail fills up. Only the forward schedules keep within
scratch.

A local search changes a schedule by its ends (perturbed, and packed both ways again), or by its
priorities (of a few items at the end), as the seed of the change says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from slotweave.backend.schedule.list_schedule import (
    Prepared,
    Pressure,
    ScratchFull,
    Urgency,
    prepare_like,
    run_list,
)
from slotweave.ir.problem import DATA, ORDER, Problem
from slotweave.ir.schedule import Schedule

#: Standard deviation, in cycles, of the noise on priorities; it keeps passes from going in circles.
JITTER = 0.5

#: By how many cycles (standard deviation) a change perturbs the ends of operations.
CHANGES = (0.3, 1.0, 3.0)

#: The seeds of changes at one end of a schedule begin here; those below perturb all of it.
AT_AN_END = 2**31

#: The first or last cycles that a change at an end is about: there it perturbs twice as much, and
#: by NEXT_TO_NOTHING elsewhere.
END_CYCLES, NEXT_TO_NOTHING = (20, 60, 150), 0.1

#: The seeds of changes that move items begin here.
MOVES_ITEMS = 2**32

#: How many of the last cycles are those in which items are moved, how many items at most, and by
#: how many cycles at most.
MOVED_CYCLES, MOST_MOVED, MOST_CYCLES = (15, 30, 60, 120, 300), 3, 5


@dataclass(frozen=True, eq=False)
class BothWays:
    """A prepared problem, and the same with time reversed, prepared when it is first wanted."""

    forward: Prepared

    @cached_property
    def checksum(self) -> int:
        """That of the problem."""
        return self.forward.problem.checksum()

    @cached_property
    def backward(self) -> Prepared:
        return prepare_like(reversed_problem(self.forward.problem), self.forward)


#: A schedule, and the priorities by which it was listed: `run_list` gives it again by these.
Listed = tuple[Schedule, Urgency]


def improved_schedules(
    both: BothWays, schedule: Schedule, pressure: Pressure, passes: int, seed: int = 0
) -> Iterator[Schedule]:
    """The forward schedule of each pass, starting from `schedule`; stops where scratch is full.

    They are legal and within `pressure`, but not each is shorter than the one before.
    """
    for improved, _urgency in improved_lists(both, schedule, pressure, passes, seed):
        yield improved


def improved_lists(
    both: BothWays,
    schedule: Schedule,
    pressure: Pressure,
    passes: int,
    seed: int = 0,
    mirrored: Schedule | None = None,
) -> Iterator[Listed]:
    """The same with priorities. `mirrored` is that of `schedule`, if it is at hand."""
    prepared = both.forward
    rng = np.random.default_rng(seed)
    for _ in range(passes):
        backward = mirrored or mirrored_schedule(both, schedule)
        mirrored = None
        jitter = rng.normal(0.0, JITTER, prepared.problem.size)
        urgency = _ends(backward) + jitter
        forward = run_list(prepared, urgency, pressure)
        if isinstance(forward, ScratchFull):
            return
        yield forward, urgency
        schedule = forward


def mirrored_schedule(both: BothWays, schedule: Schedule) -> Schedule:
    """The problem with time reversed, the operations that end last in `schedule` first."""
    return _from_the_end(both, _ends(schedule))


def _from_the_end(both: BothWays, ends: Urgency) -> Schedule:
    nothing_live = Pressure(int(both.backward.problem.storage_words.sum()))
    mirrored = run_list(both.backward, ends, nothing_live)
    assert isinstance(mirrored, Schedule)  # it writes no storage
    return mirrored


def back_and_forth(
    both: BothWays,
    schedule: Schedule,
    pressure: Pressure,
    perturbed_by: float | NDArray[np.float64],
    rng: np.random.Generator,
) -> Listed | None:
    """`schedule` with its ends perturbed, packed from the end and from the start; None if full.

    `perturbed_by` is in cycles (standard deviation), for all operations or for each. Every other
    time, by chance, the second priorities are perturbed as well.
    """
    size = both.forward.problem.size
    ends = _ends(schedule) + rng.normal(0.0, perturbed_by, size)
    mirrored = _from_the_end(both, ends)
    jitter = rng.normal(0.0, JITTER, size) if rng.integers(2) else 0.0
    urgency = _ends(mirrored) + jitter
    forward = run_list(both.forward, urgency, pressure)
    return None if isinstance(forward, ScratchFull) else (forward, urgency)


def changed_schedule(
    both: BothWays, listed: Listed, pressure: Pressure, seed: int
) -> Listed | None:
    """What was `listed` after the change that `seed` stands for; None if scratch is full.

    Operations are perturbed, anywhere or at one end; or a few items end earlier or later, and all
    else keeps its priority. Where there are no items to move, one end is perturbed instead.
    """
    rng = np.random.default_rng(seed)
    schedule, urgency = listed
    moved = _moved(both.forward.problem, schedule, urgency, rng) if seed >= MOVES_ITEMS else None
    if moved is not None:
        forward = run_list(both.forward, moved, pressure)
        return None if isinstance(forward, ScratchFull) else (forward, moved)
    perturbed_by = float(rng.choice(CHANGES))
    if seed < AT_AN_END:
        return back_and_forth(both, schedule, pressure, perturbed_by, rng)
    by_operation = _at_an_end(schedule, 2 * perturbed_by, rng)
    return back_and_forth(both, schedule, pressure, by_operation, rng)


def _moved(
    problem: Problem, schedule: Schedule, urgency: Urgency, rng: np.random.Generator
) -> Urgency | None:
    """Priorities by which a few items end earlier or later; None if fewer than two items end
    late."""
    late = _ends(schedule) >= schedule.makespan - int(rng.choice(MOVED_CYCLES))
    items = np.unique(problem.items[late])
    if len(items) < 2:
        return None
    moved = urgency.copy()
    for item in rng.permutation(items)[: int(rng.integers(1, MOST_MOVED + 1))]:
        by = int(rng.integers(-MOST_CYCLES, MOST_CYCLES + 1))
        moved[late & (problem.items == item)] += by
    return moved


def _at_an_end(
    schedule: Schedule, perturbed_by: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """By how much to perturb each operation, if the first or last ones are to change places."""
    ends, cycles = _ends(schedule), int(rng.choice(END_CYCLES))
    first = ends < cycles
    last = ends >= schedule.makespan - cycles
    return np.where(first if rng.integers(2) else last, perturbed_by, NEXT_TO_NOTHING)


def reversed_problem(problem: Problem) -> Problem:
    """`problem` with time running backwards, every edge from its end to its start.

    A data edge keeps the least latency of its producer as its lag. Nothing is written or read.
    """
    fastest = np.minimum.reduceat(problem.mode_latency, problem.mode_offset[:-1])
    owner = np.repeat(np.arange(problem.size, dtype=np.int32), np.diff(problem.pred_offset))
    lag = np.where(problem.pred_kind == DATA, fastest[problem.pred], problem.pred_lag)
    order = np.argsort(problem.pred, kind="stable")
    counts = np.bincount(problem.pred, minlength=problem.size)
    return replace(
        problem,
        pred_offset=np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
        pred=owner[order],
        pred_kind=np.full(len(order), ORDER, np.int32),
        pred_lag=np.maximum(lag, 0)[order].astype(np.int32),
        writes=np.full(problem.size, -1, np.int32),
        read_offset=np.zeros(problem.size + 1, np.int32),
        read=np.zeros(0, np.int32),
    )


def _ends(schedule: Schedule) -> Urgency:
    """The cycle of the last slot of each operation (0 where there is none)."""
    width = np.diff(schedule.cycle_offset)
    ends = np.zeros(len(width))
    some = np.flatnonzero(width)
    if len(some):
        ends[some] = np.maximum.reduceat(schedule.cycle, schedule.cycle_offset[some])
    return ends
