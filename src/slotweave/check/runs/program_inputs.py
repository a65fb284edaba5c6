"""Inputs for a program without a known kernel: as `inputs`, by the program's own jumps.

Guarantees: as `inputs`. The sides counted are those of the program's conditional jumps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slotweave.check.runs.concolic import Side, known_words
from slotweave.check.runs.inputs import (
    MOST_WORDS,
    Coverage,
    Directed,
    near,
    plain_memories,
    search_all,
)
from slotweave.check.runs.program_paths import Place, conditional_jumps, follow_program
from slotweave.check.runs.search_sides import Search, Words
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.isa import WORD_MASK
from slotweave.machine import Machine
from slotweave.simulate.legality import static_faults
from slotweave.simulate.slots import slot_kinds


def program_inputs(
    program: Program,
    machine: Machine,
    facts: Facts,
    words: int,
    seed: int,
    begun: Sequence[Words] = (),
) -> Directed:
    """Memories of `words` words for `program`; those of `begun` are tried anyway."""
    if any(static_faults(program, machine)):
        return Directed()  # the machine refuses it, whatever memory holds
    jumps = conditional_jumps(program, machine)
    if words > MOST_WORDS:
        return Directed(coverage=_coverage(jumps, set(), followed=False))
    rng = np.random.default_rng([seed, words])
    plain = list(plain_memories(words, facts, near(_immediates(program, machine)), rng))
    if not jumps:
        return Directed(tuple(plain))
    search = Search(
        lambda memory: follow_program(program, machine, facts, memory.tolist(), jumps),
        known_words(facts, words),
    )
    search_all(search, begun, plain)
    # A run that fails is tried as well: only the reference can say whether it may.
    tried = [memory for memory in plain if search.ended(memory) or search.failed(memory)]
    coverage = _coverage(jumps, search.reached, search.whole)
    return Directed((*tried, *search.found), coverage, 0, len(plain) - len(tried))


def _immediates(program: Program, machine: Machine) -> set[int]:
    """The constants that the program has in its slots."""
    kinds = slot_kinds(machine)
    found: set[int] = set()
    for bundle in program.bundles:
        for engine, slots in bundle.items():
            for written in slots:
                kind = kinds.get(engine, {}).get(written[0])
                if kind is not None and kind.constant is not None:
                    found.add(written[kind.constant] & WORD_MASK)
    return found


def _coverage(jumps: Sequence[Place], reached: set[Side], followed: bool) -> Coverage:
    sides = [Side(number, taken) for number in range(len(jumps)) for taken in (False, True)]
    named = tuple(
        f"bundle {bundle}, {engine}[{slot}], condition {'not 0' if side.taken else '0'}"
        for side in sides
        if side not in reached
        for bundle, engine, slot in (jumps[side.block],)
    )
    return Coverage(len(sides), len(sides) - len(named), named, followed)
