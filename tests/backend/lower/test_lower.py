"""Graph -> Problem: modes, edges, storages, copies; what the machine cannot do is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.lower import Lowered, lower
from slotweave.base.diagnostics import Exit, NoSchedule
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.problem import DATA, ORDER
from slotweave.ir.verify.graph_verify import graph_faults
from slotweave.ir.verify.problem_verify import problem_faults
from slotweave.ir.verify.schedule_verify import layout_faults
from slotweave.isa import Shape
from slotweave.machine import CHALLENGE, MINIMAL, Machine, Mode
from slotweave.simulate.graph import run_graph
from strategies.graphs import MEMORY_WORDS, graphs
from strategies.machines import machines
from strategies.problems import edges_of, mode_of
from support.examples import examples

LANES = range(4)


def lowered(*nodes: Node, machine: Machine = MINIMAL) -> Lowered:
    graph = Graph("test", machine.vector_length, 64, (Region("r", 0, 64),), nodes)
    return lower(graph, machine)


def const(value: int = 0) -> Node:
    return Node("const", 1, imm=value)


def modes(result: Lowered, op: int) -> list[tuple[str, int, int]]:
    """(engine, slots, latency) of each mode of an operation."""
    problem = result.problem
    count = int(problem.mode_offset[op + 1] - problem.mode_offset[op])
    rows = [mode_of(problem, op, k) for k in range(count)]
    return [(problem.engines[e] if e >= 0 else "", slots, latency) for e, slots, latency in rows]


def edges(result: Lowered, op: int) -> list[tuple[int, int, int]]:
    return edges_of(result.problem, op)


def reads(result: Lowered, op: int) -> list[int]:
    offset = result.problem.read_offset
    return result.problem.read[offset[op] : offset[op + 1]].tolist()


cases = machines(max_latency=3).flatmap(
    lambda machine: st.tuples(graphs(machine.vector_length), st.just(machine))
)


@examples(120)
@given(cases)
def test_problems_and_layouts_have_no_faults_and_copies_change_no_meaning(case):
    graph, machine = case
    assert list(graph_faults(graph)) == []
    result = lower(graph, machine)
    assert list(problem_faults(result.problem)) == []
    assert list(layout_faults(result.layout, result.problem.storage_words)) == []
    assert list(graph_faults(result.graph)) == []
    memory = [(k * 2654435761) % 2**32 for k in range(MEMORY_WORDS)]
    assert run_graph(result.graph, memory) == run_graph(graph, memory)


# Modes


def test_a_vector_runs_whole_or_lane_by_lane():
    result = lowered(const(), Node("broadcast", 4, (0,)), Node("xor", 4, (1, 1)))
    assert modes(result, 0) == [("scalar", 1, 1)]
    assert modes(result, 1) == [("vector", 1, 1)]
    assert modes(result, 2) == [("vector", 1, 1), ("scalar", 4, 1)]


def test_modes_remember_what_they_are_on_the_machine():
    result = lowered(const(), Node("broadcast", 4, (0,)), Node("xor", 4, (1, 1)))
    sources = result.problem.mode_source[result.problem.mode_offset[2] :].tolist()
    assert [MINIMAL.modes[source] for source in sources] == [
        Mode("xor", Shape.VECTOR, "vector"),
        Mode("xor", Shape.VECTOR, "scalar", per_lane=True),
    ]


def test_a_gather_is_one_load_a_lane():
    nodes = (const(), Node("broadcast", 4, (0,)), Node("load", 4, (1,), region="r"))
    assert modes(lowered(*nodes), 2) == [("memory", 4, 1)]


def test_modes_carry_the_latency_of_the_machine():
    slow = tuple(
        replace(mode, latency=3) if mode.operation == "mul" else mode for mode in MINIMAL.modes
    )
    nodes = (const(), Node("load", 1, (0,), region="r"), Node("mul", 1, (1, 1)))
    result = lowered(*nodes, machine=replace(MINIMAL, modes=slow))
    assert modes(result, 2) == [("scalar", 1, 3)]


def test_what_is_made_of_constants_may_be_loaded_instead():
    result = lowered(const(), Node("mul", 1, (0, 0)), machine=CHALLENGE)
    assert modes(result, 1) == [("load", 1, 1), ("flow", 1, 1), ("alu", 1, 1)]


def test_engines_without_slots_run_nothing():
    engines = tuple((name, n * (name != "vector")) for name, n in MINIMAL.engines)
    machine = replace(MINIMAL, engines=engines)
    words = [const(k) for k in LANES]
    pack = Node("overlay", 4, tuple(LANES), offsets=tuple(LANES))
    result = lowered(*words, pack, Node("xor", 4, (4, 4)), machine=machine)
    assert modes(result, 4) == [("scalar", 4, 1)]


def test_a_join_takes_no_slot():
    store = Node("store", 0, (0, 0), region="r")
    result = lowered(const(), store, Node("join", 0, after=(1,)))
    assert modes(result, 2) == [("", 0, 0)]
    assert edges(result, 2) == [(1, DATA, 0)]


# Edges


def test_operands_are_data_each_maker_once():
    words = [const(k) for k in LANES]
    pack = Node("overlay", 4, tuple(LANES), offsets=tuple(LANES))
    result = lowered(*words, pack, Node("xor", 4, (4, 4)))
    assert edges(result, 4) == [(k, DATA, 0) for k in LANES]
    assert reads(result, 4) == [0]
    assert result.problem.nodes.tolist() == [0, 1, 2, 3, 5]


def test_a_slice_waits_for_the_makers_of_its_own_words_only():
    words = [const(k) for k in LANES]
    pack = Node("overlay", 4, tuple(LANES), offsets=tuple(LANES))
    lane = Node("slice", 1, (4,), imm=2)
    result = lowered(*words, pack, lane, Node("xor", 1, (5, 5)))
    assert edges(result, 4) == [(2, DATA, 0)]


def _load(*after: int) -> Node:
    return Node("load", 1, (0,), region="r", after=after)


def _store(*after: int) -> Node:
    return Node("store", 0, (0, 0), region="r", after=after)


def test_a_store_may_share_the_cycle_of_the_load_before_it():
    assert edges(lowered(const(), _load(), _store(1)), 2) == [(0, DATA, 0), (1, ORDER, 0)]


def test_a_load_waits_until_a_store_has_landed():
    assert edges(lowered(const(), _store(), _load(1)), 2) == [(0, DATA, 0), (1, DATA, 0)]


def test_a_store_waits_until_a_store_has_landed():
    assert edges(lowered(const(), _store(), _store(1)), 2) == [(0, DATA, 0), (1, DATA, 0)]


def test_a_loaded_address_is_an_operand_and_no_mere_order():
    nodes = (const(), _load(), Node("store", 0, (1, 0), region="r", after=(1,)))
    assert edges(lowered(*nodes), 2) == [(1, DATA, 0), (0, DATA, 0)]


def test_orders_through_a_join_keep_their_length():
    result = lowered(const(), _load(), _store(), Node("join", 0, after=(1, 2)), _store(3))
    assert edges(result, 3) == [(1, ORDER, 0), (2, DATA, 0)]
    assert edges(result, 4) == [(0, DATA, 0), (3, DATA, 0)]


def test_a_variable_order_does_not_hide_that_a_store_has_to_land():
    """The store reads the variable that the load after it writes: both orders are of one pair."""
    variable, address = Node("variable", 1, imm=0), const()
    store = Node("store", 0, (1, 0), region="r")
    load = Node("load", 1, (1,), region="r", after=(2,))
    result = lowered(variable, address, store, load, Node("assign", 0, (3,), imm=0))
    assert edges(result, 2) == [(0, DATA, 0), (1, DATA, 0)]
    assert list(result.pinned.values()) == [0, 0]


def _tails(machine: Machine, *after: int) -> Lowered:
    """Two vector loads, the second over the tail of the first."""
    first = Node("vload", 4, (0,), region="r")
    second = replace(first, after=after)
    block = Node("overlay", 6, (1, 2), offsets=(0, 2))
    return lowered(const(), first, second, block, Node("slice", 4, (3,)),
                   Node("vstore", 0, (0, 4), region="r"), machine=machine)  # fmt: skip


def test_what_covers_a_word_lands_behind_what_it_covers():
    result = _tails(MINIMAL)
    assert edges(result, 2) == [(0, DATA, 0), (1, ORDER, 1)]
    assert result.problem.writes.tolist()[1:3] == [0, 0]
    assert result.problem.storage_words.tolist() == [6, 1]


def test_a_memory_order_does_not_hide_the_order_of_landing():
    assert edges(_tails(MINIMAL, 1), 2) == [(0, DATA, 0), (1, ORDER, 1)]


def test_landing_takes_the_slowest_mode_before_and_the_fastest_after():
    """A product of latency 3 is covered by a sum of latency 1, each of them one word."""
    slow = tuple(
        replace(mode, latency=3) if mode.operation == "mul" else mode for mode in MINIMAL.modes
    )
    nodes = [const(), Node("load", 1, (0,), region="r"),
             Node("mul", 1, (1, 1)), Node("add", 1, (1, 1)),
             Node("overlay", 1, (2, 3), offsets=(0, 0)), Node("xor", 1, (4, 4))]  # fmt: skip
    covering = lowered(*nodes, machine=replace(MINIMAL, modes=slow))
    assert edges(covering, 3) == [(1, DATA, 0), (2, ORDER, 3)]
    nodes[2], nodes[3] = nodes[3], nodes[2]
    covering = lowered(*nodes, machine=replace(MINIMAL, modes=slow))
    assert edges(covering, 3) == [(1, DATA, 0), (2, ORDER, -1)]


# Copies


def _scattered(*users: Node) -> tuple[Node, ...]:
    """A pack of one word in all lanes (node 2) and what reads it."""
    return (const(), const(5), Node("overlay", 4, (1,) * 4, offsets=tuple(LANES)), *users)


def test_lane_by_lane_operations_read_words_wherever_they_lie():
    result = lowered(*_scattered(Node("xor", 4, (2, 2))))
    assert modes(result, 2) == [("scalar", 4, 1)]
    assert len(result.graph.nodes) == 4


def test_a_vector_operation_gets_a_copy_of_scattered_words():
    store = Node("vstore", 0, (0, 2), region="r")
    result = lowered(*_scattered(store))
    assert [node.op for node in result.graph.nodes] == [
        "const", "const", "overlay", "or", "vstore"
    ]  # fmt: skip
    assert result.graph.nodes[4].args == (0, 3)
    assert modes(result, 2) == [("scalar", 4, 1)]


def test_two_operations_share_one_copy():
    store = Node("vstore", 0, (0, 2), region="r")
    result = lowered(*_scattered(store, replace(store, after=(3,))))
    assert [node.op for node in result.graph.nodes].count("or") == 1
    assert [node.args for node in result.graph.nodes[4:]] == [(0, 3), (0, 3)]
    assert result.graph.nodes[5].after == (4,)


def test_an_operand_that_occurs_twice_is_copied_once():
    modes_of_valu = tuple(m for m in MINIMAL.modes if not m.per_lane or m.operation == "or")
    machine = replace(MINIMAL, modes=modes_of_valu)
    result = lowered(*_scattered(Node("xor", 4, (2, 2))), machine=machine)
    assert [node.op for node in result.graph.nodes] == ["const", "const", "overlay", "or", "xor"]
    assert result.graph.nodes[4].args == (3, 3)


# What no engine runs


def test_an_operation_without_engine_is_refused_with_the_line_that_wrote_it():
    node = Node("multiply_add", 1, (1, 1, 1), where="kernel.py:7")
    with pytest.raises(NoSchedule) as refused:
        lowered(const(), Node("load", 1, (0,), region="r"), node, machine=CHALLENGE)
    assert refused.value.exit_code is Exit.NO_SCHEDULE
    assert str(refused.value) == (
        "SW302 no engine of machine 'challenge' runs 'multiply_add' on a word (kernel.py:7); "
        "give it one, or write the kernel without it"
    )


def test_an_operation_whose_only_engine_has_no_slots_is_refused():
    engines = tuple((name, n * (name != "vector")) for name, n in MINIMAL.engines)
    with pytest.raises(NoSchedule, match="runs 'broadcast' on a vector"):
        lowered(const(), Node("broadcast", 4, (0,)), machine=replace(MINIMAL, engines=engines))


def test_scattered_words_that_nothing_can_copy_are_refused():
    whole = replace(MINIMAL, modes=tuple(m for m in MINIMAL.modes if not m.per_lane))
    with pytest.raises(NoSchedule, match="runs 'or' on a vector"):
        lowered(*_scattered(Node("vstore", 0, (0, 2), region="r")), machine=whole)
