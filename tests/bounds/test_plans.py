"""The bound over plans: tiny designs by hand, and tree hash against plans at random."""

from __future__ import annotations

import os
import subprocess

import numpy as np
import pytest
from ortools.linear_solver import pywraplp

from slotweave.backend.lower import lower
from slotweave.bounds import bound_ladder
from slotweave.bounds.plans import plans_bound
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.plans.alternatives import tree_hash_alternatives
from slotweave.frontend.trace import trace
from slotweave.ir.alternatives import (
    END,
    START,
    Alternatives,
    Arc,
    Installation,
    Route,
    Work,
)
from slotweave.machine import CHALLENGE
from slotweave.rewrite import rewrite
from support.tree_hash import plan_with

SLOTS = {"alu": 2, "load": 1}
ADD, LOAD, EITHER = (("alu", 1),), (("load", 1),), (("alu", 2), ("load", 1))


def choice(
    *arcs: Arc, count: int = 6, fixed: tuple[Work, ...] = (), room: int = 0,
    installations: tuple[Installation, ...] = (),
) -> Alternatives:  # fmt: skip
    return Alternatives(fixed, (Route("r", count, arcs),), installations, room)


def test_copies_spread_over_ways_until_both_engines_are_full() -> None:
    by_add = Arc(START, END, "add", (Work(1, ADD),))
    by_load = Arc(START, END, "load", (Work(1, LOAD),))
    found = plans_bound(choice(by_add, by_load), SLOTS)
    assert (found.cycles, round(found.exact, 6)) == (2, 2.0)
    assert {way: round(copies, 6) for _, way, copies in found.ways} == {"add": 4, "load": 2}
    assert {engine: round(share, 6) for engine, share in found.busy.items()} == {
        "alu": 1, "load": 1,
    }  # fmt: skip


def test_an_engine_that_is_idle_at_the_ends_leaves_more_to_the_others() -> None:
    by_add = Arc(START, END, "add", (Work(1, ADD),))
    by_load = Arc(START, END, "load", (Work(1, LOAD),))
    found = plans_bound(choice(by_add, by_load), SLOTS, {"load": 1, "store": 5})
    assert found.exact == pytest.approx(7 / 3)  # 2 T + (T - 1) = 6
    assert {way: round(copies, 6) for _, way, copies in found.ways} == {
        "add": round(14 / 3, 6), "load": round(4 / 3, 6),
    }  # fmt: skip
    both = plans_bound(choice(by_add, by_load), SLOTS, {"alu": 3, "load": 3})
    assert (both.cycles, round(both.exact, 6)) == (5, 5.0)


