"""Sets of activities that have to run one after the other, whatever keeps each two apart.

Two activities exclude each other if a resource has too little for both, or a chain of lags lets one
start only after the other's solid uses have ended. A set may mix all resources, which no constraint
on one of them sees (Baptiste and Demassey, "Tight LP bounds for RCPSP", 2004, use such sets).
"""

from __future__ import annotations

import numpy as np

from slotweave.bounds.projects.chains import edges_of
from slotweave.bounds.projects.resources import exclusions, solid_length
from slotweave.ir.project import Project

#: Sets, and activities among which they are looked for.
_MOST_SETS, _MOST = 40, 200


def covering_cliques(project: Project) -> list[list[tuple[int, int]]]:
    """Sets of three or more activities with their solid lengths, covering pairs that exclude each
    other; each pair of a resource alone is left to its constraint."""
    if not 3 <= project.size <= _MOST:
        return []
    lengths = [solid_length(activity.modes) for activity in project.activities]
    rows = exclusions_with_chains(project)
    left = {
        (a, b) for a in range(project.size) for b in range(a) if rows[a] >> b & 1
    }  # fmt: skip
    found: list[list[tuple[int, int]]] = []
    while left and len(found) < _MOST_SETS:
        clique = _grown(rows, left, project.size)
        left -= {(max(a, b), min(a, b)) for a in clique for b in clique if a != b}
        if len(clique) > 2:
            found.append([(number, lengths[number]) for number in clique])
    return found


def exclusions_with_chains(project: Project) -> list[int]:
    """The exclusions, and those that lags make; activities without solid uses take no part."""
    rows = exclusions(project)
    lengths = [solid_length(activity.modes) for activity in project.activities]
    edges, size = edges_of(project), project.size
    dist = np.full((size, size), -(1 << 40), np.int64)
    np.maximum.at(dist, (edges.before, edges.after), edges.length)
    for k in range(size):
        np.maximum(dist, dist[:, k : k + 1] + dist[k : k + 1, :], out=dist)
    ordered = dist >= np.array(lengths)[:, None]
    both = ordered | ordered.T
    made = []
    for a in range(size):
        row = 0
        for b in range(size):
            apart = rows[a] >> b & 1 or both[a, b]
            if a != b and lengths[a] and lengths[b] and apart:
                row |= 1 << b
        made.append(row)
    return made


def _grown(rows: list[int], left: set[tuple[int, int]], size: int) -> list[int]:
    """A clique that cannot be extended, around the pair whose activities have most pairs left."""
    degree = [0] * size
    for a, b in left:
        degree[a] += 1
        degree[b] += 1
    first, second = max(left, key=lambda pair: (degree[pair[0]] + degree[pair[1]], pair))
    clique, candidates = [first, second], rows[first] & rows[second]
    while candidates:
        one = max(
            (k for k in range(size) if candidates >> k & 1),
            key=lambda k: (sum((max(k, x), min(k, x)) in left for x in clique), degree[k], -k),
        )
        clique.append(one)
        candidates &= rows[one]
    return clique
