"""Repacked programs are never longer, and do what the given ones do."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.utilisation import counted_bundles
from slotweave.anatomy.words.never_written import NeverWritten, never_written
from slotweave.backend.fit import Effort
from slotweave.base.budget import Budget, budget
from slotweave.base.diagnostics import CheckFailed, NoSchedule
from slotweave.base.verdict import Verdict
from slotweave.check.symbolic.refinement import graph_refines_program
from slotweave.check.symbolic.witness import random_memory
from slotweave.driver.comparison import Subject, prove_same
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.extensions import kernels
from slotweave.ir.facts import Facts, nothing_known
from slotweave.ir.graph import Region
from slotweave.ir.lineage import lineage_of, with_lineage
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import CHALLENGE
from slotweave.repacking import Repacked, RepackOptions, repack
from slotweave.repacking.repack import _verified as runs_of_both
from slotweave.simulate.compiled import encode, run_compiled
from slotweave.simulate.reference import run
from strategies.machines import machines
from strategies.programs import FACTS, MEMORY_WORDS, straight_programs
from support.clocks import TickingClock
from support.examples import a_share, examples
from support.scalar_programs import (
    changed_in_place,
    checksums,
    records,
    scalar_program,
    scalar_tree_hash,
    searches,
)

FAST = RepackOptions(effort=Effort.FAST, vectorize=False)
BY_ITSELF = RepackOptions(effort=Effort.FAST)
VECTORS = RepackOptions(effort=Effort.FAST, vectorize=True)
SHAPE = (4, 6, 32)
JUDGED = replace(FACTS, regions=tuple(replace(region, output=True) for region in FACTS.regions))


def assert_same_results(result: Repacked, facts: Facts, words: int) -> None:
    """Both programs leave the same in judged memory, whatever made the one from the other."""
    for seed in range(5):
        memory = np.array(random_memory(facts, words, seed), dtype=np.uint32)
        ends = [
            run_compiled(encode(program, CHALLENGE), memory, strict=False).memory
            for program in (result.given, result.program)
        ]
        for region in facts.regions:
            if region.output or region.read_only:
                span = slice(region.start, region.stop)
                assert ends[0][span].tolist() == ends[1][span].tolist()


@pytest.fixture(scope="module")
def tree_hash() -> tuple[Program, Facts]:
    return scalar_tree_hash(*SHAPE)


@pytest.fixture(scope="module")
def small() -> tuple[Program, Facts]:
    return scalar_tree_hash(1, 2, 8)


@pytest.mark.long
def test_a_scalar_program_is_packed_a_slot_beside_the_other():
    program, facts = scalar_tree_hash(2, 3, 16)
    result = repack(program, CHALLENGE, facts, FAST)
    assert result.before == counted_bundles(program)
    assert result.cycles == counted_bundles(result.program) < result.before / 10
    assert_same_results(result, facts, facts.memory_words or 0)


#: What `progress` is told: what was tried, the fewest cycles so far, evaluations so far.
Told = list[tuple[str, int, int]]


@pytest.fixture(scope="module")
def in_vectors(tree_hash) -> tuple[Repacked, Told]:
    """The whole search in vectors, and what was told on the way."""
    program, facts = tree_hash
    told: Told = []
    result = repack(program, CHALLENGE, facts, VECTORS, lambda *line: told.append(line))
    return result, told


def test_vectors_are_found_in_a_scalar_program(tree_hash, in_vectors):
    _program, facts = tree_hash
    result, _told = in_vectors
    assert result.best is not None
    assert result.best.way.startswith("in vectors")
    assert result.cycles < result.before / 30
    assert_same_results(result, facts, facts.memory_words or 0)


def test_vectors_are_tried_by_themselves_and_so_is_what_there_is_without(small):
    program, facts = small
    one, by_itself, without = (
        repack(program, CHALLENGE, facts, replace(FAST, vectorize=choice))
        for choice in (True, None, False)
    )
    assert by_itself.cycles <= min(one.cycles, without.cycles)
    assert (by_itself.vectorized, without.vectorized) == ("tried", "not wanted")
    assert not any(tried.name.startswith("in vectors") for tried in without.rounds[0])
    assert by_itself.rounds[0][0].name == "in vectors"


def test_of_a_program_without_words_to_pack_that_is_said():
    program = Program("challenge", ({"load": (("const", 0, 1),), "store": (("store", 0, 0),)},))
    assert repack(program, CHALLENGE, Facts(4), BY_ITSELF).vectorized == "nothing to pack"
    none = repack(program, CHALLENGE, Facts(4), BY_ITSELF, budget=Budget(0))
    assert none.vectorized == "not reached"


def test_stores_that_nobody_sees_are_counted_by_reason():
    bundles = [{"load": (("const", word, word),)} for word in range(1, 7)]
    stores = [(1, 6), (2, 6), (1, 5), (4, 6)]  # 1 is stored twice; 1 and 2 are output
    bundles += [{"store": (("store", at, value),)} for at, value in stores]
    regions = (Region("out", 0, 4, output=True), Region("rest", 4, 4))
    result = repack(
        Program("challenge", tuple(bundles)), CHALLENGE, Facts(8, regions=regions), BY_ITSELF
    )
    assert result.cycles < result.before
    assert result.dropped == {"not_output": 1, "overwritten": 1}


def test_a_result_says_how_it_is_proved_again_and_a_wrong_word_of_that_proves_nothing(small):
    program, facts = small
    made = repack(program, CHALLENGE, facts, BY_ITSELF).program
    steps = lineage_of(made)
    assert steps
    given = Subject(program, CHALLENGE)
    assert prove_same(Subject(made, CHALLENGE), given, facts).answer is True
    (*_, last) = steps
    wrong = replace(made, meta=with_lineage(made.meta, [replace(last, way="as it stands")]))
    assert prove_same(Subject(wrong, CHALLENGE), given, facts).answer is not False
    broken = replace(made, bundles=(*made.bundles, {"store": (("store", 0, 0),)}))
    assert prove_same(Subject(broken, CHALLENGE), given, facts).answer is not True


def test_what_comes_back_was_lifted_again_and_gains_nothing_more():
    program, facts = scalar_tree_hash(2, 3, 8)
    result = repack(program, CHALLENGE, facts, BY_ITSELF)
    again = repack(result.program, CHALLENGE, facts, BY_ITSELF)
    assert again.cycles >= 0.995 * result.cycles
    assert len(result.rounds) >= 2


@pytest.mark.long
def test_without_facts_the_order_of_memory_stands(tree_hash):
    program, facts = tree_hash
    free = repack(program, CHALLENGE, facts, FAST)
    bound = repack(program, CHALLENGE, nothing_known(), FAST)
    assert free.cycles < bound.cycles < bound.before
    assert_same_results(bound, facts, facts.memory_words or 0)


@pytest.mark.parametrize("build", a_share([checksums, searches], 2))
def test_scalar_programs_of_other_kernels_become_vectors(build):
    program, facts = scalar_program(build)
    result = repack(program, CHALLENGE, facts, VECTORS)
    assert result.best is not None
    assert result.best.way.startswith("in vectors")
    gathers = 32 * (4 if build is checksums else 6)
    assert result.cycles < gathers / 2 + 40 < result.before / 5
    assert_same_results(result, facts, facts.memory_words or 0)


@pytest.mark.parametrize(("build", "most"), [(changed_in_place, 30), (records, 62)])
def test_arrays_and_records_changed_in_place_become_vectors(build, most):
    program, facts = scalar_program(build)
    result = repack(program, CHALLENGE, facts, VECTORS)
    assert result.best is not None
    assert result.best.way == "in vectors"
    assert result.cycles < most < result.before / 20
    assert_same_results(result, facts, facts.memory_words or 0)


@cache
def compiled(plan: str) -> tuple[Program, Facts, int]:
    """Tree hash by this plan, its facts and its cycles."""
    kernel = kernels()["tree-hash"]
    shape = dict(zip(("height", "rounds", "batch"), SHAPE, strict=True))
    result = compile_job(
        Job(kernel, shape, "values", kernel.plan(plan, shape, "values"), CHALLENGE, instances=1)
    )
    return result.program, kernel.facts(shape, "values"), result.cycles


#: With `--long` every plan, otherwise each of the options with one.
SHORT_ALREADY = [
    pytest.param(plan, options, marks=[pytest.mark.long] if number != other else [])
    for number, plan in enumerate(["default", "multi-batch", "dedup-static"])
    for other, options in enumerate([FAST, RepackOptions(rewrite=False), VECTORS])
]


@pytest.mark.parametrize(("plan", "options"), SHORT_ALREADY)
def test_a_program_that_is_short_already_is_not_made_longer(plan, options):
    program, facts, cycles = compiled(plan)
    result = repack(program, CHALLENGE, facts, options)
    assert result.cycles <= result.before == cycles
    assert_same_results(result, facts, facts.memory_words or 0)


def test_where_nothing_shorter_is_found_the_program_is_returned_as_it_was():
    program = Program("challenge", ({"load": (("const", 0, 1),), "store": (("store", 0, 0),)},))
    result = repack(program, CHALLENGE, Facts(4), FAST)
    assert result.program is program
    assert result.best is None
    assert "nothing shorter" in result.why


@pytest.mark.long
def test_where_the_shortest_writing_is_not_proved_another_one_is_found(tree_hash, monkeypatch):
    program, facts = tree_hash
    refused = []

    def doubtful(graph, *rest):
        if not refused or graph in refused:
            refused.append(graph)
            return Verdict("unknown", "nobody knows")
        return graph_refines_program(graph, *rest)

    module = sys.modules["slotweave.repacking.proving"]
    monkeypatch.setattr(module, "graph_refines_program", doubtful)
    result = repack(program, CHALLENGE, facts, FAST)
    assert refused
    assert result.cycles < result.before
    assert_same_results(result, facts, facts.memory_words or 0)


def test_a_limit_of_no_time_returns_the_program_as_it_was(tree_hash):
    program, facts = tree_hash
    result = repack(program, CHALLENGE, facts, budget=budget(seconds=0))
    assert result.program is program
    assert result.evaluations == 0


class JumpingClock:
    """Stands still until it jumps past all ends."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("lifted", "nothing shorter was found, so"),
        ("in vectors: 1", "nothing shorter was proved to do the same in time"),
        ("proving", "what was proved was still being run"),
    ],
)
def test_what_is_under_way_when_time_and_grace_are_over_is_abandoned(tree_hash, told, why):
    program, facts = tree_hash
    clock = JumpingClock()
    limits = budget(seconds=600, clock=clock, grace=0.0)

    def listen(what: str, _cycles: int, _evaluations: int) -> None:
        if told in what:
            clock.now = 1e9

    result = repack(program, CHALLENGE, facts, VECTORS, listen, limits)
    assert why in result.why
    assert (result.best, result.program, result.cycles) == (None, program, result.before)
    assert not result.interrupted
    assert set(result.dropped.values()) == {0}


