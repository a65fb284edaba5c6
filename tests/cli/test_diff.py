"""`slotweave diff`: programs and results, and what cannot be compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import assert_refused, slotweave

A = '[{"load": [["const", 0, 1]]}, {"alu": [["+", 1, 0, 0]]}, {"store": [["store", 0, 1]]}]'
B = (
    '[{"load": [["const", 5, 1]]}, {"flow": [["add_imm", 7, 5, 1]]}, {"alu": [["*", 9, 7, 7]]}, '
    '{"store": [["store", 5, 7]]}]'
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "a.json").write_text(A)
    (tmp_path / "b.json").write_text(B)
    return tmp_path / "a.json", tmp_path / "b.json"


def test_two_programs_are_compared(files: tuple[Path, Path]) -> None:
    answer = slotweave("diff", *files)
    assert answer.code == 0
    assert f"A  {files[0]}: 3 cycles, 3 operations" in answer.out
    assert "3 results computed by both" in answer.out
    assert "1  on flow instead of alu" in answer.out
    assert "1 operation only in B: 1 with no effect on output" in answer.out


#: Stores 1 and 2, then 2 and 4, in a loop of two turns; `STRAIGHT` does so without one.
LOOP = [
    {"load": [["const", 0, 1], ["const", 1, 0]]}, {"load": [["const", 2, 3]]},
    {"alu": [["+", 0, 0, 0], ["+", 1, 1, 0]]}, {"store": [["store", 1, 0]]},
    {"alu": [["<", 3, 1, 2]]}, {"flow": [["cond_jump", 3, 2]]},
]  # fmt: skip
STRAIGHT = [
    {"load": [["const", 0, 1], ["const", 1, 0]]}, {"alu": [["+", 4, 0, 0], ["+", 5, 1, 0]]},
    {"store": [["store", 5, 4]]}, {"alu": [["+", 6, 4, 4], ["+", 7, 5, 4]]},
    {"store": [["store", 7, 6]]},
]  # fmt: skip


def test_of_a_loop_cycles_of_the_run_are_said_and_the_bundle_where_it_is_another(
    tmp_path: Path,
) -> None:
    for name, program in (("a.json", LOOP), ("b.json", STRAIGHT)):
        (tmp_path / name).write_text(json.dumps(program))
    answer = slotweave("diff", tmp_path / "a.json", tmp_path / "b.json")
    assert "-3: 7:store:0 (bundle 3) `store 1 0` -> 4:store:0 `store 7 6`" in answer.out
    assert "\n    8:alu:0 (bundle 4) `< 3 1 2`" in answer.out


def test_the_line_of_the_kernel_is_named_where_programs_differ(tmp_path: Path) -> None:
    for name, sign in (("a.json", "+"), ("b.json", "-")):
        (tmp_path / name).write_text(json.dumps({
            "program": [{"load": [["const", 0, 1]]}, {"alu": [[sign, 1, 0, 0]]},
                        {"store": [["store", 0, 1]]}],
            "lines": {"texts": ["k.py:3", "k.py:4"], "slots": [-1, 0, 1]},
        }))  # fmt: skip
    answer = slotweave("diff", tmp_path / "a.json", tmp_path / "b.json").out
    assert "    A: written by 2:store:0 `store 0 1`, k.py:4\n" in answer
    assert "differ first in 1:alu:0 `+ 1 0 0`, k.py:3, which is `- 1 0 0` in B" in answer


def test_the_json_form_has_every_placement(files: tuple[Path, Path]) -> None:
    answer = slotweave("diff", *files, "--json").json
    assert answer["schema_version"] == 1
    assert answer["facts"] == "none"
    assert [match["moved"] for match in answer["matches"]] == [0, 0, 1]
    assert [one["text"] for one in answer["only"]["b"]] == ["* 9 7 7"]


def test_one_side_may_be_stdin(files: tuple[Path, Path]) -> None:
    assert slotweave("diff", "-", files[1], stdin=A).code == 0
    assert_refused(slotweave("diff", "-", "-", stdin=A), "SW212", "read once")


def test_a_python_file_is_compared_under_the_judged_facts(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    file = tmp_path / "kernel.py"
    file.write_text(
        "class KernelBuilder:\n"
        "    def __init__(self): self.instrs = []\n"
        "    def build_kernel(self, height, nodes, batch, rounds):\n"
        "        self.instrs = [{'load': [('const', 0, batch)]}, {'store': [('store', 0, 0)]}]\n"
        "    def debug_info(self): return None\n"
    )
    answer = slotweave("diff", file, files[0], "--shape", "3,4,8", "--json").json
    assert answer["facts"] == "challenge"
    assert answer["a"]["cycles"] == 2


def test_two_results_are_put_side_by_side(files: tuple[Path, Path], tmp_path: Path) -> None:
    results = []
    for file in files:
        result = tmp_path / f"{file.stem}-result.json"
        result.write_text(slotweave("inspect", file, "--json").out)
        results.append(result)
    answer = slotweave("diff", *results, "--json").json["entries"]
    assert answer["cycles"] == {"a": 3, "b": 4, "change": 1}
    assert answer["unused"] == {"a": 0, "b": 1, "change": 1}
    assert answer["machine"] == {"a": "challenge", "b": "challenge"}
    lines = slotweave("diff", *results).out.splitlines()
    (row,) = (line.split() for line in lines if line.startswith("cycles "))
    assert row == ["cycles", "3", "4", "+1"]
    assert any(line.startswith("the same in both: ") and "machine" in line for line in lines)


def test_a_result_and_a_program_are_not_alike(files: tuple[Path, Path], tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text(json.dumps({"cycles": 3}))
    assert_refused(slotweave("diff", result, files[0]), "SW212", "like with like")


def test_a_file_that_is_not_there_is_refused(files: tuple[Path, Path]) -> None:
    assert_refused(slotweave("diff", files[0], "nowhere.json"), "SW203", "nowhere.json")


def test_a_jump_that_depends_on_data_is_refused_with_its_file(files: tuple[Path, Path]) -> None:
    jump = '[{"load": [["load", 0, 1]]}, {"flow": [["cond_jump", 0, 0]]}]'
    refused = slotweave("diff", files[0], "-", stdin=jump)
    assert_refused(refused, "SW219", "stdin", "bundle 1")


def test_a_program_that_the_machine_refuses_fails_the_check(files: tuple[Path, Path]) -> None:
    broken = '[{"alu": [["**", 0, 0, 0]]}]'
    assert slotweave("diff", files[0], "-", stdin=broken).code == 1


@pytest.mark.parametrize("command", ["bound", "inspect", "what-if", "run"])
def test_results_of_other_commands_are_put_side_by_side(
    files: tuple[Path, Path], tmp_path: Path, command: str
) -> None:
    (tmp_path / "memory.json").write_text("[0, 0, 0]")
    options = ("--mem", tmp_path / "memory.json") if command == "run" else ()
    said = [slotweave(command, file, *options, "--json") for file in files]
    sides = [tmp_path / "a.result", tmp_path / "b.result"]
    for side, answer in zip(sides, said, strict=True):
        side.write_text(answer.out)
    compared = slotweave("diff", *sides, "--json")
    assert compared.code == 0, compared.err
    cycles = compared.json["entries"]["bound.cycles" if command == "bound" else "cycles"]
    tables = [answer.json["bound"] if command == "bound" else answer.json for answer in said]
    assert [cycles["a"], cycles["b"]] == [table["cycles"] for table in tables]


@pytest.mark.parametrize("command", [("explain", 1), ("diff",)])
def test_what_is_about_places_is_not_a_result(
    files: tuple[Path, Path], tmp_path: Path, command: tuple[object, ...]
) -> None:
    name, *more = command
    said = slotweave(name, files[0], *(more or [files[1]]), "--json")
    (tmp_path / "said.json").write_text(said.out)
    answer = slotweave("diff", tmp_path / "said.json", tmp_path / "said.json")
    assert_refused(answer, "SW204", "what `diff` or `explain` prints, not like a program")


def test_a_program_is_compared_with_the_one_in_a_result(tmp_path: Path) -> None:
    program, result = tmp_path / "program.json", tmp_path / "result.json"
    shape = ("-p", "height=2", "-p", "rounds=2", "-p", "batch=8", "--instances", 1)
    assert slotweave("compile", "tree-hash", *shape, "-o", program, "--result", result).code == 0
    answer = slotweave("diff", program, result, "--json")
    assert answer.code == 0, answer.err
    assert answer.json["matched"] == answer.json["unmoved"]


#: Facts of which memory has too few words for what the program stores to.
SHORT = '{"memory_words": 2, "regions": [{"name": "r", "start": 0, "length": 2, "output": true}]}'


def test_an_address_beyond_memory_names_the_facts_that_memory_is_of(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    short = tmp_path / "short.json"
    short.write_text(SHORT)
    far = tmp_path / "far.json"
    far.write_text('[{"load": [["const", 0, 7]]}, {"store": [["store", 0, 0]]}]')
    answer = slotweave("diff", files[0], far, "--facts", short)
    words = (f"{far}, bundle 1", f"memory is that of the facts {short}", "--facts none")
    assert_refused(answer, "SW107", *words, exit_code=1)
    assert slotweave("diff", files[0], far).code == 0


def test_facts_are_not_taken_from_what_a_program_says_of_itself(tmp_path: Path) -> None:
    """The rule of every command that takes a program: they are named as a hint alone."""
    said = {"kernel": "tree-hash", "contract": "values",
            "params": {"height": 2, "rounds": 1, "batch": 8}}  # fmt: skip
    file = tmp_path / "p.json"
    file.write_text(json.dumps({"schema_version": 1, "machine": "challenge",
                                "program": json.loads(A), "meta": said}))  # fmt: skip
    for command in (("diff", file, file), ("report", file, "-o", tmp_path / "p.html"),
                    ("inspect", file), ("what-if", file), ("explain", file, "1"),
                    ("bound", file), ("repack", file)):  # fmt: skip
        answer = slotweave(*command, "--json")
        assert answer.code == 0
        assert answer.err.count("--facts challenge may apply") == 1, command
