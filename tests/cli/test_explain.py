"""`slotweave explain`: every code has a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from slotweave.base.diagnostics import CODES
from support.command_line import assert_refused, slotweave


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_explained(code: str) -> None:
    answer = slotweave("explain", code)
    assert answer.code == 0
    assert answer.out.startswith(f"{code}: {CODES[code].title}\n")
    assert " ".join(answer.out.split()).endswith(CODES[code].text)


def test_small_letters_will_do() -> None:
    assert slotweave("explain", "sw104").out == slotweave("explain", "SW104").out


def test_without_a_code_all_are_listed() -> None:
    lines = slotweave("explain").out.splitlines()
    assert [line.split()[0] for line in lines] == list(CODES)


def test_the_json_form_has_title_and_text() -> None:
    answer = slotweave("explain", "SW104", "--json").json
    assert answer["schema_version"] == 1
    assert answer["title"] == "two writes to one word"
    assert slotweave("explain", "--json").json["codes"]["SW104"] == answer["title"]


def test_an_unknown_code_is_refused() -> None:
    assert_refused(slotweave("explain", "SW999"), "SW212", "'SW999'", "lists them all")


STRAIGHT = '[{"load": [["const", 0, 1]]}, {"alu": [["+", 1, 0, 0]]}, {"store": [["store", 0, 1]]}]'


def test_a_place_in_a_program_is_explained() -> None:
    answer = slotweave("explain", "-", "1:alu:0", stdin=STRAIGHT)
    assert answer.code == 0
    assert answer.out.startswith(
        "1:alu:0 `+ 1 0 0`\n    until 1: its operand is computed by 0:load:0"
    )
    same = slotweave("explain", "-", "1:alu:0", "--json", stdin=STRAIGHT).json
    assert [one["free_from"] for one in same["operations"]] == [1]


#: As `STRAIGHT`, with a second operation beside the sum, and where they stand in a kernel.
WITH_LINES = (
    '{"program": [{"load": [["const", 0, 1]]}, '
    '{"alu": [["+", 1, 0, 0], ["-", 2, 0, 0]]}, {"store": [["store", 1, 2]]}], '
    '"lines": {"texts": ["k.py:3", "k.py:4"], "slots": [0, 1, 0, -1]}}'
)


def test_the_lines_of_the_kernel_are_named_along_the_chain() -> None:
    answer = slotweave("explain", "-", "2:store:0", stdin=WITH_LINES).out
    assert answer.startswith("2:store:0 `store 1 2`\n")
    assert "computed by 1:alu:0 `+ 1 0 0`, k.py:4\n" in answer
    assert "    < operand: 0:load:0 `const 0 1`, k.py:3\n" in answer
    places = slotweave("explain", "-", "2:store:0", "--json", stdin=WITH_LINES).json["operations"]
    assert [link["line"] for link in places[0]["chain"]] == ["k.py:4", "k.py:3"]


def test_of_a_whole_cycle_only_what_holds_longest_is_told_of_each() -> None:
    answer = slotweave("explain", "-", "1", stdin=WITH_LINES).out
    assert "1:alu:0 `+ 1 0 0`, k.py:4\n    until 1: its operand" in answer
    assert "1:alu:1 `- 2 0 0`, k.py:3\n    until 1: its operand" in answer
    assert "    < " not in answer
    assert answer.endswith("to see a chain link by link, name one slot, such as 1:alu:0\n")


def test_what_has_no_address_stands_between_rather_than_being_met() -> None:
    program = (
        '[{"load": [["const", 0, 1]]}, {"store": [["store", 0, 0]]}, {"flow": [["pause"]]}, '
        '{"flow": [["trace_write", 0]]}, {"store": [["store", 0, 0]]}]'
    )
    pause, trace, store = (
        slotweave("explain", "-", place, stdin=program).out.splitlines()
        for place in ("2:flow", "3:flow", "4:store")
    )
    assert "    until 1: a pause comes after 1:store:0 `store 0 0`" in pause
    assert "    until 3: a pause stands between, 2:flow:0 `pause`" in trace
    assert "    until 3: a pause stands between, 2:flow:0 `pause`" in store
    assert "    < pause: 2:flow:0 `pause`" in trace
    assert "meet" not in " ".join([*pause, *trace, *store])


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("3", "3 bundles"),
        ("-1", "CYCLE"),
        ("x", "CYCLE"),
        ("1:gpu", "engines"),
        ("1:load:2", "2 slots"),
        ("1:load:", "a place is"),
        ("1:load:0:0", "CYCLE"),
    ],
)
def test_a_place_that_is_none_is_refused(place: str, reason: str) -> None:
    assert_refused(slotweave("explain", "--", "-", place, stdin=STRAIGHT), "SW212", reason)


#: Counts word 2 up to 3, with a store in each pass.
LOOP = """[{"load": [["const", 0, 1], ["const", 1, 3]]}, {"alu": [["+", 2, 2, 0]]},
{"alu": [["<", 4, 2, 1]]}, {"store": [["store", 2, 4]], "flow": [["cond_jump", 4, 1]]}]"""


def test_of_a_program_that_jumps_a_cycle_of_its_run_is_explained() -> None:
    answer = slotweave("explain", "-", "6:store:0", stdin=LOOP)
    assert answer.code == 0
    assert answer.out.startswith(
        "cycle 6 of the run: bundle 3\n6:store:0 (bundle 3) `store 2 4`\n"
        "    until 6: its operand is computed by 5:alu:0 (bundle 2) `< 4 2 1`\n"
    )
    same = slotweave("explain", "-", "6:store:0", "--json", stdin=LOOP).json
    assert (same["cycle"], same["bundle"]) == (6, 3)
    assert same["run"] == {"known": True, "bundles": 10}
    assert [one["cycle"] for one in same["operations"]] == [6]


def test_a_cycle_behind_the_run_is_refused() -> None:
    assert slotweave("explain", "-", "9", stdin=LOOP).code == 0
    assert_refused(slotweave("explain", "-", "10", stdin=LOOP), "SW212", "the run has 10 cycles")


BRANCH = (
    '[{"load": [["load", 0, 5]]}, {"alu": [["+", 1, 0, 0]]}, {"load": [["const", 2, 7]]}, '
    '{"alu": [["^", 3, 1, 2]]}, {"flow": [["cond_jump", 0, 1]]}, {"store": [["store", 2, 3]]}]'
)


def test_a_bundle_is_explained_in_its_straight_part_if_jumps_depend_on_data() -> None:
    answer = slotweave("explain", "-", "3:alu:0", stdin=BRANCH).out
    assert answer.startswith(
        "bundles 1 to 4 run in a row; when they do is not known\n"
        "3:alu:0 `^ 3 1 2`\n"
        "    until 3: its operand is computed by 2:load:0 `const 2 7`\n"
    )
    told = slotweave("explain", "-", "2:load:0", "--json", stdin=BRANCH).json
    assert told["part"] == [1, 5]
    assert (told["bundle"], told["operations"][0]["free_from"]) == (2, 1)
    first = slotweave("explain", "-", "1", "--json", stdin=BRANCH).json
    assert first["operations"][0]["held"] == []
    assert_refused(slotweave("explain", "-", "6", stdin=BRANCH), "SW212", "6 bundles, from 0 on")


def test_a_program_without_a_run_or_straight_parts_is_not_explained() -> None:
    computed = '[{"load": [["load", 0, 0]]}, {"flow": [["jump_indirect", 0]]}]'
    assert_refused(slotweave("explain", "-", "0", stdin=computed), "SW219", "bundle 1")


def test_a_python_file_is_explained_in_the_shape_given(tmp_path: Path) -> None:
    file = tmp_path / "kernel.py"
    file.write_text(
        "class KernelBuilder:\n"
        "    def __init__(self): self.instrs = []\n"
        "    def build_kernel(self, height, nodes, batch, rounds):\n"
        "        self.instrs = [{'load': [('const', 0, batch)]}]\n"
        "    def debug_info(self): return None\n"
    )
    answer = slotweave("explain", file, "0:load:0", "--shape", "3,4,8")
    assert answer.out.startswith("0:load:0 `const 0 8`")


#: The word at 0 is a pointer; what it points to is stored to, and a word elsewhere loaded.
POINTED = """[{"load": [["const", 0, 0], ["const", 1, 7]]}, {"load": [["load", 2, 0]]},
{"store": [["store", 2, 2]]}, {"load": [["load", 3, 1]]}, {"store": [["store", 1, 3]]}]"""
FACTS = """{"schema_version": 1, "memory_words": 8, "words": {"0": 4},
"regions": [{"name": "header", "start": 0, "length": 4, "read_only": true},
{"name": "y", "start": 4, "length": 4, "output": true}]}"""


def test_facts_say_which_accesses_may_meet(tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text(FACTS)
    without = slotweave("explain", "-", "3:load:0", stdin=POINTED)
    assert "it may access the same memory as 2:store:0" in without.out
    known = slotweave("explain", "-", "3:load:0", "--facts", tmp_path / "facts.json", stdin=POINTED)
    assert known.code == 0
    assert "in memory" not in known.out


def test_facts_that_do_not_exist_are_refused() -> None:
    bad = slotweave("explain", "-", "3", "--facts", "chalenge", stdin=POINTED)
    assert_refused(bad, "SW215", "did you mean 'challenge'")


def test_a_python_file_is_explained_under_the_judged_facts(tmp_path: Path) -> None:
    """Word 4 points to the nodes, word 6 to the values: only facts part the two regions."""
    file = tmp_path / "kernel.py"
    file.write_text(
        "class KernelBuilder:\n"
        "    def __init__(self): self.instrs = []\n"
        "    def build_kernel(self, height, nodes, batch, rounds):\n"
        "        self.instrs = [{'load': [('const', 0, 4), ('const', 1, 6)]},\n"
        "            {'load': [('load', 2, 0), ('load', 3, 1)]},\n"
        "            {'store': [('store', 3, 0)]}, {'load': [('load', 4, 2)]}]\n"
        "    def debug_info(self): return None\n"
    )
    judged = slotweave("explain", file, "3:load:0")
    assert judged.code == 0
    assert "in memory" not in judged.out
    assert (
        "it may access the same memory as"
        in slotweave("explain", file, "3:load:0", "--facts", "none").out
    )


def test_a_place_that_a_python_file_has_not_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kernel.py"
    file.write_text(
        "class KernelBuilder:\n"
        "    def __init__(self): self.instrs = []\n"
        "    def build_kernel(self, height, nodes, batch, rounds):\n"
        "        self.instrs = [{'store': [('store', 0, 0)]}]\n"
        "    def debug_info(self): return None\n"
    )
    assert_refused(slotweave("explain", file, "1", "--shape", "3,4,8"), "SW212", "1 bundles")
    assert_refused(slotweave("explain", file, "0:gpu", "--shape", "3,4,8"), "SW212", "engines")


def test_a_place_behind_a_halt_is_refused() -> None:
    halted = '[{"store": [["store", 0, 0]]}, {"flow": [["halt"]]}, {"load": [["const", 0, 1]]}]'
    assert slotweave("explain", "-", "1:flow:0", stdin=halted).code == 0
    bad = slotweave("explain", "-", "2", stdin=halted)
    assert_refused(bad, "SW212", "3 bundles, from 0 on, and halts in 1")


def test_the_usage_brackets_what_may_be_left_out_once() -> None:
    usage = " ".join(slotweave("explain", "--help").out.split("\n\n")[0].split())
    assert "[CODE|PROGRAM] [CYCLE[:ENGINE[:SLOT]]]" in usage
    assert "[[" not in usage


def test_a_program_without_a_cycle_is_asked_for_one(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(STRAIGHT)
    assert_refused(slotweave("explain", file), "SW212", f"say which cycle of {file} to explain")


@pytest.mark.parametrize("verb", [("explain", "p.json", "1"), ("diff", "p.json", "p.json"),
                                  ("inspect", "p.json"), ("what-if", "p.json"),
                                  ("report", "p.json"),
                                  ("bound", "p.json")])  # fmt: skip
def test_a_picture_that_was_written_is_told(
    verb: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.json").write_text(STRAIGHT)
    assert "wrote it.svg\n" in slotweave(*verb, "--svg", "it.svg").err
    assert Path("it.svg").read_text().startswith("<svg")
    assert "wrote" not in slotweave(*verb, "--svg", "-").err