def test_a_program_that_there_is_no_time_to_lift_is_refused(tree_hash):
    program, facts = tree_hash
    over = Budget(ends=0.0, clock=lambda: 1e9, grace=0.0)
    with pytest.raises(NoSchedule, match=r"SW308 .*the program was still being lifted"):
        repack(program, CHALLENGE, facts, budget=over)


@pytest.mark.parametrize("passed_on", [False, True], ids=["plain", "by a compiled function"])
def test_an_interrupt_keeps_what_was_found(tree_hash, passed_on):
    program, facts = tree_hash

    def interrupt(what: str, _cycles: int, _evaluations: int) -> None:
        if "in vectors" in what and "proving" not in what:
            if passed_on:
                raise SystemError("a result with an exception set") from KeyboardInterrupt()
            raise KeyboardInterrupt

    result = repack(program, CHALLENGE, facts, VECTORS, interrupt)
    assert result.interrupted
    assert result.cycles < result.before
    assert_same_results(result, facts, facts.memory_words or 0)


def test_what_is_not_proved_before_an_interrupt_is_not_kept_and_that_is_said(tree_hash):
    program, facts = tree_hash

    def interrupt(what: str, _cycles: int, _evaluations: int) -> None:
        if "proving" in what:
            raise KeyboardInterrupt

    result = repack(program, CHALLENGE, facts, VECTORS, interrupt, Budget(2))
    assert result.interrupted
    assert result.program is program
    assert "nothing shorter was proved" in result.why


