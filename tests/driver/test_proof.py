"""Both links of a proof, and what is left when one of them is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from slotweave.base.verdict import Verdict
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver import proof
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.driver.proof import prove
from slotweave.driver.recorded_proof import recorded_verdict
from slotweave.frontend.trace import trace
from slotweave.ir.fingerprint import fingerprint
from slotweave.ir.graph import Graph
from slotweave.ir.plan import Plan
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE

SHAPE = {"height": 3, "rounds": 5, "batch": 8}


def plan(name: str) -> Plan:
    return TREE_HASH.plan(name, SHAPE, "values")


def compiled(name: str) -> Program:
    return compile_job(Job(TREE_HASH, SHAPE, "values", plan(name), CHALLENGE, instances=1)).program


def traced(name: str) -> Graph:
    return trace(TREE_HASH, SHAPE, "values", plan(name), CHALLENGE)


@pytest.mark.parametrize("name", ["default", "scalar"])
def test_a_compiled_program_is_its_graph_and_its_definition(name: str) -> None:
    found = prove(compiled(name), CHALLENGE, TREE_HASH, SHAPE, "values", plan(name))
    assert (found.program, found.definition) == (True, True)


def test_another_plan_gives_another_graph_of_the_same_definition() -> None:
    found = prove(compiled("scalar"), CHALLENGE, TREE_HASH, SHAPE, "values", plan("default"))
    assert found.program is not True
    assert found.definition is True


def test_a_program_that_is_another_kernel_is_refuted_without_a_plan() -> None:
    shape = {**SHAPE, "rounds": 6}
    found = prove(compiled("default"), CHALLENGE, TREE_HASH, shape, "values")
    assert (found.program, found.definition) == ("unknown", False)
    assert found.counterexample is not None


def test_where_the_program_alone_is_not_decided_its_graph_may_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    undecided = Verdict("unknown", "not today")
    monkeypatch.setattr(proof, "program_meets_definition", lambda *_: undecided)
    found = prove(compiled("default"), CHALLENGE, TREE_HASH, SHAPE, "values", plan("default"))
    assert (found.program, found.definition) == (True, True)
    found = prove(compiled("default"), CHALLENGE, TREE_HASH, SHAPE, "values")
    assert (found.program, found.definition) == ("unknown", "unknown")
    assert "not today" in found.why


def test_without_a_definition_only_the_first_link_is_there() -> None:
    kernel = replace(TREE_HASH, definition=None)
    found = prove(compiled("default"), CHALLENGE, kernel, SHAPE, "values", plan("default"))
    assert (found.program, found.definition) == (True, "unknown")
    assert recorded_verdict(kernel, SHAPE, "values", traced("default")).answer == "unknown"


def test_a_recorded_proof_fits_its_graph_contract_and_nothing_else() -> None:
    mark = fingerprint(traced("default"), TREE_HASH.facts(SHAPE, "values"))
    kernel = replace(TREE_HASH, proofs=lambda: frozenset({mark}))
    assert recorded_verdict(kernel, SHAPE, "values", traced("default")).answer is True
    assert recorded_verdict(kernel, SHAPE, "full", traced("default")).answer == "unknown"
    assert recorded_verdict(kernel, SHAPE, "values", traced("scalar")).answer == "unknown"


def test_a_fingerprint_counts_operations_and_no_labels() -> None:
    graph, facts = traced("default"), TREE_HASH.facts(SHAPE, "values")
    labelled = graph.with_nodes(
        tuple(replace(node, stage="x", where="y:1", item=3) for node in graph.nodes)
    )
    assert fingerprint(labelled, facts) == fingerprint(graph, facts)
    changed = graph.with_nodes((replace(graph.nodes[0], imm=12345), *graph.nodes[1:]))
    assert fingerprint(changed, facts) != fingerprint(graph, facts)


def test_a_kernel_is_traced_once_for_all_that_is_proved() -> None:
    runs = []

    def build(*arguments: Any) -> object:
        runs.append(arguments)
        return TREE_HASH.build(*arguments)

    kernel = replace(TREE_HASH, build=build)
    prove(compiled("default"), CHALLENGE, kernel, SHAPE, "values", plan("default"))
    assert len(runs) == 1
