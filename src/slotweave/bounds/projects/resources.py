"""What resources allow: activities that ask for too much, loads, and activities in turn."""

from __future__ import annotations

from functools import cache

from slotweave.bounds.projects.chains import Chains
from slotweave.ir.project import Activity, ActivityMode, Project, Use
from slotweave.ir.project_bound import (
    MAKESPAN,
    PERIOD,
    CliqueProof,
    LoadProof,
    ProjectBound,
    UnitsProof,
)

#: Branches that the search for activities in turn follows.
_BRANCHES = 20_000
#: Activities among which it looks.
_MOST = 400


def units_bound(project: Project) -> ProjectBound | None:
    """No schedule, if each mode of an activity asks for more in a cycle than there is, or if it has
    none."""
    of = PERIOD if project.is_modulo else MAKESPAN
    for number, activity in enumerate(project.activities):
        excesses = [_excess(mode, project) for mode in activity.modes]
        if not excesses:
            why = f"activity {activity.name} has no mode"
            return ProjectBound(of, None, why, UnitsProof(number))
        if all(excesses):
            each = " in each of its modes" if len(excesses) > 1 else ""
            why = f"activity {activity.name} asks for more than there is{each}: {excesses[0]}"
            return ProjectBound(of, None, why, UnitsProof(number))
    return None


def _excess(mode: ActivityMode, project: Project) -> str:
    """The first resource of which the mode takes more than there is, and how many; "" if none."""
    for use in mode.uses:
        resource, units = project.resources[use.resource], _units_at(use.first, use.resource, mode)
        if units > resource.capacity:
            return f"{units} of {resource.name}, of {resource.capacity}"
    return ""


def _units_at(cycle: int, resource: int, mode: ActivityMode) -> int:
    """What a mode uses of a resource that many cycles after its start; most as some use begins."""
    return sum(
        use.units
        for use in mode.uses
        if use.resource == resource and use.first <= cycle < use.first + use.cycles
    )


def load_bound(project: Project, of: str, period: int | None = None) -> ProjectBound | None:
    """The resource with the greatest load for each unit; None if nothing is used."""
    best: ProjectBound | None = None
    for number, resource in enumerate(project.resources):
        until_end = of == MAKESPAN
        energy = sum(_energy(activity, number, until_end) for activity in project.activities)
        if not energy or not resource.capacity:
            continue
        cycles = -(-energy // resource.capacity)
        if best is None or best.value is None or cycles > best.value:
            each = f"{resource.capacity} available in each cycle"
            why = f"{resource.name}: {energy} needed in all, {each}"
            best = ProjectBound(of, cycles, why, LoadProof(number), period)
    return best


def _energy(activity: Activity, resource: int, until_end: bool) -> int:
    """Units times cycles at least; for a makespan only those until the end of the activity."""
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


def exclusions(project: Project) -> list[int]:
    """For each activity, as bits of an integer, those that cannot run while it does."""
    kinds = [activity.modes for activity in project.activities]

    @cache
    def exclude(one: tuple[ActivityMode, ...], other: tuple[ActivityMode, ...]) -> bool:
        return all(_collide(one, a, other, b, project) for a in one for b in other)

    rows = []
    for number, one in enumerate(kinds):
        row = 0
        for place, other in enumerate(kinds):
            if place != number and exclude(one, other):
                row |= 1 << place
        rows.append(row)
    return rows


def _collide(
    one: tuple[ActivityMode, ...],
    a: ActivityMode,
    other: tuple[ActivityMode, ...],
    b: ActivityMode,
    project: Project,
) -> bool:
    some, others = _solid(a, solid_length(one)), _solid(b, solid_length(other))
    return any(
        use.resource == rival.resource
        and use.units + rival.units > project.resources[use.resource].capacity
        for use in some
        for rival in others
    )


def _solid(mode: ActivityMode, length: int) -> list[Use]:
    """The uses from the start on, for that many cycles or more."""
    return [use for use in mode.uses if use.first == 0 and use.cycles >= length]


def solid_length(modes: tuple[ActivityMode, ...]) -> int:
    """Cycles from its start in which an activity holds something, whatever its mode."""
    longest = (max((u.cycles for u in mode.uses if not u.first), default=0) for mode in modes)
    return min(longest)


def solid_units(activity: Activity, resources: int) -> list[int]:
    """Units of each resource that an activity holds in its solid length, whatever its mode."""
    length = solid_length(activity.modes)
    return [
        min(
            sum(use.units for use in _solid(mode, length) if use.resource == number)
            for mode in activity.modes
        )
        for number in range(resources)
    ]


def clique_bound(
    project: Project, of: str, chains: Chains | None = None, period: int | None = None
) -> ProjectBound | None:
    """The room that the longest set found of activities that exclude each other needs.

    With `chains` what comes before and after all of them counts too, which a period has not.
    """
    if not 2 <= project.size <= _MOST:
        return None
    lengths = [solid_length(activity.modes) for activity in project.activities]
    chosen = heaviest_clique(exclusions(project), lengths)
    if len(chosen) < 2:
        return None
    cycles = sum(lengths[number] for number in chosen)
    why = f"{len(chosen)} activities, no two of which can run together, take {cycles} cycles"
    if chains is not None:
        before = min(int(chains.heads[number]) for number in chosen)
        after = min(int(chains.tails[number]) - lengths[number] for number in chosen)
        cycles += before + after
        ends = [f"{count} {end}" for end, count in (("before", before), ("after", after)) if count]
        why = f"{why}, with {' and '.join(ends)} them" if ends else why
    return ProjectBound(of, cycles, why, CliqueProof(chosen), period)


def heaviest_clique(rows: list[int], weights: list[int]) -> tuple[int, ...]:
    """Numbers of a clique of great weight: the greatest, if it is found in `_BRANCHES` branches."""
    best: tuple[int, tuple[int, ...]] = (0, ())
    branches = 0

    def search(chosen: tuple[int, ...], weight: int, left: list[int]) -> None:
        nonlocal best, branches
        branches += 1
        if weight > best[0]:
            best = (weight, chosen)
        hope = weight + sum(weights[number] for number in left)
        for place, number in enumerate(left):
            if hope <= best[0] or branches > _BRANCHES:
                return
            follow = [other for other in left[place + 1 :] if rows[number] >> other & 1]
            search((*chosen, number), weight + weights[number], follow)
            hope -= weights[number]

    candidates = [number for number, row in enumerate(rows) if row and weights[number]]
    candidates.sort(key=lambda number: (-rows[number].bit_count() * weights[number], number))
    search((), 0, candidates)
    return tuple(sorted(best[1]))
