"""A machine that kept the name of the one it was made from is not taken for it."""

from __future__ import annotations

import json

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