@pytest.mark.parametrize("seconds", a_share([7, 1, 2, 20, 45, 1_000_000], 3))
def test_what_time_ended_is_repeated_by_the_evaluations_it_records(small, seconds):
    program, facts = small
    clock = TickingClock()
    ended = repack(program, CHALLENGE, facts, VECTORS, budget=budget(seconds=seconds, clock=clock))
    assert ended.evaluations < seconds
    again = repack(program, CHALLENGE, facts, VECTORS, budget=Budget(ended.evaluations))
    assert again.evaluations == ended.evaluations
    assert program_to_json(again.program) == program_to_json(ended.program)
    assert (again.cycles, again.bounds) == (ended.cycles, ended.bounds)


def test_more_evaluations_are_never_longer(small):
    program, facts = small
    results = [
        repack(program, CHALLENGE, facts, VECTORS, budget=Budget(most)) for most in (0, 1, 5, 20)
    ]
    assert [result.evaluations for result in results] == [0, 1, 5, 20]
    cycles = [result.cycles for result in results]
    assert cycles == sorted(cycles, reverse=True)
    assert cycles[0] > cycles[1] > cycles[-1]


def test_each_evaluation_is_told_with_the_fewest_cycles_so_far(in_vectors):
    result, told = in_vectors
    assert {number for _, _, number in told} == set(range(result.evaluations + 1))
    assert [number for _, _, number in told] == sorted(number for _, _, number in told)
    cycles = [cycles for _, cycles, _ in told]
    assert cycles == sorted(cycles, reverse=True)
    assert (cycles[0], cycles[-1]) == (result.before, result.cycles)


