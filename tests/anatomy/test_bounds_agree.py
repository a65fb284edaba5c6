"""No verb returns a program below a bound that another one states of the same operations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from slotweave.analysis.utilisation import counted_bundles
from slotweave.anatomy.given_words import given_words
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.timing.program_bounds import program_bounds
from slotweave.backend.fit import Effort
from slotweave.base.budget import Budget
from slotweave.base.diagnostics import SlotweaveError
from slotweave.bounds import best_bound, bound_ladder
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.frontend.load import CONTRACT, kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Graph, Region
from slotweave.ir.plan import Plan
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.repacking import RepackOptions, repack
from slotweave.repacking.summary import repacked_summary
from slotweave.rewrite import rewrite
from strategies import flows
from strategies.flows import Statement
from strategies.graphs import graphs_for_challenge
from strategies.kernels import memory_kernels
from strategies.programs import FACTS, straight_programs
from strategies.wild_programs import wild_program
from support.compiled import compiled
from support.examples import examples

#: Regions between which some accesses straddle.
ROOMY = Facts(32, {}, (Region("addresses", 0, 4), Region("rest", 4, 28)), FACTS.ranges)
SAME = RepackOptions(rewrite=False, instances=1)
RULED = RepackOptions(effort=Effort.FAST, instances=1)


def expect_bounded(program: Program, facts: Facts) -> None:
    """`bound` <= `repack --no-rewrite` <= the program; `repack` with rules between its own bound
    and the program, too, and not below that of its dataflow."""
    try:
        made = repack(program, CHALLENGE, facts, SAME)
        ruled = repack(program, CHALLENGE, facts, RULED, budget=Budget(evaluations=4))
    except SlotweaveError:  # not one that can be lifted, or that these facts fit
        reject()
    for result in (made, ruled):
        assert result.cycles <= result.before
        words = given_words(result.given, CHALLENGE, facts)
        said = repacked_summary(result, "drawn", 0, words).bound
        assert said is None or said.cycles <= result.cycles
        if result.best is not None:
            assert best_bound(result.bounds).cycles <= result.cycles
        for block in result.blocks:
            least = 0 if block.bound is None else block.bound.cycles
            assert least <= block.cycles <= block.before
    if made.blocks:  # data decides its jumps
        return
    bound = best_bound(program_bounds(program, CHALLENGE, facts)).cycles
    assert bound <= made.cycles <= counted_bundles(program) or bound <= made.cycles == made.before
    own = best_bound(program_bounds(ruled.program, CHALLENGE, facts)).cycles
    assert own <= ruled.cycles


@examples(15)
@given(straight_programs(CHALLENGE), st.sampled_from((NOTHING_KNOWN, ROOMY)))
def test_of_drawn_programs(program: Program, facts: Facts) -> None:
    expect_bounded(program, facts)


@examples(3)
@given(st.integers(0, 1_000_000))
def test_of_wild_programs(seed: int) -> None:
    expect_bounded(wild_program(CHALLENGE, seed, 0.0), NOTHING_KNOWN)


def bound_of(facts: Facts, *bundles: Bundle) -> int:
    return best_bound(program_bounds(Program("challenge", bundles), CHALLENGE, facts)).cycles


def test_a_trace_does_not_wait_for_a_store() -> None:
    """Three traces take three cycles, the stores stand beside them."""
    bundles: tuple[Bundle, ...] = tuple(
        bundle
        for _ in range(3)
        for bundle in ({"flow": (("trace_write", 0),)}, {"store": (("store", 0, 0),)})
    )
    assert bound_of(NOTHING_KNOWN, *bundles) == 3


def test_what_is_folded_costs_nothing() -> None:
    """`x ^ x` is 0: the load and the operation are not needed."""
    bundles: tuple[Bundle, ...] = (
        {"load": (("load", 1, 0),)}, {"alu": (("^", 2, 1, 1),)}, {"store": (("store", 0, 2),)},
    )  # fmt: skip
    assert bound_of(NOTHING_KNOWN, *bundles) == 1
    assert repack(Program("challenge", bundles), CHALLENGE, NOTHING_KNOWN, SAME).cycles == 2


@pytest.mark.parametrize("first", [1, 3])
def test_an_access_to_two_regions_is_one_slot(first: int) -> None:
    bundles: tuple[Bundle, ...] = (
        {"load": (("const", 1, first),)}, {"load": (("vload", 8, 1),)},
        {"store": (("vstore", 1, 8),)},
    )  # fmt: skip
    seen = replace(ROOMY, regions=tuple(replace(one, output=True) for one in ROOMY.regions))
    assert bound_of(seen, *bundles) == 3
    assert bound_of(ROOMY, *bundles) == 0  # nobody sees what is stored


@examples(8)
@given(
    graph=st.one_of(memory_kernels(CHALLENGE.vector_length), graphs_for_challenge()),
    rewritten=st.booleans(),
)
def test_of_compiled_kernels(graph: Graph, rewritten: bool) -> None:
    """What is compiled never beats the bound of its own operations, nor, placed again, that of its
    dataflow. Other operations that compute the same (`repack` with rules) may."""
    graph = rewrite(graph, CHALLENGE).graph if rewritten else graph
    made = compiled(graph, CHALLENGE)
    stated = best_bound(bound_ladder(made.lowered.problem)).cycles
    assert stated <= made.schedule.makespan
    expect_bounded(made.program, NOTHING_KNOWN)


@examples(3)
@given(statements=flows.kernels, known=st.booleans())
def test_of_compiled_kernels_that_jump(statements: tuple[Statement, ...], known: bool) -> None:
    """Each block between its bound and what it took; runs that are known between theirs."""

    def written(k: Tracer) -> None:
        flows.write(k, statements)

    kernel = kernel_of_function(written, "drawn", CHALLENGE.vector_length)
    job = Job(kernel, {}, CONTRACT, Plan("default", kernel="drawn"), CHALLENGE, instances=1)
    result = compile_job(job)
    for block in result.blocks:
        assert best_bound(block.bounds).cycles <= block.fitted.cycles
    expect_bounded(result.program, Facts(flows.MEMORY_WORDS) if known else NOTHING_KNOWN)


def test_compile_and_inspect_state_one_bound_of_a_chain_and_its_loads() -> None:
    """The first load waits for its address: of 4 slots on load no schedule has 2 cycles."""
    bundles: tuple[Bundle, ...] = (
        {"load": (("const", 0, 8), ("const", 1, 9))},
        {"load": (("load", 2, 0), ("load", 3, 1))},
        {"alu": (("+", 4, 2, 3),)},
        {"store": (("store", 0, 4),)},
    )
    seen = inspect_program(Program("challenge", bundles), CHALLENGE, NOTHING_KNOWN).to_json()
    assert seen["bound"]["cycles"] == seen["cycles"] == 4
