"""Longest chains of lags, by Bellman and Ford; where there is none, the cycle that is too long.

All edges are kept, parallel ones and those that others imply: each has a length and a distance of
its own, and which of them binds depends on the period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.project import Project

Longs = NDArray[np.int64]


#: The length of a lag that holds in some modes only: it may ask for nothing, and never binds.
_NEVER = -(1 << 40)


@dataclass(frozen=True, eq=False)
class Edges:
    """The lags from start to start, by number: `length` with the shortest duration counted in.

    A lag that holds in some modes only is so short that it binds nowhere.
    """

    size: int
    before: Longs
    after: Longs
    length: Longs
    distance: Longs

    def lengths_at(self, period: int) -> Longs:
        """What each edge asks for if the activities are repeated each `period` cycles."""
        return self.length - self.distance * period


@dataclass(frozen=True, eq=False)
class Chains:
    """By activity: the least start, and the least cycles from its start to the end of all."""

    heads: Longs
    tails: Longs

    @property
    def longest(self) -> int:
        return int((self.heads + self.tails).max(initial=0))


def edges_of(project: Project) -> Edges:
    """The lags of `project` in columns."""
    shortest = [activity.shortest for activity in project.activities]
    lags = project.lags
    length = [
        _NEVER if lag.only else lag.lag + (shortest[lag.before] if lag.from_end else 0)
        for lag in lags
    ]
    return Edges(
        project.size,
        np.array([lag.before for lag in lags], np.int64),
        np.array([lag.after for lag in lags], np.int64),
        np.array(length, np.int64),
        np.array([lag.distance for lag in lags], np.int64),
    )


def edges_within(edges: Edges, part: set[int]) -> Edges:
    """The edges between activities of `part` alone; the activities keep their numbers."""
    inside = np.isin(edges.before, list(part)) & np.isin(edges.after, list(part))
    columns = (edges.before, edges.after, edges.length, edges.distance)
    before, after, length, distance = (column[inside] for column in columns)
    return Edges(edges.size, before, after, length, distance)


def chains(project: Project, period: int = 0) -> Chains | None:
    """The longest chains of `project`; None if a cycle is too long for this period."""
    edges = edges_of(project)
    lengths = edges.lengths_at(period)
    heads = np.zeros(project.size, np.int64)
    tails = np.array([activity.shortest for activity in project.activities], np.int64)
    for _ in range(project.size + 1):
        before = heads.copy(), tails.copy()
        np.maximum.at(heads, edges.after, heads[edges.before] + lengths)
        np.maximum.at(tails, edges.before, tails[edges.after] + lengths)
        if np.array_equal(heads, before[0]) and np.array_equal(tails, before[1]):
            return Chains(heads, tails)
    return None


def long_cycle(edges: Edges, period: int) -> tuple[int, ...] | None:
    """The numbers of lags on a cycle of positive length at `period`, in their order; or None."""
    lengths = edges.lengths_at(period)
    heads = np.zeros(edges.size, np.int64)
    came_by = np.full(edges.size, -1, np.int64)
    for _ in range(edges.size + 1):
        reached = heads[edges.before] + lengths
        best = heads.copy()
        np.maximum.at(best, edges.after, reached)
        risen = best > heads
        if not risen.any():
            return None
        binding = np.flatnonzero(risen[edges.after] & (reached == best[edges.after]))
        came_by[edges.after[binding]] = binding
        heads = best
        found = _loop(edges, came_by, int(np.argmax(risen)))
        if found is not None and int(lengths[list(found)].sum()) > 0:
            return found
    return _loop(edges, came_by, int(np.argmax(risen)))


def _loop(edges: Edges, came_by: Longs, activity: int) -> tuple[int, ...] | None:
    """The cycle that one comes to from `activity`, backwards along the binding edges."""
    order: dict[int, int] = {}
    edges_back: list[int] = []
    while activity not in order:
        order[activity] = len(edges_back)
        edge = int(came_by[activity])
        if edge < 0:
            return None
        edges_back.append(edge)
        activity = int(edges.before[edge])
    return tuple(reversed(edges_back[order[activity] :]))
