"""Iterative modulo scheduling, period after period, with a report on each attempt.

Rau, "Iterative modulo scheduling", MICRO 1994 (and HP Labs report HPL-94-115), with windows from
all chains as in Huff's slack scheduling (PLDI 1993). Each period has several attempts: by height,
by slack, by how much of the resources an activity takes, in swing order, and each of these
perturbed. When a schedule is found its makespan is pressed: the same with a deadline of a cycle
less, as long as that succeeds. Then shorter periods that failed are tried again with more patience.

A search is an iterator with one value for each attempt; it looks at no clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from slotweave.backend.schedule.modulo.swing import swing_order
from slotweave.backend.schedule.project.arrays import Longs, ProjectArrays, arrays_of
from slotweave.bounds.projects.chains import Chains, chains, edges_of
from slotweave.ir.project import Project, ProjectSchedule, horizon

#: Attempts at a period before the next one; in each round of the search four times as many.
TRIES = 24
#: Attempts at a shorter makespan that fail in turn before it is left.
PRESSES = 24
#: Placements for each activity in one attempt.
RATIO = 24
#: Projects of more activities are scheduled by their lags alone, not by all chains.
_MOST_PAIRS = 600
#: Periods by which a start may lie after the longest chain.
_STAGES = 12
#: Rounds of the whole search.
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one period, in all rounds of the search: whether there is a schedule, after how
    many placements, why not."""

    period: int
    found: bool
    placements: int
    why: str = ""


@dataclass(slots=True)
class _Tried:
    """What all attempts at one period have come to: how often each activity was taken out, how many
    attempts there were, and how many placements."""

    taken_out: Longs
    attempts: int = 0
    placements: int = 0

    def add(self, taken_out: Longs, placements: int) -> None:
        self.taken_out += taken_out
        self.attempts += 1
        self.placements += placements


@dataclass(frozen=True, slots=True)
class ModuloState:
    """How far a search has come: the best schedule, and each period tried, the latest last."""

    schedule: ProjectSchedule | None = None
    period: int = 0
    makespan: int = 0
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, eq=False)
class _Period:
    """A project at one period: its chains, and the orders to place its activities in."""

    period: int
    longest: Chains
    dist: Longs
    urgencies: tuple[NDArray[np.float64], ...]


@dataclass(frozen=True, eq=False)
class ModuloSearch:
    """A modulo project, or one to be scheduled as one long iteration, made ready for attempts."""

    project: Project
    arrays: ProjectArrays
    backtracks: bool = True

    @staticmethod
    def of(project: Project, *, backtracks: bool = True) -> ModuloSearch:
        """Without `backtracks` an attempt fails once something has to be taken out."""
        return ModuloSearch(project, arrays_of(project), backtracks)

    def at_period(self, period: int) -> _Period | None:
        """None if a cycle of lags is too long for the period."""
        from slotweave.backend.schedule.modulo import _modulo_kernel as kernel

        project = self.project
        longest = chains(project, period)
        if longest is None:
            return None
        edges = edges_of(project)
        if project.size <= _MOST_PAIRS:
            lengths = edges.lengths_at(period)
            dist = kernel.distances(project.size, edges.before, edges.after, lengths)
        else:
            dist = np.empty((0, 0), np.int64)
        order = swing_order(edges, longest)
        swing = np.empty(project.size)
        swing[order] = np.arange(project.size)
        height = -longest.tails.astype(np.float64)
        slack = (longest.longest - longest.tails - longest.heads).astype(np.float64)
        return _Period(period, longest, dist, (swing, height, slack, -self._appetite()))

    def _appetite(self) -> NDArray[np.float64]:
        """By activity, how much of the resources its first mode takes."""
        total = np.zeros(self.project.size)
        for number, activity in enumerate(self.project.activities):
            for use in activity.modes[0].uses:
                capacity = max(self.project.resources[use.resource].capacity, 1)
                total[number] += use.units * use.cycles / capacity
        return total

    def try_once(
        self, at: _Period, number: int, deadline: int | None
    ) -> tuple[ProjectSchedule | None, Longs, int]:
        """Attempt `number`: the schedule if one was found, how often each activity was taken out,
        and the placements made."""
        from slotweave.backend.schedule.modulo import _modulo_kernel as kernel

        size = self.project.size
        last = deadline if deadline is not None else at.longest.longest + _STAGES * at.period
        latest = last - at.longest.tails
        weight = np.zeros(size, np.int64)
        if size and (latest < at.longest.heads).any():
            return None, weight, 0
        kind = number % len(at.urgencies)
        rng = np.random.default_rng([at.period, number])
        urgency = at.urgencies[kind].copy()
        spread = float(urgency.max() - urgency.min()) if size else 0.0
        if number >= len(at.urgencies):
            urgency += (spread + 1) * rng.random() ** 2 * (rng.random(size) - 0.5)
        start, mode = np.zeros(size, np.int64), np.zeros(size, np.int64)
        placements = kernel.attempt(
            self.arrays, at.dist, at.longest.heads, latest, at.period, urgency, kind == 0,
            RATIO * size + 1 if self.backtracks else size, number, start, mode, weight,
        )  # fmt: skip
        if placements < 0:
            return None, weight, -placements
        modes = mode - self.arrays.mode_offset[:-1]
        start -= start.min() if size else 0
        period = at.period if self.project.is_modulo else None
        schedule = ProjectSchedule(tuple(start.tolist()), tuple(modes.tolist()), period)
        return schedule, weight, placements


