"""Every number in `inspect` is derived twice: by the view, and from the events of a simulator.

The twin (`support.inspect_twin`) counts events, slot by slot and bundle by bundle; the view has
arrays and edges. A number of the view that is off by one meets no twin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.timing.dataflow_problem import dataflow_problem
from slotweave.anatomy.timing.own_bounds import own_slots_problem
from slotweave.anatomy.unrolled import MOST_SHOWN, unrolled
from slotweave.bounds import best_bound, bound_ladder
from slotweave.bounds.heads_and_tails import heads_and_tails_bound
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.check.legality.bound_certificates import certificate_faults
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.program import Bundle, Program
from slotweave.lift import lift_counting
from slotweave.machine import CHALLENGE
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event
from strategies.programs import straight_programs
from support.event_facts import Ran, block_starts, ran, ran_in_cycles, random_memories
from support.examples import examples
from support.inspect_twin import twin_of
from support.tree_hash import parameters

#: Entries that are no numbers of their own, or not of the run.
_NAMES = ("cycles_of", "machine", "straight", "run", "kernel", "params", "contract", "plan", "seed")


def program(*bundles: Bundle) -> Program:
    return Program("challenge", bundles)


#: Two items, shared constants, a dead sum, a repeated one, a bundle that costs nothing, idle slots.
HAND = program(
    {"load": (("const", 0, 0), ("const", 1, 8))},
    {"load": (("vload", 16, 0), ("vload", 24, 1))},
    {"debug": (("compare", 16, "key"),)},
    {"valu": (("+", 32, 16, 16), ("*", 40, 24, 24)), "alu": (("+", 2, 0, 1), ("+", 3, 1, 0))},
    {"valu": (("<", 64, 16, 32), ("<", 72, 24, 40))},
    {"flow": (("vselect", 48, 64, 16, 32),)},
    {"alu": (("*", 4, 2, 3),), "flow": (("vselect", 56, 72, 24, 40),)},
    {"valu": (("+", 48, 48, 48),)},
    {"valu": (("+", 56, 56, 24),), "store": (("vstore", 0, 48),)},
    {"valu": (("*", 56, 56, 56),)},
    {"store": (("vstore", 1, 56),)},
    {"load": (("const", 0, 3),)},
    {"load": (("load", 5, 0),)},
    {"alu": (("+", 6, 5, 5),)},
    {"store": (("store", 0, 6),)},
)
#: One item goes through memory twice; the other one's words are used again at once.
TIGHT = program(
    {"load": (("const", 0, 4), ("const", 1, 9))},
    {"load": (("load", 2, 0), ("load", 3, 1))},
    {"alu": (("+", 2, 2, 3),), "load": (("const", 3, 7),)},
    {"store": (("store", 0, 2),), "alu": (("^", 2, 3, 3),)},
    {"load": (("load", 2, 0),)},
    {"alu": (("+", 2, 2, 3),)},
    {"store": (("store", 0, 2), ("store", 1, 3)), "flow": (("trace_write", 2),)},
    {"flow": (("pause",),)},
)


#: Computed addresses of which more is known: words 8 to 15, 24 to 27 and 40 to 43 of memory.
RANGED = program(
    {"load": (("const", 0, 0), ("const", 1, 1))},
    {"load": (("load", 2, 0), ("load", 3, 1))},
    {"load": (("const", 4, 7), ("const", 5, 3))},
    {"alu": (("&", 6, 2, 4), ("&", 7, 3, 5)), "load": (("const", 4, 8), ("const", 5, 24))},
    {"alu": (("+", 8, 6, 4), ("+", 9, 7, 5)), "flow": (("add_imm", 10, 7, 40),)},
    {"load": (("load", 11, 9),)},
    {"store": (("store", 8, 11), ("store", 1, 11))},
    {"load": (("load", 12, 9), ("load", 13, 0))},
    {"load": (("load", 14, 1), ("vload", 16, 10))},
    {"alu": (("+", 15, 14, 13), ("+", 12, 12, 16))},
    {"store": (("store", 10, 15), ("store", 8, 12))},
    {"load": (("load", 24, 10), ("load", 25, 8))},
    {"load": (("load", 26, 10), ("load", 27, 9)), "store": (("store", 9, 25),)},
    {"load": (("load", 27, 9),), "store": (("store", 10, 24),)},
    {"store": (("store", 9, 27),)},
)


def stored_at_so_many_places(count: int) -> Program:
    """One value, and other operations on the way to it."""
    return program(
        *({"load": (("const", place, place),)} for place in range(count)),
        {"load": (("load", 40, 3),)},
        {"alu": (("+", 41, 40, 40),)},
        {"alu": (("*", 42, 41, 41),)},
        *({"store": (("store", place, 42),)} for place in range(count)),
    )


#: Five stores of what was loaded, with a dead sum and a bundle that runs nothing.
LOOP = program(
    {"load": (("const", 0, 1), ("const", 1, 5)), "flow": (("jump", 2),)},
    {"alu": (("+", 9, 9, 9),)},
    {"alu": (("+", 2, 2, 0), ("^", 3, 2, 0)), "load": (("load", 5, 2),)},
    {"debug": (("compare", 2, "key"),)},
    {"alu": (("<", 4, 2, 1), ("+", 6, 5, 3))},
    {"store": (("store", 2, 6),), "flow": (("cond_jump_rel", 4, -4),)},
    {"flow": ()},
    {"load": (("vload", 16, 0),)},
    {"store": (("vstore", 1, 16),)},
)
#: How often depends on the first word of memory.
COUNTED_BY_DATA = program(
    {"load": (("const", 0, 1), ("load", 1, 0))},
    {"alu": (("+", 2, 2, 0), ("^", 3, 2, 0))},
    {"alu": (("<", 4, 2, 1),), "store": (("store", 2, 3),)},
    {"flow": (("cond_jump", 4, 1),)},
)


@cache
def tree_hash(plan: str) -> Ran:
    """Items that start anywhere, so that no memory makes two addresses alike."""
    sizes, contract = parameters(3, 3, 16), "any-start"
    chosen = TREE_HASH.plan(plan, sizes, contract)
    made = compile_job(Job(TREE_HASH, sizes, contract, chosen, CHALLENGE, instances=1)).program
    rngs = map(np.random.default_rng, range(16))
    return ran(made, CHALLENGE, [TREE_HASH.memory(sizes, contract, rng) for rng in rngs])


@cache
def looping_tree_hash() -> tuple[Program, Ran, set[int]]:
    """As it is compiled, as it runs, and the cycles in which its blocks begin."""
    sizes, contract = parameters(4, 5, 16), "values"
    plan = TREE_HASH.plan("hybrid-unroll", sizes, contract)
    made = compile_job(Job(TREE_HASH, sizes, contract, plan, CHALLENGE, instances=1)).program
    rngs = map(np.random.default_rng, range(16))
    memories = [TREE_HASH.memory(sizes, contract, rng) for rng in rngs]
    starts = block_starts(made, CHALLENGE, memories[0])
    return made, ran_in_cycles(made, CHALLENGE, memories), starts


def runs_of(name: str) -> Ran:
    hand = {
        "hand": HAND,
        "tight": TIGHT,
        "nothing": program(),
        "ranged": RANGED,
        "16 ends": stored_at_so_many_places(16),
        "17 ends": stored_at_so_many_places(17),
    }
    if name in hand:
        return ran(hand[name], CHALLENGE, random_memories(64))
    return tree_hash(name)


def numbers_of(summary: dict[str, Any]) -> dict[str, Any]:
    """The summary in the shape of the twin."""
    return {
        **{key: entry for key, entry in summary.items() if key not in (*_NAMES, "dataflow")},
        "ladder": {bound["name"]: bound["cycles"] for bound in summary["ladder"]},
        "bound": summary["bound"]["cycles"],
    }


def both_of(
    summary: dict[str, Any], runs: Ran, starts: Collection[int] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The summary in the shape of the twin, and the twin."""
    numbers = numbers_of(summary)
    given = {name: numbers["ladder"][name] for name in ("heads and tails", "dataflow")}
    return numbers, twin_of(runs, given, starts)


