"""Kernels that jump, compiled: loops, branches and variables do what they say on every machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from slotweave.backend.emit import link
from slotweave.backend.emit.link import EmittedBlock
from slotweave.base.budget import UNLIMITED, Budget
from slotweave.base.diagnostics import CheckFailed, NoSchedule
from slotweave.driver import passes
from slotweave.driver.certify import prove_program
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.driver.search_blocks import search_blocks
from slotweave.frontend.kernel import Kernel, Parameters, Words
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.graph import Region
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.reference import run

REGIONS = (Region("x", 0, 8, read_only=True), Region("y", 8, 8, output=True))

#: Every operation takes three bundles: what a block wrote lands long behind its last slot.
SLOW = replace(
    MINIMAL, name="slow", modes=tuple(replace(mode, latency=3) for mode in MINIMAL.modes)
)
NO_JUMPS = replace(
    MINIMAL, name="no jumps", modes=tuple(m for m in MINIMAL.modes if "jump" not in m.operation)
)


def kernel_of(build: Callable[[Tracer], None], reference: Callable[[Words], list[int]]) -> Kernel:
    """A kernel that reads `x` and writes the first words of `y`."""

    def all_of_memory(memory: Words, _parameters: Parameters, _contract: str) -> Words:
        after = memory.copy()
        words = np.array(reference(memory), dtype=np.uint64)
        after[8 : 8 + len(words)] = (words % 2**32).astype(np.uint32)
        return after

    return Kernel(
        name="loops", text="", parameters={}, contracts=("plain",),
        build=lambda k, _parameters, _contract, _plan: build(k),
        memory=lambda _p, _c, rng: rng.integers(0, 2**32, 16, dtype=np.uint32),
        reference=all_of_memory,
        facts=lambda _p, _c: Facts(16, {}, REGIONS, {}),
        plan=lambda name, _p, _c: Plan(name, "loops"),
    )  # fmt: skip


def compiled(
    kernel: Kernel, machine: Machine, method: str = "list", budget: Budget = UNLIMITED
) -> Compiled:
    plan = Plan("default", "loops", schedule=ScheduleOptions(method=method))
    return compile_job(Job(kernel, {}, "plain", plan, machine, instances=6), budget=budget)


def fibonacci(k: Tracer) -> None:
    """Two variables that change places in every round."""
    x = k.region("x", 0, 8, read_only=True)
    y = k.region("y", 8, 8, output=True)
    a, b = k.variable(x[0]), k.variable(x[1])
    with k.loop(9):
        a.value, b.value = b.value, a.value + b.value
    y.store(0, a.value)
    y.store(1, b.value)


def fibonacci_of(memory: Words) -> list[int]:
    a, b = int(memory[0]), int(memory[1])
    for _ in range(9):
        a, b = b, a + b
    return [a, b]


FIBONACCI = kernel_of(fibonacci, fibonacci_of)


def exchange(k: Tracer) -> None:
    """Three variables that only change places."""
    x = k.region("x", 0, 8, read_only=True)
    y = k.region("y", 8, 8, output=True)
    parts = [k.variable(x[i]) for i in range(3)]
    with k.loop(4):
        parts[0].value, parts[1].value, parts[2].value = [parts[i].value for i in (1, 2, 0)]
    for i, part in enumerate(parts):
        y.store(i, part.value)


EXCHANGE = kernel_of(exchange, lambda memory: [int(memory[i]) for i in (1, 2, 0)])


def smaller(k: Tracer) -> None:
    """Nested loops, and a branch that depends on data, with unequal ways."""
    x = k.region("x", 0, 8, read_only=True)
    y = k.region("y", 8, 8, output=True)
    best, place = k.variable(0), k.variable(0)

    def take() -> None:
        best.value = best.value + x[place.value]

    def leave() -> None:
        best.value = best.value * 3 + 1

    with k.loop(2):
        place.value = 0
        with k.loop(8):
            k.branch(x[place.value] & 1, take, leave)
            place.value = place.value + 1
    y.store(0, best.value)


def smaller_of(memory: Words) -> list[int]:
    best = 0
    for word in [int(word) for word in memory[:8]] * 2:
        best = best + word if word & 1 else best * 3 + 1
    return [best]


SMALLER = kernel_of(smaller, smaller_of)


@pytest.mark.parametrize("method", ["list", "in-order"])
@pytest.mark.parametrize("machine", [CHALLENGE, MINIMAL, SLOW], ids=lambda machine: machine.name)
@pytest.mark.parametrize("kernel", [FIBONACCI, EXCHANGE, SMALLER])
def test_loops_and_branches_meet_their_reference(
    kernel: Kernel, machine: Machine, method: str
) -> None:
    assert compiled(kernel, machine, method).verified.instances == 6


@pytest.mark.parametrize("kernel", [FIBONACCI, EXCHANGE])
def test_counted_loops_are_proved(kernel: Kernel) -> None:
    assert compiled(kernel, MINIMAL).equivalence.answer is True


def test_a_branch_on_data_is_proved_block_by_block() -> None:
    equivalence = compiled(SMALLER, MINIMAL).equivalence
    assert equivalence.answer is True
    assert "block by block" in equivalence.why


def test_a_pipelined_loop_of_unknown_length_is_not_proved_and_the_reason_is_given() -> None:
    def doubled(k: Tracer) -> None:
        x = k.region("x", 0, 8, read_only=True)
        y = k.region("y", 8, 8, output=True)
        place = k.variable(0)
        with k.loop(x[0] & 7):
            y.store(place.value, x[place.value] * 2 + 1)
            place.value = place.value + 1

    def doubled_of(memory: Words) -> list[int]:
        return [int(word) * 2 + 1 for word in memory[: int(memory[0]) & 7]]

    kernel = kernel_of(doubled, doubled_of)
    pipelined = compiled(kernel, CHALLENGE).equivalence
    assert pipelined.answer == "unknown"
    assert "depends on data" in pipelined.why
    plan = Plan("p", "loops", schedule=ScheduleOptions(pipeline=False))
    plain = compile_job(Job(kernel, {}, "plain", plan, CHALLENGE, instances=6))
    assert plain.equivalence.answer is True


def test_a_loop_is_in_the_program_once() -> None:
    result = compiled(FIBONACCI, CHALLENGE)
    assert len(result.program.bundles) < result.cycles


def test_a_program_of_another_loop_is_refuted() -> None:
    def once_more(k: Tracer) -> None:
        x = k.region("x", 0, 8, read_only=True)
        y = k.region("y", 8, 8, output=True)
        a, b = k.variable(x[0]), k.variable(x[1])
        with k.loop(8):
            a.value, b.value = b.value, a.value + b.value
        y.store(0, a.value)
        y.store(1, b.value)

    kernel, plan = kernel_of(once_more, lambda _memory: []), Plan("p", "loops")
    other = compile_job(Job(kernel, {}, "plain", plan, MINIMAL, instances=0))
    flow = compiled(FIBONACCI, MINIMAL).traced
    with pytest.raises(CheckFailed, match="SW406"):
        prove_program(other.program, MINIMAL, flow, FIBONACCI.facts({}, "plain"))


def test_a_machine_without_jumps_is_named() -> None:
    with pytest.raises(NoSchedule, match="SW302 no engine of machine 'no jumps' runs 'cond_jump'"):
        compiled(FIBONACCI, NO_JUMPS)


def test_variables_that_fill_scratch_are_reported() -> None:
    tiny = replace(MINIMAL, name="tiny", scratch_words=5)
    with pytest.raises(NoSchedule, match="SW301 "):
        compiled(FIBONACCI, tiny)


def test_a_kernel_without_jumps_is_compiled_as_ever() -> None:
    def straight(k: Tracer) -> None:
        x = k.region("x", 0, 8, read_only=True)
        k.region("y", 8, 8, output=True).store(0, x[0] + 1)

    kernel = kernel_of(straight, lambda memory: [int(memory[0]) + 1])
    plan = Plan("default", "loops")
    assert not compile_job(Job(kernel, {}, "plain", plan, MINIMAL, instances=2)).jumps


def test_each_block_has_its_first_schedule_before_any_is_searched_further() -> None:
    """What stands for a block here is the length of its shortest schedule so far."""
    blocks = [iter([None, 9, 8]), iter([5]), iter([7, 7, 6])]
    assert list(search_blocks(blocks)) == [  # type: ignore[arg-type]
        None, None, None, (9, 5, 7), (8, 5, 7), (8, 5, 7), (8, 5, 6)
    ]  # fmt: skip


def test_no_evaluations_are_one_for_each_block() -> None:
    result = compiled(FIBONACCI, CHALLENGE, budget=Budget(0))
    assert result.evaluations == len(result.blocks) > 1
    assert compiled(FIBONACCI, CHALLENGE).evaluations >= result.evaluations


def of_function(function: Callable[[Tracer], None]) -> Kernel:
    return kernel_of_function(function, "own")


def compiled_function(function: Callable[[Tracer], None], instances: int = 20) -> Compiled:
    return compile_job(
        Job(of_function(function), {}, "graph", Plan("p", "own"), CHALLENGE, instances=instances)
    )


def ends(result: Compiled, memory: list[int]) -> tuple[list[int], tuple[int, ...]]:
    end = run(result.program, result.job.machine, memory)
    return end.memory.tolist(), end.trace


def test_one_side_of_a_branch_may_do_nothing() -> None:
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 2, output=True)
        k.branch(a[0] == 0, lambda: a.store(1, 7), lambda: None)

    result = compiled_function(kernel)
    assert ends(result, [0, 1]) == ([0, 7], ())
    assert ends(result, [3, 1]) == ([3, 1], ())


def test_the_side_of_a_branch_that_does_nothing_may_be_the_first() -> None:
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 2, output=True)
        k.branch(a[0], lambda: None, lambda: a.store(1, 7))

    result = compiled_function(kernel)
    assert ends(result, [0, 1]) == ([0, 7], ())
    assert ends(result, [3, 1]) == ([3, 1], ())


def test_a_branch_that_does_nothing_takes_no_bundle() -> None:
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 2, output=True)
        a.store(1, 7)
        k.branch(a[0], lambda: None, lambda: None)

    def straight(k: Tracer) -> None:
        a = k.region("a", 0, 2, output=True)
        a.store(1, 7)
        k.variable(a[0])
        with k.loop(1):
            pass

    branches = compiled_function(kernel).program.bundles
    assert not any("cond_jump" in str(bundle) for bundle in branches)
    assert len(branches) < len(compiled_function(straight).program.bundles)


def test_a_side_of_a_branch_may_only_assign() -> None:
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 2, output=True)
        v = k.variable(a[1])

        def double() -> None:
            v.value = v.value + v.value

        k.branch(a[0] == 0, double, lambda: None)
        a.store(1, v.value)

    result = compiled_function(kernel)
    assert ends(result, [0, 4]) == ([0, 8], ())
    assert ends(result, [1, 4]) == ([1, 4], ())


def test_a_side_of_a_branch_may_only_trace() -> None:
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 2, output=True)
        k.branch(a[0] == 0, lambda: k.trace_write(a[1]), lambda: None)

    result = compiled_function(kernel)
    assert ends(result, [0, 4]) == ([0, 4], (4,))
    assert ends(result, [1, 4]) == ([1, 4], ())


def test_branches_with_empty_sides_nest_in_loops() -> None:
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 4, output=True)
        with k.loop(2):
            k.branch(
                a[0],
                lambda: k.branch(a[1], lambda: None, lambda: a.store(2, a[2] + 1)),
                lambda: None,
            )
            k.branch(a[1], lambda: a.store(3, a[3] + 2), lambda: None)

    result = compiled_function(kernel)
    assert ends(result, [0, 0, 0, 0])[0] == [0, 0, 0, 0]
    assert ends(result, [0, 1, 0, 0])[0] == [0, 1, 0, 4]
    assert ends(result, [1, 0, 0, 0])[0] == [1, 0, 2, 0]
    assert ends(result, [1, 1, 0, 0])[0] == [1, 1, 0, 4]


def test_a_load_sees_the_store_whose_operand_its_variable_was() -> None:
    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 4, output=True)
        i, v = k.variable(a[0]), k.variable(a[1])
        with k.loop(1):
            pass
        a.store(i.value & 1, v.value)
        v.value = a[i.value & 1]
        a.store(2, v.value)

    result = compiled_function(kernel)
    assert result.equivalence.answer is True
    assert ends(result, [0, 5, 6, 7])[0] == [5, 5, 5, 7]
    assert ends(result, [1, 5, 6, 7])[0] == [1, 5, 5, 7]


def test_a_wrong_trace_is_no_verified_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the message says that the compiler is to blame."""
    monkeypatch.setattr(passes, "link", without_traces)

    def kernel(k: Tracer) -> None:
        a = k.region("a", 0, 2, output=True)
        k.branch(a[0], lambda: k.trace_write(a[1]), lambda: None)

    blame = "the kernel is not to blame: this is a fault of Slotweave"
    with pytest.raises(CheckFailed, match=f"SW403 0 words are written to the trace .*{blame}"):
        compiled_function(kernel)


def without_traces(flow: Flow, blocks: Sequence[EmittedBlock], machine: Machine) -> Program:
    program = link(flow, blocks, machine)
    bundles = tuple(
        {engine: tuple(slot for slot in slots if slot[0] != "trace_write")
         for engine, slots in bundle.items()}
        for bundle in program.bundles
    )  # fmt: skip
    return replace(program, bundles=bundles)
