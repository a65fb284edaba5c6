"""A Problem that a kernel was lowered to, as a Project: the same makespans, scratch left aside.

An operation becomes as many activities as its widest mode has slots, tied by one choice: activity k
does lane k, and in a mode of fewer slots it does nothing, in no time. Where two operations of
several lanes follow each other, a join stands between them: an activity without uses.

The makespan of a Problem is the last cycle with a slot in it. So a mode lasts for its latency if
somebody waits for its result, who then issues after its end, and for the cycle of its slot if not;
and operations without slots are left out unless some with slots follow them. The makespans are
equal where no order lag is below -1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from slotweave.ir.loop_problem import CarriedEdge, LoopProblem
from slotweave.ir.problem import DATA, Problem
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use


def project_of(problem: Problem) -> Project:
    """`problem` as a Project; lane k of operation i is called `i` or, after the first, `i.k`."""
    building = _built(problem)
    resources = tuple(map(Resource, problem.engines, problem.slots))
    return Project(resources, tuple(building.activities), tuple(building.lags))


@dataclass(frozen=True)
class LoopProject:
    """A loop as a modulo project: the activities of each operation, one a lane, by number.

    `control` are those of the loop itself, in their order.
    """

    project: Project
    lanes: Mapping[int, Sequence[int]]
    control: Sequence[int]


def loop_project(loop: LoopProblem, control: Sequence[Activity]) -> LoopProject:
    """The period of `loop` as that of a project; `control` are activities that nothing waits for.

    Their uses are of the engines of the problem, by number.
    """
    problem = loop.problem
    building = _built(problem, [edge.before for edge in loop.edges if edge.kind == DATA])
    for edge in loop.edges:
        building.add_carried(edge)
    own = [building.add(activity) for activity in control]
    resources = tuple(map(Resource, problem.engines, problem.slots))
    project = Project(resources, tuple(building.activities), tuple(building.lags), is_modulo=True)
    return LoopProject(project, building.lanes, own)


def _built(problem: Problem, awaited_later: Sequence[int] = ()) -> _Building:
    kept, awaited = _kept(problem)
    awaited[np.asarray(awaited_later, np.int64)] = True
    building = _Building(problem, awaited)
    for operation in np.flatnonzero(kept).tolist():
        building.add_operation(operation)
    offset = problem.pred_offset.tolist()
    for operation in np.flatnonzero(kept).tolist():
        for edge in range(offset[operation], offset[operation + 1]):
            building.add_edge(edge, operation)
    return building


def _kept(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Operations that some slot depends on or that take one; those whose result is awaited."""
    widest = np.maximum.reduceat(problem.mode_slots, problem.mode_offset[:-1])
    kept, awaited = widest > 0, np.zeros(problem.size, bool)
    follower = np.repeat(np.arange(problem.size), np.diff(problem.pred_offset))
    while True:
        grown = kept.copy()
        grown[problem.pred[kept[follower]]] = True
        if np.array_equal(grown, kept):
            break
        kept = grown
    awaited[problem.pred[kept[follower] & (problem.pred_kind == DATA)]] = True
    return kept, awaited


class _Building:
    """The project as far as it is made; `lanes` are the activities of each operation."""

    def __init__(self, problem: Problem, awaited: np.ndarray) -> None:
        self.problem, self.awaited = problem, awaited
        self.activities: list[Activity] = []
        self.lags: list[Lag] = []
        self.lanes: dict[int, list[int]] = {}

    def add_operation(self, operation: int) -> None:
        problem = self.problem
        rows = range(problem.mode_offset[operation], problem.mode_offset[operation + 1])
        lanes = max(1, *(int(problem.mode_slots[row]) for row in rows)) if rows else 1
        choice = operation if lanes > 1 and len(rows) > 1 else -1
        numbers = []
        for lane in range(lanes):
            modes = tuple(self._mode(row, lane, operation) for row in rows)
            name = f"{operation}.{lane}" if lane else str(operation)
            numbers.append(self.add(Activity(name, modes, choice)))
        self.lanes[operation] = numbers

    def _mode(self, row: int, lane: int, operation: int) -> ActivityMode:
        problem = self.problem
        if lane >= problem.mode_slots[row]:
            return ActivityMode(0, ())
        use = Use(int(problem.mode_engine[row]), 1, 0, 1)
        lasts = int(problem.mode_latency[row]) if self.awaited[operation] else 1
        return ActivityMode(lasts, (use,))

    def add_edge(self, edge: int, operation: int) -> None:
        problem = self.problem
        before, after = self.lanes[int(problem.pred[edge])], self.lanes[operation]
        is_data = bool(problem.pred_kind[edge] == DATA)
        lag = 0 if is_data else int(problem.pred_lag[edge])
        self._join(before, after, Lag(0, 0, lag, 0, is_data), f"join {edge}")

    def add_carried(self, edge: CarriedEdge) -> None:
        """An edge between iterations."""
        before, after = self.lanes[edge.before], self.lanes[edge.after]
        is_data = edge.kind == DATA
        lag = Lag(0, 0, 0 if is_data else edge.lag, edge.distance, is_data)
        self._join(before, after, lag, f"join {edge.before} {edge.after} {edge.distance}")

    def _join(self, before: Sequence[int], after: Sequence[int], lag: Lag, name: str) -> None:
        """Let each of `after` wait for each of `before` as `lag` says."""
        if len(before) > 1 and len(after) > 1:
            join = self.add(Activity(name, (ActivityMode(0, ()),)))
            self._connect(before, (join,), lag)
            self._connect((join,), after, Lag(0, 0, 0))
        else:
            self._connect(before, after, lag)

    def _connect(self, before: Iterable[int], after: Iterable[int], lag: Lag) -> None:
        followers = tuple(after)
        self.lags += [replace(lag, before=a, after=b) for a in before for b in followers]

    def add(self, activity: Activity) -> int:
        """The number of the activity, which is now one of the project."""
        self.activities.append(activity)
        return len(self.activities) - 1
