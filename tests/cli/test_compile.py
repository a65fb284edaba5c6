"""`slotweave compile` and what can be done with its program, on shapes that compile quickly."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from slotweave.machine import CHALLENGE, machine_to_toml
from support.command_line import Answer, assert_refused, slotweave

SMALL = ("-p", "height=3", "-p", "rounds=2", "-p", "batch=8", "--instances", "2")
OWN_KERNEL = '''
def add_one(k, n=16):
    """Adds one to each word."""
    raise RuntimeError("out of luck")
'''


def compile_small(*options: object) -> Answer:
    return slotweave("compile", "tree-hash", *SMALL, *options)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("compiled") / "small.json"
    assert compile_small("-q", "-o", file).code == 0
    return file


def test_the_table_says_what_a_person_wants_to_know() -> None:
    answer = compile_small()
    assert answer.code == 0
    for word in ("tree-hash on challenge", "height 3", "cycles", "lower bound", "gap", "valu",
                 "2 random and", "scratch"):  # fmt: skip
        assert word in answer.out
    assert answer.err == ""


def test_the_json_form_has_the_names_that_scripts_rely_on() -> None:
    result: dict[str, Any] = compile_small("--json").json
    assert result["schema_version"] == 1
    assert result["kernel"] == "tree-hash"
    assert result["params"] == {"height": 3, "rounds": 2, "batch": 8}
    assert (result["contract"], result["machine"], result["seed"]) == ("values", "challenge", 0)
    assert {"instances": 2, "mismatches": 0}.items() <= result["verified"].items()
    assert 0 < result["bound"]["cycles"] <= result["cycles"] <= result["bundles"]
    assert set(result["engines"]) == set(CHALLENGE.slots)
    for engine in result["engines"].values():
        assert engine["used"] <= engine["slots"]
    assert result["scratch"]["peak"] <= result["scratch"]["size"] == CHALLENGE.scratch_words
    assert {"ladder", "idle", "plan", "seconds", "evaluations"} <= set(result)


def test_the_program_goes_to_stdout_where_that_is_asked_for(program: Path) -> None:
    answer = compile_small("-o", "-")
    assert answer.out == program.read_text()


def test_the_same_inputs_give_the_same_program(program: Path, tmp_path: Path) -> None:
    assert compile_small("-q", "-o", tmp_path / "again.json").code == 0
    assert (tmp_path / "again.json").read_bytes() == program.read_bytes()


def test_quiet_prints_nothing_but_what_is_written_nowhere_else(tmp_path: Path) -> None:
    answer = compile_small("-q", "-o", tmp_path / "program.json")
    assert (answer.out, answer.err) == ("", "")
    told = compile_small("-q")
    assert "lower bound" in told.out
    assert told.err == ""
    small = ("repack", tmp_path / "program.json", "--effort", "fast", "--evaluations", 1, "-q")
    assert "lower bound" in slotweave(*small).out
    answer = slotweave(*small, "-o", tmp_path / "shorter.json")
    assert (answer.out, answer.err) == ("", "")
    bounded = ("bound", "dot", "-p", "n=16", "-q")
    assert "heads and tails" in slotweave(*bounded).out
    answer = slotweave(*bounded, "--certificate", tmp_path / "bound.json")
    assert (answer.out, answer.err) == ("", "")
    checked = slotweave("bound", "--check", tmp_path / "bound.json", "-q").out
    assert "as its certificate shows" in checked


def test_a_program_is_verified_with_what_it_says_of_itself(program: Path) -> None:
    answer = slotweave("verify", program, "--against", "tree-hash", "--instances", 3)
    assert (answer.code, answer.out) == (
        0,
        "3 random and 8 directed inputs, no difference to tree-hash\n",
    )
    answer = slotweave("verify", program, "--against", program, "--instances", 3, "--json")
    assert {"instances": 3, "mismatches": 0}.items() <= answer.json["verified"].items()
    assert answer.json["params"] == {"height": 3, "rounds": 2, "batch": 8}


def test_a_wrong_program_does_not_verify(program: Path, tmp_path: Path) -> None:
    wrong = json.loads(program.read_text())
    last_store = max(i for i, bundle in enumerate(wrong["program"]) if "store" in bundle)
    del wrong["program"][last_store]["store"]
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(wrong))
    for against in ("tree-hash", program):
        answer = slotweave("verify", file, "--against", against, "--instances", 3)
        assert_refused(answer, "SW403", str(file), exit_code=1)


def test_a_program_that_names_no_kernel_needs_one_to_be_compared(tmp_path: Path) -> None:
    file = tmp_path / "bare.json"
    file.write_text("[{}]")
    answer = slotweave("verify", file, "--against", file)
    assert_refused(answer, "SW212", "neither program file names a kernel")


def test_a_program_is_inspected(program: Path) -> None:
    assert "cycles" in slotweave("inspect", program).out
    result = slotweave("inspect", program, "--json").json
    assert result["cycles"] == compile_small("--json").json["cycles"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_exported_program_is_the_same_program(program: Path, form: str) -> None:
    exported = slotweave("export", program, "--format", form).out
    back = slotweave("export", "-", "--format", "json", stdin=exported).out
    assert back == program.read_text()


def test_the_challenge_form_is_written_with_the_request_not_to_publish(
    program: Path, tmp_path: Path
) -> None:
    file = tmp_path / "perf_takehome.py"
    answer = slotweave("export", program, "--format", "challenge", "-o", file)
    assert answer.code == 0
    assert "ask that solutions are not published" in answer.err
    assert "class KernelBuilder" in file.read_text()


def test_an_unknown_plan_is_refused() -> None:
    assert_refused(compile_small("--plan", "scalr"), "SW209", "did you mean 'scalar'?")


def test_a_plan_file_with_a_mistake_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text("{")
    assert_refused(compile_small("--plan", file), "SW209", str(file))
    file.write_text('{"schema_version": 1, "name": "p", "kernel": "sort"}')
    assert_refused(compile_small("--plan", file), "SW209", "'sort'")


def test_a_kernel_function_that_raises_is_blamed_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN_KERNEL)
    answer = slotweave("compile", f"{file}:add_one")
    assert_refused(answer, "SW206", f"{file}:4: ", "RuntimeError: out of luck")


def test_a_machine_with_too_little_scratch_is_answered_with_3(tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    text = machine_to_toml(CHALLENGE).replace("scratch_words = 1536", "scratch_words = 24")
    file.write_text(text)
    answer = compile_small("--machine", file, "-o", tmp_path / "program.json")
    assert_refused(answer, "SW301", "live", exit_code=3)
    assert list(tmp_path.iterdir()) == [file]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, what follows the search has time."""
    monkeypatch.setattr("slotweave.cli.deadline.GRACE_SECONDS", 600.0)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("limit", [("--time-limit", 0), ("--evaluations", 0)])
