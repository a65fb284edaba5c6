"""Tree hash as one pipelined loop over vectors of items."""

from __future__ import annotations

import pytest

from slotweave.base.diagnostics import InputError
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.machine import CHALLENGE, Machine
from slotweave.machine.builtin import CHALLENGE_SLOW

SHAPE = {"height": 6, "rounds": 9, "batch": 1024}


def compiled(name: str, machine: Machine = CHALLENGE, **shape: int) -> Compiled:
    parameters = SHAPE | shape
    plan = TREE_HASH.plan(name, parameters, "values")
    return compile_job(Job(TREE_HASH, parameters, "values", plan, machine, instances=2))


def test_the_loop_is_pipelined_and_proved() -> None:
    result = compiled("pipelined")
    (report,) = result.loops
    assert report.schedule is not None
    assert result.equivalence.proved
    assert report.schedule.period <= 1.1 * max(value for _name, value, _why in report.bounds)


@pytest.mark.long
def test_a_longer_batch_takes_no_more_bundles() -> None:
    shorter, longer = compiled("pipelined"), compiled("pipelined", batch=2048)
    assert len(longer.program.bundles) < 1.1 * len(shorter.program.bundles)
    assert longer.cycles < 2 * shorter.cycles


@pytest.mark.long
def test_a_machine_of_longer_latencies_runs_it_too() -> None:
    assert compiled("pipelined", CHALLENGE_SLOW, batch=256).verified.mismatches == 0


@pytest.mark.parametrize(("shape", "contract"), [({}, "full"), ({"batch": 20}, "values")])
def test_what_a_loop_cannot_do_is_refused(shape: dict[str, int], contract: str) -> None:
    parameters = SHAPE | shape
    plan = TREE_HASH.plan("pipelined", parameters, contract)
    with pytest.raises(InputError, match="SW209"):
        compile_job(Job(TREE_HASH, parameters, contract, plan, CHALLENGE, instances=1))
