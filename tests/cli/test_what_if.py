"""`slotweave what-if`: what it prints, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import assert_refused, slotweave


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "program.json"
    bundles = [{"load": [["const", k, k], ["const", k + 8, k]]} for k in range(4)]
    path.write_text(json.dumps(bundles))
    return path


def test_it_says_what_one_more_slot_saves(file: Path) -> None:
    assert slotweave("what-if", file, "--set", "load=4", "--json").json["cycles"] == 2
    text = slotweave("what-if", file).out
    assert "1 fewer with one more slot for load" in text
    assert text.startswith("The program is timed again, not compiled again")


def test_it_says_what_words_of_scratch_are_worth(file: Path) -> None:
    prices = slotweave("what-if", file, "--json").json["scratch_words"]
    saved = {"alu": 0, "valu": 0, "load": 1, "store": 0, "flow": 0}
    assert prices == {"step": 64, "words": 1536, "needed": 2, "now": 4, "saved": 0, "lost": 0,
                      "prices": saved}  # fmt: skip
    assert "0 more with 64 fewer words" in slotweave("what-if", file).out


@pytest.mark.parametrize("change", ["load", "=8", "load=-1", "load=many", "load=9999", "wings=2"])
def test_a_change_that_is_none_is_refused_with_the_form_of_one(file: Path, change: str) -> None:
    answer = slotweave("what-if", file, "--set", change)
    assert_refused(answer, "SW212")
    assert answer.err.startswith("SW212 --set ENGINE=SLOTS: ")


def test_an_engine_may_be_taken_away_only_if_nothing_is_on_it(file: Path) -> None:
    """As on a grid of machines: the reason why nothing fits has the code SW302."""
    answer = slotweave("what-if", file, "--set", "load=0")
    reason = "load has no slot left, and the program has 8 operations on it"
    assert_refused(answer, "SW302", reason, exit_code=3)
    assert slotweave("what-if", file, "--set", "flow=0", "--json").json["cycles"] == 4


def test_an_engine_changed_twice_is_refused(file: Path) -> None:
    answer = slotweave("what-if", file, "--set", "load=3", "--set", "load=4")
    assert_refused(answer, "SW212", "load is given twice, as '3' and '4'")


def test_operations_that_cannot_be_parted_need_their_slots(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    file.write_text(json.dumps([{"alu": [["+", 0, 1, 2], ["+", 1, 0, 2]]}]))
    assert slotweave("what-if", file, "--set", "alu=2").code == 0
    assert_refused(slotweave("what-if", file, "--set", "alu=1"), "SW212", "2 slots of alu")


LOOP = [
    {"load": [["const", 0, 1]]}, {"load": [["const", 1, 5]]},
    {"alu": [["+", 2, 1, 0]]}, {"alu": [["+", 3, 1, 0]]}, {"alu": [["-", 1, 1, 0]]},
    {"flow": [["cond_jump", 1, 2]]}, {"store": [["store", 0, 2]]},
]  # fmt: skip


def test_straight_parts_of_a_program_that_jumps_count_as_often_as_they_run(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    file.write_text(json.dumps(LOOP))
    answer = slotweave("what-if", file, "--json").json
    parts = [[part[key] for key in ("start", "stop", "runs", "before", "cycles")]
             for part in answer["parts"]]  # fmt: skip
    assert parts == [[0, 2, 1, 2, 1], [2, 6, 5, 4, 2], [6, 7, 1, 1, 1]]
    assert (answer["before"], answer["cycles"]) == (23, 12)
    assert answer["scratch_words"] is None
    narrow = slotweave("what-if", file, "--set", "alu=1", "--json").json
    assert [part["cycles"] for part in narrow["parts"]] == [1, 4, 1]
    assert narrow["prices"] == {"alu": 5, "valu": 0, "load": 0, "store": 0, "flow": 0}
    assert "bundles 2 to 5, 5 times: 2 cycles instead of 4" in slotweave("what-if", file).out


def test_a_program_whose_jumps_depend_on_data_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    file.write_text(json.dumps([{"load": [["load", 1, 0]]}, {"flow": [["cond_jump", 1, 0]]}]))
    assert_refused(slotweave("what-if", file), "SW219", str(file), "bundle 1")
