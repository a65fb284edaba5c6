"""Projects solved by trying everything: the slow, obvious twin of solvers and checkers."""

from __future__ import annotations

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
    last = max(schedule.starts, default=0) + 20
    for number, resource in enumerate(project.resources):
        for cycle in range(schedule.period or last):
            used = 0
            for start, mode in zip(schedule.starts, modes, strict=True):
                for use in mode.uses:
                    if use.resource == number:
                        cycles = range(start + use.first, start + use.first + use.cycles)
                        period = schedule.period or last + 20
                        used += use.units * sum(one % period == cycle for one in cycles)
            if used > resource.capacity:
                return False
    return True


def schedules(project: Project, period: int | None, last: int) -> Iterator[ProjectSchedule]:
    """All legal schedules of which no activity starts after `last`."""
    for modes in product(*(range(len(a.modes)) for a in project.activities)):
        chosen: dict[int, int] = {}
        rows = zip(project.activities, modes, strict=True)
        if any(a.choice >= 0 and chosen.setdefault(a.choice, m) != m for a, m in rows):
            continue
        for starts in product(range(last + 1), repeat=project.size):
            schedule = ProjectSchedule(starts, modes, period)
            if is_legal(project, schedule):
                yield schedule


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
