"""What a repacked program says of its origin: no more than its facts support."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from slotweave.backend.fit import Effort
from slotweave.base.budget import Budget
from slotweave.extensions import kernels
from slotweave.ir.facts import Facts, nothing_known
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.repacking import RepackOptions, origin_of, repack
from slotweave.repacking.claims import supported_origin
from slotweave.simulate.reference import run
from support.scalar_programs import scalar_tree_hash

SHAPE = {"height": 2, "rounds": 2, "batch": 8}
CONTRACTS = ("judged", "values", "full", "any-start")
FAST = RepackOptions(effort=Effort.FAST, vectorize=False)


def facts_of(contract: str) -> Facts:
    return kernels()["tree-hash"].facts(SHAPE, contract)


def claiming(contract: object, params: object = SHAPE, kernel: object = "tree-hash") -> Program:
    program, _ = scalar_tree_hash(*SHAPE.values())
    meta: dict[str, Any] = {"kernel": kernel, "params": params, "contract": contract}
    return replace(program, meta=MappingProxyType({**meta, "plan": "scalar"}))


def all_values_are_5() -> Facts:
    facts = facts_of("values")
    start = facts.regions[-1].start
    fives = dict.fromkeys(range(start, start + SHAPE["batch"]), 5)
    return replace(facts, words=MappingProxyType({**facts.words, **fives}))


def test_a_program_made_for_one_memory_does_not_pass_for_tree_hash() -> None:
    given, facts = claiming("values"), all_values_are_5()
    for origin in (origin_of(given, kernels()), None):
        made = repack(given, CHALLENGE, facts, FAST, budget=Budget(2), origin=origin).program
        assert len(made.bundles) < len(given.bundles)
        assert not {"kernel", "params", "contract"} & set(made.meta)
        assert made.meta["plan"] == "repacked"


def test_it_is_wrong_on_other_memories_so_the_claim_would_be_false() -> None:
    given, facts = claiming("values"), all_values_are_5()
    made = repack(given, CHALLENGE, facts, FAST, budget=Budget(2)).program
    values = facts.regions[-1]
    memory = [facts.words.get(address, 7) for address in range(facts.memory_words or 0)]

    def end(program: Program, value: int) -> list[int]:
        begun = [*memory[: values.start], *[value] * values.length]
        return list(run(program, CHALLENGE, begun, strict=False).memory)[values.start :]

    assert end(made, 5) == end(given, 5)
    assert end(made, 6) != end(given, 6)


def test_a_program_that_stays_as_it_was_given_claims_what_it_claimed() -> None:
    given = claiming("values")
    kept = repack(given, CHALLENGE, all_values_are_5(), FAST, budget=Budget(0))
    assert kept.best is None
    assert kept.program is given


@pytest.mark.parametrize("claimed", CONTRACTS)
@pytest.mark.parametrize("under", CONTRACTS)
def test_of_two_contracts_of_tree_hash_the_weaker_one_is_claimed(claimed: str, under: str) -> None:
    given = claiming(claimed)
    made = supported_origin(given, facts_of(under), origin_of(given, kernels()))
    weaker = min(claimed, under, key=CONTRACTS.index)
    assert made.meta == {**given.meta, "contract": weaker}


def test_under_no_facts_the_claim_stays_whatever_it_is() -> None:
    given = claiming("mine", {"n": 3}, "mine.py:mine")
    assert origin_of(given, kernels()) is None
    assert supported_origin(given, nothing_known(), None) is given
    assert dict(supported_origin(given, Facts(4), None).meta) == {"plan": "scalar"}


@pytest.mark.parametrize(
    "claimed",
    [
        ("values", {"height": 2, "rounds": 2, "batch": 10**9}),
        ("values", {"height": "2"}),
        ("values", [2, 2, 8]),
        ("values", SHAPE, "no-such-kernel"),
        ("values", SHAPE, 3),
    ],
)
def test_what_names_no_kernel_here_has_no_origin(claimed: tuple[object, ...]) -> None:
    assert origin_of(claiming(*claimed), kernels()) is None


@pytest.mark.parametrize("contract", [None, 3, "no-such-contract"])
def test_a_contract_that_the_kernel_has_not_supports_nothing(contract: object) -> None:
    given = claiming(contract)
    made = supported_origin(given, facts_of("values"), origin_of(given, kernels()))
    assert dict(made.meta) == {"plan": "scalar"}


def test_another_shape_supports_nothing() -> None:
    given = claiming("values")
    other = kernels()["tree-hash"].facts({**SHAPE, "batch": 16}, "values")
    made = supported_origin(given, other, origin_of(given, kernels()))
    assert "kernel" not in made.meta
