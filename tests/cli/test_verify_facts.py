"""`slotweave verify --facts`: a program of no kernel against another one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command_line import Answer, assert_refused, slotweave

FACTS: dict[str, Any] = {
    "memory_words": 8,
    "regions": [
        {"name": "x", "start": 0, "length": 4, "read_only": True},
        {"name": "y", "start": 4, "length": 2, "output": True},
    ],
}
#: y[0] = 3 * x[0], and a word nobody asks for.
TRIPLE = [
    {"load": [["const", 0, 0]]}, {"load": [["const", 4, 4]]}, {"load": [["load", 1, 0]]},
    {"alu": [["+", 2, 1, 1]]}, {"alu": [["+", 2, 2, 1]]}, {"store": [["store", 4, 2]]},
]  # fmt: skip
OTHERWISE = [
    {"load": [["const", 0, 0], ["const", 4, 4]]}, {"load": [["load", 1, 0], ["const", 5, 7]]},
    {"load": [["const", 3, 3]], "store": [["store", 5, 1]]}, {"alu": [["*", 2, 1, 3]]},
    {"store": [["store", 4, 2]]},
]  # fmt: skip
#: The same with 0 + x on the way, which takes a rule to see.
WITH_ZERO = [
    {"load": [["const", 0, 0], ["const", 4, 4]]}, {"load": [["load", 1, 0]]},
    {"alu": [["+", 1, 0, 1]]}, {"alu": [["+", 2, 1, 1]]}, {"alu": [["+", 2, 2, 1]]},
    {"store": [["store", 4, 2]]},
]  # fmt: skip
DOUBLE = [*TRIPLE[:4], {"store": [["store", 4, 2]]}]
#: 3 * x[0], unless x[0] is 5.
TRAP = [
    *TRIPLE[:5], {"load": [["const", 6, 5]]}, {"alu": [["==", 7, 1, 6]]},
    {"alu": [["+", 2, 2, 7]]}, {"store": [["store", 4, 2]]},
]  # fmt: skip
CHANGES_INPUT = [*TRIPLE, {"store": [["store", 0, 4]]}]
#: 3 * x[0]; it divides by x[0], too, and uses that for nothing.
DIVIDES = [*TRIPLE[:5], {"alu": [["//", 7, 2, 1]]}, TRIPLE[5]]
HALT = [{"flow": [["halt"]]}]
BRANCHES = [*TRIPLE[:3], {"flow": [["cond_jump", 1, 4]]}, *TRIPLE[3:]]


@pytest.fixture
def compare(tmp_path: Path):
    def compared(
        first: list[Any], second: list[Any], *options: object, facts: object = FACTS
    ) -> Answer:
        for name, what in (("a.json", first), ("b.json", second), ("facts.json", facts)):
            (tmp_path / name).write_text(json.dumps(what))
        files = (tmp_path / "a.json", "--against", tmp_path / "b.json")
        return slotweave("verify", *files, "--facts", tmp_path / "facts.json", *options)

    return compared


def test_what_is_output_is_compared_and_the_cycles_of_both_are_said(compare) -> None:
    answer = compare(TRIPLE, OTHERWISE, "--instances", 7)
    assert answer.code == 0, answer.err
    first, second, third = answer.out.splitlines()
    assert first.startswith("7 random and 16 directed inputs, no difference to ")
    assert "6 cycles of " in second
    assert "5 cycles of " in second
    assert third.startswith("facts: ")
    said = compare(TRIPLE, OTHERWISE, "--json").json
    assert {"instances": 100, "mismatches": 0}.items() <= said["verified"].items()
    assert (said["cycles"], said["against_cycles"]) == (6, 5)
    assert "proved" not in said


def test_without_regions_all_of_memory_is_compared(compare) -> None:
    answer = compare(TRIPLE, OTHERWISE, facts={"memory_words": 8})
    assert_refused(answer, "SW403", "memory[7]", exit_code=1)


def test_facts_that_call_nothing_output_are_named(compare) -> None:
    regions = [{**region, "output": False} for region in FACTS["regions"]]
    answer = compare(TRIPLE, DOUBLE, facts={**FACTS, "regions": regions})
    assert (answer.code, answer.err.count("call no region output")) == (0, 1)
    assert "call no region output" not in compare(TRIPLE, TRIPLE).err


def test_a_difference_names_word_and_seed(compare) -> None:
    answer = compare(DOUBLE, TRIPLE)
    assert_refused(answer, "SW403", "y[0] (address 4)", "seed 0", exit_code=1)


@pytest.mark.parametrize("swapped", [False, True])
def test_neither_of_the_two_may_change_an_input(compare, tmp_path: Path, swapped: bool) -> None:
    pair = (TRIPLE, CHANGES_INPUT) if swapped else (CHANGES_INPUT, TRIPLE)
    guilty = tmp_path / ("b.json" if swapped else "a.json")
    assert_refused(compare(*pair), "SW404", f"{guilty}: x[0]", exit_code=1)


@pytest.mark.parametrize("program", [TRIPLE, WITH_ZERO])
def test_programs_that_are_the_same_are_proved_so(compare, program: list[Any]) -> None:
    proved = compare(program, TRIPLE, "--prove", "--json").json["proved"]
    assert proved["program"] is True, proved["why"]
    assert proved["facts"]["memory_words"] == 8
    assert [Path(name).name for name in proved["of"]] == ["a.json", "b.json"]
    lines = compare(program, TRIPLE, "--prove").out.splitlines()
    assert lines[2].startswith("both the same: proved: ")


def test_what_differs_is_refuted_by_a_memory(compare) -> None:
    answer = compare(DOUBLE, TRIPLE, "--prove", "--json")
    assert answer.code == 1
    shown = answer.json["proved"]
    assert shown["program"] is False
    found = shown["counterexample"]
    assert found["place"] == "y[0] (address 4)"
    assert (2 * found["expected"] - 3 * found["got"]) % 2**32 == 0  # 3x and 2x
    assert "SW409" in answer.err
    assert "written by" in answer.err  # what a run shows of it


def test_a_trap_that_no_run_meets_is_not_proved(compare) -> None:
    answer = compare(TRAP, TRIPLE, "--prove", "--json")
    assert answer.json["verified"]["mismatches"] == 0
    assert answer.json["proved"]["program"] == "unknown"


def test_a_branch_on_data_is_why_nothing_is_proved(compare) -> None:
    for pair in ((BRANCHES, TRIPLE), (TRIPLE, BRANCHES)):
        answer = compare(*pair, "--prove", "--json")
        assert answer.code == 0, answer.err
        assert answer.json["proved"]["program"] == "unknown"
        assert "bundle 3" in answer.json["proved"]["why"]


def test_what_is_traced_counts_for_the_proof(compare) -> None:
    traced = [*TRIPLE, {"flow": [["trace_write", 2]]}]
    assert compare(traced, traced, "--prove", "--json").json["proved"]["program"] is True
    shown = compare(TRIPLE, traced, "--prove", "--json").json["proved"]
    assert shown["counterexample"]["place"] == "the number of words traced"


def test_what_is_traced_counts_for_runs(compare) -> None:
    traced = [*TRIPLE, {"flow": [["trace_write", 2]]}]
    assert compare(traced, traced).code == 0
    answer = compare(TRIPLE, traced)
    assert_refused(answer, "SW403", "0 words are written to the trace buffer instead of 1",
                   exit_code=1)  # fmt: skip
    answer = compare([*TRIPLE, {"flow": [["trace_write", 1]]}], traced)
    assert_refused(answer, "SW403", "trace[0] differs: ", exit_code=1)
    assert "wrong" not in answer.err


@pytest.mark.parametrize("swapped", [False, True])
def test_an_input_on_which_one_of_two_fails_is_a_difference(
    compare, tmp_path: Path, swapped: bool
) -> None:
    """No random word is 0; an input that is made for what is rare divides by it."""
    pair = (TRIPLE, DIVIDES) if swapped else (DIVIDES, TRIPLE)
    guilty = tmp_path / ("b.json" if swapped else "a.json")
    where = f"{guilty}, bundle 5, alu[0]: // by zero; the other program ends on this input"
    assert_refused(compare(*pair), "SW108", where, "(directed input ", "of seed 0)", exit_code=1)


def test_an_input_on_which_both_fail_is_no_difference(compare) -> None:
    both = compare(DIVIDES, DIVIDES, "--json")
    assert both.code == 0, both.err
    sound = compare(TRIPLE, TRIPLE, "--json")
    assert 0 < both.json["verified"]["directed"] < sound.json["verified"]["directed"]


def test_a_difference_names_the_stores_that_wrote_it(compare, tmp_path: Path) -> None:
    answer = compare([{"load": [["const", 4, 4]]}, {"store": [["store", 4, 4]]}], HALT,
                     facts={"memory_words": 5, "words": {"4": 7}})  # fmt: skip
    said = (
        f"memory[4] differs: 4 in {tmp_path / 'a.json'} (written by 1:store:0 `store 4 4`), "
        f"7 in {tmp_path / 'b.json'} (nothing writes it); it is the only such word "
        "(seed 0, instance 0)"
    )
    assert_refused(answer, "SW403", said, exit_code=1)


def test_what_proof_and_runs_show_alike_is_said_once(compare) -> None:
    def stored(word: int) -> list[dict[str, Any]]:
        return [{"load": [["const", 0, 1], ["const", 1, word]]},
                {"store": [["store", 0, 1]]}, {"load": [["const", 0, 2]]},
                {"store": [["store", 0, 1]]}]  # fmt: skip

    answer = compare(stored(7), stored(8), "--prove", facts={"memory_words": 5})
    assert answer.err.count("memory[1]") == 1
    assert answer.err.count("differs") == 1
    assert_refused(answer, "SW409", "; it is the first of 2 such words (seed 0, ", exit_code=1)


def test_facts_that_do_not_say_how_long_memory_is_will_not_do(compare) -> None:
    answer = compare(TRIPLE, OTHERWISE, facts={"words": {"0": 1}})
    assert_refused(answer, "SW215", '"memory_words"')


def test_without_a_kernel_or_facts_the_cure_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(TRIPLE))
    answer = slotweave("verify", file, "--against", file)
    assert_refused(answer, "SW212", "--facts FILE.json", "FILE.py:FUNCTION")


def test_facts_are_for_two_programs(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps(TRIPLE))
    facts = ("--facts", "challenge")
    for options in ((), ("--against", "tree-hash")):
        assert_refused(slotweave("verify", file, *facts, *options), "SW212", "another")
    again = ("--against", file, "-p", "height=2")
    assert_refused(slotweave("verify", file, *facts, *again), "SW212", "-p and --contract")
    assert_refused(slotweave("verify", file, *facts, "--self-test"), "SW212", "--facts")


def test_a_run_comes_before_the_proof_and_names_what_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def proof(*_arguments: object) -> None:
        raise AssertionError("a proof was begun")

    monkeypatch.setattr("slotweave.driver.comparison.prove_same", proof)
    file, facts = tmp_path / "a.json", tmp_path / "facts.json"
    file.write_text(json.dumps({"program": [{"store": [["store", 0, 1]]}]}))
    facts.write_text(json.dumps({"memory_words": 4}))
    answer = slotweave("verify", file, "--against", file, "--facts", facts, "--prove")
    assert_refused(answer, "SW109", "--compatible", exit_code=1)


def test_a_kernel_file_that_a_program_names_is_not_run_but_said(tmp_path: Path) -> None:
    (tmp_path / "k.py").write_text("raise AssertionError('it was run')")
    file, kernel = tmp_path / "x.json", f"{tmp_path / 'k.py'}:f"
    file.write_text(json.dumps({"program": [{"flow": [["halt"]]}], "meta": {"kernel": kernel}}))
    answer = slotweave("verify", file)
    assert_refused(answer, "SW212", f"slotweave verify PROGRAM --against {kernel}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"program": TRIPLE}))
    (tmp_path / "facts.json").write_text(json.dumps(FACTS))
    given = ("--facts", tmp_path / "facts.json", "--against", tmp_path / "b.json")
    assert_refused(slotweave("verify", tmp_path / "a.json", *given), "SW203", "b.json")


def test_of_two_programs_of_a_kernel_in_a_file_it_says_how_to_compare_them(tmp_path: Path) -> None:
    meta = {"kernel": "triple.py:triple", "params": {"n": 4}}
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps({"program": TRIPLE, "meta": meta}))
    answer = slotweave("verify", tmp_path / "a.json", "--against", tmp_path / "b.json")
    told = (
        "`slotweave diff` compares the two",
        "`slotweave facts show triple.py:triple -p n=4 -o FILE.json` writes it",
        "--against its kernel, such as triple.py:triple",
    )
    assert_refused(answer, "SW212", *told)
