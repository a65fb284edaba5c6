"""The slots of a program put closer together, where nothing shorter is made of its graph."""

from __future__ import annotations

import random
from dataclasses import replace

from slotweave.anatomy.given_words import given_words
from slotweave.anatomy.timing.what_if import what_if
from slotweave.backend.fit import Effort
from slotweave.base.budget import Budget
from slotweave.base.diagnostics import CheckFailed
from slotweave.driver.block_proof import same_block_by_block
from slotweave.driver.comparison import Subject, prove_same
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_from_json, program_to_json
from slotweave.machine import CHALLENGE, DEBUG_ENGINE
from slotweave.repacking import Repacked, RepackOptions, repack
from slotweave.repacking.summary import repacked_summary
from slotweave.simulate.reference import run
from strategies.jumping_programs import jumping_tangle
from strategies.tangled_programs import Tangle, small_memories, tangle

#: Of the first random programs, those whose graphs take no fewer cycles.
SEEDS = (37, 41, 45, 48, 50, 70, 77, 87, 93, 95)

FAST = RepackOptions(effort=Effort.FAST, instances=3)


def repacked(given: Tangle) -> Repacked | None:
    """None where the given program fails on a random memory, and something shorter was found."""
    try:
        return repack(given.program, CHALLENGE, given.facts, FAST)
    except CheckFailed:
        return None


def test_random_programs_keep_their_slots_and_do_the_same() -> None:
    closer = seen = 0
    for seed in SEEDS:
        given = tangle(CHALLENGE, seed, 30)
        made = repacked(given)
        if made is None or not made.closer:
            continue
        closer += 1
        assert made.way == "closer together"
        assert (made.best, made.bounds) == (None, ())
        assert slots(made.program) == slots(given.program)
        assert made.cycles < made.before
        timed = what_if(given.program, CHALLENGE, {}, given.facts)
        assert made.cycles >= timed.retimed
        again, before = (program_from_json(program_to_json(each))
                         for each in (made.program, given.program))  # fmt: skip
        proof = prove_same(Subject(again, CHALLENGE), Subject(before, CHALLENGE), given.facts)
        assert proof.proved, seed
        for memory in small_memories(given.facts, random.Random(seed), 4):
            ends = []
            for each in (given.program, made.program):
                try:
                    ends.append(run(each, CHALLENGE, memory, strict=False))
                except CheckFailed:
                    break
            if len(ends) == 2:
                assert ends[0].memory.tolist() == ends[1].memory.tolist(), seed
                assert ends[0].trace == ends[1].trace, seed
                assert [end.cycles for end in ends] == [made.before, made.cycles], seed
                seen += 1
    assert closer == len(SEEDS)
    assert seen > 10


def slots(program: Program) -> list[tuple[object, ...]]:
    found = [
        slot
        for bundle in program.bundles
        for engine, row in bundle.items()
        if engine != DEBUG_ENGINE
        for slot in row
    ]
    return sorted(found, key=repr)


def test_the_summary_says_what_was_done_and_limits_but_none_at_all_allow_it() -> None:
    given = tangle(CHALLENGE, 37, 30)
    made = repack(given.program, CHALLENGE, given.facts, FAST)
    assert made.closer
    words = given_words(given.program, CHALLENGE, given.facts)
    said = repacked_summary(made, "own", 0, words).to_json()
    assert said["way"] == "closer together"
    assert "closer together in 1 block" in said["proved"]["why"]
    assert said["bound"]["cycles"] <= said["cycles"] < said["before"]
    assert "rules" not in said
    for evaluations in (0, 1):
        limit = Budget(evaluations=evaluations)
        found = repack(given.program, CHALLENGE, given.facts, FAST, budget=limit)
        assert found.evaluations == evaluations
        assert found.closer == bool(evaluations)


def test_a_store_more_or_less_is_not_proved() -> None:
    refused = 0
    for seed in range(20):
        given = tangle(CHALLENGE, seed, 30)
        bundles = list(given.program.bundles)
        at = next((n for n, bundle in enumerate(bundles) if bundle.get("store")), None)
        if at is None:
            continue
        bundles[at] = {**bundles[at], "store": bundles[at]["store"][1:]}
        other = replace(given.program, bundles=tuple(bundles))
        refused += not same_block_by_block(other, given.program, CHALLENGE, given.facts)
    assert refused > 10


def test_it_is_taken_where_it_is_shorter_than_what_a_graph_comes_to() -> None:
    given = jumping_tangle(CHALLENGE, 28)  # whose graph takes longer search to be as short
    made = repack(given.program, CHALLENGE, given.facts, FAST, budget=Budget(evaluations=3))
    least = min(one.cycles for tried in made.rounds for one in tried if one.cycles is not None)
    assert made.closer
    assert made.cycles < least < made.before
    assert (made.best, set(made.dropped.values())) == (None, {0})
    proof = prove_same(Subject(made.program, CHALLENGE), Subject(given.program, CHALLENGE),
                       given.facts)  # fmt: skip
    assert proof.proved
