"""Ever shorter schedules of one problem: many ways to begin, then changes to the best of them.

A beginning is a list schedule by some priorities (where each operation stood in the given program,
paths with the items staggered by various amounts, the order of the graph), improved forwards and
backwards. Then the best few are changed again and again: the ends of their operations, perturbed,
are the priorities of a schedule from the end, and its ends those of the next one; what is no longer
is kept (iterated local search; Lourenço, Martin and Stützle, 2003, with the passes of
`schedule.forward_backward` for the descent). Each step yields what it found; a search may be left
after any of them, and the same seed gives the same steps.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from slotweave.backend.allocate import allocate
from slotweave.backend.attempts import pressures
from slotweave.backend.fit import Effort
from slotweave.backend.schedule import (
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
from slotweave.ir.allocation import Allocation
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.schedule import Schedule
from slotweave.repacking.graph_variants import GraphVariant


@dataclass(frozen=True)
class Extent:
    """How far apart items start, as shares of the bound divided by the items, each tried in turn;
    how many operations are scheduled in all, to begin with and in changing the best; and how often
    that is changed at most."""

    shares: tuple[float, ...]
    begin: int
    change: int
    changes: int


EXTENTS = {
    Effort.FAST: Extent((0.65, 0.0, 0.9), 2_000_000, 1_000_000, 40),
    Effort.DEFAULT: Extent((0.65, 0.0, 0.9, 0.3, 0.8, 0.5, 1.0), 4_000_000, 16_000_000, 1_000),
    Effort.MAX: Extent(
        (0.65, 0.0, 0.9, 0.3, 0.8, 0.5, 1.0, 0.1, 0.2, 0.4, 0.7, 1.1),
        8_000_000,
        160_000_000,
        10_000,
    ),
}

#: Passes forwards and backwards for each beginning, at most.
PASSES = 10

#: How many beginnings are changed, in turn.
KEPT = 3

#: Problems of more operations are changed less often: what they gain by it is not worth the time.
_LARGE = 50_000

#: By how many cycles (standard deviation) the ends of operations are perturbed.
CHANGES = (0.3, 1.0, 3.0, 8.0)


@dataclass(frozen=True)
class Found:
    """A schedule for a way to write the program, fitting into scratch, and the pressure it kept to.

    Nothing of it is proved yet.
    """

    variant: GraphVariant
    schedule: Schedule
    allocation: Allocation
    pressure: Pressure

    @property
    def cycles(self) -> int:
        return self.schedule.makespan


@dataclass(frozen=True)
class Search:
    """What is to be scheduled, in how many words, and how."""

    variant: GraphVariant
    both: BothWays
    scratch_words: int
    extent: Extent
    seed: int

    def fitted(self, schedule: Schedule, pressure: Pressure) -> Found | None:
        allocation = allocate(self.variant.problem, schedule, self.scratch_words)
        if isinstance(allocation, Allocation):
            return Found(self.variant, schedule, allocation, pressure)
        return None


def search_of(variant: GraphVariant, scratch_words: int, effort: Effort, seed: int) -> Search:
    """The search for short schedules of `variant`."""
    both = BothWays(prepare(variant.problem))
    return Search(variant, both, scratch_words, EXTENTS[effort], seed)


def beginnings(search: Search) -> Generator[Found | None, None, tuple[Found, ...]]:
    """Each schedule tried, if it is the shortest of its beginning so far and fits; else None.

    At the end the best of each beginning, the shortest first.
    """
    size = max(search.variant.problem.size, 1)
    passes = max(1, min(PASSES, search.extent.begin // (8 * size)))
    most = max(2, search.extent.begin // (2 * passes * size))
    found: list[Found] = []
    for urgency in islice(_urgencies(search), most):
        best = yield from _begun(search, urgency, passes)
        if best is not None:
            found.append(best)
            if best.cycles <= search.variant.least:
                break
    return tuple(sorted(found, key=lambda one: one.cycles))


def _urgencies(search: Search) -> Iterator[Urgency]:
    problem = search.variant.problem
    yield search.variant.given
    items = int(problem.items.max(initial=-1)) + 1
    for share in search.extent.shares if items > 1 else (0.0,):
        stagger = share * search.variant.least / max(items, 1)
        yield priorities(problem, ScheduleOptions(stagger=stagger))
    yield program_order(problem)


def _begun(
    search: Search, urgency: Urgency, passes: int
) -> Generator[Found | None, None, Found | None]:
    """The shortest schedule from `urgency` on, under the first pressure by which one fits."""
    for pressure in pressures(search.scratch_words):
        first = run_list(search.both.forward, urgency, pressure)
        if isinstance(first, ScratchFull):
            yield None
            continue
        best: Found | None = None
        more = improved_schedules(search.both, first, pressure, passes, search.seed)
        for schedule in chain((first,), more):
            better = None
            if best is None or schedule.makespan < best.cycles:
                better = search.fitted(schedule, pressure)
            best = better or best
            yield better
        if best is not None:
            return best
    return None


def changed(search: Search, found: tuple[Found, ...]) -> Iterator[Found | None]:
    """Changes to the best of `found`, until one reaches the bound: what is shorter than all before.

    None for a change that is not.
    """
    kept = list(found[:KEPT])
    if not kept:
        return
    best, least = kept[0].cycles, search.variant.least
    rng = np.random.default_rng(search.seed)
    size = max(search.variant.problem.size, 1)
    affordable = search.extent.change // (2 * size) // (1 + size // _LARGE)
    for step in range(min(search.extent.changes, affordable)):
        if best <= least:
            return
        at = step % len(kept)
        kept[at] = _changed(search, kept[at], rng) or kept[at]
        shorter = kept[at].cycles < best
        best = min(best, kept[at].cycles)
        yield kept[at] if shorter else None


def _changed(search: Search, one: Found, rng: np.random.Generator) -> Found | None:
    """`one` perturbed and packed from both ends, if it is no longer for it and fits."""
    by = float(rng.choice(CHANGES))
    listed = back_and_forth(search.both, one.schedule, one.pressure, by, rng)
    schedule = None if listed is None else listed[0]
    if schedule is None or schedule.makespan > one.cycles:
        return None
    return search.fitted(schedule, one.pressure)
