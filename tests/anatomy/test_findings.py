"""What is said of why a program is long is so, and says what to do."""

from __future__ import annotations

from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.findings import Finding, findings
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.phases import Phase, UnderWay, under_way
from slotweave.anatomy.timeline import timeline
from slotweave.anatomy.timing.slot_curves import slot_curves
from slotweave.anatomy.unrolled import unrolled
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from support.scalar_programs import scalar_tree_hash


def told(program: Program, facts: Facts) -> tuple[Finding, ...]:
    found = inspect_program(program, CHALLENGE, facts)
    run = unrolled(program, CHALLENGE, facts)
    placed = placements(run.program, CHALLENGE, run.known)
    return findings(found, slot_curves(placed, CHALLENGE, found.cycles))


def test_a_slow_program_is_told_its_gap_its_cause_and_the_command() -> None:
    program, facts = scalar_tree_hash(3, 2, 8)
    found = inspect_program(program, CHALLENGE, facts)
    first, *others = told(program, facts)
    assert found.bound is not None
    assert f"saves up to {found.cycles - found.bound.cycles:,}" in first.what
    assert "slotweave repack" in first.cure
    assert found.view is not None
    engine = found.view.spans.engine
    most = max(found.view.idle[engine].items(), key=lambda pair: pair[1])
    assert any(f"{most[1]:,} of" in one.what and engine in one.what and one.cure for one in others)
    assert any(f": {found.view.repeated:,};" in one.what for one in others)


def test_what_is_nearly_as_short_as_it_can_be_is_told_so() -> None:
    full = Program("challenge", ({"load": (("const", 0, 0), ("const", 1, 1))},) * 60)
    first = told(full, NOTHING_KNOWN)[0]
    assert first.what.startswith("No order of its slots, each on its engine, takes fewer cycles")
    assert "repack" not in first.cure


def test_nothing_is_said_of_nothing() -> None:
    assert told(Program("challenge", ()), NOTHING_KNOWN) == ()


def test_stages_that_overlap_count_twice_and_a_gap_counts_for_none() -> None:
    phases = [Phase(0, 1, 0, 4, {}), Phase(0, 2, 5, 9, {}), Phase(1, 1, 5, 9, {})]
    assert under_way(phases, 10) == UnderWay(1.5, 1.5)
    shared = [Phase(0, 1, 2, 3, {}), Phase(None, None, 0, 9, {})]
    assert under_way(shared, 10) == UnderWay(0.2, 0.2)


def test_idle_slots_of_a_picture_are_those_that_are_counted() -> None:
    program, facts = scalar_tree_hash(3, 2, 4)
    found = inspect_program(program, CHALLENGE, facts)
    run = unrolled(program, CHALLENGE, facts)
    shown = timeline(run.program, CHALLENGE, placements(run.program, CHALLENGE, run.known))
    assert found.view is not None
    assert {name: slots.by_cause() for name, slots in shown.idle.items()} == found.view.idle
