"""`slotweave verify --prove`: what is proved of programs, ours and others', and what is refuted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command_line import assert_refused, slotweave

SHAPE = ("-p", "height=3", "-p", "rounds=6", "-p", "batch=8")

#: A pipelined loop whose rounds data decides is not followed on symbols.
UNPROVED = """\
def f(k):
    a, rounds = k.region("a", 0, 64, read_only=True), k.region("rounds", 128, 1, read_only=True)
    out = k.region("out", 64, 64, output=True)
    at = k.variable(0)
    with k.loop(rounds[0] & 31):
        out.store(at.value, a[at.value] * 3 + 1)
        at.value = at.value + 1
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("programs") / "program.json"
    answer = slotweave("compile", "tree-hash", *SHAPE, "--instances", 1, "-o", file)
    assert answer.code == 0, answer.err
    return file


def verify(program: Path, *options: object, against: object = "tree-hash") -> Any:
    return slotweave("verify", program, "--against", against, "--prove", "--instances", 3, *options)


def copied(original: Path, tmp_path: Path, **changes: object) -> Path:
    """A copy of a program file in which some keys are others."""
    copy = tmp_path / "copy.json"
    copy.write_text(json.dumps({**json.loads(original.read_text()), **changes}))
    return copy


def with_constant(program: Path, tmp_path: Path, old: int, new: int) -> Path:
    """A copy of `program` that loads another constant."""
    bundles = json.loads(program.read_text())["program"]
    loads = [slot for bundle in bundles for slot in bundle.get("load", [])]
    found = [slot for slot in loads if slot[0] == "const" and slot[2] == old]
    assert found, "the program uses the constant"
    for slot in found:
        slot[2] = new
    return copied(program, tmp_path, program=bundles)


def test_a_compiled_program_is_proved_in_both_links(program: Path) -> None:
    answer = verify(program, "--json")
    proved = answer.json["proved"]
    assert (proved["program"], proved["definition"]) == (True, True)
    assert proved["facts"] == "values"
    assert "6 steps of all 8 items" in proved["why"]
    assert {"instances": 3, "mismatches": 0}.items() <= answer.json["verified"].items()


def test_the_proof_is_said_in_words(program: Path) -> None:
    answer = verify(program)
    assert answer.code == 0
    said = answer.out.splitlines()
    assert said[1].startswith("program: proved: ")
    assert said[2].startswith("definition: proved: ")


def test_a_program_of_unknown_origin_is_proved_by_itself(program: Path, tmp_path: Path) -> None:
    bare = copied(program, tmp_path, meta={})
    answer = verify(bare, *SHAPE, "--json")
    proved = answer.json["proved"]
    assert (proved["program"], proved["definition"]) == (True, True)
    assert "no graph between" in proved["why"]


def test_two_programs_are_proved_through_their_definition(program: Path, tmp_path: Path) -> None:
    scalar = tmp_path / "scalar.json"
    assert slotweave("compile", "tree-hash", *SHAPE, "--plan", "scalar", "-o", scalar).code == 0
    answer = verify(program, "--json", against=scalar)
    proved = answer.json["proved"]
    assert (proved["program"], proved["definition"]) == (True, True)
    assert proved["of"] == [str(program), str(scalar)]


def test_what_is_proved_of_two_programs_is_said(program: Path) -> None:
    said = verify(program, against=program).out.splitlines()
    each = f"{program} and {program}, each by itself against tree-hash"
    assert said[1] == f"proved of {each} (the least of the two):"
    assert said[2].startswith("program: proved: ")
    assert "of" not in verify(program, "--json").json["proved"]


def test_stdin_goes_by_its_name(program: Path) -> None:
    text = program.read_text()
    answer = slotweave("verify", program, "--against", "-", "--instances", 3, stdin=text)
    assert answer.out.startswith("3 random and 16 directed inputs, no difference to stdin")


def test_a_wrong_program_is_refused_with_a_memory_that_shows_it(
    program: Path, tmp_path: Path
) -> None:
    wrong = with_constant(program, tmp_path, 4097, 4098)
    assert_refused(verify(wrong), "SW409", "values[", "seed", exit_code=1)
    answer = verify(wrong, "--json")
    assert answer.code == 1
    proved = answer.json["proved"]
    assert proved["definition"] is False
    shown = proved["counterexample"]
    assert shown["place"].startswith("values[")
    assert shown["expected"] != shown["got"]


