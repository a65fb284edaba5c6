"""A program as it runs: which bundles, in which cycles, and where they access memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.unrolled import Unrolled, unrolled
from slotweave.anatomy.words.live_scratch import is_straight
from slotweave.base.diagnostics import CheckFailed, InputError, SlotweaveError
from slotweave.check.symbolic.witness import random_memory
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event
from strategies.wild_programs import MEMORY_WORDS, wild_program

DEBUG: Bundle = {"debug": (("compare", 2, "key"),)}
#: Counts word 2 up to 3.
LOOP = Program(
    "challenge",
    (
        {"load": (("const", 0, 1), ("const", 1, 3))},
        {"alu": (("+", 2, 2, 0),)},
        DEBUG,
        {"alu": (("<", 4, 2, 1),)},
        {"flow": (("cond_jump", 4, 1),)},
        {"flow": ()},
    ),
)
SLOW = replace(CHALLENGE, modes=tuple(
    replace(mode, latency=3) if mode.operation == "const" else mode for mode in CHALLENGE.modes
))  # fmt: skip


def places(one: Unrolled) -> list[tuple[int, int, str, int]]:
    """Cycle, bundle, engine and slot of all that runs."""
    rows = zip(one.cycles[:-1], one.path, one.program.bundles, strict=True)
    return [
        (cycle, bundle, engine, slot)
        for cycle, bundle, engines in rows
        for engine, slots in engines.items()
        if engine != "debug"
        for slot in range(len(slots))
    ]


def judged(program: Program) -> str:
    """Whether its run is known; one that is stands against the events of a run."""
    facts = Facts(MEMORY_WORDS)
    try:
        one = unrolled(program, CHALLENGE, facts, 400)
    except SlotweaveError:
        return "refused"
    events: list[Event] = []
    try:
        end = run(program, CHALLENGE, random_memory(facts, MEMORY_WORDS, 0), strict=False,
                  on_event=events.append)  # fmt: skip
    except CheckFailed:  # what goes wrong on this memory alone
        return "faulty"
    assert places(one) == [(e.cycle, e.bundle, e.engine, e.slot) for e in events]
    assert one.cycles[-1] == end.cycles
    return "known"


@pytest.mark.long
def test_it_has_what_a_simulator_runs() -> None:
    found = Counter(
        judged(program)
        for program in (wild_program(CHALLENGE, seed, 0.0) for seed in range(800))
        if not is_straight(program)
    )
    assert found["known"] >= 10


def test_bundles_that_cost_nothing_are_left_out() -> None:
    assert unrolled(LOOP, CHALLENGE, NOTHING_KNOWN).path == (0, 1, 3, 4, 1, 3, 4, 1, 3, 4, 5)


def test_they_stay_where_results_land_later() -> None:
    """A constant takes three bundles to land, also where they cost no cycle."""
    text = replace(LOOP, bundles=(LOOP.bundles[0], DEBUG, DEBUG, *LOOP.bundles[1:4],
                                  {"flow": (("cond_jump", 4, 3),)}))  # fmt: skip
    one = unrolled(text, SLOW, NOTHING_KNOWN)
    assert one.path == (0, 1, 2, *(3, 4, 5, 6) * 3)
    assert one.cycles == (0, 1, 1, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10)
    assert one.cycles[-1] == run(text, SLOW, [], strict=False).cycles
    assert placements(one.program, SLOW, one.known).free_from(2, "operand") == 3


def test_a_straight_program_is_as_it_is_written() -> None:
    text = Program("challenge", ({"load": (("const", 0, 1),)}, DEBUG, {"debug": (("halt",),)}))
    found = unrolled(text, CHALLENGE, NOTHING_KNOWN)
    assert found == Unrolled(text, (0, 1, 2), {}, {}, found.lifted, (0, 0, 0), text)


def test_a_straight_program_ends_behind_the_first_bundle_that_halts() -> None:
    store: Bundle = {"store": (("store", 0, 0),)}
    halt: Bundle = {"flow": (("halt",),), "load": (("const", 0, 1),)}
    text = Program("challenge", (store, DEBUG, halt, store, halt, store))
    one = unrolled(text, CHALLENGE, NOTHING_KNOWN)
    assert (one.program.bundles, one.path) == (text.bundles[:3], (0, 1, 2))
    assert one.cycles[-1] == run(text, CHALLENGE, [0], strict=False).cycles == 2


@pytest.mark.parametrize(
    ("bundles", "reason"),
    [
        (({"load": (("load", 0, 0),)}, {"flow": (("cond_jump", 0, 0),)}), "bundle 1: cond_jump"),
        (({"flow": (("jump", 0),)},), "more than 1,000 bundles"),
    ],
)
def test_a_run_that_is_not_known_is_refused(bundles: tuple[Bundle, ...], reason: str) -> None:
    with pytest.raises(InputError, match=f"SW219 .*{reason}"):
        unrolled(Program("challenge", bundles), CHALLENGE, NOTHING_KNOWN, 1000)


def test_accesses_are_known_pass_by_pass() -> None:
    """The first pass loads from x, the second one from y, behind the store."""
    facts = Facts(
        memory_words=24,
        words={0: 8, 1: 16},
        regions=(
            Region("header", 0, 8, read_only=True),
            Region("x", 8, 8),
            Region("y", 16, 8, output=True),
        ),
    )
    text = Program("challenge", (
        {"load": (("const", 1, 1),)},
        {"load": (("load", 5, 1),)},
        {"load": (("load", 3, 2),), "store": (("store", 5, 0),)},
        {"load": (("load", 4, 3),)},
        {"alu": (("+", 2, 2, 1), ("<", 6, 2, 1))},
        {"flow": (("cond_jump", 6, 2),)},
    ))  # fmt: skip
    one = unrolled(text, CHALLENGE, facts)
    assert one.path == (0, 1, 2, 3, 4, 5, 2, 3, 4, 5)
    assert [one.known[at, "load", 0].regions for at in (3, 7)] == [("x",), ("y",)]
    placed = placements(one.program, CHALLENGE, one.known)
    loads = [number for number, ran in enumerate(placed.issued) if ran.slot == ("load", 4, 3)]
    assert [placed.free_from(number, "memory") for number in loads] == [0, 7]


def test_blocks_of_a_run_begin_after_jumps_and_where_they_lead_to() -> None:
    found = unrolled(LOOP, CHALLENGE, NOTHING_KNOWN)
    assert found.path == (0, 1, 3, 4, 1, 3, 4, 1, 3, 4, 5)
    assert found.begins == (0, 1, 1, 1, 4, 4, 4, 7, 7, 7, 10), "bundle 1 is jumped to, 5 is after"


def test_a_run_takes_the_path_given_where_its_jumps_depend_on_data() -> None:
    text = Program(
        "challenge",
        (
            {"load": (("load", 0, 1),)},
            {"flow": (("cond_jump_rel", 0, 1),)},
            {"load": (("const", 2, 7),)},
            {"load": (("const", 3, 8),)},
        ),
    )
    with pytest.raises(InputError, match="SW219"):
        unrolled(text, CHALLENGE, NOTHING_KNOWN)
    for word, path in ((0, (0, 1, 2, 3)), (5, (0, 1, 3))):
        ran: list[int] = []
        run(text, CHALLENGE, [word], strict=False, on_bundle=ran.append)
        assert tuple(ran) == path
        found = unrolled(text, CHALLENGE, NOTHING_KNOWN, path=ran)
        assert found.path == path
        assert found.begins[-2:] == ((2, 3) if word == 0 else (0, 2))
