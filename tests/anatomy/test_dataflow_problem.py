"""The bound of what a program computes never exceeds the program's own cycles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from slotweave.analysis.utilisation import counted_bundles
from slotweave.anatomy.timing.dataflow_problem import dataflow_graph, dataflow_problem
from slotweave.anatomy.timing.program_bounds import program_bounds
from slotweave.anatomy.unrolled import unrolled
from slotweave.bounds import best_bound, bound_ladder
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Region
from slotweave.ir.problem import Problem
from slotweave.ir.program import Bundle, Program
from slotweave.lift import lift_counting
from slotweave.machine import CHALLENGE, Machine
from strategies.programs import FACTS, straight_programs
from support.placed import placed_under
from support.tree_hash import parameters

#: Those of the drawn programs, with room for vectors of eight words.
ROOMY = Facts(32, {}, (Region("addresses", 0, 4), Region("rest", 4, 28)), FACTS.ranges)


def bound_of(program: Program, facts: Facts = NOTHING_KNOWN) -> int:
    return best_bound(program_bounds(program, CHALLENGE, facts)).cycles


def problem_of(program: Program, machine: Machine = CHALLENGE) -> Problem:
    lifted = lift_counting(program, machine, NOTHING_KNOWN, apart=True)
    return dataflow_problem(lifted, machine)


def program(*bundles: Bundle) -> Program:
    return Program("challenge", bundles)


@given(straight_programs(CHALLENGE))
def test_no_program_is_shorter_than_its_bound(drawn: Program) -> None:
    for facts in (NOTHING_KNOWN, ROOMY):
        assert bound_of(drawn, facts) <= counted_bundles(drawn)


@pytest.mark.parametrize("plan", ["scalar", "packed", "grouped", "default"])
def test_no_rung_is_shorter_than_its_bound(plan: str) -> None:
    sizes = parameters(3, 4, 16)
    chosen = TREE_HASH.plan(plan, sizes, "values")
    made = compile_job(Job(TREE_HASH, sizes, "values", chosen, CHALLENGE, instances=1)).program
    for facts in (NOTHING_KNOWN, TREE_HASH.facts(sizes, "values")):
        assert 0 < bound_of(made, facts) <= counted_bundles(made)


def test_scratch_that_nobody_has_written_costs_nothing() -> None:
    """It is zero: mem[0] = 0 takes one cycle, with a constant it would take two."""
    assert bound_of(program({"store": (("store", 5, 6),)})) == 1


def test_known_words_read_at_once_cost_nothing() -> None:
    """Eight known words in one load: eight constants would take four cycles."""
    facts = Facts(16, dict(enumerate(range(8, 16))), (Region("all", 0, 16, output=True),))
    text = program(
        {"load": (("vload", 8, 0),)}, {"load": (("load", 20, 9),)}, {"store": (("vstore", 8, 8),)}
    )  # fmt: skip
    assert bound_of(text, facts) <= 3


def test_a_value_that_is_needed_costs_a_slot_and_only_once() -> None:
    def stores(*values: int) -> Program:
        return program(
            {"load": (("const", 0, values[0]), ("const", 1, values[1]))},
            {"load": (("load", 2, 0), ("load", 3, 1))},
            {"alu": (("^", 4, 2, 0), ("^", 5, 3, 1))},
            {"store": (("store", 0, 4), ("store", 1, 5))},
        )

    def costing(text: Program) -> int:
        problem = problem_of(text)
        return int((np.minimum.reduceat(problem.mode_slots, problem.mode_offset[:-1]) > 0).sum())

    assert costing(stores(7, 9)) == 2 + 2 + 2 + 2
    assert costing(stores(7, 7)) == 1 + 1 + 1 + 1  # what the first store leaves nobody sees


def test_sums_that_are_repeated_count_once() -> None:
    start: tuple[Bundle, ...] = (
        {"load": (("const", 0, 40), ("const", 1, 50))},
        {"load": (("load", 2, 0), ("load", 3, 1))},
    )
    rows = [
        bundle
        for word in range(60, 72)
        for bundle in (
            {"alu": (("+", 4, 2, 3),), "load": (("const", 5, word),)},
            {"store": (("store", 5, 4),)},
        )
    ]
    assert bound_of(program(*start, *rows)) == 1 + 6 + 3 - 1


def test_what_is_computed_again_and_lands_sooner_is_no_repetition() -> None:
    slow = replace(CHALLENGE, modes=tuple(
        replace(mode, latency=9) if mode.engine == "flow" else mode for mode in CHALLENGE.modes
    ))  # fmt: skip
    text = program(
        {"load": (("const", 0, 0), ("const", 1, 5))}, {"load": (("load", 2, 0),)},
        {"flow": (("add_imm", 3, 2, 5),)}, {"alu": (("+", 4, 2, 1),)}, {"store": (("store", 0, 4),)}
    )  # fmt: skip
    assert placed_under(text, slow).values.redundant == {4}
    assert best_bound(bound_ladder(problem_of(text, slow))).cycles == 3


def test_what_reaches_nothing_costs_nothing() -> None:
    busy: Bundle = {"valu": (("^", 8, 16, 24), ("^", 32, 16, 24))}
    load: Bundle = {"load": (("load", 0, 9),)}
    store: Bundle = {"store": (("store", 9, 0),)}
    assert bound_of(program(load, store)) == bound_of(program(busy, load, busy, store)) == 2


def test_an_operation_counts_on_the_engine_with_room() -> None:
    """Twelve vector operations: two cycles of valu alone, and alu takes some of them."""
    work: Bundle = {"valu": tuple(("^", 64 + 8 * i, 8 * i, 8) for i in range(6))}
    machine = replace(CHALLENGE, engines=tuple(
        (name, 96 if name == "alu" else slots) for name, slots in CHALLENGE.engines
    ))  # fmt: skip
    load: Bundle = {"load": (("vload", 0, 200), ("vload", 8, 200))}
    stores: tuple[Bundle, ...] = tuple(
        {"store": (("vstore", 201, 64 + 8 * i), ("vstore", 202, 72 + 8 * i))} for i in (0, 2, 4)
    )
    text = program(load, work, *stores)
    lifted = lift_counting(text, machine, NOTHING_KNOWN, apart=True)
    problem = dataflow_problem(lifted, machine)
    nodes = dataflow_graph(lifted, machine).nodes
    of_work = [i for i, node in enumerate(nodes) if node.op == "xor"]
    assert of_work
    engines = {
        problem.engines[engine]
        for i in of_work
        for engine in problem.mode_engine[problem.mode_offset[i] : problem.mode_offset[i + 1]]
    }
    assert engines == {"alu", "valu"}


def test_a_loop_is_bounded_as_it_runs() -> None:
    """Three stores a cycle apart in a loop; the counting and the jumps are not needed."""
    loop = program(
        {"load": (("const", 0, 0), ("const", 1, 1))},
        {"load": (("const", 2, 3),)},
        {"store": (("store", 0, 2),)},
        {"alu": (("+", 0, 0, 1),)},
        {"alu": (("<", 3, 0, 2),)},
        {"flow": (("cond_jump", 3, 2),)},
    )
    assert counted_bundles(unrolled(loop, CHALLENGE, NOTHING_KNOWN).program) == 14
    assert bound_of(loop) == 3


def test_what_only_jumps_need_costs_nothing() -> None:
    """Sixty conditions and one stored constant."""
    jumps = [
        bundle
        for word in range(10, 70)
        for bundle in (
            {"load": (("const", word, word),)},
            {"flow": (("cond_jump_rel", word, 0),)},
        )
    ]
    stored = ({"load": (("const", 6, 9),)}, {"store": (("store", 0, 6),)})
    assert bound_of(program(*jumps, *stored)) == 2


def test_a_piece_of_an_access_may_be_one_that_the_machine_has_no_mode_for() -> None:
    """Here each half of a vector's store is a word's, and no bound can count it."""
    across = program(
        {"load": (("const", 0, 4), ("const", 1, 8))},
        {"load": (("vload", 8, 1),)},
        {"store": (("vstore", 0, 8),)},
    )
    halves = Facts(16, {}, (Region("a", 0, 8, output=True), Region("b", 8, 8, output=True)))
    modes = tuple(mode for mode in CHALLENGE.modes if mode.operation != "store")
    vectors_alone = replace(CHALLENGE, modes=modes)
    bounds = program_bounds(across, vectors_alone, halves)
    assert 0 < best_bound(bounds).cycles <= counted_bundles(across)
