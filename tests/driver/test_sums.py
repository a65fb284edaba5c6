"""Kernels that sum up: in trees where that is shorter, and in loops with the carried value last."""

from __future__ import annotations

import pytest

from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.driver.proof import prove
from slotweave.kernels.numeric.dot import DOT
from slotweave.machine import CHALLENGE, Machine
from slotweave.machine.builtin import CHALLENGE_SLOW, WIDE


def compiled(plan: str, machine: Machine) -> Compiled:
    values = {"n": 256}
    contract = DOT.contracts[0]
    return compile_job(Job(DOT, values, contract, DOT.plan(plan, values, contract), machine,
                           instances=2))  # fmt: skip


@pytest.mark.parametrize(
    ("machine", "chain"), [(CHALLENGE, 43), (CHALLENGE_SLOW, 109), (WIDE, 34)],
    ids=lambda each: getattr(each, "name", None),
)  # fmt: skip
def test_a_dot_product_takes_fewer_cycles_than_its_chain(machine: Machine, chain: int) -> None:
    made = compiled("unrolled", machine)
    assert made.cycles < chain
    assert made.block.rewritten.counts()["reassociate_add"] == 2
    assert made.equivalence.proved
    found = prove(made.program, machine, DOT, {"n": 256}, DOT.contracts[0], made.job.plan)
    assert found.program is True


def test_a_loop_whose_product_takes_long_starts_an_iteration_each_cycle() -> None:
    made = compiled("loop", CHALLENGE_SLOW)
    (loop,) = made.loops
    assert loop.schedule is not None
    assert loop.schedule.period == 1
    assert made.blocks[loop.block].rewritten.counts()["reassociate_add"] == 1
    assert made.equivalence.proved


def test_a_loop_that_gains_no_period_keeps_its_sum() -> None:
    made = compiled("loop", CHALLENGE)
    (loop,) = made.loops
    assert "reassociate_add" not in made.blocks[loop.block].rewritten.counts()