@pytest.mark.parametrize("shape", a_share([((1, 2, 8),), (SHAPE,)], 2))
def test_the_same_seed_gives_the_same_program(shape):
    program, facts = scalar_tree_hash(*shape)
    one, other = (repack(program, CHALLENGE, facts, VECTORS) for _ in range(2))
    assert one.program == other.program


def test_runs_compare_what_is_traced() -> None:
    facts, options = Facts(8, regions=(Region("out", 0, 8, output=True),)), RepackOptions()
    quiet = Program("challenge", ({"load": (("const", 0, 3),)},))
    traced = replace(quiet, bundles=(*quiet.bundles, {"flow": (("trace_write", 0),)}))
    assert runs_of_both(traced, traced, CHALLENGE, facts, options).mismatches == 0
    with pytest.raises(CheckFailed, match="0 words are written to the trace buffer instead of 1"):
        runs_of_both(traced, quiet, CHALLENGE, facts, options)


@given(machines(max_latency=3).flatmap(lambda m: st.tuples(st.just(m), straight_programs(m, 12))),
       st.sampled_from([JUDGED, Facts(MEMORY_WORDS), nothing_known()]),
       st.sampled_from([BY_ITSELF, FAST, VECTORS, replace(FAST, rewrite=False)]))  # fmt: skip
@examples(60)
def test_random_programs_are_never_longer_and_never_wrong(case, facts, options):
    machine, program = case
    memory = random_memory(FACTS, MEMORY_WORDS, 5)
    try:
        expected = run(program, machine, memory, strict=False)
    except CheckFailed:  # a zero divisor
        return
    try:
        result = repack(program, machine, facts, replace(options, instances=0))
    except NoSchedule:
        return
    found = run(result.program, machine, memory, strict=False)
    assert found.cycles <= expected.cycles
    assert found.memory.tolist() == expected.memory.tolist()
    assert found.trace == expected.trace
    if result.best is not None:
        assert never_written(result.program, machine, facts) == NeverWritten(0, None)


IDLE = {"alu": ()}
#: Programs that read scratch which nothing has written, and are longer than they need be.
UNWRITTEN = {
    "a word added": (
        {"load": (("const", 1, 1),)}, {"load": (("load", 2, 1),)}, {"alu": (("+", 3, 2, 9),)},
        IDLE, {"alu": (("-", 4, 10, 3),)}, {"store": (("store", 1, 4),)},
    ),
    "a vector of zeros": (
        {"load": (("const", 1, 8),)}, {"load": (("vload", 16, 1),)}, {"load": (("const", 2, 7),)},
        {"valu": (("multiply_add", 24, 16, 16, 64),)}, {"valu": (("-", 24, 72, 24),)},
        IDLE, {"store": (("vstore", 1, 24),)},
    ),
    "a loop": (
        {"load": (("const", 0, 1), ("const", 1, 5))}, {"alu": (("+", 2, 2, 0), ("^", 3, 2, 0))},
        {"alu": (("<", 4, 2, 1),), "store": (("store", 2, 3),)}, {"flow": (("cond_jump", 4, 1),)},
    ),
}  # fmt: skip
#: Of these no other program is as short, for it would have to make the 0 first.
AS_SHORT_AS_CAN_BE = {
    "a zero stored": ({"store": (("store", 3, 4),)},),
    "a jump not taken": ({"store": (("store", 3, 4),), "flow": (("cond_jump", 5, 0),)},),
}


