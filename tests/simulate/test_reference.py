"""What programs do, told by small programs; each claim holds for both simulators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.reference import run
from slotweave.simulate.run import Access, Event, Memory, Run, RunState, Space

Simulator = Callable[..., Run]


def by_compiled(program: Program, machine: Machine, memory: Memory | Run, **options: Any) -> Run:
    return run_compiled(encode(program, machine), memory, **options)


@pytest.fixture(params=[run, by_compiled], ids=["reference", "compiled"])
def simulate(request: pytest.FixtureRequest) -> Simulator:
    simulator: Simulator = request.param
    return simulator


def challenge(*bundles: Bundle) -> Program:
    return Program("challenge", bundles)


def const(word: int, value: int) -> Bundle:
    return {"load": (("const", word, value),)}


def slow(operation: str, latency: int, machine: Machine = CHALLENGE) -> Machine:
    """`machine` with another latency of `operation`."""
    modes = (
        replace(mode, latency=latency) if mode.operation == operation else mode
        for mode in machine.modes
    )
    return replace(machine, modes=tuple(modes))


def test_two_words_are_swapped_in_one_bundle(simulate: Simulator) -> None:
    swap: Bundle = {"alu": (("|", 0, 1, 1), ("|", 1, 0, 0))}
    end = simulate(challenge(const(0, 5), const(1, 7), swap), CHALLENGE, [])
    assert end.scratch[:2].tolist() == [7, 5]


def test_a_load_reads_memory_from_before_a_store_of_its_bundle(simulate: Simulator) -> None:
    both: Bundle = {"store": (("store", 0, 1),), "load": (("load", 2, 0),)}
    end = simulate(challenge(const(0, 0), const(1, 9), both), CHALLENGE, [4])
    assert (end.scratch[2], end.memory[0]) == (4, 9)


@pytest.mark.parametrize(
    ("bundle", "value"),
    [
        ({"alu": (("+", 5, 0, 0), ("*", 5, 0, 0))}, 9),
        ({"alu": (("*", 5, 0, 0), ("+", 5, 0, 0))}, 6),
        ({"alu": (("+", 5, 0, 0),), "load": (("const", 5, 1),)}, 1),
        ({"load": (("const", 5, 1),), "alu": (("+", 5, 0, 0),)}, 6),
        ({"alu": (("+", 5, 0, 0),), "valu": (("vbroadcast", 3, 0),)}, 3),
    ],
)
def test_the_last_listed_of_two_writes_stands_in_compatible_mode(
    simulate: Simulator, bundle: Bundle, value: int
) -> None:
    end = simulate(challenge(const(0, 3), bundle), CHALLENGE, [], strict=False)
    assert end.scratch[5] == value


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_last_listed_of_two_stores_stands_in_compatible_mode(
    simulate: Simulator, order: tuple[int, int]
) -> None:
    stores: Bundle = {"store": tuple(("store", 0, word) for word in order)}
    program = challenge(const(1, 1), const(2, 2), stores)
    assert simulate(program, CHALLENGE, [0], strict=False).memory[0] == order[-1]


def test_only_bundles_that_name_an_engine_cost_a_cycle(simulate: Simulator) -> None:
    program = challenge({}, {"debug": (("note",),)}, {"alu": ()}, const(0, 1))
    end = simulate(program, CHALLENGE, [])
    assert (end.cycles, end.executed_bundles) == (2, 4)


def test_a_countdown_loop_runs_as_often_as_it_counts(simulate: Simulator) -> None:
    program = challenge(
        const(0, 5),
        {"flow": (("add_imm", 0, 0, -1),), "alu": ()},
        {"flow": (("cond_jump_rel", 0, -2),)},
    )
    end = simulate(program, CHALLENGE, [])
    assert (end.cycles, end.scratch[0], end.pc, end.state) == (11, 0, 3, RunState.STOPPED)


@pytest.mark.parametrize(
    ("jump", "skipped"),
    [
        (("jump", 3), True),
        (("jump_indirect", 0), True),
        (("cond_jump", 0, 3), True),
        (("cond_jump", 1, 3), False),
        (("cond_jump_rel", 0, 1), True),
        (("cond_jump_rel", 1, 1), False),
    ],
)
def test_a_jump_takes_effect_for_the_next_bundle(
    simulate: Simulator, jump: tuple[Any, ...], skipped: bool
) -> None:
    start: Bundle = {"load": (("const", 0, 3), ("const", 1, 0))}
    jumping: Bundle = {"flow": (jump,), "load": (("const", 2, 1),)}
    end = simulate(challenge(start, jumping, const(3, 1)), CHALLENGE, [])
    assert end.scratch[2] == 1
    assert end.scratch[3] == (0 if skipped else 1)


@pytest.mark.parametrize("target", [1, 2, 1000, 2**40])
def test_a_jump_past_the_end_stops(simulate: Simulator, target: int) -> None:
    end = simulate(challenge({"flow": (("jump", target),)}), CHALLENGE, [])
    assert (end.state, end.pc, end.cycles) == (RunState.STOPPED, 1, 1)


def test_the_bundle_of_a_halt_is_done_to_its_end(simulate: Simulator) -> None:
    halt: Bundle = {"flow": (("halt",),), "load": (("const", 0, 1),)}
    end = simulate(challenge(halt, const(1, 1)), CHALLENGE, [])
    assert (end.scratch[:2].tolist(), end.state, end.pc) == ([1, 0], RunState.STOPPED, 1)


PAUSING = challenge(const(0, 1), {"flow": (("pause",),)}, const(1, 2))


def test_a_pause_stops_only_where_pauses_are_enabled(simulate: Simulator) -> None:
    assert simulate(PAUSING, CHALLENGE, []).state == RunState.STOPPED
    paused = simulate(PAUSING, CHALLENGE, [], enable_pause=True)
    assert (paused.state, paused.pc, paused.cycles) == (RunState.PAUSED, 2, 2)
    assert paused.scratch[:2].tolist() == [1, 0]


def test_a_paused_run_goes_on_behind_the_pause(simulate: Simulator) -> None:
    paused = simulate(PAUSING, CHALLENGE, [], enable_pause=True)
    resumed = simulate(PAUSING, CHALLENGE, paused, enable_pause=True)
    assert resumed == simulate(PAUSING, CHALLENGE, [], enable_pause=True, runs=2)
    assert (resumed.state, resumed.cycles) == (RunState.STOPPED, 3)
    assert resumed.scratch[:2].tolist() == [1, 2]
    assert paused.scratch[:2].tolist() == [1, 0]


def test_a_stopped_run_stays_as_it_is(simulate: Simulator) -> None:
    end = simulate(PAUSING, CHALLENGE, [])
    assert simulate(PAUSING, CHALLENGE, end, runs=3) == end


def test_one_simulator_goes_on_where_the_other_paused() -> None:
    paused = run(PAUSING, CHALLENGE, [], enable_pause=True)
    assert by_compiled(PAUSING, CHALLENGE, paused) == run(PAUSING, CHALLENGE, paused)


def test_trace_words_are_kept_in_order_however_many(simulate: Simulator) -> None:
    program = challenge(
        {"load": (("const", 0, 100), ("const", 1, 1))},
        {"flow": (("trace_write", 0),), "alu": (("-", 0, 0, 1),)},
        {"flow": (("cond_jump", 0, 1),)},
    )
    assert simulate(program, CHALLENGE, []).trace == tuple(range(100, 0, -1))


def test_a_result_is_read_when_its_latency_has_passed(simulate: Simulator) -> None:
    machine = slow("mul", 3)
    copy: tuple[Bundle, ...] = tuple({"alu": (("|", k, 1, 1),)} for k in (10, 11, 12))
    multiply: Bundle = {"alu": (("*", 1, 0, 0),)}
    end = simulate(challenge(const(0, 4), const(1, 7), multiply, *copy), machine, [])
    assert end.scratch[10:13].tolist() == [7, 7, 16]


def test_a_slow_store_lands_later_and_memory_is_read_at_issue(simulate: Simulator) -> None:
    machine = slow("load", 2, slow("store", 2))
    load: tuple[Bundle, ...] = tuple({"load": (("load", 10 + k, 0),)} for k in range(3))
    store: Bundle = {"store": (("store", 0, 1),)}
    program = challenge(const(0, 0), const(1, 5), store, *load, {"alu": ()}, {"alu": ()})
    assert simulate(program, machine, [2]).scratch[10:13].tolist() == [2, 5, 5]


@pytest.mark.parametrize("ending", [{"alu": ()}, {"flow": (("halt",),)}, {"flow": (("pause",),)}])
def test_what_is_in_flight_lands_at_the_end_of_a_run(simulate: Simulator, ending: Bundle) -> None:
    machine = slow("store", 4, slow("add", 9))
    writes: Bundle = {"alu": (("+", 1, 0, 0),), "store": (("store", 2, 0),)}
    program = challenge(const(0, 4), const(2, 0), writes, ending)
    end = simulate(program, machine, [1], enable_pause=True)
    assert (end.scratch[1], end.memory[0]) == (8, 4)


def test_the_later_issued_of_two_writes_that_land_together_stands(simulate: Simulator) -> None:
    machine = slow("mul", 2)
    program = challenge(const(0, 4), {"alu": (("*", 1, 0, 0),)}, {"alu": (("+", 1, 0, 0),)})
    assert simulate(program, machine, [], strict=False).scratch[1] == 8


def test_vectors_are_as_long_as_the_machine_says(simulate: Simulator) -> None:
    program = Program(
        "minimal",
        (
            {"scalar": (("const", 0, 1),)},
            {"memory": (("vload", 4, 0),)},
            {"vector": (("*", 8, 4, 4),)},
            {"memory": (("vstore", 0, 8),)},
        ),
    )
    assert simulate(program, MINIMAL, [9, 1, 2, 3, 4]).memory.tolist() == [9, 1, 4, 9, 16]


def test_initial_memory_is_left_as_it_was(simulate: Simulator) -> None:
    memory = [0]
    store = challenge(const(0, 0), const(1, 5), {"store": (("store", 0, 1),)})
    assert simulate(store, CHALLENGE, memory).memory[0] == 5
    assert memory == [0]


FAULTS: dict[str, tuple[tuple[Bundle, ...], str]] = {
    "load at the end": (
        ({"load": (("const", 0, 10),)}, {"load": (("load", 1, 0),)}),
        "SW106 bundle 1, load[0]: load at 10, memory has 10 words",
    ),
    "vector load over the end": (
        ({"load": (("const", 0, 3),)}, {"load": (("const", 9, 0), ("vload", 1, 0))}),
        "SW106 bundle 1, load[1]: load at 3..10, memory has 10 words",
    ),
    "gather past the end": (
        ({"load": (("const", 2, 2**32 - 1),)}, {"load": (("load_offset", 4, 0, 2),)}),
        "SW106 bundle 1, load[0]: load at 4294967295, memory has 10 words",
    ),
    "store at the end": (
        ({"load": (("const", 0, 10),)}, {"store": (("store", 0, 0),)}),
        "SW107 bundle 1, store[0]: store at 10, memory has 10 words",
    ),
    "vector store over the end": (
        (
            {"load": (("const", 0, 3),)},
            {"valu": (("vbroadcast", 8, 0),)},
            {"store": (("vstore", 0, 8),)},
        ),
        "SW107 bundle 2, store[0]: store at 3..10, memory has 10 words",
    ),
    "division by zero": (
        ({"load": (("const", 0, 0),)}, {"alu": (("+", 1, 0, 0), ("%", 2, 0, 0))}),
        "SW108 bundle 1, alu[1]: % by zero",
    ),
}


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_its_slot_and_reason(simulate: Simulator, name: str, strict: bool) -> None:
    bundles, message = FAULTS[name]
    with pytest.raises(CheckFailed) as caught:
        simulate(challenge(*bundles), CHALLENGE, [0] * 10, strict=strict)
    assert str(caught.value) == message


def test_an_illegal_slot_that_is_never_reached_does_no_harm_in_compatible_mode(
    simulate: Simulator,
) -> None:
    program = challenge({"flow": (("jump", 2),)}, {"fpu": ()}, const(0, 1))
    assert simulate(program, CHALLENGE, [], strict=False).scratch[0] == 1
    with pytest.raises(CheckFailed, match="SW102 bundle 1, fpu"):
        simulate(program, CHALLENGE, [])


def test_the_first_fault_in_listing_order_is_the_one_reported(simulate: Simulator) -> None:
    both: Bundle = {"alu": (("//", 1, 0, 0), ("nand", 0, 0, 0)), "load": (("load", 0, 0, 0),)}
    with pytest.raises(CheckFailed, match=r"SW108 bundle 0, alu\[0\]"):
        simulate(challenge(both), CHALLENGE, [], strict=False)


def test_an_endless_loop_meets_the_cycle_limit(simulate: Simulator) -> None:
    program = challenge({}, {"flow": (("jump", 0),)})
    with pytest.raises(CheckFailed, match="SW114 bundle 1: still running after 50 cycles"):
        simulate(program, CHALLENGE, [], max_cycles=50)


def test_a_program_may_take_exactly_the_cycle_limit(simulate: Simulator) -> None:
    assert simulate(challenge(const(0, 1), {}), CHALLENGE, [], max_cycles=1).cycles == 1


def test_strict_mode_reports_a_read_of_scratch_never_written(simulate: Simulator) -> None:
    program = challenge(const(0, 1), {"alu": (("+", 1, 0, 0), ("+", 2, 0, 1))})
    with pytest.raises(CheckFailed, match=r"SW109 bundle 1, alu\[1\]: scratch 1 "):
        simulate(program, CHALLENGE, [])
    assert simulate(program, CHALLENGE, [], strict=False).scratch[2] == 1


def test_words_that_a_program_calls_zeros_may_be_read_before_anything_is_written(
    simulate: Simulator,
) -> None:
    program = challenge({"valu": (("==", 16, 8, 8),), "alu": (("+", 1, 9, 10),)})
    with pytest.raises(CheckFailed, match="SW109"):
        simulate(program, CHALLENGE, [])
    named = replace(program, names={8: ("=0", 8)})
    assert simulate(named, CHALLENGE, []).scratch[16:24].tolist() == [1] * 8
    for names in ({8: ("=0", 7)}, {8: ("zeros", 8)}, {8: ("=00", 8)}):
        with pytest.raises(CheckFailed, match="SW109"):
            simulate(replace(program, names=names), CHALLENGE, [])


def test_a_word_in_flight_is_not_written_yet(simulate: Simulator) -> None:
    machine = slow("const", 2)
    read: Bundle = {"alu": (("+", 1, 0, 0),)}
    with pytest.raises(CheckFailed, match="SW109 bundle 1"):
        simulate(challenge(const(0, 1), read), machine, [])
    assert simulate(challenge(const(0, 1), {}, read), machine, []).scratch[1] == 2


def test_strict_mode_follows_jumps_to_reads_never_written(simulate: Simulator) -> None:
    program = challenge({"flow": (("jump", 2),)}, const(0, 1), {"alu": (("+", 1, 0, 0),)})
    with pytest.raises(CheckFailed, match="SW109 bundle 2"):
        simulate(program, CHALLENGE, [])


def test_strict_mode_reports_two_stores_to_one_word(simulate: Simulator) -> None:
    stores: Bundle = {"store": (("vstore", 0, 8), ("store", 1, 0))}
    program = challenge(
        {"load": (("const", 0, 0), ("const", 1, 7))}, {"valu": (("vbroadcast", 8, 0),)}, stores
    )
    with pytest.raises(CheckFailed, match=r"SW104 bundle 2, store\[1\]: two writes to memory 7 "):
        simulate(program, CHALLENGE, [0] * 8)


def test_strict_mode_reports_writes_that_meet_over_a_jump(simulate: Simulator) -> None:
    machine = slow("mul", 3)
    program = challenge(
        const(0, 4),
        {"alu": (("*", 1, 0, 0),)},
        {"flow": (("jump", 3),)},
        {"alu": (("+", 1, 0, 0),)},
    )
    message = r"SW104 bundle 3, alu\[0\]: .* scratch 1 land together: bundle 1 alu\[0\], bundle 3"
    with pytest.raises(CheckFailed, match=message):
        simulate(program, machine, [])


COMPARE = challenge(
    const(0, 5),
    {"debug": (("compare", 0, ("a", (1, 2))),)},
    {"valu": (("vbroadcast", 8, 0),), "debug": (("comment", "no check"),)},
    {"debug": (("vcompare", 8, tuple(f"k{lane}" for lane in range(8))),), "alu": ()},
)
VALUES = {("a", (1, 2)): 5, **{f"k{lane}": 5 for lane in range(8)}}


def test_compare_slots_hold_scratch_against_the_value_trace() -> None:
    assert run(COMPARE, CHALLENGE, [], enable_debug=True, value_trace=VALUES).cycles == 3
    wrong = {**VALUES, "k7": 6}
    with pytest.raises(CheckFailed, match=r"SW115 bundle 3, debug\[0\]: 5 where .* 6 for 'k7'"):
        run(COMPARE, CHALLENGE, [], enable_debug=True, value_trace=wrong)


@pytest.mark.parametrize(
    ("slot", "code"),
    [
        (("compare", 0, "missing"), "SW115"),
        (("compare", 1536, "k0"), "SW105"),
        (("compare", "0", "k0"), "SW110"),
        (("compare", 0), "SW111"),
        (("vcompare", 0, ("k0",)), "SW111"),
        (("vcompare", 1529, tuple(f"k{lane}" for lane in range(8))), "SW105"),
    ],
)
def test_a_compare_slot_that_cannot_be_checked_is_a_fault(slot: tuple[Any, ...], code: str) -> None:
    program = challenge({"debug": (slot,)})
    with pytest.raises(CheckFailed, match=code):
        run(program, CHALLENGE, [], enable_debug=True, value_trace=VALUES)


@pytest.mark.parametrize(
    "options", [{}, {"enable_debug": True}, {"value_trace": {("a", (1, 2)): 6}}]
)
def test_compare_slots_are_ignored_without_a_trace_or_if_not_enabled(
    options: dict[str, Any],
) -> None:
    assert run(COMPARE, CHALLENGE, [], **options).state == RunState.STOPPED


def test_events_say_what_each_slot_read_and_wrote() -> None:
    events: list[Event] = []
    program = challenge(const(0, 1), {}, {"alu": (), "load": (("load", 3, 0),)})
    run(program, slow("load", 2), [7, 8], on_event=events.append)
    scratch, memory = Space.SCRATCH, Space.MEMORY
    assert events == [
        Event(0, 0, "load", 0, (), (Access(scratch, 0, (1,)),), 1),
        Event(
            cycle=1,
            bundle=2,
            engine="load",
            slot=0,
            reads=(Access(scratch, 0, (1,)), Access(memory, 1, (8,))),
            writes=(Access(scratch, 3, (8,)),),
            latency=2,
        ),
    ]


def test_an_ended_run_cannot_be_changed(simulate: Simulator) -> None:
    end = simulate(challenge(), CHALLENGE, [1])
    with pytest.raises(ValueError, match="read-only"):
        end.memory[0] = 2
