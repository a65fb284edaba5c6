"""Ever shorter schedules of one problem: many ways to begin, then changes to the best of them.

A beginning is a list schedule by some priorities (where each operation stood in the given program,
paths with the items staggered by various amounts, the order of the graph), improved forwards and
backwards. Then the best few are changed again and again: the ends of their operations, perturbed,
are the priorities of a schedule from the end, and its ends those of the next one; what is no longer
is kept (iterated local search; Lourenço, Martin and Stützle, 2003, with the passes of
`schedule.forward_backward` for the descent). Only the number of lists limits the search, and the
deadline if there is one, so that the same seed gives the same schedules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from slotweave.allocate import allocate
from slotweave.fit import Effort, pressures
from slotweave.ir.allocation import Allocation
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.schedule import Schedule
from slotweave.repack.options import Deadline
from slotweave.repack.writings import Writing
from slotweave.schedule import (
    BothWays,
    Pressure,
    ScratchFull,
    Urgency,
    back_and_forth,
    improved_schedules,
    prepare,
    priorities,
    program_order,
    run_list,
)


@dataclass(frozen=True)
class Budget:
    """How far apart items start, as shares of the bound divided by the items, each tried in turn;
    how many operations are scheduled in all, to begin with and in changing the best; and how often
    that is changed at most."""

    shares: tuple[float, ...]
    begin: int
    change: int
    changes: int


BUDGETS = {
    Effort.FAST: Budget((0.65, 0.0, 0.9), 2_000_000, 1_000_000, 40),
    Effort.DEFAULT: Budget((0.65, 0.0, 0.9, 0.3, 0.8, 0.5, 1.0), 4_000_000, 16_000_000, 1_000),
    Effort.MAX: Budget(
        (0.65, 0.0, 0.9, 0.3, 0.8, 0.5, 1.0, 0.1, 0.2, 0.4, 0.7, 1.1),
        8_000_000,
        160_000_000,
        10_000,
    ),
}

#: Passes forwards and backwards for each beginning, at most.
PASSES = 10

#: So many beginnings are changed, in turn.
KEPT = 3

#: Problems of more operations are changed less often: what they gain by it is not worth the time.
_LARGE = 50_000

#: By how many cycles (standard deviation) the ends of operations are perturbed.
CHANGES = (0.3, 1.0, 3.0, 8.0)


@dataclass(frozen=True)
class Found:
    """A schedule that fits into scratch, and the pressure under which it was found."""

    schedule: Schedule
    allocation: Allocation
    pressure: Pressure

    @property
    def cycles(self) -> int:
        return self.schedule.makespan


@dataclass(frozen=True)
class Search:
    """What is to be scheduled, in how many words, how, and until when."""

    writing: Writing
    both: BothWays
    scratch_words: int
    budget: Budget
    seed: int
    end: Deadline

    def fitted(self, schedule: Schedule, pressure: Pressure) -> Found | None:
        allocation = allocate(self.writing.problem, schedule, self.scratch_words)
        if isinstance(allocation, Allocation):
            return Found(schedule, allocation, pressure)
        return None


def search_of(
    writing: Writing, scratch_words: int, effort: Effort, seed: int, end: Deadline
) -> Search:
    """The search for short schedules of `writing`."""
    both = BothWays(prepare(writing.problem))
    return Search(writing, both, scratch_words, BUDGETS[effort], seed, end)


def beginnings(search: Search) -> tuple[Found, ...]:
    """The best schedule of each beginning that fits into scratch, the shortest first."""
    size = max(search.writing.problem.size, 1)
    passes = max(1, min(PASSES, search.budget.begin // (8 * size)))
    most = max(2, search.budget.begin // (2 * passes * size))
    found: list[Found] = []
    for count, urgency in enumerate(_urgencies(search)):
        if search.end.is_past() or count >= most:
            break
        best = _begun(search, urgency, passes)
        if best is not None:
            found.append(best)
            if best.cycles <= search.writing.least:
                break
    return tuple(sorted(found, key=lambda one: one.cycles))


def _urgencies(search: Search) -> Iterator[Urgency]:
    problem = search.writing.problem
    yield search.writing.given
    items = int(problem.items.max(initial=-1)) + 1
    for share in search.budget.shares if items > 1 else (0.0,):
        stagger = share * search.writing.least / max(items, 1)
        yield priorities(problem, ScheduleOptions(stagger=stagger))
    yield program_order(problem)


def _begun(search: Search, urgency: Urgency, passes: int) -> Found | None:
    """The shortest schedule from `urgency` on; None if none fits."""
    for pressure in pressures(search.scratch_words):
        first = run_list(search.both.forward, urgency, pressure)
        if isinstance(first, ScratchFull):
            continue
        best = search.fitted(first, pressure)
        for schedule in improved_schedules(search.both, first, pressure, passes, search.seed):
            if best is None or schedule.makespan < best.cycles:
                best = search.fitted(schedule, pressure) or best
            if search.end.is_past():
                break
        if best is not None:
            return best
    return None


def changed(search: Search, found: tuple[Found, ...]) -> Iterator[Found]:
    """Ever shorter schedules, made from the best of `found`, until one meets the bound."""
    kept = list(found[:KEPT])
    if not kept:
        return
    best, least = kept[0].cycles, search.writing.least
    rng = np.random.default_rng(search.seed)
    size = max(search.writing.problem.size, 1)
    affordable = search.budget.change // (2 * size) // (1 + size // _LARGE)
    for step in range(min(search.budget.changes, affordable)):
        if best <= least or search.end.is_past():
            return
        at = step % len(kept)
        better = _changed(search, kept[at], rng)
        if better is not None:
            kept[at] = better
            if better.cycles < best:
                best = better.cycles
                yield better


def _changed(search: Search, one: Found, rng: np.random.Generator) -> Found | None:
    """`one` perturbed and packed from both ends, if it is no longer for it and fits."""
    by = float(rng.choice(CHANGES))
    schedule = back_and_forth(search.both, one.schedule, one.pressure, by, rng)
    if schedule is None or schedule.makespan > one.cycles:
        return None
    return search.fitted(schedule, one.pressure)
