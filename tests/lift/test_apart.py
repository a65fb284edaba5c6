"""What computed addresses never mix comes apart; the graph still does what the program does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.symbolic.refinement import graph_refines_program
from slotweave.check.symbolic.witness import random_memory
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Region
from slotweave.ir.program import Program, Slot
from slotweave.ir.verify.graph_verify import verify_graph
from slotweave.lift import lift_counting
from slotweave.lift.partition import Partition
from slotweave.machine import CHALLENGE
from slotweave.simulate.graph import run_graph
from slotweave.simulate.reference import run
from strategies.machines import machines
from strategies.programs import FACTS, MEMORY_WORDS, straight_programs
from support.examples import examples

WORDS = Facts(64, {}, (Region("in", 0, 8, read_only=True), Region("work", 8, 56, output=True)))


def one_by_one(*slots: tuple[str, Slot]) -> Program:
    return Program("challenge", tuple({engine: (slot,)} for engine, slot in slots))


def two_tables(step: int, read: str) -> Program:
    """A word of one table is read at `8 + step * bit`, and one of another is written at `24 + bit`.

    `read` is "load" for a word, "vload" for eight words of which one is used.
    """
    return one_by_one(
        ("load", ("load", 1, 0)), ("load", ("const", 2, 1)), ("alu", ("&", 1, 1, 2)),
        ("load", ("const", 3, step)), ("alu", ("*", 3, 3, 1)), ("flow", ("add_imm", 3, 3, 8)),
        ("flow", ("add_imm", 4, 1, 24)),
        ("store", ("store", 4, 1)), ("load", (read, 16, 3)), ("alu", ("+", 40, 16, 2)),
        ("load", ("const", 5, 60)), ("store", ("store", 5, 40)),
    )  # fmt: skip


def lifted(program: Program) -> Graph:
    graph = lift_counting(program, CHALLENGE, WORDS, apart=True).graph
    verify_graph(graph)
    assert graph_refines_program(graph, program, CHALLENGE, WORDS).answer is True
    return graph


def names(graph: Graph) -> list[str]:
    return [region.name for region in graph.regions]


APART = ["in", "work, 8 to 11", "work, 12 to 23", "work, 24 to 25", "work, 26 to 63"]


@pytest.mark.parametrize("read", ["load", "vload"])
def test_tables_in_one_region_are_told_apart_by_the_words_that_are_used(read):
    graph = lifted(two_tables(3, read))
    assert names(graph) == APART
    assert all(region.output for region in graph.regions[1:])
    (read_there,) = (node for node in graph.nodes if node.region == APART[1])
    assert not read_there.after


def test_tables_that_an_address_may_mix_stay_one_region():
    graph = lifted(two_tables(16, "load"))
    assert names(graph) == ["in", "work, 8 to 25", "work, 26 to 63"]


def test_a_region_without_computed_addresses_stays_whole():
    whole = Partition((Region("work", 0, 64),))
    assert whole.split([], [(0, 7), (8, 15)]) == whole


def test_no_border_is_drawn_through_an_access():
    cut = Partition((Region("work", 0, 64),)).split([(4, 9)], [(8, 15), (15, 16), (20, 21)])
    assert [(region.start, region.stop) for region in cut.regions] == [(0, 4), (4, 17), (17, 64)]


@given(machines(max_latency=3).flatmap(lambda m: st.tuples(st.just(m), straight_programs(m))),
       st.integers(0, 3))  # fmt: skip
@examples(150)
def test_the_graph_leaves_in_memory_what_the_program_leaves(case, seed):
    machine, straight = case
    memory = random_memory(FACTS, MEMORY_WORDS, seed)
    try:
        end = run(straight, machine, memory, strict=False)
    except CheckFailed:  # a zero divisor
        return
    graph = lift_counting(straight, machine, FACTS, apart=True).graph
    verify_graph(graph)
    assert run_graph(graph, memory) == end.memory.tolist()
