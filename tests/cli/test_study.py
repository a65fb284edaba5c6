"""`slotweave study`: what `tune` has kept, listed, shown and written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import slotweave as sw
from slotweave.base.diagnostics import Exit
from support.command_line import assert_refused, slotweave

SHAPE = ["-p", "height=4", "-p", "rounds=6", "-p", "batch=16"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a study `mine` of two seeds, three plans each."""
    folder = tmp_path_factory.mktemp("store")
    place = folder / "studies.db"
    options = ["--seeds", "2", "--evaluations", "3", "--store", place, "--study", "mine"]
    answer = slotweave("tune", "tree-hash", *SHAPE, *options, "-o", folder / "plan.json")
    assert answer.code == Exit.DONE, answer.err
    return place


def test_studies_are_listed_with_their_best(store: Path) -> None:
    (study,) = slotweave("study", "list", "--store", store, "--json").json["studies"]
    assert (study["study"], study["kernel"], study["evaluations"]) == ("mine", "tree-hash", 6)
    line = slotweave("study", "list", "--store", store).out
    assert line.startswith("mine ")
    assert f"best {study['best']} cycles, 6 plans" in line


def test_seeds_are_shown_side_by_side_and_moves_counted(store: Path) -> None:
    told = slotweave("study", "show", "mine", "--store", store, "--json").json
    assert set(told["seeds"]) == {"0", "1"}
    assert told["spread"] == max(told["seeds"].values()) - told["best"]
    assert sum(move["tried"] for move in told["moves"].values()) == 6
    text = slotweave("study", "show", "mine", "--store", store).out
    assert f"best {told['best']}, median {told['median']:g}" in text
    assert "seed 1: " in text


def test_the_plan_exported_compiles_to_the_best_cycles(store: Path, tmp_path: Path) -> None:
    plan = tmp_path / "best.json"
    slotweave("study", "export", "mine", "--store", store, "-o", plan)
    compiled = slotweave("compile", "tree-hash", *SHAPE, "--plan", plan, "--json").json
    told = slotweave("study", "show", "mine", "--store", store, "--json").json
    assert compiled["cycles"] == told["best"]


def test_a_study_is_not_written_over_its_store(store: Path) -> None:
    before = store.read_bytes()
    by_another_name = store.parent / ".." / store.parent.name / store.name
    for output in (store, by_another_name, f"{store}-wal"):
        answer = slotweave("study", "export", "mine", "--store", store, "-o", output)
        assert_refused(answer, "SW207", str(output), "it is the store")
    assert store.read_bytes() == before


def test_all_trials_are_written_in_either_form(store: Path) -> None:
    rows = slotweave("study", "export", "mine", "--store", store, "--format", "csv").out
    whole = slotweave("study", "export", "mine", "--store", store, "--format", "json").json
    trials = whole["trials"]
    assert [(t["seed"], t["number"]) for t in trials] == [(s, n) for s in (0, 1) for n in range(3)]
    read = list(csv.DictReader(rows.splitlines()))
    assert [int(row["cycles"]) for row in read] == [trial["cycles"] for trial in trials]
    assert all(trial["plan"]["kernel"] == "tree-hash" for trial in trials)


def test_a_choice_is_dead_or_has_a_price(store: Path) -> None:
    asked = ("study", "show", "mine", "--store", store, "--ablation", "--seeds", "2")
    for each in slotweave(*asked, "--json").json["ablation"]:
        assert len(each["costs"]) == 2
        assert each["dead"] == (each["costs"] == [0, 0])


def test_a_plan_without_choices_has_nothing_to_undo(tmp_path: Path) -> None:
    kernel, own = tmp_path / "k.py", tmp_path / "studies.db"
    kernel.write_text(
        "def f(k):\n    a = k.region('a', 0, 2, output=True)\n    a.store(0, a[1] + 1)\n"
    )
    options = ["--evaluations", 2, "--store", own, "--study", "s", "-o", tmp_path / "plan.json"]
    assert slotweave("tune", f"{kernel}:f", *options).code == Exit.DONE
    asked = ("study", "show", "s", "--store", own)
    assert slotweave(*asked, "--ablation", "--json").json["ablation"] == []
    assert "nothing to undo: the best plan makes no choices" in slotweave(*asked, "--ablation").out
    assert "nothing to undo" not in slotweave(*asked).out


