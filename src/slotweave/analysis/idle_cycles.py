"""Why units of a resource stay idle in the cycles of a project's schedule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from slotweave.ir.project import Project, ProjectSchedule

#: Nothing that starts later is ready; what is ready would fit, and is not needed earlier.
DEPENDENCES, SLACK = "dependences", "slack"


@dataclass(frozen=True, slots=True)
class IdleCycle:
    """`units` of a resource are idle in a cycle; `cause` is DEPENDENCES, SLACK, or the name of the
    resource of which what is ready needs more than is left."""

    cycle: int
    units: int
    cause: str


def idle_cycles(project: Project, schedule: ProjectSchedule, resource: int) -> list[IdleCycle]:
    """The cycles in which not all of a resource is used, with the cause of each.

    The cause is what keeps the activities of later cycles out: the first of those that are ready
    and would fit, else the resource that most of those that are ready lack.
    """
    used: list[Counter[int]] = [Counter() for _ in range(schedule.makespan(project))]
    for activity, start, mode in zip(
        project.activities, schedule.starts, schedule.modes, strict=True
    ):
        for use in activity.modes[mode].uses:
            for cycle in range(start + use.first, start + use.first + use.cycles):
                used[cycle][use.resource] += use.units
    found = []
    for cycle, units in enumerate(used):
        idle = project.resources[resource].capacity - units[resource]
        if idle > 0:
            found.append(IdleCycle(cycle, idle, _cause(project, schedule, cycle, units)))
    return found


def _cause(project: Project, schedule: ProjectSchedule, cycle: int, used: Counter[int]) -> str:
    lacking: Counter[str] = Counter()
    for number in _ready(project, schedule, cycle):
        lacks = _lacks(project, number, schedule.modes[number], used)
        if lacks is None:
            return SLACK
        lacking[lacks] += 1
    return lacking.most_common(1)[0][0] if lacking else DEPENDENCES


def _ready(project: Project, schedule: ProjectSchedule, cycle: int) -> list[int]:
    """The activities of later cycles that all lags into them allow to start in this one."""
    ready = {number for number, start in enumerate(schedule.starts) if start > cycle}
    for lag in project.lags:
        if lag.after in ready and lag.holds(schedule.modes):
            begin = schedule.starts[lag.before]
            if lag.from_end:
                begin += project.activities[lag.before].modes[schedule.modes[lag.before]].duration
            if begin + lag.lag > cycle:
                ready.discard(lag.after)
    return sorted(ready)


def _lacks(project: Project, number: int, mode: int, used: Counter[int]) -> str | None:
    """The first resource of which an activity needs more than is left, None if it would fit."""
    for use in project.activities[number].modes[mode].uses:
        resource = project.resources[use.resource]
        if used[use.resource] + use.units > resource.capacity:
            return resource.name
    return None
