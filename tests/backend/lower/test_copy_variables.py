"""Variables are written by whatever makes their value, or by copies that lose nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slotweave.backend.lower.copy_variables import copy_variables, readers
from slotweave.base.diagnostics import NoSchedule
from slotweave.ir.graph import Graph, Node
from slotweave.machine import CHALLENGE, Machine


def graph_of(*nodes: Node) -> Graph:
    return Graph("variables", 4, 16, (), nodes)


def variable(number: int) -> Node:
    return Node("variable", 1, imm=number)


def assign(value: int, number: int) -> Node:
    return Node("assign", 0, (value,), imm=number)


def test_an_operation_writes_the_variable_itself() -> None:
    written = copy_variables(graph_of(variable(0), Node("add", 1, (0, 0)), assign(1, 0)), CHALLENGE)
    assert [node.op for node in written.graph.nodes] == ["variable", "add"]
    assert written.variable == {1: 0}


def test_a_value_for_two_variables_is_copied_into_both() -> None:
    nodes = (variable(0), Node("add", 1, (0, 0)), assign(1, 0), assign(1, 1))
    written = copy_variables(graph_of(*nodes), CHALLENGE)
    assert [node.op for node in written.graph.nodes] == ["variable", "add", "or", "or"]
    assert written.variable == {2: 0, 3: 1}


def test_a_value_that_an_older_reader_needs_is_copied_behind_it() -> None:
    """Node 1 would overwrite variable 0 before node 2, which needs node 1, has read it."""
    nodes = (
        variable(0),
        Node("add", 1, (0, 0)),
        Node("mul", 1, (0, 1)),
        assign(1, 0),
        assign(2, 1),
    )
    written = copy_variables(graph_of(*nodes), CHALLENGE)
    assert written.variable == {2: 1, 3: 0}
    assert written.graph.nodes[3].args == (1, 1)


def test_variables_that_change_places_are_read_before_either_is_written() -> None:
    written = copy_variables(
        graph_of(variable(0), variable(1), assign(0, 1), assign(1, 0)), CHALLENGE
    )
    for writer in written.variable:
        (source, _same) = written.graph.nodes[writer].args
        assert written.graph.nodes[source].op == "or"


def test_an_operation_that_reads_shifted_words_of_a_variable_does_not_overwrite_them() -> None:
    """Lane by lane, lane 1 would read word 0 after lane 0 has written it."""
    shifted = Node("overlay", 4, (1, 2), offsets=(0, 1))
    nodes = (
        Node("variable", 4, imm=0),
        Node("slice", 1, (0,), imm=3),
        Node("slice", 3, (0,), imm=0),
        shifted,
        Node("add", 4, (0, 3)),
        assign(4, 0),
    )
    written = copy_variables(graph_of(*nodes), CHALLENGE)
    assert written.variable == {5: 0}
    assert written.graph.nodes[5].args == (4, 4)


def test_an_operation_that_reads_a_variable_lane_by_lane_overwrites_it() -> None:
    written = copy_variables(
        graph_of(Node("variable", 4, imm=0), Node("add", 4, (0, 0)), assign(1, 0)), CHALLENGE
    )
    assert written.variable == {1: 0}


def test_what_overwrites_a_variable_waits_for_a_block_that_names_it() -> None:
    """The block needs the old variable 0 and what is made of the new one: neither comes first."""
    nodes = (
        variable(0),
        Node("add", 1, (0, 0)),
        Node("mul", 1, (1, 1)),
        Node("overlay", 4, (0, 2, 2, 2), offsets=(0, 1, 2, 3)),
        assign(1, 0),
        assign(3, 1),
    )
    written = copy_variables(graph_of(*nodes), CHALLENGE)
    assert 1 not in written.variable  # a copy writes it when the block has been taken
    assert sorted(written.variable.values()) == [0, 1]


def test_a_variable_that_stays_needs_nothing() -> None:
    written = copy_variables(graph_of(variable(0), assign(0, 0)), CHALLENGE)
    assert written.variable == {}


def test_readers_are_found_behind_slices() -> None:
    nodes = (Node("variable", 4, imm=0), Node("slice", 1, (0,), imm=2), Node("add", 1, (1, 1)))
    assert readers(nodes, 0) == [2]


def without(*names: str) -> Machine:
    modes = tuple(mode for mode in CHALLENGE.modes if mode.operation not in names)
    return replace(CHALLENGE, modes=modes)


@pytest.mark.parametrize(
    ("gone", "op", "args"),
    [((), "or", (0, 0)), (("or",), "and", (0, 0)), (("or", "and"), "select", (0, 0, 0)),
     (("or", "and", "select"), "add_immediate", (0,))],
)  # fmt: skip
def test_a_copy_is_an_operation_that_the_machine_has(
    gone: tuple[str, ...], op: str, args: tuple[int, ...]
) -> None:
    written = copy_variables(graph_of(variable(0), assign(0, 1)), without(*gone))
    assert (written.graph.nodes[1].op, written.graph.nodes[1].args) == (op, args)


def test_a_machine_that_cannot_copy_is_named() -> None:
    machine = without("or", "and", "select")
    with pytest.raises(NoSchedule, match="can copy a vector"):
        copy_variables(graph_of(Node("variable", 8, imm=0), assign(0, 1)), machine)
