"""The proofs that come with the shipped plans are proofs of what these plans write today."""

from __future__ import annotations

import pytest

from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.definition import definition
from slotweave.challenge.tree_hash.plans.plans import PLAN_NAMES
from slotweave.challenge.tree_hash.proofs import (
    PROOFS_FILE,
    ProvedPlan,
    proofs_from_json,
    proofs_to_json,
    recorded_proofs,
)
from slotweave.challenge.tree_hash.workload import CONTRACTS
from slotweave.check.definition.definition import graph_meets_definition
from slotweave.driver.recorded_proof import recorded_verdict
from slotweave.frontend.trace import trace
from slotweave.ir.fingerprint import fingerprint
from slotweave.ir.graph import Graph
from slotweave.machine import CHALLENGE

JUDGED = {"height": 10, "rounds": 16, "batch": 256}
SHIPPED = [(contract, plan) for contract in CONTRACTS for plan in PLAN_NAMES]


def traced(contract: str, plan: str) -> Graph:
    return trace(TREE_HASH, JUDGED, contract, TREE_HASH.plan(plan, JUDGED, contract), CHALLENGE)


def proved_now(contract: str, plan: str) -> ProvedPlan:
    """The record of a plan, proved again."""
    graph, facts = traced(contract, plan), TREE_HASH.facts(JUDGED, contract)
    found = graph_meets_definition(graph, definition(JUDGED), facts)
    assert found.answer is True, found.why
    return ProvedPlan(JUDGED, contract, plan, fingerprint(graph, facts))


@pytest.mark.long
def test_the_recorded_proofs_are_those_of_the_shipped_plans(request: pytest.FixtureRequest) -> None:
    """`--update-golden` records them again."""
    proofs = tuple(proved_now(contract, plan) for contract, plan in SHIPPED)
    if request.config.getoption("--update-golden"):
        PROOFS_FILE.write_text(proofs_to_json(proofs), encoding="utf-8")
    assert recorded_proofs() == proofs


def test_every_shipped_plan_has_a_record() -> None:
    assert [(proof.contract, proof.plan) for proof in recorded_proofs()] == SHIPPED


def test_records_survive_being_written() -> None:
    proofs = (ProvedPlan(JUDGED, "values", "default", "ab" * 32),)
    assert proofs_from_json(proofs_to_json(proofs)) == proofs


def test_a_graph_without_a_record_is_not_called_proved() -> None:
    graph = traced("values", "default")
    changed = graph.with_nodes((*graph.nodes, graph.nodes[0]))
    found = recorded_verdict(TREE_HASH, JUDGED, "values", changed)
    assert found.answer == "unknown"
    assert "--prove" in found.why
