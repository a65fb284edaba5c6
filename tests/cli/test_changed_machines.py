"""A machine that kept the name of the one it was made from is not taken for it."""

from __future__ import annotations

import json
from dataclasses import replace

from slotweave.machine import CHALLENGE, machine_to_toml
from support.command_line import assert_refused, slotweave

SMALL = ("-p", "height=3", "-p", "rounds=2", "-p", "batch=8")


def test_a_program_for_a_changed_machine_does_not_pass_for_one_of_the_original(tmp_path):
    file, program = tmp_path / "mine.toml", tmp_path / "program.json"
    file.write_text(machine_to_toml(CHALLENGE).replace("vector_length = 8", "vector_length = 4"))
    assert slotweave("compile", "tree-hash", *SMALL, "--machine", file, "-o", program).code == 0
    assert json.loads(program.read_text())["machine"] == "challenge (changed)"
    against = ("--against", "tree-hash")
    assert_refused(slotweave("verify", program, *against), "SW208", "challenge (changed)")
    assert slotweave("verify", program, *against, "--machine", file).code == 0
    assert_refused(slotweave("export", program, "--format", "challenge"), "SW216")


def test_an_unchanged_copy_is_the_machine_itself(tmp_path):
    file, program = tmp_path / "same.toml", tmp_path / "program.json"
    file.write_text(machine_to_toml(CHALLENGE))
    assert slotweave("compile", "tree-hash", *SMALL, "--machine", file, "-o", program).code == 0
    assert json.loads(program.read_text())["machine"] == "challenge"


def test_what_to_type_next_goes_by_the_usual_plan_of_the_machine(tmp_path):
    """On another machine than the challenge's that is `default`."""
    file, program = tmp_path / "wide.toml", tmp_path / "program.json"
    wide = replace(CHALLENGE, name="wide", engines=(*CHALLENGE.engines[:-1], ("flow", 2)))
    assert CHALLENGE.engines[-1] == ("flow", 1)
    file.write_text(machine_to_toml(wide))
    for plan, advised in (("default", False), ("scalar", True)):
        options = (*SMALL, "--machine", file, "--plan", plan, "-o", program)
        assert slotweave("compile", "tree-hash", *options).code == 0
        told = slotweave("inspect", program, "--machine", file, "--json").json["next"]
        assert told.startswith("slotweave compile ") == advised
        assert f"--machine {file}" in told


def test_a_machine_may_have_an_engine_without_slots(tmp_path):
    file = tmp_path / "no-flow.toml"
    engines = tuple((name, 0 if name == "flow" else slots) for name, slots in CHALLENGE.engines)
    file.write_text(machine_to_toml(replace(CHALLENGE, name="no-flow", engines=engines)))
    given = ("--machine", file, "--store", tmp_path / "s.db", "-o", tmp_path / "plan.json")
    assert slotweave("tune", "saxpy", "-p", "n=64", *given, "--evaluations", "4").code == 0
