"""Projects as JSON; `project_from_json(project_to_json(p)) == p`.

    {"schema_version": 1, "objective": "makespan",
     "resources": [{"name": "R1", "capacity": 2}],
     "activities": [{"name": "a", "modes": [{"duration": 3, "uses": [{"resource": "R1"}]}]},
                    {"name": "b", "modes": [{"duration": 1, "uses": []}]}],
     "lags": [{"before": "a", "after": "b", "lag": 0, "from_end": true}]}

The objective is `makespan` or `period`. A use has `units` (1 if left out), `first` (0) and `cycles`
(the duration of its mode); an activity may have a `choice`, a lag a `distance`. Holds for every
project without faults (see `project_verify`); what has some is refused when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use
from slotweave.ir.text.file_kind import PROJECT
from slotweave.ir.text.json_value import Key, json_text, parse_json
from slotweave.ir.text.program_values import excerpt
from slotweave.ir.verify.project_verify import LARGEST, project_faults

PROJECT_SCHEMA_VERSION = 1
OBJECTIVES = ("makespan", "period")
CODE = "SW223"

_MAX_CHOICE = 2**31


def project_to_json(project: Project) -> str:
    """`project` as JSON text."""
    names = [activity.name for activity in project.activities]
    return json_text(
        {
            "schema_version": PROJECT_SCHEMA_VERSION,
            "objective": OBJECTIVES[project.is_modulo],
            "resources": [
                {"name": one.name, "capacity": one.capacity} for one in project.resources
            ],
            "activities": [_activity_value(one, project) for one in project.activities],
            "lags": [_lag_value(lag, names) for lag in project.lags],
        }
    )


def _activity_value(activity: Activity, project: Project) -> Mapping[str, Any]:
    modes = [
        {"duration": mode.duration, "uses": [_use_value(use, project) for use in mode.uses]}
        for mode in activity.modes
    ]
    tied = {} if activity.choice < 0 else {"choice": activity.choice}
    return {"name": activity.name, "modes": modes, **tied}


def _use_value(use: Use, project: Project) -> Mapping[str, Any]:
    name = project.resources[use.resource].name
    return {"resource": name, "units": use.units, "first": use.first, "cycles": use.cycles}


def _lag_value(lag: Lag, names: list[str]) -> Mapping[str, Any]:
    return {
        "before": names[lag.before],
        "after": names[lag.after],
        "lag": lag.lag,
        **({"distance": lag.distance} if lag.distance else {}),
        **({"from_end": True} if lag.from_end else {}),
        **({"only": [names[lag.only[0]], lag.only[1]]} if lag.only else {}),
    }


def project_from_json(text: str, file: str = "") -> Project:
    """The project that `text` says. Raises InputError (SW223) naming the key."""
    root = Key("", CODE, file)
    known = ("schema_version", "objective", "resources", "activities", "lags")
    table = root.record(parse_json(text, root, PROJECT), known)
    for key in ("resources", "activities"):
        if key not in table:
            (root / key).fail("is missing")
    version = root / "schema_version"
    version.integer(table.get("schema_version", 1), 1, PROJECT_SCHEMA_VERSION)
    objective = (root / "objective").string(table.get("objective", OBJECTIVES[0]))
    if objective not in OBJECTIVES:
        (root / "objective").fail(f"must be {' or '.join(OBJECTIVES)}, not {excerpt(objective)}")
    rows = (root / "resources").elements(table["resources"])
    resources = tuple(_resource(value, key) for key, value in rows)
    numbers = _numbers([one.name for one in resources], root / "resources")
    rows = (root / "activities").elements(table["activities"])
    activities = tuple(_activity(value, key, numbers) for key, value in rows)
    places = _numbers([one.name for one in activities], root / "activities")
    rows = (root / "lags").elements(table.get("lags", ()))
    lags = tuple(_lag(value, key, places) for key, value in rows)
    project = Project(resources, activities, lags, objective == OBJECTIVES[1])
    for found in project_faults(project):
        root.fail(found.message)
    return project


def _numbers(names: list[str], key: Key) -> Mapping[str, int]:
    """The number of each name, none of which may stand twice."""
    numbers: dict[str, int] = {}
    for number, name in enumerate(names):
        if name in numbers:
            (key / number).fail(f"has the name {excerpt(name)}, which stands twice")
        numbers[name] = number
    return numbers


def _resource(value: object, key: Key) -> Resource:
    table = _table(value, key, ("name", "capacity"), ())
    name = (key / "name").string(table["name"])
    return Resource(name, (key / "capacity").integer(table["capacity"], 0, LARGEST))


def _activity(value: object, key: Key, resources: Mapping[str, int]) -> Activity:
    table = _table(value, key, ("name", "modes"), ("choice",))
    rows = (key / "modes").elements(table["modes"])
    modes = tuple(_mode(mode, place, resources) for place, mode in rows)
    choice = (key / "choice").integer(table.get("choice", -1), -1, _MAX_CHOICE)
    return Activity((key / "name").string(table["name"]), modes, choice)


def _mode(value: object, key: Key, resources: Mapping[str, int]) -> ActivityMode:
    table = _table(value, key, ("duration",), ("uses",))
    duration = (key / "duration").integer(table["duration"], 0, LARGEST)
    rows = (key / "uses").elements(table.get("uses", ()))
    uses = tuple(_use(use, place, duration, resources) for place, use in rows)
    return ActivityMode(duration, uses)


def _use(value: object, key: Key, duration: int, resources: Mapping[str, int]) -> Use:
    table = _table(value, key, ("resource",), ("units", "first", "cycles"))
    return Use(
        _number(table["resource"], key / "resource", resources, "resource"),
        (key / "units").integer(table.get("units", 1), 1, LARGEST),
        (key / "first").integer(table.get("first", 0), 0, LARGEST),
        (key / "cycles").integer(table.get("cycles", duration), 1, LARGEST),
    )


def _lag(value: object, key: Key, activities: Mapping[str, int]) -> Lag:
    table = _table(value, key, ("before", "after", "lag"), ("distance", "from_end", "only"))
    return Lag(
        _number(table["before"], key / "before", activities, "activity"),
        _number(table["after"], key / "after", activities, "activity"),
        (key / "lag").integer(table["lag"], -LARGEST, LARGEST),
        (key / "distance").integer(table.get("distance", 0), 0, LARGEST),
        (key / "from_end").boolean(table.get("from_end", False)),
        _only(table["only"], key / "only", activities) if "only" in table else None,
    )


def _only(value: object, key: Key, activities: Mapping[str, int]) -> tuple[int, int]:
    """`[activity, mode]`: where a lag holds."""
    rows = list(key.elements(value))
    if len(rows) != 2:
        key.fail("must be an activity and the number of one of its modes")
    (first, activity), (second, mode) = rows
    return (
        _number(activity, first, activities, "activity"),
        second.integer(mode, 0, LARGEST),
    )


def _table(
    value: object, key: Key, needed: tuple[str, ...], others: tuple[str, ...]
) -> Mapping[str, Any]:
    """The object that stands at `key`, with all the keys that it needs."""
    table = key.record(value, (*needed, *others))
    for name in needed:
        if name not in table:
            (key / name).fail("is missing")
    return table


def _number(value: object, key: Key, numbers: Mapping[str, int], what: str) -> int:
    name = key.string(value)
    if name not in numbers:
        key.fail(f"names {excerpt(name)}, and there is no such {what}")
    return numbers[name]
