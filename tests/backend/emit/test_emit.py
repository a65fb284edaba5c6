"""Programs: each slot in its bundle and on its addresses, and the meaning of the graph kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from slotweave.backend.lower import lower
from slotweave.backend.schedule import in_order_schedule
from slotweave.ir.graph import Graph, Node, Region
from slotweave.ir.text.program_text import program_from_text, program_to_text
from slotweave.machine import MINIMAL, Machine
from slotweave.simulate.graph import run_graph
from slotweave.simulate.reference import run
from strategies.graphs import MEMORY_WORDS, graphs
from strategies.machines import machines
from strategies.problems import schedule_of
from support.compiled import Compiled, compiled, in_program_order
from support.examples import examples

LANES = range(4)
cases = machines(max_latency=3).flatmap(
    lambda machine: st.tuples(
        graphs(machine.vector_length), st.just(replace(machine, scratch_words=1_000))
    )
)


@examples(250)
@given(cases, st.integers(0, 2**32), st.booleans())
def test_programs_do_what_their_graph_means_in_as_many_cycles_as_scheduled(case, seed, one_slot):
    graph, machine = case
    problem = lower(graph, machine).problem
    schedule = in_order_schedule(problem) if one_slot else in_program_order(problem)
    result = compiled(graph, machine, schedule)
    memory = np.random.default_rng(seed).integers(0, 2**32, MEMORY_WORDS, dtype=np.uint32)
    end = run(result.program, machine, memory)
    assert end.memory.tolist() == run_graph(graph, memory.tolist())
    assert end.cycles == schedule.makespan


def emitted(*nodes: Node, rows: list[list[int]] | None = None, modes: tuple[int, ...] = (),
            machine: Machine = MINIMAL) -> Compiled:  # fmt: skip
    """The program of a graph, with the slots of each operation in the cycles `rows`."""
    graph = Graph("test", machine.vector_length, 64, (Region("r", 0, 64),), nodes)
    return compiled(graph, machine, schedule_of(rows, list(modes)) if rows else None)


def address(result: Compiled, node: int) -> int:
    """The scratch address of the first word of a node."""
    layout = result.lowered.layout
    entry = layout.offset[node]
    return int(result.allocation.address[layout.storage[entry]] + layout.word[entry])


def const(value: int = 0) -> Node:
    return Node("const", 1, imm=value)


def test_words_and_immediates():
    result = emitted(const(7), Node("store", 0, (0, 0), region="r"))
    a = address(result, 0)
    assert result.program.bundles == (
        {"scalar": (("const", a, 7),)},
        {"memory": (("store", a, a),)},
    )
    assert result.program.machine == "minimal"


def test_a_mode_of_whole_vectors_names_their_first_words():
    nodes = (const(7), Node("broadcast", 4, (0,)), Node("add", 4, (1, 1)))
    result = emitted(*nodes, rows=[[0], [1], [2]])
    w, v, s = (address(result, node) for node in range(3))
    assert result.program.bundles[1:] == (
        {"vector": (("vbroadcast", v, w),)},
        {"vector": (("+", s, v, v),)},
    )


def test_a_mode_lane_by_lane_names_each_lane_in_the_cycle_of_its_slot():
    nodes = (const(7), Node("broadcast", 4, (0,)), Node("sub", 4, (1, 1)))
    result = emitted(*nodes, rows=[[0], [1], [2, 2, 3, 5]], modes=(0, 0, 1))
    v, s = address(result, 1), address(result, 2)
    lanes = [("-", s + k, v + k, v + k) for k in LANES]
    assert result.program.bundles[2:] == (
        {"scalar": (lanes[0], lanes[1])},
        {"scalar": (lanes[2],)},
        {"scalar": ()},
        {"scalar": (lanes[3],)},
    )


def test_a_gather_is_a_load_of_each_lane():
    nodes = (const(7), Node("broadcast", 4, (0,)), Node("load", 4, (1,), region="r"))
    result = emitted(*nodes, rows=[[0], [1], [2, 3, 4, 5]])
    v, g = address(result, 1), address(result, 2)
    loads = [bundle["memory"] for bundle in result.program.bundles[2:]]
    assert loads == [(("load", g + k, v + k),) for k in LANES]


def test_a_vector_access_has_one_address():
    nodes = (const(8), Node("vload", 4, (0,), region="r"),
             Node("vstore", 0, (0, 1), region="r", after=(1,)))  # fmt: skip
    result = emitted(*nodes)
    a, v = address(result, 0), address(result, 1)
    assert [bundle.get("memory") for bundle in result.program.bundles] == [
        None,
        (("vload", v, a),),
        (("vstore", a, v),),
    ]


def test_lanes_of_a_virtual_pack_are_read_where_they_lie():
    """One word in all lanes: the lane slots of the sum read the same word."""
    pack = Node("overlay", 4, (0,) * 4, offsets=tuple(LANES))
    result = emitted(const(3), pack, Node("add", 4, (1, 1)), rows=[[0], [1, 1, 2, 2]])
    w, s = address(result, 0), address(result, 2)
    slots = [slot for bundle in result.program.bundles[1:] for slot in bundle["scalar"]]
    assert slots == [("+", s + k, w, w) for k in LANES]


def test_words_of_a_placed_pack_are_written_into_its_lanes():
    words = [const(10 + k) for k in LANES]
    pack = Node("overlay", 4, (3, 2, 1, 0), offsets=tuple(LANES))
    result = emitted(*words, pack, Node("xor", 4, (4, 4)))
    v = address(result, 4)
    assert [address(result, node) for node in LANES] == [v + 3, v + 2, v + 1, v]


def test_a_slice_is_read_at_its_word():
    nodes = (const(7), Node("vload", 4, (0,), region="r"), Node("slice", 1, (1,), imm=2),
             Node("mul", 1, (2, 2)))  # fmt: skip
    result = emitted(*nodes)
    v, p = address(result, 1), address(result, 3)
    assert result.program.bundles[2] == {"scalar": (("*", p, v + 2, v + 2),)}


def test_engines_stand_in_the_order_of_the_machine():
    nodes = (const(), const(), Node("load", 1, (0,), region="r"), Node("add", 1, (1, 1)))
    result = emitted(*nodes, rows=[[0], [0], [1], [1]])
    assert list(result.program.bundles[1]) == ["scalar", "memory"]


def test_a_cycle_of_waiting_costs_a_cycle_and_survives_the_text_form():
    slow = tuple(
        replace(mode, latency=4) if mode.operation == "load" else mode for mode in MINIMAL.modes
    )
    machine = replace(MINIMAL, modes=slow)
    nodes = (const(1), Node("load", 1, (0,), region="r"),
             Node("store", 0, (0, 1), region="r", after=(1,)))  # fmt: skip
    result = emitted(*nodes, machine=machine)
    end = run(result.program, machine, np.arange(64, dtype=np.uint32) * 3)
    assert end.cycles == result.schedule.makespan == 6
    assert end.memory[1] == 3
    assert program_from_text(program_to_text(result.program)) == result.program


def test_nothing_to_do_is_a_program_without_bundles():
    assert emitted().program.bundles == ()
