"""Pairs of activities of one mode that cannot run at the same time, and that no lags order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.project import ActivityMode, Project

#: Chains between all pairs of so many activities take too long.
_MOST_ACTIVITIES = 300
#: No lag and no chain is as short.
_FAR = -(1 << 40)


def held_units(mode: ActivityMode) -> dict[int, int]:
    """The units of each resource that are held, where that is as long as the mode lasts."""
    units: dict[int, int] = {}
    for use in mode.uses:
        if use.units and use.cycles:
            units[use.resource] = units.get(use.resource, 0) + use.units
    return units


def exclusive_pairs(project: Project) -> list[tuple[int, int]]:
    """Pairs that need more of a resource together than there is of it, the lower number first.

    Each activity has one mode, in which it holds resources while it lasts. There are none if there
    are too many activities to look at.
    """
    size = project.size
    if size > _MOST_ACTIVITIES:
        return []
    much = np.zeros((size, len(project.resources)), np.int64)
    for i, activity in enumerate(project.activities):
        for r, units in held_units(activity.modes[0]).items():
            much[i, r] = units
    capacity = np.array([one.capacity for one in project.resources], np.int64)
    collide = (much[:, None] + much[None, :] > capacity).any(axis=2)
    durations = np.array([one.modes[0].duration for one in project.activities], np.int64)
    is_before = _chains_between(project) >= durations[:, None]
    lasts = durations > 0
    are_pairs = collide & ~is_before & ~is_before.T & lasts & lasts[:, None]
    first, second = np.nonzero(np.triu(are_pairs, 1))
    return list(zip(first.tolist(), second.tolist(), strict=True))


def _chains_between(project: Project) -> NDArray[np.int64]:
    """The longest chain of lags from the start of each activity to that of each other one."""
    longest = np.full((project.size, project.size), _FAR, np.int64)
    for lag in project.lags:
        length = lag.lag + (project.activities[lag.before].modes[0].duration if lag.from_end else 0)
        longest[lag.before, lag.after] = max(longest[lag.before, lag.after], length)
    for k in range(project.size):
        longest = np.maximum(longest, longest[:, k, None] + longest[None, k, :])
    return longest