PROGRAMS = ("hand", "tight", "nothing", "ranged", "16 ends", "17 ends", "default",
            pytest.param("packed", marks=pytest.mark.long))  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_number_is_that_of_the_events(name: str) -> None:
    runs = runs_of(name)
    view, twin = both_of(inspect_program(runs.program, CHALLENGE).to_json(), runs)
    assert set(view) == set(twin), "each entry has a twin"
    for key, entry in twin.items():
        assert view[key] == entry, key


@pytest.mark.parametrize("name", ["hand", "tree hash"])
def test_every_number_of_a_program_that_jumps_is_that_of_its_run(name: str) -> None:
    if name == "hand":
        text, runs = LOOP, ran_in_cycles(LOOP, CHALLENGE, random_memories(32))
        starts = block_starts(text, CHALLENGE, random_memories(32)[0])
    else:
        text, runs, starts = looping_tree_hash()
    summary = inspect_program(text, CHALLENGE).to_json()
    assert runs.cycles > len(text.bundles)
    assert (summary["straight"], summary["bundles"]) == (False, len(text.bundles))
    assert summary["run"] == {"known": True, "bundles": runs.cycles}
    view, twin = both_of({**summary, "bundles": runs.cycles}, runs, starts)
    for numbers in (view, twin):  # the text names that bundle, the run its cycle
        (numbers["never_written"]["first"] or {}).pop("bundle", None)
    assert set(view) == set(twin), "each entry has a twin"
    for key, entry in twin.items():
        assert view[key] == entry, key


