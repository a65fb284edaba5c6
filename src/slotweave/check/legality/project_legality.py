"""Schedules of projects: no lag is broken, and no resource is asked for more than it has.

Guarantees, if no violation is returned for a project without faults: each activity has a start from
0 on and one of its modes, the same as all of its choice; start(after) + distance * period is at
least start(before), or end(before), plus the lag
where it holds in the modes taken; and in each cycle (of a modulo project: in each
of the `period` rows that all cycles fall into) the uses of a resource are within its capacity.
Reads only Project and ProjectSchedule; knows no scheduler.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.project import ActivityMode, Project, ProjectSchedule


def project_violations(schedule: ProjectSchedule, project: Project) -> Iterator[Diagnostic]:
    """Where `schedule` breaks `project` (SW413)."""
    unfit = list(_misfits(schedule, project))
    reasons = unfit or [*_broken_lags(schedule, project), *_overfull(schedule, project)]
    for reason in reasons:
        yield Diagnostic("SW413", reason)


def _misfits(schedule: ProjectSchedule, project: Project) -> Iterator[str]:
    if (schedule.period is not None) != project.is_modulo or (schedule.period or 1) < 1:
        yield f"a period of {schedule.period} does not fit the project"
    if len(schedule.starts) != project.size or len(schedule.modes) != project.size:
        yield f"it does not have one start and one mode for each of {project.size} activities"
        return
    chosen: dict[int, int] = {}
    rows = zip(project.activities, schedule.starts, schedule.modes, strict=True)
    for activity, start, mode in rows:
        if start < 0 or not 0 <= mode < len(activity.modes):
            yield f"activity {activity.name} starts in cycle {start} in mode {mode}"
        if activity.choice >= 0 and chosen.setdefault(activity.choice, mode) != mode:
            yield f"activity {activity.name} is in mode {mode}, and others of its choice are not"


def _modes(schedule: ProjectSchedule, project: Project) -> list[ActivityMode]:
    rows = zip(project.activities, schedule.modes, strict=True)
    return [activity.modes[mode] for activity, mode in rows]


def _broken_lags(schedule: ProjectSchedule, project: Project) -> Iterator[str]:
    modes = _modes(schedule, project)
    for lag in project.lags:
        if not lag.holds(schedule.modes):
            continue
        before, after = schedule.starts[lag.before], schedule.starts[lag.after]
        allowed = before + lag.lag - lag.distance * (schedule.period or 0)
        if lag.from_end:
            allowed += modes[lag.before].duration
        if after < allowed:
            names = [project.activities[number].name for number in (lag.after, lag.before)]
            yield (
                f"activity {names[0]} starts in cycle {after}, and its lag to activity "
                f"{names[1]}, which starts in cycle {before}, allows cycle {allowed} or later"
            )


def _overfull(schedule: ProjectSchedule, project: Project) -> Iterator[str]:
    used: Counter[tuple[int, int]] = Counter()
    for start, mode in zip(schedule.starts, _modes(schedule, project), strict=True):
        used.update(_taken(start, mode, schedule.period))
    for (resource, cycle), units in sorted(used.items()):
        one = project.resources[resource]
        if units > one.capacity:
            where = "cycle" if schedule.period is None else "row"
            yield f"{units} of {one.capacity} units of {one.name} are used in {where} {cycle}"


def _taken(start: int, mode: ActivityMode, period: int | None) -> Counter[tuple[int, int]]:
    """Units by resource and cycle (row)."""
    taken: Counter[tuple[int, int]] = Counter()
    for use in mode.uses:
        for cycle in range(start + use.first, start + use.first + use.cycles):
            row = cycle if period is None else cycle % period
            taken[use.resource, row] += use.units
    return taken
