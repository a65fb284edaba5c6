"""Sums in other shapes: they end earlier, compute the same, and are derived step by step."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from slotweave.check.legality.rewriting import rewriting_faults
from slotweave.ir.graph import Graph, Node, Region
from slotweave.machine import CHALLENGE, Machine
from slotweave.machine.builtin import CHALLENGE_SLOW
from slotweave.rewrite import Rewritten, rewrite
from slotweave.rewrite.reassociate import Shaped, earlier_shapes, reassociated
from slotweave.rewrite.sums import Join, Leaf, Part, costs_of, early_shape, end_of, sums_of
from slotweave.rewrite.timing import cycles_in_turn, paths_of
from slotweave.rules.associative import ASSOCIATIVE
from slotweave.rules.registry import PROVED, RULES
from slotweave.simulate.graph import run_graph

WORDS = 80
REGIONS = (Region("x", 0, WORDS, read_only=True), Region("y", WORDS, 8, output=True))


def chain(op: str, leaves: int, products: bool = False) -> Graph:
    """x[0] op x[1] op ... in a chain, or the sum of the products of such words, stored."""
    nodes: list[Node] = []

    def add(op: str, *args: int, imm: int = 0, region: str = "", width: int = 1) -> int:
        nodes.append(Node(op, width, args, imm, region=region))
        return len(nodes) - 1

    def word(at: int) -> int:
        return add("load", add("const", imm=at), region="x")

    def leaf(at: int) -> int:
        return add("mul", word(2 * at), word(2 * at + 1)) if products else word(at)

    total = leaf(0)
    for at in range(1, leaves):
        total = add(op, total, leaf(at))
    add("store", add("const", imm=WORDS), total, region="y", width=0)
    return Graph("chain", 8, WORDS + 8, REGIONS, tuple(nodes))


def in_vectors(graph: Graph) -> Graph:
    """The same on vectors."""
    wide = {"load": "vload", "store": "vstore"}
    nodes = [node if node.op == "const" else
             replace(node, op=wide.get(node.op, node.op), width=8 * min(node.width, 1))
             for node in graph.nodes]  # fmt: skip
    return graph.with_nodes(tuple(nodes))


def improved(graph: Graph, machine: Machine) -> tuple[Rewritten, Rewritten]:
    before = rewrite(graph, machine)
    ready = cycles_in_turn(before.graph, machine)
    shapes = earlier_shapes(before.graph, machine, sums_of(before.graph), ready)
    return before, reassociated(before, machine, shapes)


def ends(graph: Graph) -> list[int]:
    memory = [Random(at).randrange(2**32) for at in range(WORDS)] + [0] * 8
    return run_graph(graph, memory)


@pytest.mark.parametrize("op", ASSOCIATIVE)
@pytest.mark.parametrize("leaves", [3, 4, 9, 33])
def test_a_chain_becomes_a_tree_that_computes_the_same_by_steps_of_a_law(
    op: str, leaves: int
) -> None:
    graph = chain(op, leaves)
    before, after = improved(graph, CHALLENGE)
    assert not list(rewriting_faults(graph, after.graph, after.derivation, PROVED))
    assert ends(after.graph) == ends(graph)
    assert len(after.graph.nodes) == len(before.graph.nodes)
    old, new = (paths_of(each.graph, CHALLENGE).longest for each in (before, after))
    assert new < old if leaves > 8 else new <= old


def test_products_are_summed_up_in_several_parts_where_multiplying_takes_long() -> None:
    graph = in_vectors(chain("add", 24, products=True))
    before, after = improved(graph, CHALLENGE_SLOW)
    assert not list(rewriting_faults(graph, after.graph, after.derivation, PROVED))
    old, new = (max(cycles_in_turn(each.graph, CHALLENGE_SLOW)) for each in (before, after))
    assert new < old
    assert ends(after.graph) == ends(graph)


def test_a_sum_of_a_product_and_what_comes_late_is_not_fused() -> None:
    costs = costs_of("add", 8, CHALLENGE_SLOW)
    assert costs is not None
    ready: dict[Leaf, int] = {(1, 2): 4, 3: 20}
    shape = early_shape(((1, 2), 3), ready.__getitem__, costs, None)
    assert shape in (Join((1, 2), 3), Join(3, (1, 2)))
    assert end_of(shape, ready.__getitem__, costs) == 21
    assert end_of(Join((1, 2), 3, fused=True), ready.__getitem__, costs) == 23


def test_the_steps_need_the_laws() -> None:
    graph = chain("add", 9)
    _before, after = improved(graph, CHALLENGE)
    (fault,) = rewriting_faults(graph, after.graph, after.derivation, RULES)
    assert "reassociate_add does not match" in str(fault)


def test_a_shape_that_leaves_a_summand_out_is_found() -> None:
    graph = chain("or", 5)
    _before, after = improved(graph, CHALLENGE)
    nodes = list(after.graph.nodes)
    at = next(n for n, node in enumerate(nodes) if node.op == "or")
    nodes[at] = replace(nodes[at], args=(nodes[at].args[0],) * 2)
    wrong = after.graph.with_nodes(tuple(nodes))
    (fault,) = rewriting_faults(graph, wrong, after.derivation, PROVED)
    assert "effect 0 is another one" in str(fault)


@pytest.mark.parametrize("seed", range(40))
def test_any_shape_of_any_sum_is_shown_to_be_equal_to_any_other(seed: int) -> None:
    random = Random(seed)
    graph = chain("add", random.randint(3, 30), products=bool(seed % 2))
    graph = in_vectors(graph) if seed % 4 > 1 else graph
    before = rewrite(graph, CHALLENGE)
    (found,) = sums_of(before.graph)
    parts: list[Part] = list(found.leaves)
    while len(parts) > 1:
        random.shuffle(parts)
        left, right = parts.pop(), parts.pop()
        fused = isinstance(left, tuple) and seed % 4 > 1 and random.random() < 0.5
        parts.append(Join(left, right, fused))
    after = reassociated(before, CHALLENGE, [Shaped(found, parts[0])])
    assert not list(rewriting_faults(graph, after.graph, after.derivation, PROVED))
    assert ends(after.graph) == ends(graph)


def test_what_others_use_is_a_leaf() -> None:
    graph = chain("add", 6)
    between = [at for at, node in enumerate(graph.nodes) if node.op == "add"][2]
    store = Node("store", 0, (len(graph.nodes), between), region="y")
    graph = graph.with_nodes((*graph.nodes, Node("const", 1, imm=WORDS + 1), store))
    first, second = sums_of(graph)
    assert first.root == between
    assert between in second.leaves
    assert (len(first.leaves), len(second.leaves)) == (4, 3)
