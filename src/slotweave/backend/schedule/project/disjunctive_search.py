"""Tabu search for projects whose resources take one activity at a time: flexible job shops.

Mastrolilli and Gambardella, "Effective neighbourhood functions for the flexible job shop problem",
Journal of Scheduling 3, 2000: a critical activity is moved on its machine or to another, where the
way through it becomes shortest; what it left it does not return to for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from slotweave.backend.schedule.project.arrays import Longs, ProjectArrays, arrays_of
from slotweave.ir.project import ActivityMode, Project, ProjectSchedule


class DisjunctiveArrays(NamedTuple):
    """The columns of the search; rows of lags name the activity at the other end and the lag."""

    mode_offset: Longs
    duration: Longs
    machine: Longs  # by mode: the resource it holds while it lasts, -1 for none
    into_offset: Longs
    into_activity: Longs
    into_lag: Longs
    out_offset: Longs
    out_activity: Longs
    out_lag: Longs


@dataclass(eq=False)
class DisjunctiveSearch:
    """A schedule that is being moved about, and the shortest one so far."""

    project: Project
    arrays: DisjunctiveArrays
    mode: Longs
    first: Longs
    ahead: Longs
    behind: Longs
    best: Longs

    @staticmethod
    def of(project: Project, schedule: ProjectSchedule) -> DisjunctiveSearch | None:
        """A search from `schedule`; None if the project is of another kind: every mode must hold
        at most one resource, all of it and exactly while it lasts, and lags lead from ends."""
        machines = [_machine(m, project) for a in project.activities for m in a.modes]
        plain = all(lag.from_end and lag.lag >= 0 for lag in project.lags)
        tied = any(activity.choice >= 0 for activity in project.activities)
        if project.is_modulo or None in machines or not plain or tied or not project.size:
            return None
        arrays = arrays_of(project)
        columns = _columns(arrays, [-1 if m is None else m for m in machines])
        size = project.size
        mode = np.array(schedule.modes, np.int64) + arrays.mode_offset[:-1]
        best = np.zeros((2, size + 1), np.int64)
        best[0, :size], best[1, :size] = mode, schedule.starts
        best[1, size] = schedule.makespan(project)
        search = DisjunctiveSearch(
            project,
            columns,
            mode,
            np.full(len(project.resources), -1, np.int64),
            np.full(size, -1, np.int64),
            np.full(size, -1, np.int64),
            best,
        )
        search._line_up(schedule)
        return search

    def _line_up(self, schedule: ProjectSchedule) -> None:
        """The sequences of the machines, as in `schedule`."""
        last: dict[int, int] = {}
        ends = schedule.starts + self.arrays.duration[self.mode]
        keys = zip(schedule.starts, ends.tolist(), range(self.project.size), strict=True)
        for _, _, activity in sorted(keys):
            machine = int(self.arrays.machine[self.mode[activity]])
            if machine < 0:
                continue
            before = last.get(machine, -1)
            self.ahead[activity] = before
            if before < 0:
                self.first[machine] = activity
            else:
                self.behind[before] = activity
            last[machine] = activity

    def advance(self, iterations: int, seed: int) -> None:
        """That many moves; they are the same for the same seed."""
        from slotweave.backend.schedule.project._disjunctive_kernel import tabu_search

        went = tabu_search(
            self.arrays, self.mode, self.first, self.ahead, self.behind, self.best,
            iterations, seed,
        )  # fmt: skip
        if not went:  # a move closed a cycle: go on from the best schedule
            self.restart()

    def restart(self) -> None:
        """Go on from the shortest schedule."""
        self.mode[:] = self.best[0, :-1]
        for column in (self.first, self.ahead, self.behind):
            column[:] = -1
        self._line_up(self.schedule())

    def schedule(self) -> ProjectSchedule:
        """The shortest schedule so far."""
        modes = self.best[0, :-1] - self.arrays.mode_offset[:-1]
        return ProjectSchedule(tuple(self.best[1, :-1].tolist()), tuple(modes.tolist()))


def _machine(mode: ActivityMode, project: Project) -> int | None:
    """The resource that a mode has for itself, -1 if it has none, None if it does otherwise."""
    if not mode.uses:
        return -1
    use = mode.uses[0]
    alone = 2 * use.units > project.resources[use.resource].capacity >= use.units
    solid = (use.first, use.cycles) == (0, mode.duration)
    return use.resource if len(mode.uses) == 1 and alone and solid else None


def _columns(arrays: ProjectArrays, machines: list[int]) -> DisjunctiveArrays:
    return DisjunctiveArrays(
        mode_offset=arrays.mode_offset,
        duration=arrays.duration,
        machine=np.array(machines, np.int64),
        into_offset=arrays.into_offset,
        into_activity=arrays.lag_before[arrays.into],
        into_lag=arrays.lag_length[arrays.into],
        out_offset=arrays.out_offset,
        out_activity=arrays.lag_after[arrays.out],
        out_lag=arrays.lag_length[arrays.out],
    )
