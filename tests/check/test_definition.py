"""Kernel = definition: what is right is proved for all words, every planted error is refuted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from slotweave.check.counterexample import Counterexample
from slotweave.check.definition import (
    DefinitionProof,
    graph_meets_definition,
)
from slotweave.check.witness import random_memory
from slotweave.diagnostics import CheckFailed
from slotweave.frontend.trace import trace
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph
from slotweave.ir.plan import Plan
from slotweave.kernels.tree_hash import TREE_HASH, records, vector, walk
from slotweave.kernels.tree_hash.definition import definition
from slotweave.machine import CHALLENGE
from slotweave.simulate.graph import run_graph

Parameters = dict[str, int]

#: Two passes through a tree of which each level is answered in another way.
SHAPE: Parameters = {"height": 6, "rounds": 13, "batch": 24}
MIXED = Plan(
    "mixed",
    "tree-hash",
    choices={
        "levels": ["select", "select", "gather", "record", "record", "gather"],
        "exceptions": [{"rounds": [11], "way": "select"}],
        "tables": [3],
    },
)
SCALAR = TREE_HASH.plan("scalar", SHAPE, "values")


def traced(plan: Plan = MIXED, contract: str = "values", shape: Parameters = SHAPE) -> Graph:
    return trace(TREE_HASH, shape, contract, plan, CHALLENGE)


def proof(graph: Graph, contract: str = "values", shape: Parameters = SHAPE) -> DefinitionProof:
    facts = TREE_HASH.facts(shape, contract)
    return graph_meets_definition(graph, definition(shape), facts)


def memory_of(found: Counterexample, facts: Facts) -> list[int]:
    memory = random_memory(facts, facts.memory_words or 0, found.seed)
    for address, word in found.words.items():
        memory[address] = word
    return memory


def assert_refuted(
    graph: Graph, contract: str = "values", shape: Parameters = SHAPE
) -> Counterexample:
    """The verdict on `graph` is false, and graph and NumPy reference differ as it says."""
    found = proof(graph, contract, shape)
    assert found.verdict is False, found
    shown = found.counterexample
    assert shown is not None
    memory = memory_of(shown, TREE_HASH.facts(shape, contract))
    if shown.failure:
        with pytest.raises(CheckFailed):
            run_graph(graph, memory)
        return shown
    wanted = TREE_HASH.reference(np.array(memory, dtype=np.uint32), shape, contract)
    end = run_graph(graph, memory)
    differing = [a for a, word in enumerate(wanted.tolist()) if end[a] != word]
    assert any(f"(address {address})" in shown.place for address in differing)
    return shown


@pytest.mark.parametrize("contract", ["values", "full", "any-start"])
@pytest.mark.parametrize("plan", [MIXED, SCALAR], ids=["vectors", "one by one"])
def test_a_kernel_is_proved_to_be_its_definition(contract: str, plan: Plan) -> None:
    if contract == "full":
        plan = replace(plan, choices={**plan.choices, "tables": [3]})
    assert proof(traced(plan, contract), contract).verdict is True


@pytest.mark.parametrize(
    ("height", "rounds", "batch"), [(1, 5, 1), (3, 4, 7), (2, 9, 9), (4, 12, 20), (9, 9, 8)]
)
@pytest.mark.parametrize("contract", ["values", "full", "any-start"])
def test_default_plans_of_odd_shapes_are_proved(
    height: int, rounds: int, batch: int, contract: str
) -> None:
    shape = {"height": height, "rounds": rounds, "batch": batch}
    graph = traced(TREE_HASH.plan("default", shape, contract), contract, shape)
    assert proof(graph, contract, shape).verdict is True


Planting = Callable[[pytest.MonkeyPatch], None]


def attribute(module: Any, name: str, value: Any) -> Planting:
    return lambda patch: patch.setattr(module, name, value)


def hash_stage(stage: int, field: int, value: Any) -> Planting:
    stages = [list(entry) for entry in walk.HASH_STAGES]
    stages[stage][field] = value
    return attribute(walk, "HASH_STAGES", tuple(tuple(entry) for entry in stages))


def wrapped(module: Any, name: str, change: Callable[..., Any]) -> Planting:
    """`module.name` gets the arguments that `change` makes of its own."""
    original = getattr(module, name)
    return attribute(module, name, lambda *args: original(*change(*args)))


PLANTED = {
    "bits count from the wrong side": attribute(walk, "FIRST_CHILD", records.SECOND_CHILD),
    "children are exchanged": lambda patch: (
        patch.setattr(walk, "FIRST_CHILD", records.SECOND_CHILD),
        patch.setattr(walk, "SECOND_CHILD", records.FIRST_CHILD),
    ),
    "record offset": attribute(walk, "PARENT", records.FIRST_CHILD),
    "record length": attribute(walk, "RECORD_WORDS", 4),
    "xor constant of records": attribute(records, "CARRIED_CONSTANT", 0xB55A4F08),
    "xor constant of the walk": attribute(walk, "CARRIED_CONSTANT", 0xB55A4F0B),
    "xor constant of the last store": attribute(vector, "CARRIED_CONSTANT", 0x355A4F09),
    "address bias": wrapped(
        walk, "affine_position", lambda k, at, scale, base, way: (k, at, scale, base + 1, way)
    ),
    "address bias past the end": wrapped(
        walk, "affine_position", lambda k, at, scale, base, way: (k, at, scale, base + 4096, way)
    ),
    "hash constant": hash_stage(2, 1, 0x165667B0),
    "hash shift": hash_stage(1, 4, 18),
    "hash operation": hash_stage(3, 2, "+"),
    "wrong level": wrapped(
        vector, "gather_node", lambda level, at, depth: (level, at, depth - 1)
    ),
    "store to a wrong word": wrapped(
        vector, "store_group", lambda k, group, region, address, word, held=None: (
            k, group, region, address - 8 * (group.number == 1), word, held
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_error_is_refuted_with_a_memory_that_shows_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    PLANTED[name](monkeypatch)
    assert_refuted(traced())
