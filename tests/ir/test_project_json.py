"""Projects as JSON, and what makes a project malformed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from slotweave.base.diagnostics import InputError
from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use
from slotweave.ir.text.project_json import project_from_json, project_to_json
from slotweave.ir.verify.project_verify import project_faults
from strategies.projects import projects

EXAMPLE = {
    "schema_version": 1,
    "objective": "makespan",
    "resources": [{"name": "R1", "capacity": 2}],
    "activities": [
        {"name": "a", "modes": [{"duration": 3, "uses": [{"resource": "R1"}]}]},
        {"name": "b", "modes": [{"duration": 1, "uses": []}]},
    ],
    "lags": [{"before": "a", "after": "b", "lag": 0, "from_end": True}],
}


@given(projects())
def test_projects_come_back(project):
    assert project_from_json(project_to_json(project)) == project


def test_what_is_left_out_has_a_value():
    project = project_from_json(json.dumps(EXAMPLE))
    a = Activity("a", (ActivityMode(3, (Use(0, 1, 0, 3),)),))
    b = Activity("b", (ActivityMode(1, ()),))
    assert project == Project((Resource("R1", 2),), (a, b), (Lag(0, 1, 0, 0, True),))


def changed(path: str, value: object) -> str:
    table = json.loads(json.dumps(EXAMPLE))
    *places, last = path.split(".")
    at = table
    for place in places:
        at = at[int(place)] if place.isdecimal() else at[place]
    if value is KeyError:
        del at[last]
    else:
        at[last] = value
    return json.dumps(table)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("activities", KeyError, "key 'activities' is missing"),
        ("activities.0.modes.0.duration", -1, "activities.0.modes.0.duration"),
        ("activities.0.modes.0.uses.0.resource", "R9", "no such resource"),
        ("activities.0.modes.0.uses.0.units", 0, "from 1 to"),
        ("activities.1.name", "a", "stands twice"),
        ("activities.1.modes", [], "activities-have-modes"),
        ("lags.0.after", "c", "no such activity"),
        ("lags.0.distance", 1, "distances-have-period"),
        ("lags.0.only", ["a"], "must be an activity and the number of one of its modes"),
        ("lags.0.only", ["z", 0], "no such activity"),
        ("lags.0.only", ["a", 7], "lags-hold-in-modes"),
        ("lags.0.length", 1, "is unknown"),
        ("objective", "cost", "must be makespan or period"),
        ("resources.0.capacity", 2.5, "must be an integer"),
    ],
)
def test_what_is_malformed_is_refused_by_its_key(path, value, said):
    with pytest.raises(InputError, match=said) as refused:
        project_from_json(changed(path, value), "x.json")
    assert refused.value.diagnostic.code == "SW223"
    assert refused.value.diagnostic.file == "x.json"


def test_another_kind_of_file_is_named():
    with pytest.raises(InputError, match="looks like a program, not like a scheduling problem"):
        project_from_json('{"program": []}')


def test_choices_must_agree():
    one = Activity("a", (ActivityMode(1, ()),), 3)
    two = Activity("b", (ActivityMode(1, ()), ActivityMode(2, ())), 3)
    (found,) = project_faults(Project((), (one, two), ()))
    assert "choices-agree" in found.message


def test_uses_must_fit():
    one = Activity("a", (ActivityMode(1, (Use(1, 1, 0, 1),)),))
    (found,) = project_faults(Project((Resource("R", 1),), (one,), ()))
    assert found.code == "SW501"
    assert "uses-fit" in found.message


ONE, TWO = (Activity(name, (ActivityMode(1, ()),)) for name in "ab")


@pytest.mark.parametrize(
    ("project", "invariant"),
    [
        (Project((Resource("R", 1), Resource("R", 1)), (), ()), "resources-are-named"),
        (Project((Resource("", 1),), (), ()), "resources-are-named"),
        (Project((Resource("R", -1),), (), ()), "resources-are-named"),
        (Project((), (ONE, ONE), ()), "activities-are-named"),
        (Project((), (Activity("a", ()),), ()), "activities-have-modes"),
        (Project((), (Activity("a", (ActivityMode(-1, ()),)),), ()), "activities-have-modes"),
        (Project((), (ONE, TWO), (Lag(0, 2, 0),)), "lags-join-activities"),
        (Project((), (ONE, TWO), (Lag(0, 1, 0, -1),), True), "lags-join-activities"),
        (Project((), (ONE, TWO), (Lag(0, 1, 0, 1),)), "distances-have-period"),
        (Project((), (ONE, TWO), (Lag(0, 1, 0, only=(1, 1)),)), "lags-hold-in-modes"),
        (Project((), (ONE, TWO), (Lag(0, 1, 0, only=(1, 0)),), True), "lags-hold-in-modes"),
    ],
)
def test_a_broken_invariant_is_named(project, invariant):
    (found,) = project_faults(project)
    assert found.code == "SW501"
    assert invariant in found.message


def test_a_lag_of_one_mode_comes_back():
    project = Project((), (ONE, TWO), (Lag(0, 1, 1, only=(1, 0)),))
    assert project_from_json(project_to_json(project)) == project


def test_a_sound_project_has_no_faults():
    assert not list(project_faults(Project((), (ONE, TWO), (Lag(0, 1, 0, 1),), True)))
