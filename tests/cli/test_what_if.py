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
    assert answer.err.startswith("SW212 --set NAME=VALUE: ")


def test_an_engine_may_be_taken_away_only_if_nothing_is_on_it(file: Path) -> None:
    """As on a grid of machines: the reason why nothing fits has the code SW302."""
    answer = slotweave("what-if", file, "--set", "load=0")
    reason = "bundle 0, load[0]: load has no slot left, and the program has 8 operations on it"
    assert_refused(answer, "SW302", reason, exit_code=3)
    assert slotweave("what-if", file, "--set", "flow=0", "--json").json["cycles"] == 4


def test_an_engine_changed_twice_is_refused(file: Path) -> None:
    answer = slotweave("what-if", file, "--set", "load=3", "--set", "load=4")
    assert_refused(answer, "SW212", "load is given twice, as '3' and '4'")


def test_operations_that_cannot_be_parted_need_their_slots(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    pair = {"alu": [["+", 3, 2, 2], ["+", 0, 1, 2], ["+", 1, 0, 2]]}
    lines = {"texts": ["k.py:5", "k.py:6"], "slots": [0, 0, 1, 1]}
    file.write_text(json.dumps({"program": [{"load": [["const", 2, 1]]}, pair], "lines": lines}))
    assert slotweave("what-if", file, "--set", "alu=2").code == 0
    refused = slotweave("what-if", file, "--set", "alu=1")
    told = "bundle 1, alu[1]: 2 operations on alu write what others here touch"
    assert_refused(refused, "SW302", told, "2 slots of alu, not 1 (k.py:6)", exit_code=3)


def test_what_stays_as_it_is_needs_its_slots_and_is_named(tmp_path: Path) -> None:
    """A sum is in flight when the program jumps, so the bundles around it stay as they are."""
    machine = tmp_path / "slow.toml"
    shown = slotweave("machines", "show", "challenge").out
    machine.write_text(shown.replace("[word]", "[latency]\nalu.add = 3\n\n[word]"))
    file = tmp_path / "program.json"
    rows = [{"load": [["const", 0, 1]]}, {"alu": [["+", 3, 0, 0]], "flow": [["jump", 2]]},
            {"alu": [["+", 4, 0, 0], ["+", 5, 0, 0]]}]  # fmt: skip
    file.write_text(json.dumps(rows))
    refused = slotweave("what-if", file, "--machine", machine, "--set", "alu=1")
    assert_refused(refused, "SW302", "bundle 2, alu", "needs 2 slots of alu, not 1", exit_code=3)


def test_other_words_of_scratch_are_taken_as_explore_takes_them(file: Path) -> None:
    own = slotweave("what-if", file, "--json").json
    more = slotweave("what-if", file, "--set", "scratch=2000", "--json").json
    assert (own["words"], more["words"], more["scratch_words"]["words"]) == (1536, 2000, 2000)
    assert (more["cycles"], more["allocated_again"]) == (4, False)
    fewer = slotweave("what-if", file, "--set", "scratch=8", "--json").json
    assert (fewer["words"], fewer["cycles"], fewer["allocated_again"]) == (8, 4, True)
    told = slotweave("what-if", file, "--set", "scratch=8").out
    assert "flow 1 and 8 words of scratch, values allocated again" in told
    assert "each in its turn" not in told  # said once, not twice
    assert told.count("one more slot for alu") == 1
    assert_refused(slotweave("what-if", file, "--set", "scratch=7"), "SW212", "scratch", "from 8")


def test_values_that_do_not_fit_are_refused_with_the_number_of_words(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    sums = [{"alu": [["+", 0, 0, word]]} for word in range(1, 10)]
    loads = [{"load": [["const", word, word]]} for word in range(10)]
    file.write_text(json.dumps(loads + sums))
    refused = slotweave("what-if", file, "--set", "scratch=8")
    assert_refused(
        refused, "SW301", "need 10 words of scratch at once, and there are 8", exit_code=3
    )
    assert slotweave("what-if", file, "--set", "scratch=10").code == 0
    file.write_text(json.dumps([*loads, {"flow": [["jump", 11]]}, *sums]))
    refused = slotweave("what-if", file, "--set", "scratch=8")
    assert_refused(refused, "SW301", "has a value in scratch word 9", exit_code=3)


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


def test_straight_parts_count_once_where_data_decides_how_often_they_run(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    told_by_memory = [{"load": [["const", 0, 1]]}, {"load": [["load", 1, 5]]}, *LOOP[2:]]
    file.write_text(json.dumps(told_by_memory))
    answer = slotweave("what-if", file, "--set", "alu=1", "--json").json
    parts = [[part[key] for key in ("start", "stop", "runs", "before", "cycles")]
             for part in answer["parts"]]  # fmt: skip
    assert parts == [[0, 2, 1, 2, 1], [2, 6, 1, 4, 4], [6, 7, 1, 1, 1]]
    assert (answer["before"], answer["retimed"], answer["cycles"]) == (7, 4, 6)
    assert answer["prices"] == {"alu": 1, "valu": 0, "load": 0, "store": 0, "flow": 0}
    once = "each bundle counted once, because data decides the jumps"
    assert answer["cycles_of"] == once
    text = slotweave("what-if", file).out
    assert f"\n7 cycles as it is, 4 timed again ({once})\n" in text
    assert "each straight part is timed by itself, and counted once.\nbundles 0 to 1: 1 " in text
    file.write_text(json.dumps(LOOP))
    assert slotweave("what-if", file, "--json").json["cycles_of"] == "every run"
    assert once not in slotweave("what-if", file).out


def test_a_picture_is_of_a_run_that_is_known(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    file.write_text(json.dumps([{"load": [["load", 1, 0]]}, {"flow": [["cond_jump", 1, 0]]}]))
    refused = slotweave("what-if", file, "--svg", tmp_path / "curves.svg")
    assert_refused(refused, "SW219", str(file), "bundle 1")


def test_a_program_that_jumps_to_a_computed_bundle_has_no_parts(tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    file.write_text(json.dumps([{"load": [["load", 1, 0]]}, {"flow": [["jump_indirect", 1]]}]))
    assert_refused(slotweave("what-if", file), "SW219", str(file), "may go to any bundle")
