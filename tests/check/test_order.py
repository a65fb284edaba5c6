"""A problem that lacks an order of its graph, or has it too short, is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.lower import Lowered, lower
from slotweave.check.legality.order import order_faults
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.problem import DATA, ORDER, Problem
from slotweave.machine import CHALLENGE
from slotweave.rewrite import rewrite
from strategies.graphs import graphs_for_challenge
from support.examples import examples

#: A store that reads a variable, and a load of the same word that writes it.
BOTH_ORDERS = Graph("both", CHALLENGE.vector_length, 16, (Region("r", 0, 16, output=True),), (
    Node("variable", 1, imm=0),
    Node("const", 1, imm=3),
    Node("store", 0, (1, 0), region="r"),
    Node("load", 1, (1,), region="r", after=(2,)),
    Node("assign", 0, (3,), imm=0),
))  # fmt: skip


def faults(wanted: Graph, lowered: Lowered, problem: Problem | None = None) -> list[str]:
    found = order_faults(wanted, lowered.graph, problem or lowered.problem, lowered.pinned)
    return [fault.message for fault in found]


def without(problem: Problem, edge: int) -> Problem:
    """`problem` without an edge."""
    offset = problem.pred_offset - (problem.pred_offset > edge)
    columns = {name: np.delete(getattr(problem, name), edge)
               for name in ("pred", "pred_kind", "pred_lag")}  # fmt: skip
    return replace(problem, pred_offset=offset.astype(np.int32), **columns)


def weakened(problem: Problem, edge: int) -> Problem:
    """`problem` with an edge that waits for no result."""
    kind = problem.pred_kind.copy()
    kind[edge] = ORDER
    return replace(problem, pred_kind=kind)


@examples(60)
@given(graphs_for_challenge())
def test_what_lowering_makes_has_all_orders(graph: Graph) -> None:
    for wanted in (graph, rewrite(graph, CHALLENGE).graph):
        assert faults(wanted, lower(wanted, CHALLENGE)) == []


@examples(60)
@given(graphs_for_challenge(), st.data())
def test_an_edge_less_is_noticed(graph: Graph, data: st.DataObject) -> None:
    lowered = lower(graph, CHALLENGE)
    edges = np.flatnonzero(lowered.problem.pred_lag == 0)  # longer ones are of covered words
    if len(edges):
        edge = data.draw(st.sampled_from(edges.tolist()))
        assert faults(graph, lowered, without(lowered.problem, edge))


@examples(60)
@given(graphs_for_challenge(), st.data())
def test_an_edge_that_waits_for_no_result_is_noticed(graph: Graph, data: st.DataObject) -> None:
    lowered = lower(graph, CHALLENGE)
    edges = np.flatnonzero(lowered.problem.pred_kind == DATA)
    if len(edges):
        edge = data.draw(st.sampled_from(edges.tolist()))
        assert faults(graph, lowered, weakened(lowered.problem, edge))


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (without, ["does not wait for it", "overwrites the variable that it reads"]),
        (weakened, ["does not wait until it has landed"]),
    ],
)
def test_both_orders_of_one_pair_count(
    change: Callable[[Problem, int], Problem], reasons: list[str]
) -> None:
    lowered = lower(BOTH_ORDERS, CHALLENGE)
    assert faults(BOTH_ORDERS, lowered) == []
    problem = lowered.problem
    (edge,) = [
        edge for edge in range(len(problem.pred))
        if problem.nodes[problem.pred[edge]] == 2
    ]  # fmt: skip
    found = faults(BOTH_ORDERS, lowered, change(problem, edge))
    assert [message.rpartition("but ")[2] for message in found] == reasons


def test_accesses_of_one_word_without_any_order_are_named() -> None:
    loose = BOTH_ORDERS.with_nodes(tuple(replace(node, after=()) for node in BOTH_ORDERS.nodes))
    lowered = lower(loose, CHALLENGE)
    (found,) = faults(loose, lowered)
    assert "node 3 (load) comes after node 2 (store" in found
