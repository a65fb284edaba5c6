"""Random loops, pipelined where that is shorter, do what an interpreter of the blocks does."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.frontend.trace import trace_blocks
from slotweave.frontend.tracer import Tracer
from slotweave.ir.plan import Plan
from slotweave.machine import Machine
from slotweave.machine.builtin import BUILTIN
from slotweave.simulate.graph import flow_end
from slotweave.simulate.reference import run
from strategies.loops import MEMORY_WORDS, MOST_TRIPS, WORDS, Loop, loops, write_loop
from support.examples import a_share, examples


def compiled(loop: Loop, machine: Machine) -> Compiled:
    def built(k: Tracer) -> None:
        write_loop(k, loop)

    kernel = kernel_of_function(built, "random", machine.vector_length)
    plan = Plan("default", kernel="random")
    return compile_job(Job(kernel, {}, CONTRACT, plan, machine, instances=1))


@pytest.mark.parametrize("machine", a_share(BUILTIN.values(), 2), ids=lambda machine: machine.name)
@examples(60)
@given(loop=loops, seed=st.integers(0, 2**32 - 1))
def test_a_loop_does_what_its_blocks_say(machine: Machine, loop: Loop, seed: int) -> None:
    result = compiled(loop, machine)
    assert loop.is_read or result.equivalence.proved
    flow = trace_blocks(write_loop, "random", machine.vector_length, loop)
    random = Random(seed)
    for trips in range(MOST_TRIPS + 1) if loop.is_read else (loop.trips,):
        memory = [random.getrandbits(random.choice((1, 2, 32))) for _ in range(MEMORY_WORDS)]
        memory[2 * WORDS] = trips
        got, wanted = run(result.program, machine, memory), flow_end(flow, memory)
        assert got.memory.tolist() == wanted.memory
        assert got.trace == wanted.trace
