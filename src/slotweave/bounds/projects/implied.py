"""Implied resources: weights of activities, and the most that can weigh in one cycle.

Sets of activities that can run together are limited by all resources and by the chains of lags at
once. Where no such set weighs more than a capacity, the weights are uses of one more resource that
every schedule respects, and whatever bounds a project bounds it with that resource, too. The
weights for which the load is greatest are the dual of the preemptive relaxation by feasible sets
(Mingozzi et al., Management Science 44, 1998); that they make a resource is from Baptiste and
Bonifas, "Redundant cumulative constraints to compute preemptive bounds" (Discrete Applied
Mathematics 234, 2018).
"""

from __future__ import annotations

from dataclasses import replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from slotweave.bounds.projects.chains import Chains, Longs
from slotweave.bounds.projects.cliques import exclusions_with_chains
from slotweave.bounds.projects.packing import greatest_packing
from slotweave.bounds.projects.resources import load_bound, solid_length, solid_units
from slotweave.bounds.projects.windows import window_bound
from slotweave.ir.project import Project, Resource, with_resource
from slotweave.ir.project_bound import MAKESPAN, ImpliedProof, ProjectBound

#: Activities, sets and steps of the search for them, beyond which no weights are looked for.
_MOST, _MOST_SETS, _MOST_STEPS = 200, 20_000, 100_000
#: Sets that are added to the linear program at once.
_AT_ONCE = 20
#: Capacities that are tried, the least that shows most is taken.
_CAPACITIES = (*range(1, 61), 5040)

Floats = NDArray[np.float64]


def implied_bound(project: Project, chains: Chains, at_least: int) -> ProjectBound | None:
    """The bound of the load and of windows of the best implied resource, if it is more than
    `at_least`. None for modulo projects, whose sets would mix iterations."""
    if project.is_modulo or not 2 <= project.size <= _MOST:
        return None
    found = implied_weights(project)
    if found is None:
        return None
    weights, capacity = found
    lengths = [solid_length(activity.modes) for activity in project.activities]
    larger = with_resource(project, Resource("weights", capacity), weights, lengths)
    load = load_bound(larger, MAKESPAN)
    best = at_least if load is None else max(at_least, load.value or 0)
    shown = window_bound(larger, chains, best) or load
    if shown is None or (shown.value or 0) <= at_least:
        return None
    why = f"no activities that can run together weigh more than {capacity}: {shown.why}"
    return replace(shown, why=why, proof=ImpliedProof(weights, capacity, shown.proof))


def implied_weights(project: Project) -> tuple[tuple[int, ...], int] | None:
    """Weights of activities and the most of a set that can run together, for which the cycles that
    all need are most; None if there are too many sets."""
    lengths = np.array([solid_length(activity.modes) for activity in project.activities])
    sets = _maximal_sets(project, np.flatnonzero(lengths > 0).tolist())
    if sets is None or not len(sets):
        return None
    exact = _heaviest_weights(sets, lengths)
    best: tuple[int, tuple[int, ...], int] | None = None
    for scale in _CAPACITIES:
        weights = np.rint(exact * scale).astype(np.int64)
        capacity = int((sets @ weights).max())
        if capacity and (best is None or -(-int(weights @ lengths) // capacity) > best[0]):
            common = gcd(capacity, *weights.tolist())
            cycles = -(-int(weights @ lengths) // capacity)
            best = cycles, tuple((weights // common).tolist()), capacity // common
    return None if best is None else best[1:]


def _heaviest_weights(sets: Longs, lengths: Longs) -> Floats:
    """The weights at which the load is greatest and no set weighs more than 1; sets enter the
    linear program once they are too heavy."""
    rows = np.unique(sets.argmax(axis=0)[lengths > 0])
    while True:
        weights = greatest_packing(sets[rows].astype(np.float64), lengths.astype(np.float64))
        heavy = sets @ weights
        worst = np.argsort(-heavy, kind="stable")[:_AT_ONCE]
        fresh = np.setdiff1d(worst[heavy[worst] > 1 + 1e-4], rows)
        if not len(fresh):
            return weights
        rows = np.concatenate((rows, fresh))


def _maximal_sets(project: Project, activities: list[int]) -> Longs | None:
    """A row of zeros and ones for each set that can run together and that none can join."""
    capacities = np.array([one.capacity for one in project.resources], np.int64)
    units = np.array([solid_units(activity, len(capacities)) for activity in project.activities])
    apart = exclusions_with_chains(project)
    room = np.array(units, np.int64).reshape(project.size, -1)
    found: list[tuple[int, ...]] = []
    steps = 0

    def grow(chosen: tuple[int, ...], joins: list[int], passed: list[int], left: Longs) -> bool:
        """Add to `chosen` from `joins`; sets with one of `passed` were found before."""
        nonlocal steps
        steps += 1
        fits = np.all(room <= left, axis=1).tolist()
        joins, passed = [a for a in joins if fits[a]], [a for a in passed if fits[a]]
        if not joins and not passed:
            found.append(chosen)
        while joins:
            one, *joins = joins
            row = apart[one]
            follow = [a for a in joins if not row >> a & 1]
            before = [a for a in passed if not row >> a & 1]
            if not grow((*chosen, one), follow, before, left - room[one]):
                return False
            passed.append(one)
        return len(found) <= _MOST_SETS and steps <= _MOST_STEPS

    if not grow((), activities, [], capacities):
        return None
    rows = np.zeros((len(found), project.size), np.int64)
    for number, chosen in enumerate(found):
        rows[number, list(chosen)] = 1
    return rows
