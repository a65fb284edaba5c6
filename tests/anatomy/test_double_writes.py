"""Two writes to one word: where the first ones are, and how many there are."""

from __future__ import annotations

import json

import pytest

from slotweave.anatomy.words.double_writes import double_writes_json, double_writes_of
from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from support.command_line import slotweave

TWICE: Bundle = {"load": (("const", 0, 6), ("const", 0, 7))}
ONCE: Bundle = {"load": (("const", 1, 6), ("const", 0, 7))}
STORED: Bundle = {"store": (("store", 1, 0),)}


def test_the_first_is_the_one_that_strict_mode_names_and_all_are_counted() -> None:
    program = Program("challenge", (ONCE, TWICE, TWICE))
    found = double_writes_json(double_writes_of(program, CHALLENGE))
    place = {key: found["first"][key] for key in ("bundle", "engine", "slot")}
    assert (found["slots"], place) == (2, {"bundle": 1, "engine": "load", "slot": 1})
    with pytest.raises(CheckFailed) as refused:
        run(program, CHALLENGE, [])
    assert refused.value.diagnostic.message == found["first"]["text"]


def test_one_write_a_word_is_none() -> None:
    none = {"slots": 0, "first": None}
    assert (
        double_writes_json(double_writes_of(Program("challenge", (ONCE, ONCE)), CHALLENGE)) == none
    )


def test_the_machine_obeys_and_the_last_wins() -> None:
    program = Program("challenge", (ONCE, TWICE, STORED))
    assert run(program, CHALLENGE, [0] * 8, strict=False).memory[6] == 7


WARNING = "warning: SW104 stdin, bundle 1, load[1]: two writes to scratch 0 in bundle 1"
COMMANDS = {"inspect": (), "repack": ("--effort", "fast")}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_warn_of_it(command: str) -> None:
    doubled = json.dumps([ONCE, TWICE, STORED])
    answer = slotweave(command, "-", *COMMANDS[command], stdin=doubled)
    assert answer.code == 0
    assert f"{WARNING}: load[0], load[1], the only one" in answer.err
    quiet = slotweave(command, "-", *COMMANDS[command], "-q", stdin=doubled)
    assert "SW104" not in quiet.err
    clean = slotweave(command, "-", *COMMANDS[command], stdin=json.dumps([ONCE, STORED]))
    assert "SW104" not in clean.err


def test_the_table_and_json_have_it_too() -> None:
    doubled = json.dumps([ONCE, TWICE, TWICE, STORED])
    shown = " ".join(slotweave("inspect", "-", stdin=doubled).out.split())
    assert "two writes 2 slots that write a word that another slot writes, the first: two" in shown
    assert slotweave("inspect", "-", "--json", stdin=doubled).json["double_writes"]["slots"] == 2


def test_a_repacked_program_has_none() -> None:
    doubled = json.dumps([ONCE, TWICE, TWICE, TWICE, STORED])
    answer = slotweave("repack", "-", "--effort", "fast", "--json", stdin=doubled)
    assert answer.json["cycles"] < answer.json["before"]
    assert answer.json["double_writes"] == {"slots": 0, "first": None}
