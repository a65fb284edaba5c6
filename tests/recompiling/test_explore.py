"""A kernel on many machines: the grid, the front, what binds, and rows that do not fit."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.base.entries import Entries
from slotweave.driver.compile import compile_job
from slotweave.extensions import kernels
from slotweave.machine import CHALLENGE
from slotweave.names import job
from slotweave.recompiling import (
    Explored,
    KeptResults,
    Point,
    explored_over,
    machines_of,
    settings_of,
)
from slotweave.recompiling.explore import binding
from slotweave.views.exploring import exploration_lines

SETTINGS = {"load": [1, 2], "scratch": [8, 512]}
COSTS = {"load": 3.0, "scratch": 0.01}
JOB = job("saxpy", n=32)
KERNEL = kernels()["tree-hash"]


def explored(folder: Path, workers: int = 1) -> Explored:
    variants = machines_of(CHALLENGE, SETTINGS, None, 0)
    kept = KeptResults(Entries(folder))
    return explored_over(JOB, SETTINGS, variants, kept, costs=COSTS, workers=workers)


def test_every_machine_of_the_grid_is_a_row_in_order(tmp_path: Path) -> None:
    found = explored(tmp_path)
    assert [tuple(point.change.values()) for point in found.points] == list(
        product([1, 2], [8, 512])
    )
    for point in found.points:
        assert point.cost == 3 * point.change["load"] + 0.01 * point.change["scratch"]


def test_cycles_are_those_of_compiling_for_that_machine(tmp_path: Path) -> None:
    variants = machines_of(CHALLENGE, SETTINGS, None, 0)
    for point, variant in zip(explored(tmp_path).points, variants, strict=True):
        made = job("saxpy", n=32, machine=variant.machine)
        if point.cycles is not None:
            assert point.cycles == compile_job(made).cycles


def test_the_plan_is_the_usual_one_of_each_machine_unless_one_was_named(tmp_path: Path) -> None:
    settings = {"valu": [6, 8]}
    variants = machines_of(CHALLENGE, settings, None, 0)
    kept = KeptResults(Entries(tmp_path))
    shape = {"height": 3, "rounds": 2, "batch": 8}
    plans = KERNEL.plan_names[:2]
    usual = replace(KERNEL, plan=lambda name, values, contract: replace(
        KERNEL.plan("default", values, contract), name=name))  # fmt: skip
    wanted = job(usual, **shape)
    found = explored_over(wanted, settings, variants, kept)
    assert tuple(point.plan for point in found.points) == plans == ("tuned", "default")
    line = "the plan that is usual on each machine: tuned on 1, default on 1"
    assert line in exploration_lines(found)
    named = explored_over(job(usual, plan="tuned", **shape), settings, variants, kept)
    assert [point.plan for point in named.points] == ["tuned", "tuned"]
    assert not [line for line in exploration_lines(named) if "usual" in line]


def test_a_machine_on_which_nothing_fits_is_a_row_with_its_reason(tmp_path: Path) -> None:
    small, *_ = explored(tmp_path).points
    assert small.cycles is None
    assert small.reason.startswith("SW301 ")


def test_workers_and_kept_results_change_nothing(tmp_path: Path) -> None:
    first = explored(tmp_path / "one")
    second = explored(tmp_path / "two", workers=2)
    again = explored(tmp_path / "two", workers=2)
    assert first.to_json() == second.to_json() == again.to_json()
    assert [point.known for point in again.points if point.cycles] == [True, True]


def point(cost: float, cycles: int | None) -> Point:
    return Point({"load": 1}, cost, cycles)


def test_the_front_has_those_that_nobody_beats() -> None:
    given = (
        point(5, 90),
        point(3, 100),
        point(4, 100),
        point(3, 110),
        point(9, 80),
        point(1, None),
    )
    front = Explored("k", {}, given).front
    assert [(each.cost, each.cycles) for each in front] == [(3, 100), (5, 90), (9, 80)]


@pytest.mark.parametrize(
    ("cycles", "name", "peak", "binds"),
    [
        (100, "critical path", 5, "latency"),
        (100, "slots", 100, "load"),
        (150, "slots", 99, "scratch"),
        (150, "slots", 40, "load"),
    ],
)
def test_what_binds(cycles: int, name: str, peak: int, binds: str) -> None:
    summary = {"cycles": cycles, "bound": {"cycles": 98, "name": name},
               "scratch": {"peak": peak, "size": 100}}  # fmt: skip
    assert binding(summary, {"alu": 0.2, "load": 0.6}, {}) == binds


@pytest.mark.parametrize(
    ("alu", "load", "binds"), [(0, 0, "latency"), (8, 3, "alu"), (8, 8, "load")]
)
def test_near_the_bound_it_is_what_one_slot_more_of_lowers_the_bound_most(
    alu: int, load: int, binds: str
) -> None:
    summary = {"cycles": 100, "bound": {"cycles": 98, "name": "slots"},
               "scratch": {"peak": 100, "size": 100}}  # fmt: skip
    assert binding(summary, {"alu": 0.2, "load": 0.6}, {"alu": alu, "load": load}) == binds


def test_settings_are_ranges_and_lists() -> None:
    given = {"load": "2..4", "valu": "4,6,8", "scratch": "768,1024..1026"}
    assert settings_of(CHALLENGE, given) == {
        "load": [2, 3, 4], "valu": [4, 6, 8], "scratch": [768, 1024, 1025, 1026],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"laod": "2"}, "did you mean 'load'"),
        ({"load": "4..2"}, "the range 4..2 is empty"),
        ({"load": "x"}, "write load=2..4 or load=2,3,4, not 'x'"),
        ({"load": ""}, "not ''"),
        ({"load": []}, "set to nothing"),
        ({"load": [2.5]}, "whole numbers, not 2.5"),
        ({"load": "2000"}, "must be from 0 to 1,024"),
        ({"scratch": "4"}, "must be from 8 to"),
        ({"load": 3}, "a list of numbers, not 3"),
        ("load=3", "given by engine"),
    ],
)
def test_settings_that_are_none_are_refused(given: object, complaint: str) -> None:
    with pytest.raises(InputError, match="SW212") as refused:
        settings_of(CHALLENGE, given)
    assert complaint in str(refused.value)


def test_a_sample_is_a_part_of_the_grid_and_the_same_for_a_seed() -> None:
    settings = {"load": list(range(1, 30)), "valu": list(range(1, 30))}
    grid = {str(each.change) for each in machines_of(CHALLENGE, settings, None, 0)}
    first, again = (machines_of(CHALLENGE, settings, 20, 5) for _ in range(2))
    assert first == again
    assert first != machines_of(CHALLENGE, settings, 20, 6)
    assert len({str(each.change) for each in first} & grid) == 20


def test_too_many_machines_are_refused_with_what_to_do() -> None:
    settings = {"load": list(range(200)), "valu": list(range(200))}
    with pytest.raises(InputError, match="take a --sample"):
        machines_of(CHALLENGE, settings, None, 0)
