"""The compiled simulator does what the reference does, on random programs and machines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.compiled import encode, run_compiled, run_many
from slotweave.simulate.legality import static_faults
from slotweave.simulate.reference import run
from slotweave.simulate.run import Run
from strategies.machines import machines
from strategies.wild_programs import MEMORY_WORDS, wild_program, wild_programs
from support.examples import examples

MEMORY = list(range(3, 3 + MEMORY_WORDS))
MAX_CYCLES = 120


def outcome(simulate: Callable[[], Run]) -> Run | Diagnostic:
    try:
        return simulate()
    except CheckFailed as error:
        return error.diagnostic


def agreed_outcome(
    program: Program, machine: Machine, *, strict: bool, runs: int, enable_pause: bool
) -> Run | Diagnostic:
    """The end of `program`, after both simulators have given the same one."""
    slow = outcome(
        lambda: run(
            program,
            machine,
            MEMORY,
            strict=strict,
            runs=runs,
            enable_pause=enable_pause,
            max_cycles=MAX_CYCLES,
        )
    )
    fast = outcome(
        lambda: run_compiled(
            encode(program, machine),
            MEMORY,
            strict=strict,
            runs=runs,
            enable_pause=enable_pause,
            max_cycles=MAX_CYCLES,
        )
    )
    assert fast == slow
    return slow


programs_with_machines = (
    (st.sampled_from([CHALLENGE, MINIMAL]) | machines(max_latency=4))
    .flatmap(lambda machine: st.tuples(st.just(machine), st.sampled_from([0.0, 0.01])))
    .flatmap(lambda pair: st.tuples(st.just(pair[0]), wild_programs(pair[0], pair[1])))
)


@examples(400)
@given(programs_with_machines, st.booleans(), st.booleans(), st.integers(1, 3))
def test_both_simulators_end_alike_or_fail_alike(
    drawn: tuple[Machine, Program], strict: bool, enable_pause: bool, runs: int
) -> None:
    machine, program = drawn
    agreed_outcome(program, machine, strict=strict, runs=runs, enable_pause=enable_pause)


@examples(150)
@given(programs_with_machines)
def test_a_program_that_strict_mode_accepts_ends_alike_in_compatible_mode(
    drawn: tuple[Machine, Program],
) -> None:
    machine, program = drawn
    strict = agreed_outcome(program, machine, strict=True, runs=1, enable_pause=False)
    compatible = agreed_outcome(program, machine, strict=False, runs=1, enable_pause=False)
    if isinstance(strict, Run):
        assert compatible == strict


@examples(150)
@given(programs_with_machines)
def test_encoding_finds_what_static_checking_finds_first(drawn: tuple[Machine, Program]) -> None:
    machine, program = drawn
    assert encode(program, machine).refusal == next(static_faults(program, machine), None)


def test_the_random_programs_reach_ends_and_faults_of_every_kind() -> None:
    codes = set()
    for seed in range(300):
        program = wild_program(MINIMAL, seed, fault_rate=0.01 * (seed % 2))
        for strict in (False, True):
            end = agreed_outcome(program, MINIMAL, strict=strict, runs=1, enable_pause=True)
            codes.add(end.code if isinstance(end, Diagnostic) else str(end.state))
    assert codes >= {f"SW{number}" for number in (*range(101, 112), 114)} | {"STOPPED", "PAUSED"}


STORES = Program(
    "challenge",
    (
        {"load": (("const", 0, 1), ("const", 1, 0))},
        {"load": (("load", 2, 1),)},
        {"alu": (("//", 3, 0, 2), ("+", 4, 2, 2))},
        {"store": (("store", 1, 4),)},
    ),
)


def test_many_memories_give_what_each_gives_alone() -> None:
    encoded = encode(STORES, CHALLENGE)
    memories = np.arange(1, 41, dtype=np.uint32).reshape(20, 2)
    many = run_many(encoded, memories)
    assert many.memories.tolist() == [[2 * first, second] for first, second in memories.tolist()]
    assert many.cycles.tolist() == [4] * 20
    assert memories[0].tolist() == [1, 2]


def test_the_instance_that_fails_among_many_is_named() -> None:
    memories = np.array([[5], [0], [0]], dtype=np.uint32)
    with pytest.raises(CheckFailed, match=r"SW108 bundle 2, alu\[0\]: .*\(instance 1\)"):
        run_many(encode(STORES, CHALLENGE), memories)


def test_a_run_cannot_go_on_on_a_machine_of_another_size() -> None:
    end = run(Program("minimal", ()), MINIMAL, [])
    with pytest.raises(ValueError, match="another machine"):
        run_compiled(encode(STORES, CHALLENGE), end)
