"""Activities at fixed distances: in a recurrence as long as its period, nothing can move.

In a period that a cycle of lags fills, its activities stand at fixed distances. If they ask for
more of a resource in a row than there is, the period is impossible, which neither the recurrence
nor the loads show by themselves. The next period is then looked at in the same way.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from slotweave.bounds.projects.chains import Longs, edges_of
from slotweave.ir.project import Project, horizon
from slotweave.ir.project_bound import PERIOD, ProjectBound, RigidProof

_FAR = 1 << 40
#: Activities of projects for which all chains are looked at.
_MOST = 300


def rigid_bound(project: Project, below: ProjectBound) -> ProjectBound | None:
    """A bound above `below`, if fixed distances show one.

    Distances that are fixed in every period may be impossible in every period, so no period is
    looked at in which all of an iteration fits.
    """
    found: ProjectBound | None = None
    longest = horizon(project)
    while project.size <= _MOST and below.value is not None and below.value <= longest:
        named = _overfull(project, below.value)
        if named is None:
            break
        activities, resource = named
        names = ", ".join(project.activities[number].name for number in activities[:6])
        why = (
            f"in a period of {below.value} the activities {names} have fixed distances and "
            f"need more of {project.resources[resource].name} in a row than there is"
        )
        found = ProjectBound(PERIOD, below.value + 1, why, RigidProof(below.proof, activities))
        below = found
    return found


def _overfull(project: Project, period: int) -> tuple[tuple[int, ...], int] | None:
    """Activities at fixed distances that share too little of a resource in a row, and it."""
    dist = _distances(project, period)
    fixed = (dist + dist.T == 0) & (dist > -_FAR // 2)
    seen = np.zeros(project.size, bool)
    for anchor in range(project.size):
        if seen[anchor]:
            continue
        group = np.flatnonzero(fixed[anchor]).tolist()
        seen[group] = True
        rows: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for number in group:
            modes = project.activities[number].modes
            for use in modes[0].uses if len(modes) == 1 else ():
                begin = int(dist[anchor, number]) + use.first
                for cycle in range(begin, begin + use.cycles):
                    rows[use.resource, cycle % period].append((number, use.units))
        for (resource, _row), users in sorted(rows.items()):
            if sum(units for _, units in users) > project.resources[resource].capacity:
                return tuple(sorted({number for number, _ in users})), resource
    return None


def _distances(project: Project, period: int) -> Longs:
    """The longest chains between all pairs; no cycle may be too long for the period."""
    edges, size = edges_of(project), project.size
    dist = np.full((size, size), -_FAR, np.int64)
    np.maximum.at(dist, (edges.before, edges.after), edges.lengths_at(period))
    np.fill_diagonal(dist, 0)
    for k in range(size):
        np.maximum(dist, dist[:, k : k + 1] + dist[k : k + 1, :], out=dist)
    return dist
