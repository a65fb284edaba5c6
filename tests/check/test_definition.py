"""Kernel = definition: what is right is proved for all words, every planted error is refuted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.definition import definition
from slotweave.challenge.tree_hash.tables import records, tree_top
from slotweave.challenge.tree_hash.walks import vector, walk
from slotweave.check.definition.counterexample import Counterexample, Refutable
from slotweave.check.definition.definition import (
    graph_meets_definition,
)
from slotweave.check.symbolic.witness import random_memory
from slotweave.frontend.trace import trace
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE
from slotweave.simulate.graph import run_graph
from support.examples import a_share

Parameters = dict[str, int]

#: Two passes through a tree of which each level is answered in another way.
SHAPE: Parameters = {"height": 6, "rounds": 13, "batch": 24}
MIXED = Plan(
    "mixed",
    "tree-hash",
    choices={
        "levels": ["select", "select", "gather", "record", "record", "gather"],
        "levels_but": [{"rounds": [11], "way": "select"}],
        "tables": [3],
    },
)
SCALAR = TREE_HASH.plan("scalar", SHAPE, "values")


def traced(plan: Plan = MIXED, contract: str = "values", shape: Parameters = SHAPE) -> Graph:
    return trace(TREE_HASH, shape, contract, plan, CHALLENGE)


def proof(graph: Graph, contract: str = "values", shape: Parameters = SHAPE) -> Refutable:
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
    assert found.answer is False, found
    shown = found.evidence
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


@pytest.mark.parametrize("contract", a_share(["values", "full", "any-start"], 2))
@pytest.mark.parametrize("plan", [MIXED, SCALAR], ids=["vectors", "one by one"])
def test_a_kernel_is_proved_to_be_its_definition(contract: str, plan: Plan) -> None:
    if contract == "full":
        plan = replace(plan, choices={**plan.choices, "tables": [3]})
    assert proof(traced(plan, contract), contract).answer is True


@pytest.mark.parametrize(
    ("height", "rounds", "batch"), [(1, 5, 1), (3, 4, 7), (2, 9, 9), (4, 12, 20), (9, 9, 8)]
)
@pytest.mark.parametrize("contract", ["values", "full", "any-start"])
def test_default_plans_of_odd_shapes_are_proved(
    height: int, rounds: int, batch: int, contract: str
) -> None:
    shape = {"height": height, "rounds": rounds, "batch": batch}
    graph = traced(TREE_HASH.plan("default", shape, contract), contract, shape)
    assert proof(graph, contract, shape).answer is True


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
    return attribute(module, name, lambda *args, **named: original(*change(*args, **named)))


PLANTED = {
    "bits count from the wrong side": attribute(walk, "FIRST_CHILD", records.SECOND_CHILD),
    "children are exchanged": lambda patch: (
        patch.setattr(walk, "FIRST_CHILD", records.SECOND_CHILD),
        patch.setattr(walk, "SECOND_CHILD", records.FIRST_CHILD),
    ),
    "record offset": attribute(walk, "NODE", records.FIRST_CHILD),
    "record length": wrapped(
        walk, "affine_position",
        lambda k, at, scale, base, way: (k, at, 4 if scale == 3 else scale, base, way),
    ),
    "xor constant of records": attribute(tree_top, "CARRIED_CONSTANT", 0xB55A4F08),
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
    "lanes exchanged": wrapped(
        vector, "mix", lambda at, node, node_is_plain: (
            at, node.tracer.shift(node, node, 1), node_is_plain
        ),
    ),
    "wrong level": wrapped(
        vector, "gather_node", lambda level, at, depth, bits: (level, at, depth - 1, bits)
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


def at_one_node(level: int, change: int) -> Planting:
    """An address that is wrong for one node of `level` alone."""
    original = walk.affine_position

    def affine_position(k: Any, position: Any, scale: int, base: int, bits: int) -> Any:
        address = original(k, position, scale, base, bits)
        if len(position.bits) != level:
            return address
        return k.select(address == base + scale * (77 % 2**level), address + change, address)

    return attribute(walk, "affine_position", affine_position)


DEEP: Parameters = {"height": 9, "rounds": 12, "batch": 1}


@pytest.mark.parametrize("change", [1, 2**31], ids=["another node", "past the end"])
def test_an_error_on_one_path_in_512_is_found_by_leading_an_item_there(
    change: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_one_node(9, change)(monkeypatch)
    plan = Plan("gathers", "tree-hash", choices={"levels": ["select", "gather"]})
    shown = assert_refuted(traced(plan, shape=DEEP), shape=DEEP)
    assert shown.words, "no random memory goes there, one has to be made"
    assert bool(shown.failure) == (change > 1)


def test_an_error_in_the_second_pass_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = {"height": 6, "rounds": 13, "batch": 1}
    at_one_node(5, 1)(monkeypatch)
    plan = Plan(
        "one gather", "tree-hash",
        choices={"levels": ["select"], "levels_but": [{"rounds": [12], "way": "gather"}]},
    )  # fmt: skip
    assert_refuted(traced(plan, shape=shape), shape=shape)


def edited(graph: Graph, index: int, **changes: Any) -> Graph:
    nodes = list(graph.nodes)
    nodes[index] = replace(nodes[index], **changes)
    return graph.with_nodes(tuple(nodes))


def last(graph: Graph, op: str) -> int:
    return max(index for index, node in enumerate(graph.nodes) if node.op == op)


def test_a_final_value_that_is_not_stored_is_missed() -> None:
    graph = traced()
    assert_refuted(edited(graph, last(graph, "vstore"), op="join", args=(), region=""))


def test_a_store_to_the_tree_is_refuted() -> None:
    graph = traced()
    address, word = len(graph.nodes), len(graph.nodes) + 1
    more = (
        Node("const", 1, imm=20),
        Node("const", 1, imm=5),
        Node("store", 0, (address, word), region="tree"),
    )
    shown = assert_refuted(graph.with_nodes((*graph.nodes, *more)))
    assert shown.place == "tree[13] (address 20)"


def test_a_store_of_what_is_there_already_changes_nothing() -> None:
    graph = traced()
    address, word = len(graph.nodes), len(graph.nodes) + 1
    more = (
        Node("const", 1, imm=20),
        Node("load", 1, (address,), region="tree"),
        Node("store", 0, (address, word), region="tree"),
    )
    assert proof(graph.with_nodes((*graph.nodes, *more))).answer is True


@pytest.mark.parametrize("contract", ["full", "any-start"])
def test_indices_that_are_not_written_back_are_missed(contract: str) -> None:
    graph = traced(MIXED, contract)
    assert proof(graph, contract).answer is True
    first = TREE_HASH.facts(SHAPE, contract).regions[2].start
    stores = [
        index
        for index, node in enumerate(graph.nodes)
        if node.op == "vstore" and graph.nodes[node.args[0]].imm == first
    ]
    shown = assert_refuted(edited(graph, stores[-1], op="join", args=(), region=""), contract)
    assert "indices" in shown.place


def test_a_load_past_the_end_of_memory_is_no_proof_even_if_nothing_uses_it() -> None:
    graph = traced()
    more = (
        Node("const", 1, imm=graph.memory_words - 7),
        Node("vload", 8, (len(graph.nodes),), region="values"),
    )
    found = proof(graph.with_nodes((*graph.nodes, *more)))
    assert found.answer is False
    assert "SW106" in found.why


def test_a_hash_that_is_written_in_another_way_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first sum as (a | b) + (a & b)."""

    def mixed_in(a: Any, constant: str) -> Any:
        _, constant, _, _, shift = stages[0]
        left, right = a + constant, a << shift
        return after_first_stage((left | right) + (left & right), constant)

    def after_first_stage(a: Any, constant: str) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(walk, "HASH_STAGES", stages[1:])
            return original(a, constant)

    stages, original = walk.HASH_STAGES, walk.hash_lanes
    monkeypatch.setattr(vector, "hash_lanes", mixed_in)
    found = proof(traced())
    assert found.answer is True, found.why


