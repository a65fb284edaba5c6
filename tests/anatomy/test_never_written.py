"""Reads of scratch that nothing has written: where the first one is, and how many there are."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from rich.console import Console

from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.words.never_written import NeverWritten, UnwrittenRead, never_written
from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE, Machine
from slotweave.simulate.reference import run
from slotweave.views.inspect_table import inspect_view
from strategies.programs import straight_programs
from support.command_line import slotweave
from support.examples import examples

NONE = NeverWritten(0, None)
CONST: Bundle = {"load": (("const", 1, 7),)}
ADDED: Bundle = {"alu": (("+", 2, 1, 1), ("+", 3, 1, 9))}


def found(
    *bundles: Bundle, machine: Machine = CHALLENGE, facts: Facts = NOTHING_KNOWN
) -> NeverWritten | None:
    return never_written(Program("challenge", bundles), machine, facts)


def test_a_word_that_nothing_wrote_is_named_with_its_reader() -> None:
    assert found(CONST, ADDED) == NeverWritten(1, UnwrittenRead(1, "alu", 1, 9))


def test_it_is_the_read_that_strict_mode_refuses() -> None:
    with pytest.raises(CheckFailed, match=r"SW109 bundle 1, alu\[1\]: scratch 9 is read"):
        run(Program("challenge", (CONST, ADDED)), CHALLENGE, [])


def test_a_word_that_the_program_calls_zero_is_meant() -> None:
    meant = Program("challenge", (CONST, ADDED), names={9: ("=0", 1)})
    assert never_written(meant, CHALLENGE, NOTHING_KNOWN) == NONE
    jumping = ({"flow": (("jump", 1),)}, CONST, ADDED)
    assert found(*jumping) == NeverWritten(1, UnwrittenRead(2, "alu", 1, 9))
    assert never_written(replace(meant, bundles=jumping), CHALLENGE, NOTHING_KNOWN) == NONE


def test_a_program_that_writes_what_it_reads_has_none() -> None:
    assert found(CONST, {"alu": (("+", 2, 1, 1),)}) == NONE
    assert found() == NONE


def test_each_lane_and_each_operand_counts() -> None:
    vector: Bundle = {"valu": (("+", 24, 16, 16),)}
    assert found({"load": (("const", 16, 0),)}, vector) == NeverWritten(
        14, UnwrittenRead(1, "valu", 0, 17)
    )


def test_what_is_written_in_the_same_bundle_or_has_not_landed_comes_too_late() -> None:
    read: Bundle = {"alu": (("+", 2, 1, 1),)}
    assert found({**CONST, **read}) == NeverWritten(2, UnwrittenRead(0, "alu", 0, 1))
    slow = replace(CHALLENGE, modes=tuple(
        replace(mode, latency=3) if mode.operation == "const" else mode for mode in CHALLENGE.modes
    ))  # fmt: skip
    assert found(CONST, read, machine=slow) == NeverWritten(2, UnwrittenRead(1, "alu", 0, 1))
    assert found(CONST, {"flow": ()}, {"flow": ()}, read, machine=slow) == NONE


def test_debug_slots_read_nothing() -> None:
    assert found({"debug": (("compare", 5, "key"),)}) == NONE


def test_behind_a_halt_nothing_is_read() -> None:
    halt: Bundle = {"flow": (("halt",),)}
    assert found(CONST, halt, ADDED) == NONE
    assert found(CONST, {**halt, **ADDED}) == NeverWritten(1, UnwrittenRead(1, "alu", 1, 9))


def looping(condition: int) -> tuple[Bundle, ...]:
    """Counts word 2 up to 5 from what nothing wrote; then goes on while `condition` is not 0."""
    return (
        {"load": (("const", 0, 1), ("const", 1, 5))},
        {"alu": (("+", 2, 2, 0),)},
        {"alu": (("<", 4, 2, 1), ("+", 3, 2, 9))},
        {"flow": (("cond_jump", condition, 1),)},
    )


def test_in_a_loop_each_read_counts_as_often_as_it_runs() -> None:
    assert found(*looping(4)) == NeverWritten(1 + 5, UnwrittenRead(1, "alu", 0, 2))


def test_of_a_run_the_bundle_of_the_text_is_named() -> None:
    """The loop runs two bundles twice, and behind it word 9 is read."""
    program = Program("challenge", (
        {"load": (("const", 0, 1), ("const", 2, 2))},
        {"alu": (("-", 2, 2, 0),)},
        {"flow": (("cond_jump", 2, 1),)},
        {"alu": (("+", 3, 9, 9),)},
    ))  # fmt: skip
    read = {"reads": 2, "first": {"bundle": 3, "engine": "alu", "slot": 0, "word": 9}}
    assert inspect_program(program, CHALLENGE).to_json()["never_written"] == read


@pytest.mark.long
def test_of_jumps_that_data_decides_or_that_never_end_nothing_is_known() -> None:
    assert found({"load": (("load", 1, 0),)}, {"flow": (("cond_jump", 1, 0),)}) is None
    endless = Program("challenge", looping(0))
    assert never_written(endless, CHALLENGE, NOTHING_KNOWN, max_bundles=100) is None
    summary = inspect_program(endless, CHALLENGE).to_json()
    assert (summary["never_written"], "never written" in shown(endless)) == (None, False)


def test_facts_may_decide_the_jump() -> None:
    read_and_jump: tuple[Bundle, ...] = (
        {"load": (("load", 1, 9),)}, {"flow": (("cond_jump", 1, 0),)},
    )  # fmt: skip
    assert found(*read_and_jump, facts=Facts(4, {0: 0})) == NeverWritten(
        1, UnwrittenRead(0, "load", 0, 9)
    )


@given(straight_programs(CHALLENGE))
@examples(40)
def test_a_jump_to_the_end_changes_nothing(program: Program) -> None:
    """Straight programs are judged by columns, others by a run."""
    jump: Bundle = {"flow": (("jump", len(program.bundles) + 1),)}
    jumping = replace(program, bundles=(*program.bundles, jump))
    straight = never_written(program, CHALLENGE, NOTHING_KNOWN)
    assert straight is not None
    assert never_written(jumping, CHALLENGE, NOTHING_KNOWN) == straight


def shown(program: Program) -> str:
    console = Console(file=StringIO(), width=200, no_color=True)
    console.print(inspect_view(inspect_program(program, CHALLENGE)))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("bundles", [(CONST, ADDED), looping(4)], ids=["straight", "a loop"])
def test_inspect_has_a_row_a_field_and_a_warning(bundles: tuple[Bundle, ...]) -> None:
    text = json.dumps(bundles)
    answer = slotweave("inspect", "-", "--json", stdin=text)
    reads, word = answer.json["never_written"]["reads"], answer.json["never_written"]["first"]
    assert answer.code == 0
    (warning,) = [line for line in answer.err.splitlines() if "SW109" in line]
    place = f"bundle {word['bundle']}, alu[{word['slot']}]"
    told = f"warning: SW109 stdin, {place}: scratch {word['word']} is read and was never written, "
    assert warning.startswith(told)
    count = "the only such read" if reads == 1 else f"the first of {reads} such reads"
    assert f"never written, {count} (taken as 0, as on the machine; " in warning
    row = f"{reads} read{'s' if reads > 1 else ''} of scratch that nothing has written, the first"
    assert f"never written  {row} of word {word['word']} in {place}" in shown(
        Program("challenge", bundles)
    )
    assert slotweave("inspect", "-", "-q", stdin=text).err == ""


def test_inspect_says_nothing_where_all_is_written() -> None:
    answer = slotweave("inspect", "-", stdin=json.dumps([CONST]))
    assert "SW109" not in answer.err
    assert "never written" not in answer.out
