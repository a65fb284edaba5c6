"""A scheduling problem from anywhere: activities with modes, lags between them, resources.

Activities start at cycles 0, 1, 2, ... and each runs in exactly one of its modes. A mode lasts
`duration` cycles, after which the result is there, and makes uses of resources: `units` of one in
the cycles start + first .. start + first + cycles - 1. Activities of one `choice` run all in the
mode of the same number (the lanes of one vector operation).

A lag says start(after) + distance * period >= start(before) + lag, or end(before) + lag where it is
`from_end`. A negative lag is a maximal one: with the two activities exchanged, `before` starts at
most -lag cycles after `after`. Distances count iterations of a loop, and are 0 where nothing is
repeated. A lag that is `only` of a mode holds where its activity runs in that one, and asks for
nothing where it runs in another: operations that may read a value in the cycle in which it is made,
in a mode of their own, are joined to its maker by two such lags of 0.

The makespan is the last end of an activity. A problem without `is_modulo` asks for the least
makespan. With it the activities are repeated each `period` cycles (the initiation interval), the
uses of all repetitions share the resources, and the least period is asked for, then the least
makespan of one repetition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Resource:
    """What activities share: a number of units in each cycle."""

    name: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Use:
    """`units` of the resource of that number, in `cycles` cycles from start + `first` on."""

    resource: int
    units: int
    first: int
    cycles: int


@dataclass(frozen=True, slots=True)
class ActivityMode:
    """One way to run an activity."""

    duration: int
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """What is scheduled; `choice` is the number that ties its mode to those of others, or -1."""

    name: str
    modes: tuple[ActivityMode, ...]
    choice: int = -1

    @property
    def shortest(self) -> int:
        """The least duration of its modes."""
        return min(mode.duration for mode in self.modes)

    @property
    def longest(self) -> int:
        """The greatest duration of its modes."""
        return max(mode.duration for mode in self.modes)


@dataclass(frozen=True, slots=True)
class Lag:
    """`after` starts `lag` cycles or more after `before` does, or ends if `from_end`.

    `only` is None or (activity, mode): the lag holds where that activity runs in that mode.
    """

    before: int
    after: int
    lag: int
    distance: int = 0
    from_end: bool = False
    only: tuple[int, int] | None = None

    def holds(self, modes: Sequence[int]) -> bool:
        """Whether it asks for anything where the activities run in these modes."""
        return self.only is None or modes[self.only[0]] == self.only[1]


@dataclass(frozen=True, slots=True)
class Project:
    """What is to be scheduled; see above."""

    resources: tuple[Resource, ...]
    activities: tuple[Activity, ...]
    lags: tuple[Lag, ...]
    is_modulo: bool = False

    @property
    def size(self) -> int:
        """The number of activities."""
        return len(self.activities)

    @property
    def has_conditional_lags(self) -> bool:
        """Whether what a lag asks for depends on the choice of modes."""
        return any(lag.only is not None for lag in self.lags)


@dataclass(frozen=True, slots=True)
class ProjectSchedule:
    """For each activity its start and the number of its mode; `period` is None if not modulo."""

    starts: tuple[int, ...]
    modes: tuple[int, ...]
    period: int | None = None

    def makespan(self, project: Project) -> int:
        """The last end of an activity, 0 if there is none."""
        rows = zip(project.activities, self.starts, self.modes, strict=True)
        return max((start + one.modes[mode].duration for one, start, mode in rows), default=0)


def with_resource(
    project: Project, resource: Resource, units: Sequence[int], cycles: Sequence[int]
) -> Project:
    """The project with one more resource, of which each activity, in whatever mode, uses its
    `units` in its `cycles` from its start on; one with 0 units makes no use of it."""
    number = len(project.resources)
    activities = []
    for activity, much, long in zip(project.activities, units, cycles, strict=True):
        use = (Use(number, much, 0, long),) if much else ()
        modes = tuple(replace(mode, uses=(*mode.uses, *use)) for mode in activity.modes)
        activities.append(replace(activity, modes=modes))
    resources = (*project.resources, resource)
    return replace(project, resources=resources, activities=tuple(activities))


def one_iteration(project: Project) -> Project:
    """A modulo project without its repetition: the lags within an iteration alone.

    A modulo project has a schedule exactly if this has one: of the same starts, with a period of
    twice its horizon.
    """
    lags = tuple(lag for lag in project.lags if not lag.distance)
    return Project(project.resources, project.activities, lags)


def horizon(project: Project) -> int:
    """A makespan within which a schedule exists if any does, where nothing is repeated.

    Shifted to the left, each activity of a schedule starts at 0, at a lag after another one's
    start or end, or when a use of another one ends that it would share a resource with; so a chain
    of such steps leads to it in which each activity is followed once.
    """
    step = [max(one.longest, _widest(one)) for one in project.activities]
    lags = [0] * project.size
    for lag in project.lags:
        longest = project.activities[lag.before].longest if lag.from_end else 0
        lags[lag.before] = max(lags[lag.before], lag.lag + longest)
    return sum(map(max, step, lags)) if step else 0


def _widest(activity: Activity) -> int:
    """The cycles from a start until all uses have ended, in the widest mode."""
    ends = (use.first + use.cycles for mode in activity.modes for use in mode.uses)
    return max(ends, default=0)