def test_a_limit_ends_the_search_and_not_the_first_attempt(limit: tuple[str, int]) -> None:
    answer = compile_small("--plan", "default", *limit, "--json")
    assert answer.code == 0
    assert answer.json["evaluations"] == 1
    assert compile_small("--plan", "default", "--evaluations", 3, "--json").json["evaluations"] == 3


@pytest.mark.usefixtures("patient")
def test_a_limit_does_not_hide_why_nothing_fits(tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    text = machine_to_toml(CHALLENGE).replace("scratch_words = 1536", "scratch_words = 24")
    file.write_text(text)
    assert_refused(compile_small("--machine", file, "--time-limit", 0), "SW301", exit_code=3)


def test_a_machine_without_an_engine_for_an_operation_is_answered_with_3(tmp_path: Path) -> None:
    file = tmp_path / "no-store.toml"
    text = "\n".join(
        line for line in machine_to_toml(CHALLENGE).splitlines() if "store" not in line
    )
    file.write_text(text)
    assert_refused(compile_small("--machine", file), "SW302", "store", exit_code=3)


def test_an_unwritable_output_is_refused_before_compiling(tmp_path: Path) -> None:
    answer = compile_small("-o", tmp_path / "none" / "program.json")
    assert_refused(answer, "SW207", "there is no directory")


LOOPING = """
def powers(k, n=4):
    x = k.region("x", 0, 8, read_only=True)
    power = k.variable(x[0])
    with k.loop(n):
        power.value = power.value * x[0]
    k.region("y", 8, 8, output=True).store(0, power.value)
"""


def test_a_kernel_of_ones_own_may_loop(tmp_path: Path) -> None:
    file = tmp_path / "looping.py"
    file.write_text(LOOPING)
    answer = slotweave("compile", f"{file}:powers", "-p", "n=30", "--instances", 3, "--json")
    assert answer.code == 0, answer.err
    assert {"instances": 3, "mismatches": 0}.items() <= answer.json["verified"].items()
    assert answer.json["proved"]["program"] is True
    assert answer.json["bundles"] < 30 < answer.json["cycles"]


RARE = """
def rare(k):
    a = k.region("a", 0, 8, output=True)
    def often():
        with k.loop(40):
            a.store(1, a[1] * 3 + 1)
    k.branch(a[0] == 12345678, often, lambda: a.store(1, 7))
"""


def test_a_directed_input_that_takes_longer_than_random_ones_is_told_of(tmp_path: Path) -> None:
    file = tmp_path / "k.py"
    file.write_text(RARE)
    answer = slotweave("compile", f"{file}:rare")
    told = " ".join(answer.out.split())
    assert "(the longest of 20 runs on random inputs)" in told
    assert re.search(r"20 random and \d directed inputs, of which one takes 1\d\d cycles", told)


def test_where_no_jump_is_taken_that_is_said(tmp_path: Path) -> None:
    file = tmp_path / "still.py"
    file.write_text(LOOPING)
    shown = slotweave("compile", f"{file}:powers", "-p", "n=0").out
    assert "jumps in a run: none" in shown


def test_more_effort_is_never_longer_and_no_other_word_is_one():
    shape = ["-p", "height=4", "-p", "rounds=6", "-p", "batch=32", "--json"]
    cycles = [
        json.loads(slotweave("compile", "tree-hash", *shape, "--effort", effort).out)["cycles"]
        for effort in ("fast", "default")
    ]
    assert cycles[1] <= cycles[0]
    refused = slotweave("compile", "tree-hash", *shape, "--effort", "maxx")
    assert refused.code == 2
    assert "SW212 there is no effort 'maxx'" in refused.err


def test_choices_of_a_kernel_that_has_none_are_refused(tmp_path: Path) -> None:
    answer = slotweave("compile", "saxpy", "--choice", "foo=4")
    assert_refused(
        answer, "SW209", "saxpy has no choices of its own, so no foo; every plan has method"
    )
    file = tmp_path / "plan.json"
    file.write_text('{"schema_version": 1, "name": "q", "kernel": "saxpy", "choices": {"foo": 3}}')
    assert_refused(slotweave("compile", "saxpy", "--plan", file), "SW209", "no choices of its own")


def test_other_choices_leave_a_plan_the_form_that_it_has(tmp_path: Path) -> None:
    """A kernel in two forms knows by the name of a plan which one is meant."""
    loop = slotweave("compile", "saxpy", "--plan", "loop", "--json").json
    assert loop["bundles"] < slotweave("compile", "saxpy", "--json").json["bundles"]
    chosen = ["--choice", "seed=0"]
    again = slotweave("compile", "saxpy", "--plan", "loop", *chosen, "--json").json
    file, program = tmp_path / "plan.json", tmp_path / "program.json"
    file.write_text('{"name": "loop", "kernel": "saxpy", "schedule": {"spill": true}}')
    kept = slotweave("compile", "saxpy", "--plan", file, *chosen, "-o", program, "--json").json
    assert loop["bundles"] == again["bundles"] == kept["bundles"]
    proved = slotweave("verify", program, "--prove", "--json").json["proved"]
    assert proved["program"] is True


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_choice(number: str) -> None:
    refused = slotweave("compile", "saxpy", "--choice", f"noise={number}")
    assert_refused(refused, "SW209", f"'noise' is not JSON: {number} is no number")


TIMES = """\
def tripled(k):
    size, x = k.region("size", 0, 1), k.region("x", 1, 64, read_only=True)
    y, place = k.region("y", 65, 64, output=True), k.variable(0)
    with k.loop(size[0] & 63):
        y.store(place.value, 3 * x[place.value] + 1)
        place.value = place.value + 1
"""


def test_a_choice_may_be_the_scheduler_s(tmp_path: Path) -> None:
    file = tmp_path / "times.py"
    file.write_text(TIMES)
    kernel = ("compile", f"{file}:tripled", "--json")
    pipelined = slotweave(*kernel).json
    plain = slotweave(*kernel, "--choice", "pipeline=false", "--choice", "seed=3").json
    found = [answer["proved"]["program"] for answer in (pipelined, plain)]
    assert found == ["unknown", True]
    assert pipelined["cycles"] < plain["cycles"]
    assert slotweave(*kernel, "--choice", "offsets=[0, 1.5]", "--choice", "steps=[]").code == 0
    assert_refused(slotweave(*kernel, "--choice", "steps=3"), "SW209", "must be an array")
    assert_refused(slotweave(*kernel, "--choice", "pipeline=3"), "SW209", "'pipeline'")
