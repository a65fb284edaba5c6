"""Energetic reasoning: windows of cycles in which too much would have to happen.

In a makespan of T each activity has a first and a last start by its longest chains, and so a least
part of each use that lies in a window whatever its start (Erschler and Lopez, "Energy-based
approach for task scheduling under time and resource constraints", 1990; Baptiste, Le Pape and
Nuijten, Annals of Operations Research 92, 1999, for which windows matter). While some window has
less room than that, T is too short.
"""

from __future__ import annotations

import numpy as np

from slotweave.bounds.projects.chains import Chains, Longs
from slotweave.ir.project import Project
from slotweave.ir.project_bound import MAKESPAN, ProjectBound, WindowProof

#: Ends of windows that are tried for each resource, evenly chosen if there are more.
_MOST_ENDS = 96
#: Makespans that are refuted at most.
_MOST_STEPS = 400


def window_bound(
    project: Project, chains: Chains, at_least: int, period: int | None = None
) -> ProjectBound | None:
    """The greatest makespan that windows show, if it is more than `at_least`; the chains are those
    at the period."""
    tables = [_uses(project, number) for number in range(len(project.resources))]
    found: ProjectBound | None = None
    for makespan in range(at_least, at_least + _MOST_STEPS):
        latest = makespan - chains.tails
        proof = _overfull(project, tables, chains.heads, latest)
        if proof is None:
            break
        name = project.resources[proof.resource].name
        first, last = proof.begin, proof.end - 1
        where = f"cycle {first}" if first == last else f"cycles {first} to {last}"
        why = f"too little room for {name} in {where} of {makespan}"
        found = ProjectBound(MAKESPAN, makespan + 1, why, proof, period)
    return found


def _uses(project: Project, resource: int) -> Longs:
    """Rows activity, units, first, cycles: the uses of activities with one mode, and the least of
    those with several where all of these use the resource in the same cycles."""
    rows = []
    for number, activity in enumerate(project.activities):
        each = [[use for use in mode.uses if use.resource == resource] for mode in activity.modes]
        if len(each) == 1:
            rows += [(number, use.units, use.first, use.cycles) for use in each[0]]
        elif all(len(uses) == 1 for uses in each):
            alike = {(uses[0].first, uses[0].cycles) for uses in each}
            if len(alike) == 1:
                rows.append((number, min(uses[0].units for uses in each), *alike.pop()))
    return np.array(rows, np.int64).reshape(-1, 4)


def _overfull(
    project: Project, tables: list[Longs], heads: Longs, latest: Longs
) -> WindowProof | None:
    """The window that lacks most room for its length."""
    worst: tuple[float, WindowProof] | None = None
    for resource, table in enumerate(tables):
        if not len(table):
            continue
        activity, units, first, cycles = table.T
        early, late = heads[activity] + first, latest[activity] + first
        begins = _chosen(np.concatenate((early, late)))
        ends = _chosen(np.concatenate((early + cycles, late + cycles)))
        needed = _needed(units, cycles, (early, late), begins, ends)
        lengths = ends[None, :] - begins[:, None]
        capacity = project.resources[resource].capacity
        lack = np.where(lengths > 0, needed - capacity * lengths, -1)
        if lack.max(initial=-1) > 0:
            a, b = np.unravel_index(int(np.argmax(lack)), lack.shape)
            proof = WindowProof(resource, int(begins[a]), int(ends[b]))
            share = float(lack[a, b]) / max(capacity, 1)
            if worst is None or share > worst[0]:
                worst = (share, proof)
    return None if worst is None else worst[1]


def _chosen(ends: Longs) -> Longs:
    distinct = np.unique(ends)
    if len(distinct) <= _MOST_ENDS:
        return distinct
    return distinct[np.linspace(0, len(distinct) - 1, _MOST_ENDS).astype(np.int64)]


def _needed(
    units: Longs, cycles: Longs, starts: tuple[Longs, Longs], begins: Longs, ends: Longs
) -> Longs:
    """By begin and end of a window: what it holds at least."""
    short = cycles == 1
    total = _needed_of_one_cycle(units[short], starts[0][short], starts[1][short], begins, ends)
    least = None
    for start in (each[~short] for each in starts):
        begin = np.maximum(start[:, None], begins[None, :])
        end = np.minimum((start + cycles[~short])[:, None], ends[None, :])
        overlap = np.maximum(end[:, None, :] - begin[:, :, None], 0)
        least = overlap if least is None else np.minimum(least, overlap)
    assert least is not None
    total += np.einsum("u,uab->ab", units[~short], least)
    return total


def _needed_of_one_cycle(
    units: Longs, early: Longs, late: Longs, begins: Longs, ends: Longs
) -> Longs:
    """The same of uses of one cycle, which a window holds if it holds the earliest and the latest:
    counted by the last begin and the first end of such windows, and then summed up."""
    counts = np.zeros((len(begins) + 1, len(ends) + 1), np.int64)
    begin = np.searchsorted(begins, np.minimum(early, late), side="right")
    end = np.searchsorted(ends, np.maximum(early, late), side="right")
    np.add.at(counts, (begin, end), units)
    within: Longs = np.cumsum(np.cumsum(counts[::-1], axis=0)[::-1], axis=1)[1:, :-1]
    return within
