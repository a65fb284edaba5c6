"""Every number in `inspect` is derived twice: by the view, and from the events of a simulator.

The twin (`support.inspect_twin`) counts events, slot by slot and bundle by bundle; the view has
arrays and edges. A number of the view that is off by one meets no twin.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from slotweave.bound import best_bound, bound_ladder
from slotweave.check.bound_certificates import certificate_faults
from slotweave.ir.program import Bundle, Program
from slotweave.kernels.tree_hash import TREE_HASH
from slotweave.machine import CHALLENGE
from slotweave.pipeline import compile_kernel
from slotweave.report.dataflow_problem import dataflow_problem
from slotweave.report.inspect import inspect_program
from slotweave.report.placements import placements
from slotweave.simulate.reference import run
from slotweave.simulate.run import Event
from strategies.programs import straight_programs
from support.event_facts import Ran, ran, random_memories
from support.inspect_twin import twin_of
from support.tree_hash import parameters

#: Entries that are no numbers of their own, or not of the run.
_NAMES = ("machine", "straight", "kernel", "params", "contract", "plan", "seed")


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
LOOP = program(
    {"load": (("const", 0, 1), ("const", 1, 5))},
    {"alu": (("+", 2, 2, 0), ("^", 3, 2, 0))},
    {"alu": (("<", 4, 2, 1),), "store": (("store", 2, 3),)},
    {"flow": (("cond_jump", 4, 1),)},
)


@cache
def tree_hash(plan: str) -> Ran:
    """Items that start anywhere, so that no memory makes two addresses alike."""
    sizes, contract = parameters(3, 3, 16), "any-start"
    made = compile_kernel(TREE_HASH, CHALLENGE, sizes, contract,
                          TREE_HASH.plan(plan, sizes, contract), instances=1).program  # fmt: skip
    rngs = map(np.random.default_rng, range(16))
    return ran(made, CHALLENGE, [TREE_HASH.memory(sizes, contract, rng) for rng in rngs])


def runs_of(name: str) -> Ran:
    hand = {"hand": HAND, "tight": TIGHT, "nothing": program()}
    if name in hand:
        return ran(hand[name], CHALLENGE, random_memories(32))
    return tree_hash(name)


def numbers_of(summary: dict[str, Any]) -> dict[str, Any]:
    """The summary in the shape of the twin."""
    return {
        **{key: entry for key, entry in summary.items() if key not in (*_NAMES, "dataflow")},
        "ladder": {bound["name"]: bound["cycles"] for bound in summary["ladder"]},
        "bound": summary["bound"]["cycles"],
    }


PROGRAMS = ("hand", "tight", "nothing", "packed", "default")


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_number_is_that_of_the_events(name: str) -> None:
    runs = runs_of(name)
    view, twin = numbers_of(inspect_program(runs.program, CHALLENGE)), twin_of(runs)
    assert set(view) == set(twin), "each entry has a twin"
    for key, entry in twin.items():
        assert view[key] == entry, key


@given(straight_programs(CHALLENGE))
@settings(max_examples=40)
def test_numbers_of_drawn_programs_are_those_of_the_events(drawn: Program) -> None:
    """All but repetitions, which the view must prove, and groups, whose ends may be together."""
    memories = random_memories(32)
    for memory in memories:
        memory[:4] = np.arange(4) * 2  # type: ignore[index]
    try:
        runs = ran(drawn, CHALLENGE, memories)
    except Exception:  # a divisor was zero
        return
    view, twin = numbers_of(inspect_program(drawn, CHALLENGE)), twin_of(runs)
    assert view["repeated"] <= twin["repeated"]
    for key in twin.keys() - {"phases", "repeated"}:
        assert view[key] == twin[key], key


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_bound_of_the_dataflow_is_shown_and_one_more_is_not(name: str) -> None:
    text = runs_of(name).program
    problem = dataflow_problem(placements(text, CHALLENGE), CHALLENGE)
    best = best_bound(bound_ladder(problem))
    assert inspect_program(text, CHALLENGE)["dataflow"]["cycles"] == best.cycles
    assert best.certificate is not None
    assert not list(certificate_faults(best.certificate, best.cycles, problem))
    assert list(certificate_faults(best.certificate, best.cycles + 1, problem))


def test_where_a_program_jumps_each_slot_counts_once() -> None:
    events: list[Event] = []
    end = run(LOOP, CHALLENGE, [0] * 32, on_event=events.append, strict=False)
    summary = inspect_program(LOOP, CHALLENGE)
    assert summary["straight"] is False
    assert summary["cycles"] == len({event.bundle for event in events}) < end.cycles
    for name, slots in CHALLENGE.engines:
        used = len({(e.bundle, e.slot) for e in events if e.engine == name})
        row = {"used": used, "slots": slots * 4, "share": round(used / (slots * 4), 6)}
        assert summary["engines"][name] == row
        assert {"name": name, "cycles": -(-used // slots)}.items() <= next(
            bound for bound in summary["ladder"] if bound["name"] == name
        ).items()
    touched = {
        word for e in events for a in (*e.reads, *e.writes) if a.space == "scratch"
        for word in range(a.address, a.address + len(a.words))
    }  # fmt: skip
    size = CHALLENGE.scratch_words
    assert summary["scratch"] == {"peak": len(touched), "mean": len(touched), "size": size}
    first = {"bundle": 1, "engine": "alu", "slot": 0, "word": 2}
    assert summary["never_written"] == {"reads": 2, "first": first}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all numbers in `value`."""
    if isinstance(value, dict | list):
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(entry, (*path, key))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def test_no_number_of_the_view_is_without_a_twin() -> None:
    """Whatever number `inspect` gives, the comparison above meets it."""
    summary = inspect_program(HAND, CHALLENGE)
    compared = numbers_of(summary)
    left = {key for key in summary if list(leaves(summary[key]))} - set(compared)
    assert left == {"dataflow"}
    twin = twin_of(runs_of("hand"))
    assert set(leaves(compared)) == set(leaves(twin))