@pytest.mark.parametrize("memory_words", [32, None])
@pytest.mark.parametrize("name", [*UNWRITTEN, *AS_SHORT_AS_CAN_BE])
def test_scratch_that_nothing_wrote_is_0_and_a_new_program_reads_none(name, memory_words):
    program = Program("challenge", {**UNWRITTEN, **AS_SHORT_AS_CAN_BE}[name])
    facts = Facts(memory_words)
    result = repack(program, CHALLENGE, facts, FAST)
    assert (result.program is program) == (name in AS_SHORT_AS_CAN_BE)
    memory = random_memory(facts, 32, 1)
    expected = run(program, CHALLENGE, memory, strict=False)
    found = run(result.program, CHALLENGE, memory, strict=result.program is not program)
    assert found.memory.tolist() == expected.memory.tolist()
    assert (found.cycles, expected.cycles) == (result.cycles, result.before)
    reads = never_written(result.program, CHALLENGE, facts)
    assert reads is not None
    assert (reads.reads > 0) == (result.program is program)


def waiting(program: Program) -> Program:
    """Every bundle is followed by one that costs a cycle and does nothing."""
    idle = {"alu": ()}
    return replace(program, bundles=tuple(b for bundle in program.bundles for b in (bundle, idle)))


def with_pauses(program: Program) -> Program:
    pause = {"flow": (("pause",),), "debug": (("compare", 0, "key"),)}
    return replace(program, bundles=(pause, *program.bundles, pause))


def computed_twice(program: Program) -> Program:
    """The whole program runs twice over in other bundles; its stores only the second time."""
    first = tuple({e: s for e, s in b.items() if e != "store"} for b in program.bundles)
    return replace(program, bundles=(*first, *program.bundles))


def with_a_fallback(program: Program) -> Program:
    """Behind a jump that is always taken stands code that never runs."""
    size = len(program.bundles)
    start = ({"load": (("const", 0, 1),)}, {"flow": (("cond_jump_rel", 0, 2),)})
    never = ({"store": (("store", 0, 0),)}, {"flow": (("halt",),)})
    assert size > 1
    return replace(program, bundles=(*start, *never, *program.bundles))


def written_twice(program: Program) -> Program:
    """The first constant of a bundle is written over at once by the flow engine, in vain."""
    first = program.bundles[0]
    engine, slots = next(iter(first.items()))
    word = slots[0][1]
    return replace(
        program,
        bundles=({"flow": (("add_imm", word, word, 9),), engine: slots}, *program.bundles[1:]),
    )


@pytest.mark.parametrize(
    "worse", a_share([waiting, with_pauses, computed_twice, with_a_fallback, written_twice], 3)
)
def test_a_program_made_worse_comes_back_as_short_as_it_was(worse):
    program, facts, cycles = compiled("default")
    given = worse(program)
    result = repack(given, CHALLENGE, facts, FAST)
    assert result.cycles <= result.before
    assert result.cycles <= 1.05 * cycles
    assert_same_results(result, facts, facts.memory_words or 0)


@pytest.mark.long
def test_the_scalar_program_of_the_judged_shape_becomes_short():
    program, facts = scalar_tree_hash(10, 16, 256)
    assert repack(program, CHALLENGE, facts, FAST).cycles < 12_000
    assert repack(program, CHALLENGE, nothing_known(), FAST).cycles < 110_000
    vectors = repack(program, CHALLENGE, facts, VECTORS)
    assert vectors.before == 147_734
    assert vectors.cycles < 1_300


#: x is words 0 to 7, which are only read, y is words 8 to 15. Words 4 to 11 lie in both.
IN_BOTH = Facts(32, {}, (Region("x", 0, 8, read_only=True), Region("y", 8, 8, output=True)))
BOTH_LOADED = (
    {"load": (("const", 0, 4), ("const", 1, 8))},
    {"load": (("vload", 8, 0),)},
    {"store": (("vstore", 1, 8),)},
)


@pytest.mark.parametrize("read_only", [True, False])
def test_no_variant_is_bounded_above_a_program_that_loads_from_two_regions(read_only):
    x = replace(IN_BOTH.regions[0], read_only=read_only, output=not read_only)
    facts = replace(IN_BOTH, regions=(x, IN_BOTH.regions[1]))
    done = repack(Program("challenge", BOTH_LOADED), CHALLENGE, facts, FAST)
    tried = {one.name: one for one in done.rounds[0]}
    assert tried["as it stands"].least == done.before == 3


def test_a_load_from_two_regions_is_forwarded():
    again = (
        *BOTH_LOADED,
        {"load": (("vload", 16, 0),)},
        {"load": (("const", 2, 12),)},
        {"store": (("store", 1, 20),)},
    )
    done = repack(Program("challenge", again), CHALLENGE, IN_BOTH, BY_ITSELF, budget=Budget(20))
    assert (done.before, done.cycles) == (6, 4)
