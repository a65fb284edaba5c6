"""What `explain` says of a part of a program whose jumps depend on data, tested by doing it."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from slotweave.anatomy.causes.why_here import explain_part
from slotweave.anatomy.straight_part import part_at, straight_part
from slotweave.base.diagnostics import CheckFailed, InputError
from slotweave.ir.program import Program
from slotweave.lift.blocks import basic_blocks
from slotweave.machine import CHALLENGE, Machine
from slotweave.simulate.legality import static_faults
from slotweave.simulate.reference import run
from slotweave.views.explain_text import explanation_lines
from strategies.jumping_programs import jumping_tangle
from strategies.odd_latencies import slow
from strategies.tangled_programs import Tangle, small_memories
from support.moved import Place, has_room, moved


def end(program: Program, machine: Machine, memory: list[int]) -> object:
    """Memory and trace in the end; the kind of fault, if it fails."""
    try:
        found = run(program, machine, memory, strict=False, max_cycles=5_000)
    except CheckFailed as fault:
        return fault.diagnostic.code
    return found.memory.tolist(), found.trace


def advised(tangle: Tangle, machine: Machine) -> Iterator[tuple[Place, int]]:
    """The places of operations that could stand earlier, and a bundle with room for each."""
    for block in basic_blocks(tangle.program, machine):
        if not block.settled:
            continue
        part = straight_part(tangle.program, machine, block)
        for bundle in range(block.start, block.stop):
            for one in explain_part(part, machine, bundle).operations:
                place, room = one.place, one.room
                if room is not None and not one.jumps:
                    assert block.start <= room < place.bundle == bundle
                    yield (place.bundle, place.engine, place.slot), room


@pytest.mark.parametrize("machine", [CHALLENGE, slow("alu", "load", "store")],
                         ids=["challenge", "slow"])  # fmt: skip
def test_what_could_stand_earlier_can_be_moved_there(machine: Machine):
    tried = 0
    for seed in range(30):
        tangle, rng = jumping_tangle(machine, seed), random.Random(seed)
        if list(static_faults(tangle.program, machine)):
            continue
        memories = small_memories(tangle.facts, rng, 4)
        expected = [end(tangle.program, machine, memory) for memory in memories]
        advice = list(advised(tangle, machine))
        for place, room in rng.sample(advice, min(6, len(advice))):
            if not has_room(tangle.program.bundles[room], place[1], machine):
                continue
            changed = moved(tangle.program, place, room)
            for memory, wanted in zip(memories, expected, strict=True):
                if not isinstance(wanted, str):
                    assert end(changed, machine, memory) == wanted, (seed, place, room, memory)
                    tried += 1
    assert tried >= 100


def test_a_part_with_results_in_flight_at_an_edge_is_refused():
    machine = slow("alu")
    bundles = ({"load": (("load", 0, 0),)}, {"alu": (("+", 1, 0, 0),)},
               {"flow": (("cond_jump", 0, 0),)}, {"store": (("store", 0, 1),)})  # fmt: skip
    with pytest.raises(InputError, match="SW219 bundle 1: results are in flight where bundles 0"):
        part_at(Program(machine.name, bundles), machine, 1)


def test_a_chain_that_begins_in_the_first_bundle_of_a_block_says_so() -> None:
    text = Program("challenge", (
        {"load": (("load", 0, 9),)}, {"flow": (("cond_jump", 0, 0),)},
        {"load": (("const", 1, 5),)}, {"store": (("store", 1, 1),)},
    ))  # fmt: skip
    answer = explain_part(part_at(text, CHALLENGE, 3), CHALLENGE, 3, "store")
    lines = [line.strip() for line in explanation_lines(answer)]
    assert "as early as possible: its chain starts in the first bundle of its block" in lines
    assert "nothing delays it: this is the first bundle of its block" in lines
