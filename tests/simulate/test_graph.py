"""What a graph means, node by node."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import CheckFailed
from slotweave.ir.graph import Graph, Node, Region
from slotweave.isa import BINARY_SYMBOLS, OPERATIONS, evaluate
from slotweave.simulate.graph import run_graph

OUT = Region("out", 0, 16, output=True)
words = st.integers(0, 2**32 - 1)


def graph(*nodes: Node, regions: tuple[Region, ...] = (OUT,), words: int = 16) -> Graph:
    return Graph("test", 4, words, regions, nodes)


def const(value: int) -> Node:
    return Node("const", 1, imm=value)


def stored(*nodes: Node) -> int:
    """What the last of `nodes`, a word, is."""
    last = len(nodes) - 1
    address = Node("const", 1, imm=15)
    store = Node("store", 0, (last + 1, last), region="out")
    return run_graph(graph(*nodes, address, store), [0] * 16)[15]


@given(st.sampled_from(sorted(BINARY_SYMBOLS)), words, words.filter(bool))
def test_an_operation_on_words_gives_its_meaning(name: str, a: int, b: int) -> None:
    result = stored(const(a), const(b), Node(name, 1, (0, 1)))
    assert result == evaluate(OPERATIONS[name], a, b)


def test_a_vector_operation_works_lane_by_lane() -> None:
    nodes = (
        const(0),
        Node("vload", 4, (0,), region="out"),
        const(3),
        Node("broadcast", 4, (2,)),
        Node("multiply_add", 4, (1, 3, 1)),
        const(4),
        Node("vstore", 0, (5, 4), region="out"),
    )
    assert run_graph(graph(*nodes), [1, 2, 3, 4] + [0] * 12)[4:8] == [4, 8, 12, 16]


def test_a_scatter_of_which_two_lanes_have_one_address_is_refused_at_its_line() -> None:
    nodes = (
        const(0),
        Node("vload", 4, (0,), region="out"),
        Node("store", 0, (1, 1), region="out", where="kernel.py:7"),
    )
    assert run_graph(graph(*nodes), [1, 5, 2, 6] + [0] * 12)[:7] == [1, 1, 2, 6, 0, 5, 6]
    with pytest.raises(CheckFailed) as failure:
        run_graph(graph(*nodes), [1, 5, 6, 5] + [0] * 12)
    found = failure.value.diagnostic
    assert (found.code, found.file) == ("SW104", "kernel.py:7")
    assert found.message.startswith("lanes 1 and 3 of this scatter have one address, 5")


def test_immediates_are_words() -> None:
    assert stored(const(-1)) == 2**32 - 1
    assert stored(const(5), Node("add_immediate", 1, (0,), imm=-6)) == 2**32 - 1


def test_a_select_takes_its_second_operand_where_the_first_is_not_zero() -> None:
    for condition, chosen in ((0, 7), (1, 6), (2, 6)):
        assert stored(const(condition), const(6), const(7), Node("select", 1, (0, 1, 2))) == chosen


def test_a_slice_and_an_overlay_only_move_words() -> None:
    nodes = (
        const(0),
        Node("vload", 4, (0,), region="out"),
        Node("slice", 2, (1,), imm=1),
        const(9),
        Node("overlay", 4, (1, 2, 3), offsets=(0, 2, 3)),
        const(8),
        Node("vstore", 0, (5, 4), region="out"),
    )
    assert run_graph(graph(*nodes), [1, 2, 3, 4] + [0] * 12)[8:12] == [1, 2, 2, 9]


def test_gathers_and_scatters_take_an_address_for_each_lane() -> None:
    nodes = (
        const(0),
        Node("vload", 4, (0,), region="out"),
        Node("load", 4, (1,), region="out"),
        Node("store", 0, (1, 2), region="out"),
    )
    memory = [3, 7, 5, 6, 0, 50, 60, 70] + [0] * 8
    assert run_graph(graph(*nodes), memory)[:8] == [3, 7, 5, 6, 0, 50, 60, 70]
    assert memory[:4] == [3, 7, 5, 6]
    doubled = (*nodes[:3], Node("add", 4, (2, 2)), Node("store", 0, (1, 3), region="out"))
    assert run_graph(graph(*doubled), memory)[:8] == [3, 7, 5, 12, 0, 100, 120, 140]


def test_memory_accesses_happen_in_order() -> None:
    nodes = (
        const(0),
        Node("load", 1, (0,), region="out"),
        Node("add", 1, (1, 1)),
        Node("store", 0, (0, 2), region="out"),
        Node("join", 0, after=(3,)),
        Node("load", 1, (0,), region="out", after=(4,)),
        Node("add", 1, (5, 5)),
        Node("store", 0, (0, 6), region="out"),
    )
    assert run_graph(graph(*nodes), [3] + [0] * 15)[0] == 12


FAULTY: dict[str, tuple[tuple[Node, ...], str]] = {
    "load": (
        (const(16), Node("load", 1, (0,), where="k.py:3")),
        "SW106 k.py:3: load at 16, memory has 16 words (node 1, load)",
    ),
    "vload": (
        (const(13), Node("vload", 4, (0,), where="k.py:4")),
        "SW106 k.py:4: load at 13..16, memory has 16 words (node 1, vload)",
    ),
    "store": (
        (const(16), Node("store", 0, (0, 0), where="k.py:5")),
        "SW107 k.py:5: store at 16, memory has 16 words (node 1, store)",
    ),
    "vstore outside its region": (
        (
            const(2),
            Node("broadcast", 4, (0,)),
            Node("vstore", 0, (0, 1), region="small", where="k.py:6"),
        ),
        "SW116 k.py:6: the index 3 of this store lies outside region small, which has words 0 to 2 "
        "(address 5); a kernel promises that its indices stay inside: mask the index, or declare "
        "more words (node 2, vstore)",
    ),
    "zero divisor": (
        (const(0), Node("mod", 1, (0, 0), where="k.py:7")),
        "SW108 k.py:7: mod by zero: make sure that the divisor is never 0, as by k.select(d, d, 1) "
        "(node 1, mod)",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_names_the_source_line_of_its_node(name: str) -> None:
    nodes, message = FAULTY[name]
    with pytest.raises(CheckFailed) as caught:
        run_graph(graph(*nodes, regions=(Region("small", 2, 3),)), [0] * 16)
    assert str(caught.value) == message


def test_control_is_no_part_of_a_dataflow_graph() -> None:
    with pytest.raises(ValueError, match="halt is not an operation of a dataflow graph"):
        run_graph(graph(Node("halt", 0)), [0] * 16)
