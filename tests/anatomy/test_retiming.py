"""Programs timed again are programs: they run, and do what they did."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from slotweave.anatomy.causes.placements import Placements
from slotweave.anatomy.timing.retiming import Groups, groups_of, operations_of, words_of
from slotweave.anatomy.timing.what_if import what_if
from slotweave.base.diagnostics import CheckFailed, NoSchedule
from slotweave.ir.program import Program, Slot
from slotweave.machine import CHALLENGE, Machine
from slotweave.simulate.legality import static_faults
from strategies.machines import machines
from strategies.tangled_programs import Tangle, small_memories, tangle, tangles
from support.examples import examples
from support.outcomes import outcome
from support.placed import placed_under

WIDER = st.dictionaries(st.sampled_from(sorted(CHALLENGE.slots)), st.integers(0, 3))


def rebuilt(placed: Placements, groups: Groups, machine: Machine) -> Program:
    """The program with each operation in the cycle that it is given on `machine`."""
    issue = groups.issued(machine.slots).tolist()
    order = sorted(range(len(issue)), key=lambda number: (issue[number], number))
    bundles: list[dict[str, list[Slot]]] = [{} for _ in range(max(issue, default=-1) + 1)]
    for number in order:
        one = placed.issued[number]
        bundles[issue[number]].setdefault(one.engine, []).append(one.slot)
    frozen = [{engine: tuple(slots) for engine, slots in row.items()} for row in bundles]
    return Program(machine.name, tuple(frozen))


def slots_at_most(machine: Machine, less: int) -> Machine:
    engines = tuple((name, max(1, slots - less)) for name, slots in machine.engines)
    return replace(machine, engines=engines)


def check(one: Tangle, machine: Machine, seed: int) -> None:
    if list(static_faults(one.program, machine)):
        return  # two writes at once: their order is that of the engines of the bundle
    try:
        placed = placed_under(one.program, machine, one.facts)
    except CheckFailed:
        return  # an access is surely past memory
    groups = groups_of(operations_of(placed, machine), *words_of(placed))
    memories = small_memories(one.facts, random.Random(seed), 8)
    pauses = all(mode.latency == 1 for mode in machine.modes)
    for width in (0, 1, -1, -8):
        other = slots_at_most(machine, width)
        try:
            again = rebuilt(placed, groups, other)
        except NoSchedule:
            assert width > 0, "a program has the slots that it needs"
            continue
        assert width > 0 or len(again.bundles) <= len(one.program.bundles)
        for memory in memories:
            expected = outcome(one.program, machine, memory, pauses=pauses)
            assert outcome(again, other, memory, pauses=pauses) == expected


@examples(150)
@given(st.integers(0, 2**32 - 1))
def test_a_program_timed_again_does_what_it_did(seed: int) -> None:
    check(tangle(CHALLENGE, seed), CHALLENGE, seed)


@examples(150)
@given(machines(max_latency=3), st.integers(0, 2**32 - 1))
def test_so_it_does_where_results_take_longer(machine: Machine, seed: int) -> None:
    check(tangle(machine, seed), machine, seed)


def never_dearer(one: Tangle, more: dict[str, int]) -> None:
    """More slots, and more words, never cost a cycle."""
    wider = {engine: CHALLENGE.slots[engine] + count for engine, count in more.items()}
    try:
        own = what_if(one.program, CHALLENGE, {}, one.facts).to_json()
    except CheckFailed:
        return
    answer = what_if(one.program, CHALLENGE, wider, one.facts).to_json()
    assert answer["cycles"] <= own["retimed"] == own["cycles"] <= own["before"]
    for prices in (own, answer):
        scratch = prices["scratch_words"]
        found = [*prices["prices"].values(), prices["scratch"], scratch["saved"], scratch["lost"]]
        found += scratch["prices"].values()
        assert all(price is None or price >= 0 for price in found)


@examples(60)
@given(tangles(CHALLENGE, 20), WIDER)
def test_more_slots_never_cost_a_cycle(one: Tangle, more: dict[str, int]) -> None:
    never_dearer(one, more)
