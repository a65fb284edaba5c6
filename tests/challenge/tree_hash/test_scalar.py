"""The scalar starting point: what it costs, slot by slot, and that it is right."""

from __future__ import annotations

from collections import Counter

import pytest

from slotweave.analysis.utilisation import utilisation
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.workload import CONTRACTS
from slotweave.machine import CHALLENGE
from support.tree_hash import compiled, parameters, traced

SETUP = {"header": 14, "constants": 262, "pauses": 2}
ALU, LOAD, STORE, FLOW = 29, 3, 2, 2  # of one item in one round: 36 slots


@pytest.mark.long
def test_the_judged_shape_costs_exactly_what_the_starting_point_costs() -> None:
    result = compiled((10, 16, 256), plan="scalar", instances=1)
    assert result.cycles == len(result.program.bundles) == 147_734
    assert result.cycles == sum(SETUP.values()) + 36 * 16 * 256
    used = {name: use.used for name, use in utilisation(result.program, CHALLENGE).items()}
    assert used == {"alu": 118_784, "valu": 0, "load": 12_564, "store": 8_192, "flow": 8_194}
    rounds = 16 * 256
    assert used["alu"] == ALU * rounds
    assert used["load"] == SETUP["header"] + SETUP["constants"] + LOAD * rounds
    assert used["store"] == STORE * rounds
    assert used["flow"] == SETUP["pauses"] + FLOW * rounds


def test_a_round_of_an_item_is_36_operations() -> None:
    plan = TREE_HASH.plan("scalar", parameters(3, 1, 1), "values")

    def operations(rounds: int) -> Counter[str]:
        return Counter(node.op for node in traced((3, rounds, 1), "values", plan).nodes)

    more = operations(3) - operations(2)
    assert more.total() == 36
    assert (more["load"], more["store"], more["select"]) == (LOAD, STORE, FLOW)


def test_one_slot_a_bundle() -> None:
    result = compiled((3, 2, 5), plan="scalar")
    slots = [sum(map(len, bundle.values())) for bundle in result.program.bundles]
    assert set(slots) == {1}


def test_nothing_is_rewritten() -> None:
    result = compiled((3, 2, 5), plan="scalar")
    assert result.block.rewritten.graph == result.block.traced
    assert not result.block.rewritten.fired


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (3, 5, 7), pytest.param((2, 7, 9), marks=pytest.mark.long)]
)
def test_it_is_right_under_every_contract(contract: str, shape: tuple[int, int, int]) -> None:
    result = compiled(shape, contract, "scalar")
    assert result.verified.instances == 20
    assert result.equivalence.answer is True


@pytest.mark.long
def test_more_items_than_scratch_holds_numbers_of_are_no_obstacle() -> None:
    assert compiled((1, 1, 1030), plan="scalar", instances=2).verified.instances == 2
