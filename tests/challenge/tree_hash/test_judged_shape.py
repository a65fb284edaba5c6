"""The judged instance: cycles that must be undercut, and results that are right to the bit."""

from __future__ import annotations

import pytest

from slotweave.challenge.tree_hash.plans.plans import tuned_plan
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from support.examples import a_share
from support.tree_hash import compiled, plain_memory, plan_with, random_instance

JUDGED = (10, 16, 256)
BELOW = {"values": 1_363, "judged": 1_363, "full": 1_400, "any-start": 2_300}

RECORDS = {
    "levels": [*["select"] * 4, *["record"] * 4, "gather"],
    "tables": [4, 6, 3],
    "levels_but": [{"rounds": [14], "way": "record"}],
}


@pytest.mark.parametrize("contract", a_share(BELOW, 2))
def test_each_contract_is_kept_in_fewer_cycles_than_required(contract: str) -> None:
    result = compiled(JUDGED, contract, instances=100)
    assert result.cycles < BELOW[contract]
    assert (result.verified.instances, result.verified.mismatches) == (100, 0)
    assert result.verified.cycles == result.cycles == len(result.program.bundles)
    assert result.equivalence.answer is True
    assert max(bound.cycles for bound in result.block.bounds) <= result.cycles

    before = random_instance(*JUDGED, seed=1, any_start=contract == "any-start")
    after = run(result.program, CHALLENGE, before).memory.tolist()
    first = 2054 if contract in ("full", "any-start") else 2310
    assert after[first:] == plain_memory(before)[first:]
    assert contract == "judged" or after[:2054] == before[:2054]


@pytest.mark.long
def test_judged_is_never_longer_than_values_which_promises_more() -> None:
    """Without a plan of its own it takes the program of the other, restored nodes and all."""
    shape = Shape(*JUDGED)
    values, judged = (tuned_plan(shape, contract) for contract in ("values", "judged"))
    assert values is not None
    assert judged is not None
    assert judged.choices == {**values.choices, "restore": True}
    assert judged.schedule == values.schedule
    assert compiled(JUDGED, "judged", judged, instances=1).cycles == 876


@pytest.mark.long
@pytest.mark.parametrize("contract", ["values", "full"])
@pytest.mark.parametrize("children", ["memory", "both", "scalar"])
@pytest.mark.parametrize("bias", ["select", "arithmetic"])
def test_records_in_three_tables_are_right(contract: str, children: str, bias: str) -> None:
    plan = plan_with({**RECORDS, "children": children, "bias": bias}, stagger=20.0)
    result = compiled(JUDGED, contract, plan, instances=100)
    assert result.verified.mismatches == 0
    assert result.equivalence.answer is True
