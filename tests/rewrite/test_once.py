"""The one-pass form of rewriting without rules gives the same graph, node for node."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from slotweave.base.diagnostics import CheckFailed
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.program import Program
from slotweave.lift import lift_counting
from slotweave.machine import CHALLENGE
from slotweave.rewrite import rewrite
from slotweave.rewrite.once import needed_once
from strategies.graphs import graphs
from strategies.programs import FACTS, straight_programs
from strategies.tangled_programs import tangle
from support.examples import examples
from support.tree_hash import compiled


def lifted(program: Program, facts: Facts, apart: bool = False) -> Graph:
    """The graph of a program; those that surely fault are passed over."""
    try:
        return lift_counting(program, CHALLENGE, facts, apart=apart).graph
    except CheckFailed:
        reject()


def assert_same(graph: Graph) -> None:
    assert needed_once(graph, CHALLENGE) == rewrite(graph, CHALLENGE, ()).graph


@given(graphs(8))
def test_of_random_graphs(graph: Graph) -> None:
    assert_same(graph.with_nodes(tuple(replace(node, item=-1) for node in graph.nodes)))


@examples(50)
@given(straight_programs(CHALLENGE), st.sampled_from([NOTHING_KNOWN, FACTS]), st.booleans())
def test_of_lifted_programs(program: Program, facts: Facts, apart: bool) -> None:
    assert_same(lifted(program, facts, apart))


@given(st.integers(0, 2**32 - 1))
def test_of_programs_with_many_accesses(seed: int) -> None:
    one = tangle(CHALLENGE, seed)
    assert_same(lifted(one.program, one.facts))


def test_of_a_compiled_kernel() -> None:
    made = compiled((3, 4, 16), instances=1)
    facts = TREE_HASH.facts(made.job.parameters, made.job.contract)
    assert_same(lift_counting(made.program, CHALLENGE, facts, apart=True).graph)


@pytest.mark.parametrize("dropped", [False, True])
def test_what_waits_for_a_load_that_nobody_needs_waits_for_what_it_waits_for(dropped: bool) -> None:
    nodes = (
        Node("const", 1, imm=3),
        Node("store", 0, (0, 0), region="m"),
        Node("load", 1, (0,), region="m", after=(1,)),
        Node("store", 0, (0, 0 if dropped else 2), region="m", after=(2,)),
    )
    graph = Graph("g", 8, 8, (Region("m", 0, 8, output=True),), nodes)
    assert_same(graph)
    assert needed_once(graph, CHALLENGE).nodes[-1].after == ((1,) if dropped else (2,))


def test_slices_that_could_be_simpler_are() -> None:
    nodes = (
        Node("const", 1, imm=3),
        Node("broadcast", 8, (0,)),
        Node("slice", 1, (1,), 2),
        Node("store", 0, (0, 2), region="m"),
    )
    graph = Graph("g", 8, 8, (Region("m", 0, 8, output=True),), nodes)
    assert_same(graph)
    assert_same(replace(graph, nodes=(*nodes, Node("store", 0, (0, 0), region="m", after=(3,)))))
    assert [node.op for node in needed_once(graph, CHALLENGE).nodes] == ["const", "store"]
