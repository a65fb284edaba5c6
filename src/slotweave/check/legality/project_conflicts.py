"""Which activities can run together, from the project alone; for the checker of bounds.

An activity's *solid* uses are those from its start on; its solid length is the least, over its
modes, of the longest of them. Two activities exclude each other if in each pair of their modes some
resource has too little for solid uses of both, each as long as the solid length of its activity.
"""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Use

#: What a lag asks for at least that holds in some modes only: nothing.
_NOTHING = -(1 << 40)


def least_lag(lag: Lag, project: Project) -> int:
    """Cycles from start to start that `lag` asks for in all modes, the period aside."""
    if lag.only is not None:
        return _NOTHING
    return lag.lag + (project.activities[lag.before].shortest if lag.from_end else 0)


def _solid_cycles(mode: ActivityMode) -> int:
    return max((use.cycles for use in mode.uses if use.first == 0), default=0)


def solid_length(activity: Activity) -> int:
    return min(map(_solid_cycles, activity.modes))


def exclude(one: Activity, other: Activity, project: Project) -> bool:
    lengths = solid_length(one), solid_length(other)
    return all(
        _collide(_solid(a, lengths[0]), _solid(b, lengths[1]), project)
        for a in one.modes
        for b in other.modes
    )


def _solid(mode: ActivityMode, length: int) -> list[Use]:
    return [use for use in mode.uses if use.first == 0 and use.cycles >= length]


def _collide(some: list[Use], others: list[Use], project: Project) -> bool:
    return any(
        one.resource == other.resource
        and one.units + other.units > project.resources[one.resource].capacity
        for one in some
        for other in others
    )


def longest_from(
    project: Project, period: int, origin: int, *, forward: bool
) -> list[int | None] | None:
    """The longest chains from `origin` to each activity, or back; None where cycles are too long.

    An activity that no chain joins has None.
    """
    found: list[int | None] = [None] * project.size
    found[origin] = 0
    for _ in range(project.size + 1):
        changed = False
        for lag in project.lags:
            begin, end = (lag.before, lag.after) if forward else (lag.after, lag.before)
            known = found[begin]
            if known is None:
                continue
            length = known + least_lag(lag, project) - lag.distance * period
            other = found[end]
            if other is None or length > other:
                found[end] = length
                changed = True
        if not changed:
            return found
    return None


def heavier_set(weights: Sequence[int], capacity: int, project: Project) -> tuple[int, ...] | None:
    """Activities that may run together in a cycle of their solid lengths and weigh more than
    `capacity`; none if no set does, None if a cycle of lags is too long for any schedule.

    All sets are looked at but those that stay lighter with all that could join them, so it takes
    as long as there are sets.
    """
    lengths = [solid_length(activity) for activity in project.activities]
    chosen = [a for a in range(project.size) if weights[a] > 0 and lengths[a] > 0]
    together: dict[int, set[int]] = {}
    for one in chosen:
        ahead = longest_from(project, 0, one, forward=True)
        if ahead is None:
            return None
        reached = {a for a, cycles in enumerate(ahead) if (cycles or 0) >= lengths[one]}
        together[one] = set(chosen) - reached - {one}
    for one in chosen:
        together[one] = {
            other
            for other in together[one]
            if one in together[other]
            and not exclude(project.activities[one], project.activities[other], project)
        }
    needs = {a: _held(project.activities[a], lengths[a], project) for a in chosen}
    heaviest_first = sorted(chosen, key=lambda a: -weights[a])

    def search(
        found: tuple[int, ...], over: int, joins: list[int], left: list[int]
    ) -> tuple[int, ...]:
        """`over`: what `found` lacks to weigh more than the capacity; `left`: units that are."""
        if over <= 0:
            return found
        fit = [a for a in joins if all(n <= units for n, units in zip(needs[a], left, strict=True))]
        hope = sum(weights[a] for a in fit)
        for place, one in enumerate(fit):
            if hope < over:
                return ()
            hope -= weights[one]
            follow = [a for a in fit[place + 1 :] if a in together[one]]
            rest = [units - n for n, units in zip(needs[one], left, strict=True)]
            heavy = search((*found, one), over - weights[one], follow, rest)
            if heavy:
                return heavy
        return ()

    capacities = [resource.capacity for resource in project.resources]
    return search((), capacity + 1, heaviest_first, capacities)


def _held(activity: Activity, length: int, project: Project) -> list[int]:
    """Units of each resource that its solid uses take, in the mode that takes least of it."""
    return [
        min(
            sum(use.units for use in _solid(mode, length) if use.resource == number)
            for mode in activity.modes
        )
        for number in range(len(project.resources))
    ]
