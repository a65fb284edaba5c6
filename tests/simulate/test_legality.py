"""What strict mode refuses beforehand, one program for each reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.legality import costs_a_cycle, static_faults
from slotweave.simulate.reference import run


def faults(*bundles: Bundle, machine: Machine = CHALLENGE) -> list[str]:
    return [str(fault) for fault in static_faults(Program(machine.name, bundles), machine)]


REFUSED: dict[str, tuple[Bundle, str]] = {
    "slots": (
        {"flow": (("halt",), ("halt",))},
        "SW101 bundle 0, flow: 2 slots where challenge has 1",
    ),
    "engine": ({"fpu": ()}, "SW102 bundle 0, fpu: challenge has no engine 'fpu'"),
    "operation": (
        {"alu": (("nand", 0, 0, 0),)},
        "SW103 bundle 0, alu[0]: this engine cannot run 'nand'",
    ),
    "operation of another engine": (
        {"alu": (("multiply_add", 0, 0, 0, 0),)},
        "SW103 bundle 0, alu[0]: this engine cannot run 'multiply_add'",
    ),
    "no operation": ({"alu": ((),)}, "SW103 bundle 0, alu[0]: this engine cannot run None"),
    "operation that is no name": (
        {"alu": ((["+"], 0, 0, 0),)},
        "SW103 bundle 0, alu[0]: this engine cannot run ['+']",
    ),
    "scratch address": (
        {"alu": (("+", 0, 0, 0), ("+", 1, 1536, 0))},
        "SW105 bundle 0, alu[1]: operand 2 of + is not a word at scratch address 1536, "
        "of 1536 words",
    ),
    "negative scratch address": (
        {"load": (("const", -1, 0),)},
        "SW105 bundle 0, load[0]: operand 1 of const is not a word at scratch address -1, "
        "of 1536 words",
    ),
    "vector over the end": (
        {"valu": (("+", 1529, 0, 0),)},
        "SW105 bundle 0, valu[0]: operand 1 of + is not a vector of 8 words "
        "at scratch address 1529, of 1536 words",
    ),
    "lane over the end": (
        {"load": (("load_offset", 0, 1535, 1),)},
        "SW105 bundle 0, load[0]: lane 1 of the vector at 1535: scratch has 1536 words",
    ),
    "float": ({"alu": (("+", 0, 1.0, 0),)}, "SW110 bundle 0, alu[0]: operand 2 of + is 1.0"),
    "boolean": ({"alu": (("+", True, 1, 0),)}, "SW110 bundle 0, alu[0]: operand 1 of + is True"),
    "immediate that is no integer": (
        {"load": (("const", 0, "7"),)},
        "SW110 bundle 0, load[0]: operand 2 of const is '7'",
    ),
    "operands": (
        {"flow": (("halt", 0),)},
        "SW111 bundle 0, flow[0]: halt has 0 operands, not 1",
    ),
    "lane": (
        {"load": (("load_offset", 0, 0, 8),)},
        "SW112 bundle 0, load[0]: lane 8 of vectors of 8",
    ),
    "target": ({"flow": (("jump", -1),)}, "SW113 bundle 0, flow[0]: jump to bundle -1"),
    "offset": (
        {"flow": (("cond_jump_rel", 0, -2),)},
        "SW113 bundle 0, flow[0]: cond_jump_rel to bundle -1",
    ),
    "two writes": (
        {"alu": (("+", 17, 0, 0),), "valu": (("+", 10, 24, 24),)},
        "SW104 bundle 0, valu[0]: two writes to scratch 17 in bundle 0: alu[0], valu[0]",
    ),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_strict_mode_refuses_before_anything_runs(reason: str) -> None:
    bundle, message = REFUSED[reason]
    program = Program("challenge", (bundle,))
    assert [str(fault) for fault in static_faults(program, CHALLENGE)] == [message]
    for refused in (
        lambda: run(program, CHALLENGE, []),
        lambda: run_compiled(encode(program, CHALLENGE), []),
    ):
        with pytest.raises(CheckFailed) as caught:
            refused()
        assert str(caught.value) == message


LEGAL: dict[str, Bundle] = {
    "immediates of any size": {"load": (("const", 0, -(2**70)), ("const", 1, 2**70))},
    "the last words": {"alu": (("+", 1535, 1535, 1535),), "flow": (("vselect", 0, 1528, 1528, 0),)},
    "the last word as a lane": {"load": (("load_offset", 1528, 1528, 7),)},
    "jumps past the end": {"flow": (("jump", 10**30),)},
    "a jump to the first bundle": {"flow": (("cond_jump_rel", 0, -1),)},
    "any number of debug slots": {"debug": tuple(("note", None) for _ in range(65))},
    "neighbouring writes": {"valu": (("+", 0, 0, 0), ("+", 8, 0, 0)), "alu": (("+", 16, 0, 0),)},
}


@pytest.mark.parametrize("what", LEGAL)
def test_strict_mode_accepts(what: str) -> None:
    assert faults(LEGAL[what]) == []


def test_every_fault_is_listed_double_writes_last() -> None:
    found = faults({"load": (("const", 0, 0), ("const", 0, 1))}, {"fpu": ()}, {"alu": (("x",),)})
    assert [fault.split(":")[0] for fault in found] == [
        "SW102 bundle 1, fpu",
        "SW103 bundle 2, alu[0]",
        "SW104 bundle 0, load[1]",
    ]


SLOW_MULTIPLY = replace(
    CHALLENGE,
    modes=tuple(
        replace(mode, latency=3) if mode.operation == "mul" else mode for mode in CHALLENGE.modes
    ),
)
MULTIPLY: Bundle = {"alu": (("*", 1, 0, 0),)}
ADD: Bundle = {"alu": (("+", 1, 0, 0),)}


def test_writes_of_several_bundles_that_land_together_are_refused() -> None:
    assert faults(MULTIPLY, {}, ADD, machine=SLOW_MULTIPLY) == [
        "SW104 bundle 2, alu[0]: two writes to scratch 1 land together: "
        "bundle 0 alu[0], bundle 2 alu[0]"
    ]


@pytest.mark.parametrize("between", [(), ({}, {})])
def test_writes_that_land_one_after_the_other_are_legal(between: tuple[Bundle, ...]) -> None:
    assert faults(MULTIPLY, *between, ADD, machine=SLOW_MULTIPLY) == []


def test_behind_a_jump_nothing_is_known_to_be_in_flight() -> None:
    assert faults(MULTIPLY, {"flow": (("jump", 5),)}, ADD, machine=SLOW_MULTIPLY) == []


def test_an_engine_without_slots_runs_nothing() -> None:
    machine = replace(MINIMAL, engines=(*MINIMAL.engines[:-1], ("control", 0)))
    assert faults({"control": ()}, machine=machine) == []
    assert faults({"control": (("halt",),)}, machine=machine) == [
        "SW101 bundle 0, control: 1 slots where minimal has 0"
    ]


@pytest.mark.parametrize(
    ("bundle", "costs"),
    [({}, False), ({"debug": ()}, False), ({"alu": ()}, True), ({"alu": (), "debug": ()}, True)],
)
def test_a_bundle_costs_a_cycle_if_it_names_an_engine(bundle: Bundle, costs: bool) -> None:
    assert costs_a_cycle(bundle) is costs
