"""Constants that nothing has to make: zeros, and words that memory is known to hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.liveness import live_ranges
from slotweave.backend.lower import lower
from slotweave.backend.lower.constant_ways import MOST_SUMMANDS
from slotweave.backend.lower.spread_constants import spread_constants
from slotweave.base.diagnostics import CheckFailed
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.order import order_faults
from slotweave.driver.compile import draft_after
from slotweave.driver.job import Job
from slotweave.driver.scratch_names import names_of
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.graph import Graph
from slotweave.ir.known_words import known_values
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.verify.graph_verify import graph_faults
from slotweave.ir.verify.problem_verify import problem_faults
from slotweave.machine import CHALLENGE
from slotweave.simulate.graph import run_graph
from slotweave.simulate.reference import run
from support.compiled import compiled
from support.examples import examples

ZEROS = ScheduleOptions(zeros=True, derived=2)

words = st.one_of(st.integers(0, 40), st.integers(2**32 - 9, 2**32 - 1))
known = st.lists(words, max_size=12)
#: Constants as words, as vectors of one in each lane, and as vectors of different ones.
constants = st.lists(
    st.tuples(st.sampled_from(("word", "vector", "row")), words), min_size=1, max_size=14
)


def storing(
    constants: list[tuple[str, int]], known: list[int], read: bool = False
) -> tuple[Graph, list[int]]:
    """A kernel that stores constants, and memory before it: the words `known` come first."""
    k = Tracer("storing", 8)
    k.memory(400)
    table = k.region("table", 0, 12, read_only=True, words=known)
    out = k.region("out", 100, 300, output=True)
    if read:
        out.vstore(280, k.vload(k.constant(0), table))
    for number, (kind, value) in enumerate(constants):
        if kind == "word":
            out.store(8 * number, k.constant(value))
        elif kind == "vector":
            out.vstore(8 * number, k.broadcast(value))
        else:
            row = k.pack([k.constant((value + lane) % 2**32) for lane in range(8)])
            out.vstore(8 * number, row)
    return k.graph(), [*known, *range(1000, 1400 - len(known))]


@examples(150)
@given(constants, known, st.integers(0, 3), st.integers(0, 2), st.booleans())
def test_the_graph_does_the_same(constants, known, derived, outright, read):
    graph, memory = storing(constants, known, read)
    spread = spread_constants(graph, CHALLENGE, {}, outright, derived, zeros=True)
    assert list(graph_faults(spread)) == []
    assert run_graph(spread, memory) == run_graph(graph, memory)
    stores = [known_values(spread).get(n.args[0]) for n in spread.nodes if n.op == "store"]
    assert None not in stores  # addresses are still known, so the order of accesses is complete


@examples(60)
@given(constants, known, st.booleans())
def test_programs_do_the_same_in_strict_mode(constants, known, read):
    graph, memory = storing(constants, known, read)
    made = compiled(graph, CHALLENGE, lowered=lower(graph, CHALLENGE, ZEROS))
    problem = made.lowered.problem
    assert list(problem_faults(problem)) == []
    assert list(order_faults(graph, made.lowered.graph, problem, {})) == []
    assert list(allocation_violations(made.allocation, made.schedule, problem)) == []
    program = replace(made.program, names=names_of([made.fitted], [0], 0))
    assert run(program, CHALLENGE, memory).memory.tolist() == run_graph(graph, memory)


def test_more_constants_than_are_looked_at_for_sums_are_vectors_too():
    number = MOST_SUMMANDS + 8
    k = Tracer("storing", 8)
    out = k.region("out", 0, 8, output=True)
    for value in range(number):
        out.vstore(0, k.broadcast(7919 * value * value))
    graph = k.graph()
    spread = spread_constants(graph, CHALLENGE, zeros=True)
    assert list(graph_faults(spread)) == []
    assert run_graph(spread, [1] * 8) == run_graph(graph, [1] * 8)


def test_zeros_stand_in_words_that_nothing_ever_writes():
    graph, memory = storing([("word", 0), ("vector", 0), ("vector", 1)], [])
    made = compiled(graph, CHALLENGE, lowered=lower(graph, CHALLENGE, ZEROS))
    (zeros,) = made.lowered.problem.zeros.tolist()
    first = int(made.allocation.address[zeros])
    program = replace(made.program, names=names_of([made.fitted], [0], 0))
    assert program.zeros == set(range(first, first + 8))
    assert "=0" not in {name for word, (name, _) in program.names.items() if word != first}
    # The machine begins with zeros; that they are meant is said by their name alone.
    with pytest.raises(CheckFailed, match=f"SW109 .*scratch {first} is read"):
        run(made.program, CHALLENGE, memory)
    assert run(made.program, CHALLENGE, memory, strict=False).memory.tolist() == run_graph(
        graph, memory
    )


def test_a_vector_of_ones_compares_zeros_and_others_are_made_of_vectors():
    graph, _ = storing([("vector", 1), ("vector", 2), ("vector", 7)], [])
    spread = spread_constants(graph, CHALLENGE, {}, 0, 2, zeros=True)
    known, nodes = known_values(spread), spread.nodes
    made = {
        words[0]: (nodes[node].op, [known[arg][0] for arg in nodes[node].args])
        for node, words in known.items()
        if len(words) == 8
    }
    assert made == {0: ("zeros", []), 1: ("eq", [0, 0]), 2: ("add", [1, 1]), 7: ("broadcast", [7])}
    assert 2 not in {w[0] for w in known.values() if len(w) == 1}  # nobody wants it


def reads_of(graph: Graph) -> int:
    return sum(node.op == "vload" for node in graph.nodes)


@pytest.mark.parametrize(("known", "read", "reads"), [
    ([21, 22, 23], False, 1), ([21, 22], False, 0), ([21, 22], True, 1), ([21, 22, 23], True, 1),
])  # fmt: skip
def test_the_first_row_is_read_if_that_saves_constants_or_if_it_is_read_anyway(known, read, reads):
    graph, _ = storing([("word", 21), ("word", 22), ("vector", 23)], known, read)
    spread = spread_constants(graph, CHALLENGE, {}, 0, 1, zeros=True)
    assert reads_of(spread) == reads
    assert reads_of(spread_constants(graph, CHALLENGE, {}, 0, 1)) == read
    made = {spread.nodes[i].op for i, w in known_values(spread).items() if w == (21,)}
    assert made == ({"slice"} if reads else {"const"})


def test_what_is_read_after_a_store_is_not_known():
    k = Tracer("changing", 8)
    k.memory(16)
    table = k.region("table", 0, 8, output=True, words=[21, 22, 23, 24])
    k.store(k.constant(2), k.constant(5), table)
    k.vstore(k.constant(8), k.vload(k.constant(0), table), k.region("out", 8, 8, output=True))
    spread = spread_constants(k.graph(), CHALLENGE, {}, 0, 1, zeros=True)
    assert reads_of(spread) == 1
    assert (21,) not in known_values(spread).values()


def known_words(graph: Graph) -> set[int]:
    """The words that some node is known to be."""
    return {words[0] for words in known_values(graph).values() if len(words) == 1}


@pytest.mark.parametrize("zeros", [False, True])
def test_a_region_that_is_stored_to_holds_its_words_no_longer(zeros: bool) -> None:
    k = Tracer("changing", 8)
    table = k.region("table", 0, 8, output=True, words=range(21, 29))
    out = k.region("out", 8, 8, output=True)
    table.store(2, out[0])
    row = k.vload(k.constant(0), table)
    out.store(1, row.lane(2) + 1)
    spread = spread_constants(k.graph(), CHALLENGE, {}, 0, 2, zeros)
    assert known_words(spread).isdisjoint({23, 24})
    memory = [*range(21, 29), 100, *range(7)]
    assert run_graph(spread, memory)[9] == 101


def test_a_word_that_is_stored_to_without_waiting_is_no_constant():
    """What a load promises not to use may be stored to before it."""
    k = Tracer("promising", 8)
    table = k.region("table", 0, 8, output=True, words=range(21, 29))
    out = k.region("out", 8, 8, output=True)
    row = k.vload(k.constant(0), table, used=[0, 1])
    table.store(3, k.constant(5))
    out.store(0, row.lane(0) + row.lane(1))
    out.store(1, k.constant(24))
    spread = spread_constants(k.graph(), CHALLENGE, {}, 0, 2, zeros=True)
    read = {node.imm for node in spread.nodes if node.op == "slice" and node.args[0] == 2}
    assert read == {0, 1}


def test_a_part_of_a_program_has_no_zeros():
    assert ZEROS.within(1) == ZEROS
    assert ZEROS.within(2) == replace(ZEROS, zeros=False)


def test_zeros_are_live_throughout():
    graph, _ = storing([("word", 3), ("word", 0), ("row", 0)], [])
    made = compiled(graph, CHALLENGE, lowered=lower(graph, CHALLENGE, ZEROS))
    zeros = int(made.lowered.problem.zeros[0])
    moved = made.allocation.address.copy()
    others = [s for s in range(len(moved)) if s != zeros and moved[s] >= 0]
    moved[others[-1]] = moved[zeros]
    wrong = replace(made.allocation, address=moved)
    found = list(allocation_violations(wrong, made.schedule, made.lowered.problem))
    assert any(f"storage {zeros}" in str(fault.message) for fault in found)
    assert np.array_equal(made.lowered.problem.zeros, [zeros])


def loads_what_nobody_reads(k: Tracer) -> None:
    source, out = k.region("in", 0, 8), k.region("out", 8, 8, output=True)
    source.vload(0)
    out.store(0, 5)


def test_what_lands_after_the_end_does_not_land_on_zeros() -> None:
    """Found by fuzzing: such a load was given the words of the zeros."""
    kernel = kernel_of_function(loads_what_nobody_reads, "late")
    loads = ("load", "vload")
    late = [replace(m, latency=20) if m.operation in loads else m for m in CHALLENGE.modes]
    slow = replace(CHALLENGE, modes=tuple(late))
    plan = Plan("zeros", kernel.name, False, ScheduleOptions(zeros=True))
    (fitted,) = draft_after(Job(kernel, {}, kernel.contracts[0], plan, slow), "schedule").fitted
    ranges = live_ranges(fitted.problem, fitted.schedule)
    assert ranges.last.max() > fitted.schedule.makespan
    assert (ranges.last[fitted.problem.zeros] == ranges.last.max()).all()
