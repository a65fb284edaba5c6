"""Programs with jumps are lifted as they run for every memory, or refused with the bundle named."""

from __future__ import annotations

from collections import Counter

import pytest

from slotweave.base.diagnostics import CheckFailed, InputError, SlotweaveError
from slotweave.check.symbolic.witness import random_memory
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.lift import lift_counting
from slotweave.machine import CHALLENGE
from slotweave.simulate.graph import run_graph
from slotweave.simulate.reference import run
from strategies.wild_programs import MEMORY_WORDS, wild_program

FACTS = Facts(MEMORY_WORDS)
JUMPS = {"jump", "jump_indirect", "cond_jump", "cond_jump_rel"}
MOST = 400


def jumps(program: Program) -> bool:
    return any(slot[0] in JUMPS for b in program.bundles for slot in b.get("flow", ()))


def judged(program: Program) -> str:
    """Whether it is lifted or refused; a lifted one is held against runs on five memories."""
    try:
        graph = lift_counting(program, CHALLENGE, FACTS, MOST).graph
    except SlotweaveError as error:
        if not isinstance(error, InputError):
            return "faulty"
        at = error.diagnostic.bundle
        return "refused" if error.diagnostic.code == "SW219" and at is not None else "wrongly"
    for seed in range(5):
        memory = random_memory(FACTS, MEMORY_WORDS, seed)
        try:
            end = run(program, CHALLENGE, memory, strict=False, max_cycles=4 * MOST)
        except CheckFailed:  # what goes wrong on this memory alone: an address, a divisor
            continue
        assert run_graph(graph, memory) == end.memory.tolist()
    return "lifted"


def campaign(programs: int, first: int) -> Counter[str]:
    found = Counter[str]()
    for seed in range(first, first + programs):
        program = wild_program(CHALLENGE, seed, 0.0)
        if jumps(program):
            found[judged(program)] += 1
    return found


def test_random_programs_with_jumps_are_lifted_rightly_or_refused():
    found = campaign(300, 0)
    assert found["lifted"] >= 10
    assert found["refused"] >= 10
    assert not found["wrongly"]


@pytest.mark.long
def test_many_random_programs_with_jumps_are_lifted_rightly_or_refused():
    found = campaign(10_000, 1_000)
    assert found["lifted"] >= 500
    assert found["refused"] >= 500
    assert not found["wrongly"]
