"""Inputs for a program of which no kernel is known: edges, and the constants that it speaks of.

Guarantees: as `inputs`. The sides counted are those of the program's own conditional jumps, in runs
on the reference simulator; a program that runs for long is not looked at, and none of its sides
counts as reached.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slotweave.check.inputs import MOST_WORDS, Coverage, Directed, Words, near, plain_memories
from slotweave.diagnostics import CheckFailed
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.isa import WORD_MASK
from slotweave.machine import Machine
from slotweave.simulate.legality import static_faults
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event
from slotweave.simulate.slots import slot_kinds

#: Longer runs are not watched for the way that jumps go.
MOST_CYCLES = 50_000

_CONDITIONAL = frozenset({"cond_jump", "cond_jump_rel"})

#: Bundle, engine and slot of a jump.
_Place = tuple[int, str, int]


def program_inputs(
    program: Program,
    machine: Machine,
    facts: Facts,
    words: int,
    seed: int,
    begun: Sequence[Words] = (),
) -> Directed:
    """Memories of so many words for `program`; those of `begun` count for what is reached."""
    if any(static_faults(program, machine)):
        return Directed()  # the machine refuses it, whatever memory holds
    if words > MOST_WORDS:
        return Directed(coverage=_coverage(_conditional(program, machine), set()))
    rng = np.random.default_rng([seed, words])
    memories = tuple(plain_memories(words, facts, near(_immediates(program, machine)), rng))
    jumps = _conditional(program, machine)
    reached: set[tuple[_Place, bool]] = set()

    def watch(event: Event) -> None:
        place = (event.bundle, event.engine, event.slot)
        if place in jumps:
            reached.add((place, event.reads[0].words[0] != 0))

    for memory in (*begun, *memories) if jumps else ():
        try:
            run(program, machine, memory, strict=False, max_cycles=MOST_CYCLES, on_event=watch)
        except CheckFailed:
            continue  # what was reached before the fault was reached
    return Directed(memories, _coverage(jumps, reached))


def _conditional(program: Program, machine: Machine) -> frozenset[_Place]:
    kinds = slot_kinds(machine)
    return frozenset(
        (number, engine, slot)
        for number, bundle in enumerate(program.bundles)
        for engine, slots in bundle.items()
        for slot, written in enumerate(slots)
        if engine in kinds
        and written[0] in kinds[engine]
        and kinds[engine][written[0]].operation.name in _CONDITIONAL
    )


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


def _coverage(jumps: frozenset[_Place], reached: set[tuple[_Place, bool]]) -> Coverage:
    sides = [(place, taken) for place in sorted(jumps) for taken in (False, True)]
    missing = [side for side in sides if side not in reached]
    named = tuple(
        f"bundle {bundle}, {engine}[{slot}], condition {'not 0' if taken else '0'}"
        for (bundle, engine, slot), taken in missing
    )
    return Coverage(len(sides), len(sides) - len(missing), named)
