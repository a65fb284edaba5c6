"""Projects are well formed; no faults guarantee the invariants below.

resources-are-named     resources have different names, none empty, and capacities from 0 on
activities-are-named    activities have different names, none empty
activities-have-modes   each has one or more, of durations and uses within LARGEST, none negative
uses-fit                a use is of a resource that exists, of one unit and one cycle or more
lags-join-activities    both ends of a lag exist; lags are within LARGEST, distances not negative
distances-have-period   only a modulo problem has distances
lags-hold-in-modes      the mode that a lag is only of exists, and nothing is repeated
choices-agree           activities of one choice have equally many modes
"""

from __future__ import annotations

from collections.abc import Iterator

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.project import Activity, Project
from slotweave.ir.verify.invariants import fault

#: The greatest duration, capacity, lag or distance: sums over a project stay far below 2^53.
LARGEST = 1_000_000


def project_faults(project: Project) -> Iterator[Diagnostic]:
    """The invariants that `project` breaks, the first breach of each."""
    for check in (_resources, _names, _modes, _uses, _lags, _distances, _choices):
        found = next(check(project), None)
        if found is not None:
            yield found


def _resources(project: Project) -> Iterator[Diagnostic]:
    names = [resource.name for resource in project.resources]
    if len(set(names)) != len(names) or "" in names:
        yield fault("resources-are-named", f"{names} holds a name twice, or an empty one")
    for resource in project.resources:
        if not 0 <= resource.capacity <= LARGEST:
            reason = f"resource {resource.name} has {resource.capacity} units"
            yield fault("resources-are-named", reason)


def _names(project: Project) -> Iterator[Diagnostic]:
    seen = {""}
    for number, activity in enumerate(project.activities):
        if activity.name in seen:
            reason = f"the name of {_named(number, activity)} is empty or stands twice"
            yield fault("activities-are-named", reason)
        seen.add(activity.name)


def _modes(project: Project) -> Iterator[Diagnostic]:
    for number, activity in enumerate(project.activities):
        if not activity.modes:
            yield fault("activities-have-modes", f"{_named(number, activity)} has none")
        for mode in activity.modes:
            if not 0 <= mode.duration <= LARGEST:
                reason = f"{_named(number, activity)} has a mode of {mode.duration} cycles"
                yield fault("activities-have-modes", reason)


def _uses(project: Project) -> Iterator[Diagnostic]:
    for number, activity in enumerate(project.activities):
        for use in (use for mode in activity.modes for use in mode.uses):
            exists = 0 <= use.resource < len(project.resources)
            within = 0 <= use.first <= LARGEST and 1 <= use.cycles <= LARGEST
            if not (exists and within and 1 <= use.units <= LARGEST):
                yield fault("uses-fit", f"{_named(number, activity)} has the use {use}")


def _lags(project: Project) -> Iterator[Diagnostic]:
    for lag in project.lags:
        exist = 0 <= lag.before < project.size and 0 <= lag.after < project.size
        if not (exist and abs(lag.lag) <= LARGEST and 0 <= lag.distance <= LARGEST):
            yield fault("lags-join-activities", f"there is {lag}")
        elif lag.only is not None and (project.is_modulo or not _is_mode(project, *lag.only)):
            yield fault("lags-hold-in-modes", f"there is {lag}")


def _is_mode(project: Project, activity: int, mode: int) -> bool:
    return 0 <= activity < project.size and 0 <= mode < len(project.activities[activity].modes)


def _distances(project: Project) -> Iterator[Diagnostic]:
    for lag in project.lags:
        if lag.distance and not project.is_modulo:
            yield fault("distances-have-period", f"nothing is repeated, and there is {lag}")


def _choices(project: Project) -> Iterator[Diagnostic]:
    counts: dict[int, int] = {}
    for number, activity in enumerate(project.activities):
        if activity.choice < 0:
            continue
        modes = counts.setdefault(activity.choice, len(activity.modes))
        if modes != len(activity.modes):
            reason = f"{_named(number, activity)} has {len(activity.modes)} modes, others {modes}"
            yield fault("choices-agree", f"choice {activity.choice}: {reason}")


def _named(number: int, activity: Activity) -> str:
    return f"activity {number} ({activity.name})"
