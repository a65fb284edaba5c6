"""List scheduling of projects without maximal lags: serial scheme, both directions, many times.

The serial scheme (Kelley, "The critical-path method", 1963; Kolisch, EJOR 90, 1996) by the latest
start, then double justification (Valls, Ballestín and Quintanilla, "Justification and RCPSP: a
technique that pays", EJOR 165, 2005, the forward-backward passes of Li and Willis, 1992). A pool of
the best schedules gives the next ones their order: one of them perturbed, or one until a cut and
another from there (the crossover of Hartmann, Naval Research Logistics 45, 1998, by time).
Multi-mode: each activity takes the mode in which it ends first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.backend.schedule.project.arrays import Longs, ProjectArrays, arrays_of
from slotweave.bounds.projects.chains import chains
from slotweave.ir.project import Lag, Project, ProjectSchedule, horizon

#: Double justifications of a schedule, at most; they end when the makespan stands.
PASSES = 8
#: Schedules that a search keeps.
POOL = 24
#: A profile of all resources has no more entries than this.
_MOST_ENTRIES = 50_000_000


@dataclass(frozen=True, eq=False)
class ListPool:
    """The best schedules of a search, the shortest first; `filled` of the rows hold one."""

    rows: Longs
    filled: int


@dataclass(frozen=True, eq=False)
class ListSearch:
    """A project made ready for list scheduling."""

    project: Project
    arrays: ProjectArrays
    tails: Longs
    waits: Longs  # lags into each activity from others, those that hold in all modes
    horizon: int

    @staticmethod
    def of(project: Project) -> ListSearch | None:
        """None if list scheduling is not for this project: it is modulo, its lags have cycles
        (maximal lags) but for those that a mode asks for, or it would take too much memory."""
        if project.is_modulo or not _owned(project) or not _is_acyclic(project):
            return None
        longest = chains(project)
        last = horizon(project)
        if longest is None or last * 2 * len(project.resources) > _MOST_ENTRIES:
            return None
        waits = np.zeros(project.size, np.int64)
        for lag in _always(project):
            waits[lag.after] += lag.before != lag.after
        return ListSearch(project, arrays_of(project), longest.tails, waits, last)

    def start(self) -> ListPool:
        """No schedule yet."""
        return ListPool(np.zeros((POOL, 2, self.project.size + 1), np.int64), 0)

    def advance(self, pool: ListPool, schedules: int, seed: int) -> ListPool:
        """The pool after that many more schedules; the same for the same seed."""
        from slotweave.backend.schedule.project._list_kernel import search

        rows = pool.rows.copy()
        filled = search(
            self.arrays, self.tails, self.waits, rows, pool.filled, schedules, self.horizon,
            PASSES, seed,
        )  # fmt: skip
        return ListPool(rows, filled)

    def with_schedule(self, pool: ListPool, schedule: ProjectSchedule) -> ListPool:
        """The pool with one more schedule, from which others may come."""
        from slotweave.backend.schedule.project._list_kernel import keep

        rows = pool.rows.copy()
        start = np.array(schedule.starts, np.int64)
        mode = np.array(schedule.modes, np.int64) + self.arrays.mode_offset[:-1]
        filled = keep(rows, pool.filled, start, mode, schedule.makespan(self.project))
        return ListPool(rows, filled)

    def schedule(self, pool: ListPool) -> ProjectSchedule | None:
        """The best schedule of a search."""
        if not pool.filled:
            return None
        starts, modes = pool.rows[0, :, :-1]
        modes = modes - self.arrays.mode_offset[:-1]
        return ProjectSchedule(tuple(starts.tolist()), tuple(modes.tolist()))


def _always(project: Project) -> list[Lag]:
    """The lags that hold in all modes, by which activities are placed one after the other."""
    return [lag for lag in project.lags if lag.only is None]


def _owned(project: Project) -> bool:
    """Whether each lag that depends on a mode is between two activities, one of which has it."""
    rows = (lag for lag in project.lags if lag.only is not None)
    return all(lag.before != lag.after and lag.only and lag.only[0] in (lag.before, lag.after)
               for lag in rows)  # fmt: skip


def _is_acyclic(project: Project) -> bool:
    """Whether no activity waits for itself by way of lags of any length that always hold."""
    followers: list[list[int]] = [[] for _ in range(project.size)]
    waiting = [0] * project.size
    for lag in _always(project):
        if lag.before != lag.after:
            followers[lag.before].append(lag.after)
            waiting[lag.after] += 1
    ready = [number for number, count in enumerate(waiting) if not count]
    done = 0
    while ready:
        done += 1
        for follower in followers[ready.pop()]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return done == project.size