def iterative_schedule(
    project: Project, first_period: int, *, backtracks: bool = True
) -> Iterator[ModuloState]:
    """Schedules of ever shorter periods and makespans, from `first_period` on.

    Below it there is none, as was shown elsewhere. Ends after some rounds. Without `backtracks`
    each activity is placed once, and none is moved: list scheduling into a modulo table.
    """
    search, state = ModuloSearch.of(project, backtracks=backtracks), ModuloState()
    last_period = max(first_period, 2 * horizon(project) + 1) if project.is_modulo else first_period
    tries = TRIES
    tried: dict[int, _Tried] = {}
    for _ in range(_ROUNDS):
        end = last_period + 1 if state.schedule is None else state.period
        for period in range(first_period, end):
            for after in _at_period(search, state, period, tried, tries):
                state = after
                yield state
            if state.schedule is not None and state.period == period:
                break
        if state.schedule is not None:
            for after in _pressed(search, state, tried[state.period]):
                state = after
                yield state
        tries *= 4


def _at_period(
    search: ModuloSearch, state: ModuloState, period: int, tried: dict[int, _Tried], tries: int
) -> Iterator[ModuloState]:
    """Attempts at `period` until one succeeds, `tries` at most."""
    at = search.at_period(period)
    if at is None:
        yield _noted(state, Attempt(period, False, 0, "a cycle of lags is too long"))
        return
    so_far = tried.setdefault(period, _Tried(np.zeros(search.project.size, np.int64)))
    for number in range(so_far.attempts, so_far.attempts + tries):
        schedule, weight, made = search.try_once(at, number, None)
        so_far.add(weight, made)
        if schedule is not None:
            makespan = schedule.makespan(search.project)
            noted = _noted(state, Attempt(period, True, so_far.placements))
            yield replace(noted, schedule=schedule, period=period, makespan=makespan)
            return
        why = _why(search.project, so_far.taken_out)
        yield _noted(state, Attempt(period, False, so_far.placements, why))


def _pressed(search: ModuloSearch, state: ModuloState, so_far: _Tried) -> Iterator[ModuloState]:
    """The same period with ever shorter makespans."""
    period = state.period
    at = search.at_period(period)
    assert at is not None  # a schedule was found there
    failed = 0
    while failed < PRESSES and state.makespan > at.longest.longest:
        schedule, weight, made = search.try_once(at, so_far.attempts, state.makespan - 1)
        so_far.add(weight, made)
        if schedule is None:
            failed += 1
        else:
            failed = 0
            state = replace(state, schedule=schedule, makespan=schedule.makespan(search.project))
        yield state


def _noted(state: ModuloState, one: Attempt) -> ModuloState:
    """`state` with what is now known of a period, in place of what was known before."""
    others = tuple([each for each in state.attempts if each.period != one.period])
    return replace(state, attempts=(*others, one))


def _why(project: Project, taken_out: Longs) -> str:
    """The activities that were taken out most often."""
    often = [n for n in np.argsort(-taken_out, kind="stable")[:3].tolist() if taken_out[n]]
    if not often:
        return "no activity found a place"
    named = ", ".join(f"{project.activities[n].name} ({taken_out[n]:,})" for n in often)
    return f"most often in the way: activities {named}"