def test_what_there_is_not_is_refused_with_what_there_is(store: Path) -> None:
    assert_refused(slotweave("study", "show", "yours", "--store", store), "SW227", "known: mine")
    asked = slotweave("study", "export", "mine", "--store", store, "--format", "xml")
    assert_refused(asked, "SW212", "xml")


def test_a_search_goes_on_under_its_name_and_for_nothing_else(tmp_path: Path) -> None:
    own = tmp_path / "studies.db"
    plan = tmp_path / "plan.json"
    asked = ["--store", own, "--study", "s", "-o", plan, "--json"]
    first = slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "2", *asked).json
    more = slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "4", *asked).json
    whole = slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "4", *asked[4:]).json
    assert (first["evaluations"], more["evaluations"]) == (2, 4)
    assert more["cycles"] == whole["cycles"]
    other = slotweave("tune", "tree-hash", "-p", "height=3", "--evaluations", "1", *asked)
    assert other.code == Exit.BAD_INPUT
    assert "another shape" in other.err


def test_the_command_in_the_origin_finds_the_plan_again_on_two_workers(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    plan, again = tmp_path / "plan.json", tmp_path / "again" / "plan.json"
    options = ["--evaluations", "5", "--seed", "2"]
    slotweave("tune", "tree-hash", *SHAPE, *options, "-o", plan)
    slotweave("tune", "tree-hash", *SHAPE, *options, "--workers", "2", "-o", again)
    first, second = (json.loads(file.read_text()) for file in (plan, again))
    for entry in ("choices", "schedule"):
        assert first[entry] == second[entry]
    assert first["origin"]["command"] == second["origin"]["command"]
    assert first["origin"]["command"].endswith("--evaluations 5 -o plan.json")


def test_of_a_study_that_no_command_began_no_command_is_told(tmp_path: Path) -> None:
    place, plan = tmp_path / "studies.db", tmp_path / "plan.json"
    began = sw.job("tree-hash", height=4, rounds=6, batch=16, plan="default")
    sw.tune(began, evaluations=2, study="mine", store=str(place))
    kept = ["--study", "mine", "--store", place, "-o", plan]
    told = slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "3", *kept)
    assert "began with" not in told.err
    assert "command" not in json.loads(plan.read_text())["origin"]
    slotweave("study", "export", "mine", "--store", place, "-o", plan)
    assert "command" not in json.loads(plan.read_text())["origin"]


def test_an_exported_plan_names_the_command_that_finds_it(tmp_path: Path) -> None:
    plan, again = tmp_path / "plan.json", tmp_path / "exported.json"
    kept = ["--study", "mine", "--store", tmp_path / "studies.db"]
    slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "3", "--seed", "4", *kept, "-o", plan)
    slotweave("study", "export", "mine", *kept[2:], "-o", again)
    first, second = (json.loads(file.read_text()) for file in (plan, again))
    assert first["schedule"] == second["schedule"]
    one, other = (each["origin"]["command"].split() for each in (first, second))
    assert sorted(one) == sorted(other)  # parameters come in another order


def test_a_study_that_goes_on_says_what_it_began_with(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    kept = ["--study", "mine", "--store", tmp_path / "studies.db", "-o", plan]
    slotweave("tune", "tree-hash", *SHAPE, "--evaluations", "2", *kept)
    other = ["--choice", "passes=0", "--evaluations", "3"]
    told = slotweave("tune", "tree-hash", *SHAPE, *other, *kept)
    assert told.err.startswith("goes on from ")
    assert "this study began with --plan default, and goes on from there" in told.err
    command = json.loads(plan.read_text())["origin"]["command"]
    assert "--plan default --machine" in command


@pytest.mark.parametrize("asked", [("list",), ("show", "mine"), ("export", "mine")])
def test_looking_at_a_store_that_is_not_there_makes_none(
    asked: tuple[str, ...], tmp_path: Path
) -> None:
    place = tmp_path / "no" / "such.db"
    answer = slotweave("study", *asked, "--store", place)
    assert_refused(answer, "SW226", "there is no such file")
    assert not place.parent.exists()


@pytest.mark.parametrize("asked", [("list",), ("show", "mine"), ("export", "mine")])
def test_looking_at_an_empty_file_leaves_it_empty(asked: tuple[str, ...], tmp_path: Path) -> None:
    place = tmp_path / "mine.txt"
    place.touch()
    answer = slotweave("study", *asked, "--store", place)
    assert_refused(answer, "SW226", "the file is empty")
    assert place.read_bytes() == b""
