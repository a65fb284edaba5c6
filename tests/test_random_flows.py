"""Random kernels that loop and branch: the program does what an interpreter of the blocks does."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.anatomy.summaries.compiled import compiled_summary
from slotweave.base.wording import EVERY_RUN
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.frontend.trace import trace_blocks
from slotweave.frontend.tracer import Tracer
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.graph import flow_end
from slotweave.simulate.reference import run
from strategies.flows import MEMORY_WORDS, Statement, kernels, write
from support.examples import examples


def compiled(statements: tuple[Statement, ...], machine: Machine) -> Compiled:
    def built(k: Tracer) -> None:
        write(k, statements)

    kernel = kernel_of_function(built, "random", machine.vector_length)
    plan = Plan("default", kernel="random")
    return compile_job(Job(kernel, {}, CONTRACT, plan, machine, instances=1))


@pytest.mark.parametrize("machine", [CHALLENGE, MINIMAL], ids=lambda machine: machine.name)
@examples(40)
@given(statements=kernels, seed=st.integers(0, 2**32 - 1))
def test_a_program_does_what_its_blocks_say(
    machine: Machine, statements: tuple[Statement, ...], seed: int
) -> None:
    result = compiled(statements, machine)
    summary = compiled_summary(result, causes=False)
    flow = trace_blocks(write, "random", machine.vector_length, statements)
    random = Random(seed)
    for bits in (0, 1, 1, 2, 2, 32):
        memory = [random.getrandbits(bits) if bits else 0 for _ in range(MEMORY_WORDS)]
        got, wanted = run(result.program, machine, memory), flow_end(flow, memory)
        assert got.memory.tolist() == wanted.memory
        assert got.trace == wanted.trace
        assert got.cycles == summary.cycles or summary.cycles_of != EVERY_RUN
