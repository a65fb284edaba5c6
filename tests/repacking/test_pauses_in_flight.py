"""Pauses with results in flight: a paused machine has let all of it land, in every verb."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from slotweave.backend.fit import Effort
from slotweave.backend.lower import lower
from slotweave.base.budget import Budget
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.order import order_faults
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.frontend.trace import trace_blocks
from slotweave.frontend.tracer import Tracer
from slotweave.ir.facts import Facts
from slotweave.ir.plan import Plan
from slotweave.ir.problem import ORDER
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.repacking import RepackOptions, repack
from slotweave.simulate.legality import static_faults
from slotweave.simulate.reference import run as reference_run
from strategies.odd_latencies import slow
from strategies.tangled_programs import MEMORY_WORDS, small_memories, tangle
from support.examples import a_share
from support.outcomes import outcome

MACHINES = {
    "stores": slow("store"),
    "loads": slow("load"),
    "alu": slow("alu", "valu"),
    "all": slow("alu", "valu", "load", "store", "flow", latency=2),
}


def paused(machine: Machine, seed: int) -> Program:
    """A program with pauses, on a machine where results take long."""
    drawn = tangle(machine, seed, 8).program
    rng = random.Random(seed)
    bundles = list(drawn.bundles)
    for _ in range(2):
        at = rng.randrange(len(bundles) + 1)
        # a bundle of its own, as other programs write it
        bundles.insert(at, {"flow": (("pause",),)})
    return replace(drawn, bundles=tuple(bundles))


@pytest.mark.parametrize("name", a_share(MACHINES, 2))
def test_what_is_repacked_shows_the_same_at_each_pause(name: str):
    machine, facts, seen, shorter = MACHINES[name], Facts(MEMORY_WORDS), 0, 0
    for seed in range(40):
        program = paused(machine, seed)
        if list(static_faults(program, machine)):
            continue
        options = RepackOptions(rewrite=seed % 2 == 0, effort=Effort.FAST, instances=1)
        try:
            made = repack(program, machine, facts, options, budget=Budget(evaluations=6))
        except CheckFailed as fault:  # the given program itself fails
            if fault.diagnostic.code not in ("SW106", "SW107", "SW108"):
                raise
            continue
        shorter += made.cycles < made.before
        for memory in small_memories(facts, random.Random(seed), 4):
            for pauses in (False, True):
                wanted = outcome(program, machine, memory, pauses=pauses)
                if not wanted.faults:
                    found = outcome(made.program, machine, memory, pauses=pauses)
                    assert found == wanted, (seed, pauses, memory)
                    seen += 1
    assert seen >= 40
    assert shorter >= 5


def kernel(k: Tracer) -> None:
    """Stores, pauses, loads of what was stored, and words of scratch that are used again."""
    a = k.region("a", 0, 16, output=True)
    words = [a[i] for i in range(8)]
    for i in range(8):
        a.store(8 + i, words[i] * 3 + 1)
    k.pause()
    more = [a[8 + i] ^ words[i] for i in range(8)]
    for i in range(8):
        a.store(i, more[i])
    k.pause()
    a.store(0, a[1] + a[2])


@pytest.mark.parametrize("name", MACHINES)
def test_a_compiled_kernel_shows_the_same_with_pauses_and_without(name: str):
    machine = MACHINES[name]
    job = Job(kernel_of_function(kernel, "paused", machine.vector_length), {}, CONTRACT,
              Plan("default", kernel="paused"), machine, instances=2)  # fmt: skip
    compiled = compile_job(job)
    memory = list(range(3, 19))
    with_pauses = outcome(compiled.program, machine, memory, pauses=True, strict=True)
    without = outcome(compiled.program, machine, memory, pauses=False, strict=True)
    assert len(with_pauses.stops) == 3
    assert with_pauses.stops[-1] == without.stops[-1]
    first = [3 * word + 1 for word in memory[:8]]
    assert list(with_pauses.stops[0][0]) == [*memory[:8], *first]
    stepped = reference_run(compiled.program, machine, memory).memory.tolist()
    assert stepped == list(without.stops[-1][0])


@pytest.mark.parametrize("name", ["stores", "loads", "alu"])
def test_a_problem_that_lets_results_be_in_flight_at_a_pause_is_a_fault(name: str):
    machine = MACHINES[name]
    graph = trace_blocks(kernel, "paused", machine.vector_length).blocks[0].graph
    lowered = lower(graph, machine)
    assert not list(order_faults(graph, lowered.graph, lowered.problem, lowered.pinned))
    lags = np.where(lowered.problem.pred_kind == ORDER, 0, lowered.problem.pred_lag)
    lax = replace(lowered.problem, pred_lag=lags.astype(np.int32))
    found = list(order_faults(graph, lowered.graph, lax, lowered.pinned))
    assert any("in flight there" in one.message or "not have landed" in one.message
               for one in found)  # fmt: skip
