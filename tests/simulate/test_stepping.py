"""Stepping forward and back shows what the reference simulator does, bundle by bundle."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import CheckFailed, InputError
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from slotweave.simulate.stepping import Stepper, parse_breakpoint
from strategies.wild_programs import MEMORY_WORDS, wild_program
from support.examples import examples

COUNT = Program(
    "challenge",
    (
        {"load": (("const", 0, 3), ("const", 1, 1))},
        {"alu": (("-", 0, 0, 1),), "flow": (("trace_write", 0),)},
        {"flow": (("cond_jump", 0, 1),), "store": (("store", 1, 0),)},
        {"flow": (("halt",),)},
    ),
    names={0: ("left", 1), 8: ("v", 8)},
)


def test_forward_and_back_are_undone_by_each_other() -> None:
    stepper = Stepper(COUNT, CHALLENGE, [7, 7])
    seen = []
    while True:
        seen.append((stepper.scratch[:2], stepper.memory[:], stepper.bundle, stepper.cycle,
                     list(stepper.trace)))  # fmt: skip
        if not stepper.forward():
            break
    for wanted in reversed(seen):
        assert wanted == (stepper.scratch[:2], stepper.memory, stepper.bundle, stepper.cycle,
                          list(stepper.trace))  # fmt: skip
        stepper.back()
    assert not stepper.back()
    assert seen[-1][1] == [7, 0]
    assert seen[-1][4] == [3, 2, 1]


@examples(20)
@given(st.integers(0, 1_000_000))
def test_the_end_is_that_of_the_reference(seed: int) -> None:
    program = wild_program(CHALLENGE, seed, 0.0)
    memory = list(range(MEMORY_WORDS))
    stepper = Stepper(program, CHALLENGE, memory, strict=False)
    for _ in range(200):
        if not stepper.forward():
            break
    try:
        end = run(program, CHALLENGE, memory, strict=False, max_cycles=10_000)
    except CheckFailed as error:
        fault = error.diagnostic
    else:
        fault = None
    last = stepper.last
    if last and last.fault:
        assert last.fault == fault
    elif stepper.ended:
        assert stepper.memory == end.memory.tolist()
        assert stepper.scratch == end.scratch.tolist()
        assert (stepper.cycle, tuple(stepper.trace)) == (end.cycles, end.trace)


@pytest.mark.parametrize(
    ("text", "bundle", "cycle"),
    [("cycle 3", 1, 3), ("bundle 2", 2, 2), ("scratch left", 0, 0), ("memory 1", 2, 2),
     ("value 0x1", 0, 0), ("op trace_write", 1, 1), ("value 0", 1, 5)],
)  # fmt: skip
def test_breakpoints_stop_behind_their_bundle(text: str, bundle: int, cycle: int) -> None:
    stepper = Stepper(COUNT, CHALLENGE, [7, 7])
    point = parse_breakpoint(text, {"left": 0}, COUNT)
    assert stepper.run_to([point]) == str(point)
    assert stepper.last is not None
    assert (stepper.last.bundle, stepper.last.cycle) == (bundle, cycle)
    assert stepper.run_to() == "the end"
    assert stepper.run_to((), forward=False) == "the beginning"


@pytest.mark.parametrize("text", ["", "cycle", "cycle x", "word 3", "op vload"])
def test_what_is_no_breakpoint_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="SW212"):
        parse_breakpoint(text, {}, COUNT)


def test_a_fault_stops_the_run_where_it_is() -> None:
    faulty = Program("challenge", ({"load": (("const", 0, 99),)}, {"load": (("load", 1, 0),)}))
    stepper = Stepper(faulty, CHALLENGE, [0])
    assert stepper.run_to().startswith("a fault: SW106")
    assert stepper.ended
    assert stepper.back()
    assert not stepper.ended


def test_a_pause_stops_and_the_run_goes_on_behind_it() -> None:
    paused = Program("challenge", ({"flow": (("pause",),)}, {"load": (("const", 0, 1),)}))
    stepper = Stepper(paused, CHALLENGE, [])
    assert stepper.run_to() == "a pause"
    assert stepper.run_to() == "the end"
    assert stepper.scratch[0] == 1


def test_a_pause_lets_nothing_land_before_its_time() -> None:
    """As in `run`: what a slow load reads is in scratch two bundles later, pause or not."""
    modes = tuple(replace(mode, latency=2) if mode.operation == "load" else mode
                  for mode in CHALLENGE.modes)  # fmt: skip
    slow = replace(CHALLENGE, name="slow", modes=modes)
    program = Program(
        "slow",
        (
            {"load": (("const", 0, 0), ("const", 2, 1))},
            {"load": (("load", 1, 0),)},
            {"flow": (("pause",),), "store": (("store", 0, 1),)},
            {"store": (("store", 2, 1),)},
        ),
    )
    stepper = Stepper(program, slow, [7, 0], strict=False)
    while stepper.forward():
        pass
    assert stepper.memory == run(program, slow, [7, 0], strict=False).memory.tolist() == [0, 7]
