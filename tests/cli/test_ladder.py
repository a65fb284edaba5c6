"""`slotweave ladder`: its table, its JSON, its pictures, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import slotweave as sw
from slotweave.challenge.ladder.measuring import MeasuredRung, measure_ladder
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.plans.ladder_plans import RUNGS
from support.command_line import assert_refused, slotweave

SMALL = ("-p", "height=3", "-p", "rounds=5", "-p", "batch=16", "--instances", 2)


def test_json_has_every_rung_that_is_built() -> None:
    answer = slotweave("ladder", *SMALL, "--json")
    assert answer.code == 0, answer.err
    rungs = answer.json["rungs"]
    assert [rung["name"] for rung in rungs] == [r.plan for r in RUNGS]
    wanted = {"name", "cycles", "projected", "engines", "scratch", "bundles", "thresholds",
              "counters"}  # fmt: skip
    for rung in rungs:
        assert wanted <= set(rung)
        assert {"instances": 2, "mismatches": 0}.items() <= rung["verified"].items()
    assert "1/" in answer.err
    assert "grouped" in answer.err


def test_the_table_shows_the_rungs_asked_for() -> None:
    answer = slotweave("ladder", *SMALL, "--rung", "grouped", "--rung", "scalar")
    assert answer.code == 0, answer.err
    firsts = [line.split()[0] for line in answer.out.splitlines() if line.strip()]
    assert [first for first in firsts if first in TREE_HASH.plan_names] == ["scalar", "grouped"] * 5


def test_pictures_go_where_they_are_wanted(tmp_path: Path) -> None:
    plot = tmp_path / "ladder.svg"
    answer = slotweave("ladder", *SMALL, "--rung", "packed", "--plot", plot,
                       "--timelines", tmp_path, "-q")  # fmt: skip
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert plot.read_text().startswith("<svg ")
    assert (tmp_path / "packed.svg").read_text().startswith("<svg ")


def test_with_less_scratch_the_machine_has_less_and_batches_are_counted() -> None:
    answer = slotweave("ladder", *SMALL, "--rung", "packed", "--scratch", 300, "--json")
    assert answer.json["machine"] == "challenge (scratch 300)"
    assert answer.json["rungs"][0]["scratch"]["size"] == 300
    assert [row["batches"] for row in answer.json["batches"]] == [2, 3, 4, 5, 6, 7, 8]


def test_what_does_not_fit_is_named() -> None:
    answer = slotweave("ladder", *SMALL, "--rung", "packed", "--scratch", 8)
    assert answer.code == 3
    assert "packed" in answer.err
    assert "SW301" in answer.err


def test_what_cannot_be_done_is_refused(tmp_path: Path) -> None:
    assert_refused(slotweave("ladder", "--rung", "groped"), "SW212", "did you mean 'grouped'?")
    for stdout in ("-", "/dev/stdout"):
        assert_refused(slotweave("ladder", "--json", "--plot", stdout), "SW212", "stdout")
    assert_refused(slotweave("ladder", "--timelines", tmp_path / "none"), "SW207", "directory")
    assert_refused(slotweave("ladder", "--plot", tmp_path / "no" / "a.svg"), "SW207")


def test_the_ladder_measured_in_python_is_what_the_command_prints() -> None:
    what = sw.job("tree-hash", height=3, rounds=5, batch=16, plan="scalar", instances=2)
    told: list[str] = []
    drawn: list[MeasuredRung] = []
    found = measure_ladder(what, ["packed"], tell=told.append, watch=drawn.append)
    answer = slotweave("ladder", *SMALL, "--rung", "packed", "--json")
    printed = {key: value for key, value in answer.json.items() if key != "schema_version"}
    assert json.loads(json.dumps(found.to_json())) == printed
    assert answer.err.splitlines() == told
    assert [rung.name for rung in drawn] == ["packed"]
    assert repr(found) == f"<ladder of 1 rung: down to {found.rungs[0]['cycles']:,} cycles>"
    assert slotweave("ladder", *SMALL, "--rung", "packed", "--markdown").out == f"{found}\n"
