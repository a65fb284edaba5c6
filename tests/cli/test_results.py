"""`compile --result` and `verify RESULT`: results that carry their own evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slotweave.machine import CHALLENGE, machine_to_toml
from support.cheating import answers_of_a_seed, right_for_narrow_words
from support.command_line import Answer, assert_refused, slotweave

SMALL = ("-p", "height=3", "-p", "rounds=2", "-p", "batch=8", "--instances", "2")


def compile_small(*options: object) -> Answer:
    return slotweave("compile", "tree-hash", *SMALL, "-q", *options)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("results") / "result.json"
    answer = compile_small("--result", file)
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    return file


def edited(result: Path, tmp_path: Path, **entries: Any) -> Path:
    file = tmp_path / "edited.json"
    file.write_text(json.dumps({**json.loads(result.read_text()), **entries}))
    return file


def test_a_result_holds_what_compile_says_and_the_program(result: Path) -> None:
    saved = json.loads(result.read_text())
    said = compile_small("--json").json
    del said["seconds"], saved["seconds"]
    assert saved["kind"] == "result"
    assert {key: saved[key] for key in said} == said
    assert len(saved["program"]["program"]) == saved["bundles"]
    assert set(saved["hashes"]) == {"record", "program", "machine", "simulator", "inputs"}


def test_a_result_is_derived_again(result: Path) -> None:
    answer = slotweave("verify", result)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("the result holds: ")
    shown = slotweave("verify", result, "--json").json
    assert shown["discrepancies"] == []
    assert shown["hashes"] == json.loads(result.read_text())["hashes"]


def test_a_result_takes_no_options_of_programs(result: Path) -> None:
    for options in (("-p", "n=3"), ("--contract", "graph"), ("--max-cycles", 3), ("--compatible",)):
        refused = slotweave("verify", result, *options)
        assert_refused(refused, "SW212", "a result is reproduced", options[0])
    assert "are those of the result" in slotweave("verify", result, "--seed", 3).err


def test_code_that_a_result_or_a_certificate_names_runs_if_the_user_names_it(
    tmp_path: Path,
) -> None:
    kernel, ran = tmp_path / "own.py", tmp_path / "ran"
    kernel.write_text(
        f"open({str(ran)!r}, 'w').close()\n"
        "def own(k):\n"
        "    a = k.region('a', 0, 8, output=True)\n"
        "    a.store(0, a[1] + 1)\n"
    )
    named, result, bounds = f"{kernel}:own", tmp_path / "r.json", tmp_path / "c.json"
    assert slotweave("compile", named, "--result", result).code == 0
    assert slotweave("bound", named, "--certificate", bounds).code == 0
    ran.unlink()
    assert_refused(slotweave("verify", result), "SW212", "is not run", f"--against {named}")
    check = slotweave("bound", "--check", bounds)
    assert_refused(check, "SW212", "is not run", f"slotweave bound {named} --check FILE")
    assert not ran.exists()
    assert slotweave("verify", result, "--against", named).code == 0
    assert slotweave("bound", named, "--check", bounds).code == 0
    assert ran.exists()


def test_a_result_is_not_proved_but_its_program_is(result: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.json"
    refused = slotweave("verify", result, "--prove")
    command = f"slotweave export {result} --format json -o PROGRAM"
    assert_refused(refused, "SW212", "a result is reproduced, not proved", f"`{command}`")
    assert slotweave(*command.replace("PROGRAM", str(program)).split()[1:]).code == 0
    answer = slotweave("verify", program, "--prove", "--instances", 2, "--json")
    assert answer.json["proved"]["definition"] is True


def test_a_result_on_stdin_is_derived_again(result: Path) -> None:
    assert slotweave("verify", "-", stdin=result.read_text()).code == 0


def test_what_does_not_hold_is_named(result: Path, tmp_path: Path) -> None:
    file = edited(result, tmp_path, cycles=3)
    answer = slotweave("verify", file)
    assert_refused(answer, "SW410", str(file), "record: ", "cycles: 3 recorded", exit_code=1)
    answer = slotweave("verify", file, "--json")
    assert answer.code == 1
    assert [d["entry"] for d in answer.json["discrepancies"]] == ["record", "cycles"]


def test_a_program_slipped_in_is_named(result: Path, tmp_path: Path) -> None:
    program = json.loads(result.read_text())["program"]
    program["program"].insert(0, {"load": [["const", 0, 1]]})
    answer = slotweave("verify", edited(result, tmp_path, program=program))
    entries = ("record: ", "program: ", "bundles: ", "cycles: ")
    assert_refused(answer, "SW410", *entries, exit_code=1)


def test_a_malformed_result_is_a_mistake_of_the_users(result: Path, tmp_path: Path) -> None:
    answer = slotweave("verify", edited(result, tmp_path, seed="zero"))
    assert_refused(answer, "SW218", "'seed' cannot be")


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ({"kernel": "tree-hsh"}, "SW201"),
        ({"params": {"height": 99}}, "SW202"),
        ({"params": {"height": 3}}, "SW218"),
        ({"contract": "vales"}, "SW212"),
    ],
)
def test_a_result_of_nothing_known_is_refused(
    result: Path, tmp_path: Path, entries: dict[str, Any], code: str
) -> None:
    assert_refused(slotweave("verify", edited(result, tmp_path, **entries)), code)


def test_a_machine_of_the_users_own_is_part_of_the_result(tmp_path: Path) -> None:
    machine, file = tmp_path / "mine.toml", tmp_path / "result.json"
    text = machine_to_toml(CHALLENGE).replace('"challenge"', '"mine"')
    machine.write_text(text)
    assert compile_small("--machine", machine, "--result", file).code == 0
    assert slotweave("verify", file).code == 0
    machine.write_text(text.replace("alu = 12", "alu = 11"))
    answer = slotweave("verify", file, "--machine", machine)
    assert_refused(answer, "SW410", "machine: ", exit_code=1)


def test_stdout_holds_one_thing(tmp_path: Path) -> None:
    assert_refused(compile_small("--result", "-", "--json"), "SW212")
    answer = compile_small("--result", tmp_path / "none" / "result.json")
    assert_refused(answer, "SW207", "there is no directory")


def test_cheating_programs_are_named(tmp_path: Path) -> None:
    from slotweave.challenge.tree_hash import TREE_HASH
    from slotweave.driver.verifying import workload_of
    from slotweave.ir.text.program_files import parse_program, program_to_json

    file = tmp_path / "program.json"
    assert compile_small("-o", file).code == 0
    right = parse_program(file.read_text())
    parameters = {"height": 3, "rounds": 2, "batch": 8}
    workload = workload_of(TREE_HASH, parameters, "values", CHALLENGE)
    shape = ("--against", "tree-hash", *SMALL)
    file.write_text(program_to_json(answers_of_a_seed(workload, seed=0)))
    words = ("right for the recorded seed only", "seed 0")
    for options in ((), ("--instances", 1), ("--instances", 20)):
        answer = slotweave("verify", file, *shape, *options)
        assert_refused(answer, "SW403", *words, exit_code=1)
    file.write_text(program_to_json(right_for_narrow_words(right, parameters)))
    words = ("right for 30-bit words, wrong for full-range words",)
    assert_refused(slotweave("verify", file), "SW403", *words, exit_code=1)


@pytest.mark.parametrize(
    "command", [("inspect", "--json"), ("repack", "--evaluations", "0", "--json"), ("export",
                "--format", "text")],
)  # fmt: skip
def test_the_program_is_read_out_of_a_result(
    result: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    program = tmp_path / "program.json"
    program.write_text(json.dumps(json.loads(result.read_text())["program"]))
    of_result, of_program = slotweave(*command, result), slotweave(*command, program)
    assert of_result.code == 0, of_result.err
    if "--json" in command:
        assert of_result.json["cycles"] == of_program.json["cycles"]
    else:
        assert of_result.out == of_program.out


def test_a_program_is_held_against_the_one_in_a_result(result: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.json"
    assert compile_small("-o", program, "--plan", "scalar").code == 0
    answer = slotweave("verify", program, "--against", result, "--instances", 2)
    assert answer.code == 0, answer.err
    assert str(result) in answer.out


def test_a_result_that_says_nothing_of_its_program_is_refused(result: Path, tmp_path: Path) -> None:
    assert_refused(slotweave("inspect", edited(result, tmp_path, program=7)), "SW218", "'program'")