def test_ctrl_c_is_heard_while_the_solver_runs(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    solve = pywraplp.Solver.Solve

    def interrupted(solver: pywraplp.Solver) -> int:
        later = subprocess.Popen(["/bin/sh", "-c", f"sleep 0.05; kill -INT {os.getpid()}"])
        status = solve(solver)
        later.wait()  # where the solver was faster, Ctrl-C comes now
        return int(status)

    monkeypatch.setattr(pywraplp.Solver, "Solve", interrupted)
    choices = tree_hash_alternatives(
        {"height": 10, "rounds": 16, "batch": 256}, "values", CHALLENGE
    )
    assert choices is not None
    with pytest.raises(KeyboardInterrupt):
        plans_bound(choices, CHALLENGE.slots)
    assert capfd.readouterr().out == ""


def test_operations_spread_over_modes() -> None:
    found = plans_bound(choice(Arc(START, END, "either", (Work(1, EITHER),))), SLOTS)
    assert found.exact == pytest.approx(3.0)


def test_work_that_is_always_there_counts() -> None:
    way = Arc(START, END, "load", (Work(1, LOAD),))
    assert plans_bound(choice(way), SLOTS).cycles == 6
    assert plans_bound(choice(way, fixed=(Work(3, LOAD),)), SLOTS).cycles == 9


def test_an_installation_is_there_if_it_pays_and_finds_room() -> None:
    by_load = Arc(START, END, "load", (Work(3, LOAD),))
    by_table = Arc(START, END, "table", (Work(1, LOAD),), needs="table")
    table = Installation("table", 10, (Work(4, LOAD),), needs=("rows",))
    rows = Installation("rows", 0, (Work(1, LOAD),))
    ways = (by_load, by_table)
    found = plans_bound(choice(*ways, installations=(table, rows), room=10), SLOTS)
    assert (found.cycles, sorted(found.installed)) == (6 + 4 + 1, ["rows", "table"])
    crowded = plans_bound(choice(*ways, installations=(table, rows), room=9), SLOTS)
    assert (crowded.cycles, crowded.installed) == (18, ())
    few = plans_bound(choice(*ways, count=2, installations=(table, rows), room=10), SLOTS)
    assert (few.cycles, few.installed) == (6, ())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_large_counts_have_their_least_to_the_cycle(seed: int) -> None:
    """Compared with all sums that fit: solvers stop within a gap, and not all give a bound."""
    spread = range(1, 21)
    savings = [100_000 + (7919 * k * k + 104_729 * k * seed) % 100_003 for k in spread]
    room = sum(savings) // 2
    routes = tuple(
        Route(f"r{k}", 1, (
            Arc(START, END, "load", (Work(saved, LOAD),)),
            Arc(START, END, "table", needs=f"table {k}"),
        ))
        for k, saved in enumerate(savings)
    )  # fmt: skip
    tables = tuple(Installation(f"table {k}", saved) for k, saved in enumerate(savings))
    found = plans_bound(Alternatives((), routes, tables, room), SLOTS)
    assert found.cycles == sum(savings) - largest_sum(savings, room)


def largest_sum(numbers: list[int], room: int) -> int:
    """The largest sum of some of `numbers` up to `room`; bit n says that n is a sum."""
    sums = 1
    for number in numbers:
        sums |= sums << number
    return (sums & ((1 << (room + 1)) - 1)).bit_length() - 1


def test_what_a_way_leads_to_must_go_on() -> None:
    stuck = Arc(START, "nowhere", "free")
    with pytest.raises(ValueError, match="a step of a route has no way"):
        plans_bound(choice(stuck), SLOTS)


LARGEST = pytest.param((6, 9, 40), marks=pytest.mark.long)


@pytest.mark.parametrize("shape", [(5, 8, 64), LARGEST, (4, 4, 24)])
@pytest.mark.parametrize("contract", ["values", "full"])
def test_no_plan_of_tree_hash_takes_less(shape: tuple[int, int, int], contract: str) -> None:
    parameters = dict(zip(("height", "rounds", "batch"), shape, strict=True))
    choices = tree_hash_alternatives(parameters, contract, CHALLENGE)
    assert choices is not None
    least = plans_bound(choices, CHALLENGE.slots).cycles
    rng = np.random.default_rng(1)
    plan = TREE_HASH.plan("default", parameters, contract)
    assert TREE_HASH.vary is not None
    for _ in range(4):
        graph = rewrite(trace(TREE_HASH, parameters, contract, plan, CHALLENGE), CHALLENGE).graph
        ladder = {b.name: b.cycles for b in bound_ladder(lower(graph, CHALLENGE).problem)}
        assert 0 < least <= ladder["slots"]
        plan = TREE_HASH.vary(plan, parameters, contract, rng)


def test_records_at_their_indices_take_no_less_and_lie_outside_the_room() -> None:
    parameters = {"height": 8, "rounds": 14, "batch": 64}
    choices, values = (tree_hash_alternatives(parameters, contract, CHALLENGE)
                       for contract in ("full", "values"))  # fmt: skip
    assert choices is not None
    assert values is not None
    assert choices.room == values.room + 24
    levels = ["select"] * 3 + ["record"] * 4 + ["gather"]
    plan = plan_with({"levels": levels, "tables": [3, 5], "indexed": True})
    graph = rewrite(trace(TREE_HASH, parameters, "full", plan, CHALLENGE), CHALLENGE).graph
    ladder = {b.name: b.cycles for b in bound_ladder(lower(graph, CHALLENGE).problem)}
    assert 0 < plans_bound(choices, CHALLENGE.slots).cycles <= ladder["slots"]


def test_what_is_counted_is_most_of_what_the_judged_plan_takes() -> None:
    judged = {"height": 10, "rounds": 16, "batch": 256}
    choices = tree_hash_alternatives(judged, "values", CHALLENGE)
    assert choices is not None
    assert 850 < plans_bound(choices, CHALLENGE.slots).cycles < 880


def test_items_that_start_anywhere_have_nothing_to_choose() -> None:
    judged = {"height": 10, "rounds": 16, "batch": 256}
    assert tree_hash_alternatives(judged, "any-start", CHALLENGE) is None
