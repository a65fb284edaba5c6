"""Broken kernels: whatever is called proved does what the definition says, whatever is not, fails.

The judge is no part of the proof: the graph is run on many random memories.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.definition import definition
from slotweave.check.definition.counterexample import counterexample
from slotweave.check.definition.definition import graph_meets_definition
from slotweave.frontend.trace import trace
from slotweave.ir.graph import Graph, Node
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE
from slotweave.simulate.graph import run_graph
from support.examples import a_share

SHAPE = {"height": 4, "rounds": 8, "batch": 16}
PLAN = Plan(
    "mixed", "tree-hash",
    choices={"levels": ["select", "select", "gather", "record", "gather"], "tables": [3]},
)  # fmt: skip
FACTS = TREE_HASH.facts(SHAPE, "values")
RUNS = 12

EXCHANGED = {
    "add": "sub", "sub": "add", "xor": "or", "and": "or", "shl": "shr", "shr": "shl",
    "multiply_add": "select", "select": "multiply_add", "lt": "eq",
}  # fmt: skip


@cache
def kernel() -> Graph:
    return trace(TREE_HASH, SHAPE, "values", PLAN, CHALLENGE)


def mutants(graph: Graph, index: int, node: Node, rng: np.random.Generator) -> Node:
    """`node` with one thing about it changed."""
    same_width = [arg for arg in range(index) if graph.nodes[arg].width == 1]
    choices = []
    if node.op in EXCHANGED:
        choices.append(replace(node, op=EXCHANGED[node.op]))
    if node.op == "const":
        choices += [replace(node, imm=node.imm ^ 1 << int(rng.integers(32)))]
        choices += [replace(node, imm=(node.imm + int(rng.choice([-3, -1, 1, 8]))) % 2**32)]
    if node.op == "slice" and node.width == 1:
        width = graph.nodes[node.args[0]].width
        choices.append(replace(node, imm=int(rng.integers(width))))
    if len(node.args) > 1:
        choices.append(replace(node, args=node.args[::-1]))
        choices.append(replace(node, args=(*node.args[1:], node.args[0])))
    if node.width == 1 and node.args:
        choices.append(
            replace(node, op="slice", imm=0, region="", args=(int(rng.choice(same_width)),))
        )
    return choices[int(rng.integers(len(choices)))] if choices else node


def fits(graph: Graph, node: Node) -> bool:
    """Whether the arguments have widths that the operation takes."""
    widths = {graph.nodes[arg].width for arg in node.args}
    if node.op in ("store", "overlay", "vstore"):
        address, word = (graph.nodes[arg].width for arg in node.args[:2])
        return node.op == "overlay" or (address == 1 and word == (8 if node.op == "vstore" else 1))
    return node.op != "vload" or widths == {1}


def verdict_of(graph: Graph) -> bool | str:
    """The verdict, if the judge does not object."""
    facts, meant = FACTS, definition(SHAPE)
    found = graph_meets_definition(graph, meant, facts)
    wrong = [counterexample(lambda memory: run_graph(graph, memory), meant, facts, seed)
             for seed in range(100, 100 + RUNS)]  # fmt: skip
    if any(wrong):
        assert found.answer is not True, "proved, and wrong on a random memory"
        assert found.answer is False, f"wrong on a random memory, and not refuted: {found.why}"
    if found.answer is False:
        shown = found.evidence
        assert shown is not None
        again = counterexample(
            lambda memory: run_graph(graph, memory), meant, facts, shown.seed, shown.words
        )
        assert again == shown
    return found.answer


@pytest.mark.parametrize("seed", a_share(range(4), 2))
def test_no_mutant_is_proved_that_differs(seed: int) -> None:
    check_mutants(seed, 10)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 105))
def test_no_mutant_of_many_is_proved_that_differs(seed: int) -> None:
    check_mutants(seed, 40)


def check_mutants(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    verdicts: Counter[bool | str] = Counter()
    while sum(verdicts.values()) < count:
        nodes = list(kernel().nodes)
        index = int(rng.integers(len(nodes)))
        mutant = mutants(kernel(), index, nodes[index], rng)
        if mutant != nodes[index] and fits(kernel(), mutant):
            nodes[index] = mutant
            verdicts[verdict_of(kernel().with_nodes(tuple(nodes)))] += 1
    assert verdicts[False] > count // 3, "most mutants differ"