def test_a_branch_on_data_is_not_proved_and_the_reason_said(program: Path, tmp_path: Path) -> None:
    bundles = json.loads(program.read_text())["program"]
    jump = [
        {"load": [["const", 1535, 9]]},
        {"load": [["load", 1535, 1535]]},
        {"flow": [["cond_jump", 1535, 3]]},
    ]
    answer = verify(copied(program, tmp_path, program=[*jump, *bundles]), "--json")
    assert answer.code == 0
    proved = answer.json["proved"]
    assert (proved["program"], proved["definition"]) == ("unknown", "unknown")
    assert "depends on data" in proved["why"]
    said = verify(tmp_path / "copy.json").out
    assert said.count("not proved") == 1
    assert "\nprogram and definition: not proved: " in said


def test_a_kernel_with_branches_on_data_is_proved_block_by_block(tmp_path: Path) -> None:
    kernel, made = tmp_path / "k.py", tmp_path / "made.json"
    kernel.write_text(
        "def f(k):\n"
        "    a = k.region('a', 0, 8, output=True)\n"
        "    k.branch(a[0] & 1, lambda: a.store(2, 5), lambda: a.store(3, 9))\n"
    )
    assert slotweave("compile", f"{kernel}:f", "-o", made).code == 0
    proved = verify(made, "--json", against=f"{kernel}:f").json["proved"]
    assert proved["program"] is True
    assert "block by block" in proved["why"]
    said = json.loads(made.read_text())["meta"]["block_starts"]
    moved = {**json.loads(made.read_text())["meta"], "block_starts": [0, *said[2:]]}
    other = verify(copied(made, tmp_path, meta=moved), "--json", against=f"{kernel}:f")
    assert other.json["proved"]["program"] == "unknown"  # a hint: a wrong one proves nothing


def test_without_the_option_nothing_is_proved(program: Path) -> None:
    answer = slotweave("verify", program, "--against", "tree-hash", "--instances", 1, "--json")
    assert "proved" not in answer.json


def test_compile_says_whether_a_recorded_proof_fits() -> None:
    answer = slotweave("compile", "tree-hash", *SHAPE, "--instances", 1, "--json")
    proved = answer.json["proved"]
    assert (proved["program"], proved["definition"]) == (True, "unknown")
    assert "no recorded proof fits" in proved["why"]


def test_a_kernel_of_the_users_own_has_no_definition(tmp_path: Path) -> None:
    kernel = tmp_path / "own.py"
    kernel.write_text(
        "def own(k):\n"
        "    words = k.region('words', 0, 8, output=True)\n"
        "    k.vstore(0, k.vload(0, words) + 1, words)\n"
    )
    file = tmp_path / "own.json"
    assert slotweave("compile", f"{kernel}:own", "-o", file).code == 0
    answer = verify(file, "--json", against=f"{kernel}:own")
    proved = answer.json["proved"]
    assert (proved["program"], proved["definition"]) == (True, "unknown")
    assert "without a definition" in proved["why"]


def test_where_a_proof_is_required_a_program_that_is_not_proved_fails(tmp_path: Path) -> None:
    kernel, program = tmp_path / "k.py", tmp_path / "p.json"
    kernel.write_text(
        "def f(k):\n    a = k.region('a', 0, 2, output=True)\n    a.store(0, a[1] + 1)\n"
    )
    assert slotweave("compile", f"{kernel}:f", "--require-proof", "-o", program, "-q").code == 0
    question = ("verify", program, "--against", f"{kernel}:f")
    assert slotweave(*question, "--require-proof").code == 0
    meta = json.loads(program.read_text())
    meta["meta"]["plan"] = "of unknown origin"
    program.write_text(json.dumps(meta))
    assert slotweave(*question, "--prove").code == 0
    for options in ((), ("--json",)):
        refused = slotweave(*question, "--require-proof", *options)
        assert refused.code == 1
        assert f"SW414 {program}: not proved: no plan is known" in refused.err
        assert ('"program": "unknown"' if options else "program: not proved") in refused.out


def test_what_is_not_proved_is_not_written_where_a_proof_is_required(tmp_path: Path) -> None:
    kernel, program = tmp_path / "k.py", tmp_path / "p.json"
    kernel.write_text(UNPROVED)
    assert slotweave("compile", f"{kernel}:f", "-o", program, "-q").code == 0
    program.unlink()
    refused = slotweave("compile", f"{kernel}:f", "--require-proof", "-o", program, "--json")
    assert refused.code == 1
    assert "SW414 the program is not proved to do what its kernel says: " in refused.err
    assert refused.json["proved"]["program"] == "unknown"
    assert not program.exists()


def test_a_result_is_no_program_to_require_a_proof_of(tmp_path: Path) -> None:
    result = tmp_path / "r.json"
    slotweave("compile", "saxpy", "-p", "n=8", "--result", result, "-q")
    for option in ("--prove", "--require-proof"):
        assert_refused(slotweave("verify", result, option), "SW212", "reproduced, not proved")
