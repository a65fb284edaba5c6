"""Projects solved by trying everything: the slow, obvious twin of solvers and checkers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

from slotweave.ir.project import Project, ProjectSchedule

#: A period that every schedulable project of the tests has room in.
_LONGEST_PERIOD = 14


def is_legal(project: Project, schedule: ProjectSchedule) -> bool:
    """By the definitions in `ir.project`, word for word."""
    modes = [a.modes[m] for a, m in zip(project.activities, schedule.modes, strict=True)]
    for lag in project.lags:
        begin = schedule.starts[lag.before] + (modes[lag.before].duration if lag.from_end else 0)
        after = schedule.starts[lag.after] + lag.distance * (schedule.period or 0)
        if after < begin + lag.lag:
            return False
    last = max(schedule.starts, default=0) + 20  # nothing is held for so long
    used: Counter[tuple[int, int]] = Counter()
    for start, mode in zip(schedule.starts, modes, strict=True):
        for use in mode.uses:
            for cycle in range(start + use.first, start + use.first + use.cycles):
                used[use.resource, cycle % (schedule.period or last)] += use.units
    return all(
        units <= project.resources[resource].capacity for (resource, _), units in used.items()
    )


def schedules(project: Project, period: int | None, last: int) -> Iterator[ProjectSchedule]:
    """All legal schedules of which no activity starts after `last`."""
    for modes in product(*(range(len(a.modes)) for a in project.activities)):
        chosen: dict[int, int] = {}
        rows = zip(project.activities, modes, strict=True)
        if all(a.choice < 0 or chosen.setdefault(a.choice, m) == m for a, m in rows):
            yield from _begun(project, period, last, modes, ())


def _begun(
    project: Project, period: int | None, last: int, modes: tuple[int, ...], starts: tuple[int, ...]
) -> Iterator[ProjectSchedule]:
    """The legal schedules that begin with these starts, which must be legal by themselves."""
    placed = len(starts)
    lags = tuple(lag for lag in project.lags if max(lag.before, lag.after) < placed)
    part = Project(project.resources, project.activities[:placed], lags, project.is_modulo)
    schedule = ProjectSchedule(starts, modes[:placed], period)
    if not is_legal(part, schedule):
        return
    if placed == project.size:
        yield schedule
        return
    for start in range(last + 1):
        yield from _begun(project, period, last, modes, (*starts, start))


def least_makespan(project: Project, last: int, period: int | None = None) -> int | None:
    """Of all schedules that start until `last`; None if there is none."""
    return min(
        (found.makespan(project) for found in schedules(project, period, last)), default=None
    )


def least_period(project: Project, last: int) -> int | None:
    """The least period with a schedule that starts until `last`."""
    for period in range(1, _LONGEST_PERIOD + 1):
        if next(schedules(project, period, last), None) is not None:
            return period
    return None
