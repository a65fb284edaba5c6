"""Two versions of a block: what is proved does the same when it is run."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.symbolic.block_against_block import block_is_block
from slotweave.driver.lasting_facts import lasting_facts
from slotweave.ir.facts import Facts
from slotweave.ir.program import Bundle, Program
from slotweave.ir.text.program_files import parse_program
from slotweave.machine import CHALLENGE, Machine
from slotweave.simulate.reference import run
from slotweave.simulate.run import Run
from strategies.odd_latencies import slow
from strategies.tangled_programs import small_memories, tangle
from support.examples import a_share

MACHINES = {"challenge": CHALLENGE, "slow stores": slow("store"), "all slow": slow("alu", "load")}
WORDS = frozenset(range(CHALLENGE.scratch_words))


def end(program: Program, machine: Machine, memory: list[int]) -> Run | None:
    try:
        return run(program, machine, memory, strict=False, max_cycles=1000)
    except CheckFailed:
        return None


def changed(bundles: Sequence[Bundle], rng: random.Random) -> list[Bundle]:
    """A bundle and the next one in turn, or as one, or one slot of them left out."""
    at = rng.randrange(len(bundles) - 1)
    one, other = bundles[at], bundles[at + 1]
    middle: list[Bundle]
    match rng.randrange(3):
        case 0:
            middle = [other, one]
        case 1:
            engines = dict.fromkeys([*one, *other])
            middle = [{each: (*one.get(each, ()), *other.get(each, ())) for each in engines}]
        case _:
            engine = next(iter(one), "")
            middle = [{**one, engine: one[engine][1:]} if engine else one, other]
    return [*bundles[:at], *middle, *bundles[at + 2 :]]


@pytest.mark.parametrize("name", a_share(MACHINES, 2))
def test_what_is_proved_does_the_same_when_it_is_run(name: str) -> None:
    machine, rng = MACHINES[name], random.Random(7)
    proved = refused = runs = 0
    for seed in range(150):
        given = tangle(machine, seed)
        facts = lasting_facts(given.facts)
        bundles = list(given.program.bundles)
        if any(slot[0] in ("halt", "pause") for each in bundles for slots in each.values()
               for slot in slots):  # fmt: skip
            continue  # a block ends with these
        if len(bundles) < 2:
            continue
        assert block_is_block(bundles, bundles, machine, facts, WORDS, set()).proved
        other = changed(bundles, rng)
        if not block_is_block(other, bundles, machine, facts, WORDS, set()).proved:
            refused += 1
            continue
        proved += 1
        made = replace(given.program, bundles=tuple(other))
        for memory in small_memories(given.facts, rng, 4):
            before = end(given.program, machine, memory)
            if before is None:
                continue
            after = end(made, machine, memory)
            assert after is not None, (seed, memory)
            assert after.memory.tolist() == before.memory.tolist(), (seed, memory)
            assert after.trace == before.trace, (seed, memory)
            runs += 1
    assert proved > 20
    assert refused > 20
    assert runs > 40


GIVEN = """slotweave program 1
machine challenge
0: alu(+ 3 1 2) load(load 4 1)
1: alu(* 5 3 4) flow(coreid 6)
2: store(store 2 5)
3: alu(// 7 5 6)
"""


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("alu(+ 3 1 2) load(load 4 1)", "load(load 4 1) alu(+ 3 2 1)", ""),
        ("flow(coreid 6)", "load(const 6 0)", "divide by zero"),  # it may be another core
        ("store(store 2 5)", "store(store 5 2)", "only one of the two accesses"),
        ("store(store 2 5)", "store(store 2 4)", "memory"),
        ("alu(// 7 5 6)", "alu(// 7 6 5)", "divide by zero"),
        ("alu(// 7 5 6)", "alu(// 8 5 6)", "scratch word 7"),
    ],
)
def test_a_difference_is_named(one: str, other: str, why: str) -> None:
    given, made = parse_program(GIVEN), parse_program(GIVEN.replace(one, other))
    assert given.bundles != made.bundles
    facts = lasting_facts(Facts(16))
    verdict = block_is_block(made.bundles, given.bundles, CHALLENGE, facts, {6, 7}, set())
    assert verdict.proved == (not why)
    assert why in verdict.why


ADDS_AND_COUNTS = """slotweave program 1
machine challenge
0: alu(+ 2 0 1)
1: alu(- 1 1 0)
"""


def test_what_a_jump_reads_is_what_it_read() -> None:
    """It reads what stands there before the last bundle."""
    given = parse_program(
        "slotweave program 1\nmachine challenge\n0: alu(+ 2 0 1)\n1: alu(- 1 1 0)\n"
    )
    together = [{"alu": (*given.bundles[0]["alu"], *given.bundles[1]["alu"])}]
    facts = lasting_facts(Facts(16))

    def proved(decided: set[int]) -> bool:
        verdict = block_is_block(together, given.bundles, CHALLENGE, facts, {1, 2}, decided)
        return verdict.proved

    assert proved({1})  # the old one in both
    assert not proved({2})
