"""A scatter whose lanes have one address: the last lane stands, in the program as in the kernel."""

from __future__ import annotations

from random import Random

import pytest

from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.simulate.reference import run

MACHINES = pytest.mark.parametrize("machine", [CHALLENGE, MINIMAL], ids=lambda each: each.name)


def scattered(k: Tracer, mask: int) -> None:
    a = k.region("a", 0, mask + 1, output=True)
    b = k.region("b", mask + 1, 2 * k.vector_length)
    a.store(b.vload(0) & mask, b.vload(k.vector_length))


def side_by_side(k: Tracer) -> None:
    a = k.region("a", 0, 32, output=True)
    b = k.region("b", 32, 16)
    lanes = k.pack(list(range(k.vector_length)))
    a.store(k.broadcast(b[0] & 7) + lanes, b.vload(8))


def compiled(function: object, machine: Machine, **parameters: int) -> Compiled:
    kernel = kernel_of_function(function, "scatter", machine.vector_length)  # type: ignore[arg-type]
    return compile_job(
        Job(kernel, parameters, CONTRACT, Plan("p", "scatter"), machine, instances=4)
    )


@MACHINES
@pytest.mark.parametrize("mask", [3, 0xFFF])
def test_the_last_lane_stands(machine: Machine, mask: int) -> None:
    def kernel(k: Tracer) -> None:
        scattered(k, mask)

    result, lanes = compiled(kernel, machine), machine.vector_length
    assert result.equivalence.answer is True
    random = Random(mask)
    for highest in (0, 1, 3, mask, 2**32 - 1):
        memory = [random.randint(0, highest) for _ in range(mask + 1 + 2 * lanes)]
        after = list(memory)
        for lane in range(lanes):
            after[memory[mask + 1 + lane] & mask] = memory[mask + 1 + lanes + lane]
        assert run(result.program, machine, memory).memory.tolist() == after


def test_lanes_known_to_differ_are_stored_together() -> None:
    result = compiled(side_by_side, CHALLENGE)
    stores = [len(bundle.get("store", ())) for bundle in result.program.bundles]
    assert max(stores) == CHALLENGE.slots["store"]
    assert len(result.program.bundles) <= 9
    assert result.equivalence.answer is True