def test_a_graph_that_halts_is_not_judged() -> None:
    graph = traced()
    found = proof(graph.with_nodes((*graph.nodes, Node("halt", 0))))
    assert found.answer == "unknown"
    assert "halt" in found.why


def test_facts_that_say_nothing_of_starts_leave_the_question_open() -> None:
    facts = replace(TREE_HASH.facts(SHAPE, "any-start"), ranges={})
    found = graph_meets_definition(traced(), definition(SHAPE), facts)
    assert found.answer == "unknown"
    assert "may start" in found.why


def test_facts_that_let_items_start_outside_the_tree_leave_the_question_open() -> None:
    facts = replace(TREE_HASH.facts(SHAPE, "any-start"), ranges={"indices": (0, 1000)})
    found = graph_meets_definition(traced(), definition(SHAPE), facts)
    assert found.answer == "unknown"
    assert "past the end of memory" in found.why


def test_facts_and_graph_must_agree_how_long_memory_is() -> None:
    facts = replace(TREE_HASH.facts(SHAPE, "values"), memory_words=1000)
    found = graph_meets_definition(traced(), definition(SHAPE), facts)
    assert found.answer == "unknown"


def test_words_of_two_items_that_interact_leave_the_question_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each value is added to that of the next lane, which is taken away again."""

    def mix(at: Any, node: Any, node_is_plain: bool) -> Any:
        mixed = original(at, node, node_is_plain)
        next_lane = mixed.tracer.shift(mixed, mixed, 1)
        return mixed + next_lane - next_lane

    original = walk.mix
    monkeypatch.setattr(vector, "mix", mix)
    found = proof(traced())
    assert found.answer == "unknown"
    assert "interact: 0, 7" in found.why


def test_regions_of_facts_are_what_is_judged() -> None:
    facts = TREE_HASH.facts(SHAPE, "values")
    regions = tuple(
        Region(r.name, r.start, r.length, r.read_only, output=True) for r in facts.regions
    )
    found = graph_meets_definition(traced(), definition(SHAPE), replace(facts, regions=regions))
    assert found.answer is False, "working memory does not end as the definition says"


def test_without_regions_all_of_memory_is_judged() -> None:
    facts = replace(TREE_HASH.facts(SHAPE, "values"), regions=())
    found = graph_meets_definition(traced(), definition(SHAPE), facts)
    assert found.answer is False
    assert found.evidence is not None
    assert found.evidence.place.startswith("memory[")
    assert graph_meets_definition(traced(SCALAR), definition(SHAPE), facts).answer is True