@given(straight_programs(CHALLENGE))
@examples(40)
def test_numbers_of_drawn_programs_are_those_of_the_events(drawn: Program) -> None:
    """All but repetitions, which the view must prove, and groups, whose ends may be together."""
    memories = random_memories(32)
    for memory in memories:
        memory[:4] = np.arange(4) * 2  # type: ignore[index]
    try:
        runs = ran(drawn, CHALLENGE, memories)
    except Exception:  # a divisor was zero
        return
    view, twin = both_of(inspect_program(drawn, CHALLENGE).to_json(), runs)
    assert view["repeated"] <= twin["repeated"]
    for key in twin.keys() - {"phases", "under_way", "repeated"}:
        assert view[key] == twin[key], key


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_bound_of_the_dataflow_is_shown_and_one_more_is_not(name: str) -> None:
    text = runs_of(name).program
    lifted = lift_counting(text, CHALLENGE, NOTHING_KNOWN, apart=True)
    problem = dataflow_problem(lifted, CHALLENGE)
    best = best_bound(bound_ladder(problem))
    assert inspect_program(text, CHALLENGE).to_json()["dataflow"]["cycles"] == best.cycles
    assert best.certificate is not None
    assert not list(certificate_faults(best.certificate, best.cycles, problem))
    assert list(certificate_faults(best.certificate, best.cycles + 1, problem))


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_bound_of_the_slots_as_they_stand_is_shown(name: str) -> None:
    text = runs_of(name).program
    run = unrolled(text, CHALLENGE, NOTHING_KNOWN, MOST_SHOWN)
    problem = own_slots_problem(placements(run.program, CHALLENGE, run.known), CHALLENGE)
    own = heads_and_tails_bound(problem)
    shown = {each["name"]: each for each in inspect_program(text, CHALLENGE).to_json()["ladder"]}
    assert shown["heads and tails"]["cycles"] == own.cycles
    assert own.certificate is not None
    assert not list(certificate_faults(own.certificate, own.cycles, problem))


def test_where_jumps_depend_on_data_each_slot_counts_once() -> None:
    events: list[Event] = []
    end = run(COUNTED_BY_DATA, CHALLENGE, [5] * 32, on_event=events.append, strict=False)
    summary = inspect_program(COUNTED_BY_DATA, CHALLENGE).to_json()
    assert summary["straight"] is False
    assert (summary["run"]["known"], summary["run"]["code"]) == (False, "SW219")
    assert summary["run"]["bundle"] == 3
    assert "spans" not in summary
    assert summary["cycles"] == len({event.bundle for event in events}) < end.cycles
    for name, slots in CHALLENGE.engines:
        used = len({(e.bundle, e.slot) for e in events if e.engine == name})
        row = {"used": used, "slots": slots * 4, "share": round(used / (slots * 4), 6)}
        assert summary["engines"][name] == row
    touched = {
        word for e in events for a in (*e.reads, *e.writes) if a.space == "scratch"
        for word in range(a.address, a.address + len(a.words))
    }  # fmt: skip
    size = CHALLENGE.scratch_words
    assert summary["scratch"] == {"peak": len(touched), "mean": len(touched), "size": size}
    assert summary["never_written"] is None
    assert not {"bound", "ladder", "dataflow"} & set(summary), "a run may do less"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all numbers in `value`."""
    if isinstance(value, dict | list):
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(entry, (*path, key))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def test_no_number_of_the_view_is_without_a_twin() -> None:
    """Whatever number `inspect` gives, the comparison above meets it."""
    summary = inspect_program(HAND, CHALLENGE).to_json()
    compared, twin = both_of(summary, runs_of("hand"))
    left = {key for key in summary if list(leaves(summary[key]))} - set(compared)
    assert left == {"dataflow"}
    assert set(leaves(compared)) == set(leaves(twin))
