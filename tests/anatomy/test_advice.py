"""What `explain` and `inspect` say of operations comes true if it is done."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.anatomy.causes.waste import critical_path
from slotweave.anatomy.causes.why_here import explain_bundle
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE, Machine
from strategies.machines import machines
from strategies.programs import FACTS as SMALL
from strategies.programs import straight_programs
from strategies.tangled_programs import FACTS, Tangle, small_memories, tangle
from strategies.wild_programs import wild_programs
from support.advice import Case, case_of, false_advice, false_of_run
from support.examples import examples
from support.placed import placed_under
from support.tree_hash import parameters

SEEDS = st.integers(0, 2**32 - 1)
NOTHING: Bundle = {"flow": ()}
BOTH: Bundle = {"load": (("const", 0, 1), ("const", 1, 2))}


def program(*bundles: Bundle) -> Program:
    return Program("challenge", bundles)


def operation(
    text: Program, bundle: int, engine: str, facts: Facts = NOTHING_KNOWN
) -> dict[str, object]:
    (found,) = explain_bundle(text, CHALLENGE, bundle, engine, 0, facts).to_json()["operations"]
    return found


def check(one: Tangle, machine: Machine, seed: int, memories: int = 4) -> None:
    rng = random.Random(seed)
    assert next(false_advice(case_of(one, machine, rng, memories), rng), None) is None


@examples(25)
@given(SEEDS)
def test_what_is_said_of_operations_can_be_done(seed: int) -> None:
    check(tangle(CHALLENGE, seed), CHALLENGE, seed)


@examples(15)
@given(machines(max_latency=3), SEEDS)
def test_so_it_can_where_results_take_longer(machine: Machine, seed: int) -> None:
    check(tangle(machine, seed), machine, seed)


@pytest.mark.long
@examples(1500)
@given(SEEDS)
def test_much_that_is_said_can_be_done(seed: int) -> None:
    check(tangle(CHALLENGE, seed, bundles=14), CHALLENGE, seed, 8)


@pytest.mark.parametrize("plan", [pytest.param("scalar", marks=pytest.mark.long), "default"])
def test_what_is_said_of_a_compiled_kernel_can_be_done(plan: str) -> None:
    sizes = parameters(1, 1, 8)
    chosen = TREE_HASH.plan(plan, sizes, "full")
    text = compile_job(Job(TREE_HASH, sizes, "full", chosen, CHALLENGE, instances=1)).program
    facts = TREE_HASH.facts(sizes, "full")
    rng = random.Random(1)
    memory = [rng.randrange(2**32) for _ in range(facts.memory_words or 0)]
    for word, value in facts.words.items():
        memory[word] = value
    case = Case(text, CHALLENGE, facts, [memory], pauses=True)
    assert next(false_advice(case, rng), None) is None


def looped(seed: int, times: int) -> Program:
    """A program whose middle part runs some times, and which pauses nowhere."""
    body = tangle(CHALLENGE, seed, bundles=5).program
    kept = [
        {engine: tuple(s for s in slots if s[0] not in ("pause", "halt"))
         for engine, slots in bundle.items()}
        for bundle in body.bundles
    ]  # fmt: skip
    return program(
        {"load": (("const", 1000, times), ("const", 1001, 1))},
        *kept,
        {"alu": (("-", 1000, 1000, 1001),)},
        {"flow": (("cond_jump", 1000, 1),)},
    )


@examples(10)
@given(SEEDS, st.integers(1, 3))
def test_what_is_said_of_a_run_holds_of_its_bundles_in_a_row(seed: int, times: int) -> None:
    facts, rng = FACTS[seed % 2], random.Random(seed)
    text, memories = looped(seed, times), small_memories(facts, rng, 4)
    assert next(false_of_run(text, CHALLENGE, facts, memories, rng), None) is None


@examples(25)
@given(wild_programs(CHALLENGE, fault_rate=0), SEEDS)
def test_so_it_does_of_programs_that_jump_about(text: Program, seed: int) -> None:
    rng = random.Random(seed)
    memories = small_memories(NOTHING_KNOWN, rng, 2)
    assert next(false_of_run(text, CHALLENGE, NOTHING_KNOWN, memories, rng), None) is None


@examples(40)
@given(straight_programs(CHALLENGE), st.sampled_from([NOTHING_KNOWN, SMALL]), SEEDS)
def test_what_is_said_of_full_bundles_can_be_done(text: Program, facts: Facts, seed: int) -> None:
    rng = random.Random(seed)
    memories = [[rng.randrange(9) for _ in range(4)] + [rng.randrange(2**32) for _ in range(8)]
                for _ in range(3)]  # fmt: skip
    case = Case(text, CHALLENGE, facts, memories, pauses=True)
    assert next(false_advice(case, rng), None) is None


@pytest.mark.parametrize("engines", [("load", "store"), ("store", "load")])
def test_a_store_stays_after_the_load_beside_it_whichever_is_listed_first(engines) -> None:
    """The load reads the old word; moved to bundle 1 the store would change it."""
    slots: dict[str, tuple] = {"load": (("load", 2, 0),), "store": (("store", 0, 1),)}
    beside = {engine: slots[engine] for engine in engines}
    text = program(BOTH, NOTHING, beside, {"store": (("store", 1, 2),)})
    store, load = operation(text, 2, "store"), operation(text, 2, "load")
    (held,) = [one for one in store["held"] if one["cause"] == "memory"]
    assert (held["until"], held["by"]["engine"]) == (2, "load")
    assert (load["free_from"], load["room"]) == (1, 1), "it reads the same word a bundle earlier"


def test_a_division_stays_after_a_pause_for_it_may_fault() -> None:
    text = program(BOTH, {"flow": (("pause",),)}, {"alu": (("//", 2, 0, 1), ("*", 3, 0, 1))})
    assert operation(text, 2, "alu")["free_from"] == 2
    (held,) = [h for h in operation(text, 2, "alu")["held"] if h["cause"] == "memory"]
    assert held["by"]["text"] == "pause"
    product = explain_bundle(text, CHALLENGE, 2, "alu", 1).to_json()["operations"][0]
    assert product["free_from"] == 1


def test_traces_follow_each_other_and_hold_nothing_else() -> None:
    trace: Bundle = {"flow": (("trace_write", 0),)}
    text = program(BOTH, trace, NOTHING, {**trace, "store": (("store", 0, 1),)}, NOTHING, trace)
    assert operation(text, 3, "store")["free_from"] == 1
    assert operation(text, 3, "flow")["free_from"] == 2
    assert operation(text, 5, "flow")["free_from"] == 4
    assert critical_path(placed_under(text, CHALLENGE)) == 4, "a constant, and three traces"


def test_a_pause_holds_what_comes_after_it_and_nothing_beside_it() -> None:
    store: Bundle = {"store": (("store", 0, 1),)}
    pause: Bundle = {"flow": (("pause",),)}
    text = program(BOTH, NOTHING, {**pause, **store}, NOTHING, {"store": (("store", 1, 1),)})
    assert operation(text, 2, "store")["free_from"] == 1, "it lands before the pause either way"
    (held,) = [h for h in operation(text, 4, "store")["held"] if h["cause"] == "memory"]
    assert (held["until"], held["by"]["text"]) == (3, "pause")


def test_a_bundle_that_costs_no_cycle_has_no_free_slot() -> None:
    free: Bundle = {"debug": (("note",),)}
    text = program(BOTH, free, {"alu": (("+", 2, 0, 1),)}, {"store": (("store", 0, 2),)})
    late = operation(text, 2, "alu")
    assert (late["free_from"], late["room"]) == (1, None)
    assert explain_bundle(text, CHALLENGE, 1).to_json()["empty"] == []


#: Word 9 is output; words 4 and 5 are not, and 5 is read again.
PARTS = Facts(16, {}, (Region("work", 4, 4), Region("out", 8, 8, output=True)))


def test_stores_to_what_is_not_output_are_unused_unless_they_are_read_again() -> None:
    text = program(
        {"load": (("const", 0, 4), ("const", 1, 5))}, {"load": (("const", 2, 9),)},
        {"alu": (("+", 3, 0, 1), ("*", 4, 1, 2))},
        {"store": (("store", 0, 3), ("store", 1, 4))},
        {"load": (("load", 5, 1),)}, {"store": (("store", 2, 5),)},
    )  # fmt: skip
    placed = placed_under(text, CHALLENGE, PARTS)
    unused = [placed.issued[one].slot for one in sorted(placed.unused)]
    assert unused == [("const", 0, 4), ("+", 3, 0, 1), ("store", 0, 3)]
    assert placed_under(text, CHALLENGE).unused == frozenset(), "all of memory is output"
