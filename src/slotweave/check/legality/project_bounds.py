"""Lower bounds of projects: none is believed that its proof does not show.

Guarantees, if no fault is returned for a project without faults: no legal schedule of it has a
smaller period or makespan than the bound says, or none exists if the bound has no value. Longest
chains, conflicts and energies are computed here, in integers, from the project alone. Reads only
Project and ProjectBound; knows no bound.

An activity is counted with its shortest duration, and with the mode that uses least; which ones
exclude each other, `project_conflicts` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

from slotweave.base.diagnostics import Diagnostic
from slotweave.check.legality.project_conflicts import (
    exclude,
    heavier_set,
    least_lag,
    longest_from,
    solid_length,
)
from slotweave.ir.project import (
    Activity,
    ActivityMode,
    Project,
    Resource,
    Use,
    with_resource,
)
from slotweave.ir.project_bound import (
    MAKESPAN,
    PERIOD,
    BoundProof,
    CliqueProof,
    CycleProof,
    ImpliedProof,
    LoadProof,
    PathProof,
    ProjectBound,
    RigidProof,
    UnitsProof,
    WindowProof,
)


def bound_faults(bound: ProjectBound, project: Project) -> Iterator[Diagnostic]:
    """Why the proof of `bound` does not show it (SW413)."""
    for reason in _reasons(bound, project):
        yield Diagnostic("SW413", f"the bound of {bound.value} is not shown: {reason}")


def _reasons(bound: ProjectBound, project: Project) -> Iterator[str]:
    if not _fits(bound, project):
        yield f"the project has no such {bound.of}"
        return
    match bound.proof:
        case UnitsProof(activity):
            if bound.value is not None or not _asks_for_too_much(activity, project):
                yield f"activity {activity} can run"
        case CycleProof(lags):
            yield from _cycle_reasons(bound, lags, project)
        case LoadProof(resource):
            yield from _load_reasons(bound, resource, project)
        case CliqueProof(activities):
            yield from _clique_reasons(bound, activities, project)
        case PathProof():
            yield from _path_reasons(bound, project)
        case RigidProof(below, activities):
            yield from _rigid_reasons(bound, below, activities, project)
        case WindowProof():
            yield from _window_reasons(bound, bound.proof, project)
        case ImpliedProof():
            yield from _implied_reasons(bound, bound.proof, project)


def _fits(bound: ProjectBound, project: Project) -> bool:
    """Whether the project has what is bounded."""
    if bound.of == PERIOD or bound.value is None:
        return bound.of == (PERIOD if project.is_modulo else MAKESPAN) and bound.period is None
    has_period = bound.period is not None and bound.period >= 1
    return bound.of == MAKESPAN and project.is_modulo == has_period


def _asks_for_too_much(number: int, project: Project) -> bool:
    if not 0 <= number < project.size:
        return False
    modes = project.activities[number].modes
    return all(_exceeds(mode, project) for mode in modes)


def _exceeds(mode: ActivityMode, project: Project) -> bool:
    """Whether the uses of a mode take more of a resource in some cycle than there is."""
    taken = Counter[tuple[int, int]]()
    for begun in {use.first for use in mode.uses}:
        for use in mode.uses:
            if 0 <= begun - use.first < use.cycles:
                taken[begun, use.resource] += use.units
    return any(units > project.resources[number].capacity for (_, number), units in taken.items())


def _cycle_reasons(
    bound: ProjectBound, numbers: tuple[int, ...], project: Project
) -> Iterator[str]:
    if not numbers or not all(0 <= number < len(project.lags) for number in numbers):
        yield "it names lags that do not exist"
        return
    lags = [project.lags[number] for number in numbers]
    if any(one.after != other.before for one, other in pairwise([*lags, lags[0]])):
        yield "its lags are no cycle"
        return
    length = sum(least_lag(lag, project) for lag in lags)
    distance = sum(lag.distance for lag in lags)
    if bound.value is None:
        if length <= 0 or distance:
            yield f"its cycle takes {length} cycles in {distance} iterations, which is possible"
    elif bound.of != PERIOD or not distance or bound.value > -(-length // distance):
        yield f"its cycle takes {length} cycles in {distance} iterations"


def _energy(activity: Activity, resource: int, until_end: bool) -> int:
    """Units times cycles of a resource that an activity uses at least; until its end, or in all."""
    return min(
        sum(
            use.units * _cycles(use, mode, until_end)
            for use in mode.uses
            if use.resource == resource
        )
        for mode in activity.modes
    )


def _cycles(use: Use, mode: ActivityMode, until_end: bool) -> int:
    if not until_end:
        return use.cycles
    return max(0, min(use.first + use.cycles, mode.duration) - use.first)


def _load_reasons(bound: ProjectBound, resource: int, project: Project) -> Iterator[str]:
    if bound.value is None or not 0 <= resource < len(project.resources):
        yield "it names no resource"
        return
    until_end = bound.of == MAKESPAN  # after which a use may last
    energy = sum(_energy(activity, resource, until_end) for activity in project.activities)
    if energy <= project.resources[resource].capacity * (bound.value - 1):
        yield f"the uses of resource {resource} take {energy} unit-cycles"


def _clique_reasons(
    bound: ProjectBound, numbers: tuple[int, ...], project: Project
) -> Iterator[str]:
    within = all(0 <= number < project.size for number in numbers)
    if bound.value is None or len(set(numbers)) < max(2, len(numbers)) or not within:
        yield "it does not name two activities or more"
        return
    for one, other in combinations(numbers, 2):
        if not exclude(project.activities[one], project.activities[other], project):
            yield f"activities {one} and {other} can hold their resources in one cycle"
            return
    lengths = [solid_length(project.activities[number]) for number in numbers]
    shown = sum(lengths)
    if bound.of == MAKESPAN:
        chains = _chains(project, bound.period)
        if chains is None:
            yield "the project has a cycle of lags"
            return
        heads, tails = chains
        shown += min(heads[number] for number in numbers)
        rows = zip(numbers, lengths, strict=True)
        shown += min(tails[number] - length for number, length in rows)
    if bound.value > shown:
        yield f"its activities take {shown} cycles in turn"


def _chains(project: Project, period: int | None) -> tuple[list[int], list[int]] | None:
    """For each activity the least cycles before its start, and from it to the end of all.

    None where a cycle of lags is too long for any schedule.
    """
    heads = [0] * project.size
    tails = [activity.shortest for activity in project.activities]
    edges = [
        (lag.before, lag.after, least_lag(lag, project) - lag.distance * (period or 0))
        for lag in project.lags
    ]
    for _ in range(project.size + 1):
        changed = False
        for before, after, length in edges:
            if heads[before] + length > heads[after]:
                heads[after] = heads[before] + length
                changed = True
            if tails[after] + length > tails[before]:
                tails[before] = tails[after] + length
                changed = True
        if not changed:
            return heads, tails
    return None


def _path_reasons(bound: ProjectBound, project: Project) -> Iterator[str]:
    if bound.of != MAKESPAN or bound.value is None:
        if bound.value != 1:  # a period is at least that
            yield "it is not of a makespan"
        return
    chains = _chains(project, bound.period)
    if chains is None:
        yield "the project has a cycle of lags"
        return
    shown = max(map(sum, zip(*chains, strict=True)), default=0)
    if bound.value > shown:
        yield f"the longest chain takes {shown} cycles"


def _window_reasons(bound: ProjectBound, proof: WindowProof, project: Project) -> Iterator[str]:
    exists = 0 <= proof.resource < len(project.resources) and proof.begin < proof.end
    if bound.of != MAKESPAN or bound.value is None or not exists:
        yield "it is not of a makespan and a resource, or its window is empty"
        return
    chains = _chains(project, bound.period)
    if chains is None:
        yield "the project has a cycle of lags"
        return
    heads, tails = chains
    latest = [bound.value - 1 - tail for tail in tails]
    rows = zip(project.activities, heads, latest, strict=True)
    needed = sum(_energy_within(activity, (first, last), proof) for activity, first, last in rows)
    capacity = project.resources[proof.resource].capacity
    room = capacity * (proof.end - proof.begin)
    if needed <= room and all(first <= last for first, last in zip(heads, latest, strict=True)):
        yield f"the window has {room} unit-cycles, and {needed} are needed"


def _energy_within(activity: Activity, starts: tuple[int, int], proof: WindowProof) -> int:
    """What the window must hold of the activity at least; the least is at the first or last start,
    for the overlap of two intervals rises and then falls as one of them moves."""
    return min(
        sum(
            use.units * min(_overlap(start + use.first, use.cycles, proof) for start in starts)
            for use in mode.uses
            if use.resource == proof.resource
        )
        for mode in activity.modes
    )


def _implied_reasons(bound: ProjectBound, proof: ImpliedProof, project: Project) -> Iterator[str]:
    fits = len(proof.weights) == project.size and min(proof.weights, default=0) >= 0
    if bound.value is None or project.is_modulo or not fits:
        yield "it has no weight for each activity, or the project is repeated"
        return
    heavy = heavier_set(proof.weights, proof.capacity, project)
    if heavy is None:
        yield "the project has a cycle of lags"
    elif heavy:
        named = ", ".join(map(str, heavy))
        yield f"activities {named} can run together and weigh more than {proof.capacity}"
    else:
        resource = Resource("weights", proof.capacity)
        lengths = [solid_length(activity) for activity in project.activities]
        larger = with_resource(project, resource, proof.weights, lengths)
        yield from _reasons(replace(bound, proof=proof.shown), larger)


def _rigid_reasons(
    bound: ProjectBound, below: BoundProof, numbers: tuple[int, ...], project: Project
) -> Iterator[str]:
    within = bool(numbers) and all(0 <= number < project.size for number in numbers)
    if bound.of != PERIOD or bound.value is None or bound.value < 2 or not within:
        yield "it is not of a period and activities"
        return
    period = bound.value - 1
    yield from _reasons(ProjectBound(PERIOD, period, "", below), project)
    ahead = longest_from(project, period, numbers[0], forward=True)
    back = longest_from(project, period, numbers[0], forward=False)
    if ahead is None or back is None:
        yield f"a cycle of lags is too long for a period of {period}, which it should name"
        return
    used: Counter[tuple[int, int]] = Counter()
    for number in set(numbers):
        there, again = ahead[number], back[number]
        modes = project.activities[number].modes
        if there is None or again is None or there + again != 0 or len(modes) != 1:
            yield f"activity {number} has no fixed distance from the first, or several modes"
            return
        for use in modes[0].uses:
            for cycle in range(there + use.first, there + use.first + use.cycles):
                used[use.resource, cycle % period] += use.units
    if all(units <= project.resources[one].capacity for (one, _), units in used.items()):
        yield f"in a period of {period} its activities have room"


def _overlap(begin: int, cycles: int, proof: WindowProof) -> int:
    return max(0, min(begin + cycles, proof.end) - max(begin, proof.begin))
