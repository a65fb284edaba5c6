"""A graph that does something else than the program is never said to be it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from slotweave.analysis.graph_words import GraphWords
from slotweave.check.symbolic.refinement import graph_refines_program
from slotweave.ir.facts import Facts, nothing_known
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.program import Program
from slotweave.lift import lift
from slotweave.machine import CHALLENGE
from slotweave.vectorize import answer_loads, drop_dead_stores, forward_stores, pack_isomorphic
from support.scalar_programs import checksums, scalar_program, searches


@cache
def checksum_program() -> tuple[Program, Facts]:
    return scalar_program(checksums, items=8, length=2)


def answer_of(graph: Graph) -> bool | str:
    """What is said of `graph` beside the program of checksums: True, False or unknown."""
    program, facts = checksum_program()
    return graph_refines_program(graph, program, CHALLENGE, facts).answer


@pytest.fixture(scope="module")
def packed():
    program, facts = checksum_program()
    graph = lift(program, CHALLENGE, facts)
    return pack_isomorphic(drop_dead_stores(forward_stores(graph)), CHALLENGE)


def test_a_lifted_graph_is_its_program_under_any_facts():
    program, known = checksum_program()
    for facts in (known, nothing_known()):
        graph = lift(program, CHALLENGE, facts)
        assert graph_refines_program(graph, program, CHALLENGE, facts).answer is True


def test_a_packed_graph_is_its_program(packed):
    assert answer_of(packed) is True


@pytest.mark.parametrize("changed", ["xor", "shr", "const", "vload"])
def test_an_operation_changed_in_the_graph_is_noticed(packed, changed):
    index = max(i for i, node in enumerate(packed.nodes) if node.op == changed)
    node = packed.nodes[index]
    if changed == "const":
        other = replace(node, imm=node.imm ^ 1)
    elif changed == "vload":
        other = Node("broadcast", node.width, node.args)
    else:
        other = replace(node, op="or")
    nodes = (*packed.nodes[:index], other, *packed.nodes[index + 1 :])
    assert answer_of(packed.with_nodes(nodes)) is not True


@pytest.mark.parametrize(("stands", "verdict"), [(0, False), (1, True)])
def test_of_two_stores_of_one_bundle_to_a_word_the_last_stands(stands, verdict):
    """Strict mode fails on this program, so nothing is claimed of it; compatible mode does not."""
    stores = ("store", 0, 0), ("store", 0, 1)
    bundles = ({"load": (("const", 0, 3), ("const", 1, 4))}, {"store": stores})
    words = Node("const", 1, imm=3), Node("const", 1, imm=4)
    out = Region("out", 0, 8, output=True)
    graph = Graph("twice", 8, 8, (out,), (*words, Node("store", 0, (0, stands), region="out")))
    program, facts = checksum_program()[0], Facts(memory_words=8, regions=(out,))
    found = graph_refines_program(graph, replace(program, bundles=bundles), CHALLENGE, facts)
    assert found.answer is verdict


@pytest.mark.parametrize(
    ("divisors", "verdict"), [((), True), ((1,), True), ((2,), "unknown"), ((1, 2), "unknown")]
)
def test_a_graph_divides_by_what_the_program_divides_by_and_nothing_else(divisors, verdict):
    """The program stores 0 // memory[1], which is 0 where it does not fail."""
    loads = {"load": (("load", 3, 1), ("load", 4, 2))}
    addresses = ({"load": (("const", 1, 1), ("const", 2, 2))}, {"load": (("const", 5, 0),)})
    bundles = (*addresses, loads, {"alu": (("//", 6, 5, 3),)}, {"store": (("store", 5, 6),)})
    regions = Region("out", 0, 1, output=True), Region("in", 1, 2, read_only=True)
    nodes = [Node("const", 1, imm=number) for number in range(3)]
    nodes += [Node("load", 1, (number,), region="in") for number in (1, 2)]
    for divisor in divisors:
        nodes.append(Node("div", 1, (0, divisor + 2)))
    nodes.append(Node("store", 0, (0, len(nodes) - 1 if divisors else 0), region="out"))
    graph, facts = Graph("zero", 8, 3, regions, tuple(nodes)), Facts(3, regions=regions)
    program = replace(checksum_program()[0], bundles=bundles)
    assert graph_refines_program(graph, program, CHALLENGE, facts).answer == verdict


def test_a_store_left_out_is_noticed(packed):
    nodes = tuple(node for node in packed.nodes if node.op != "vstore")
    assert answer_of(packed.with_nodes(nodes)) is False


def test_an_access_that_the_program_does_not_make_is_noticed(packed):
    first = len(packed.nodes)
    address = Node("const", 1, imm=0)
    nodes = (*packed.nodes, address, Node("load", 1, (first,), region="table"))
    more = packed.with_nodes(
        (*nodes, Node("load", 1, (first + 1,), region="table"))
    )  # may lie past the end of memory
    assert answer_of(more) == "unknown"


def test_a_load_answered_by_selects_is_that_load_if_the_words_surely_exist():
    program, facts = scalar_program(searches, items=8, depth=3)
    graph = forward_stores(lift(program, CHALLENGE, facts))
    answered = answer_loads(graph, GraphWords(graph, facts), 8)
    assert answered != graph
    assert graph_refines_program(answered, program, CHALLENGE, facts).answer is True
    unknown = replace(facts, memory_words=None)
    assert isinstance(unknown, Facts)
    assert graph_refines_program(answered, program, CHALLENGE, unknown).answer == "unknown"


def test_words_that_are_mixed_up_in_a_choice_are_noticed():
    program, facts = scalar_program(searches, items=8, depth=3)
    graph = forward_stores(lift(program, CHALLENGE, facts))
    graph = answer_loads(graph, GraphWords(graph, facts), 8)
    index = next(i for i, node in enumerate(graph.nodes) if node.op == "lt")
    node = graph.nodes[index]
    swapped = replace(node, args=node.args[::-1])
    nodes = (*graph.nodes[:index], swapped, *graph.nodes[index + 1 :])
    found = graph_refines_program(graph.with_nodes(nodes), program, CHALLENGE, facts)
    assert found.answer is not True
