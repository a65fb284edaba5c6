"""The bound over plans: tiny designs by hand, and tree hash against plans at random."""

from __future__ import annotations

import numpy as np
import pytest

from slotweave.bound import bound_ladder
from slotweave.bound.plans import plans_bound
from slotweave.frontend.trace import trace
from slotweave.ir.alternatives import END, START, Arc, Design, Route, Work
from slotweave.kernels.tree_hash import TREE_HASH
from slotweave.kernels.tree_hash.alternatives import tree_hash_alternatives
from slotweave.lower import lower
from slotweave.machine import CHALLENGE
from slotweave.rewrite import rewrite

SLOTS = {"alu": 2, "load": 1}
ADD, LOAD, EITHER = (("alu", 1),), (("load", 1),), (("alu", 2), ("load", 1))


def design(*arcs: Arc, count: int = 6, fixed: tuple[Work, ...] = ()) -> Design:
    return Design("d", fixed, (Route("r", count, arcs),))


def test_copies_spread_over_ways_until_both_engines_are_full() -> None:
    by_add = Arc(START, END, "add", (Work(1, ADD),))
    by_load = Arc(START, END, "load", (Work(1, LOAD),))
    found = plans_bound([design(by_add, by_load)], SLOTS)
    assert (found.cycles, round(found.exact, 6)) == (2, 2.0)
    assert {way: round(copies, 6) for _, way, copies in found.ways} == {"add": 4, "load": 2}
    assert {engine: round(share, 6) for engine, share in found.busy.items()} == {
        "alu": 1, "load": 1,
    }  # fmt: skip


def test_operations_spread_over_modes() -> None:
    found = plans_bound([design(Arc(START, END, "either", (Work(1, EITHER),)))], SLOTS)
    assert found.exact == pytest.approx(3.0)


def test_fixed_work_counts_and_the_best_design_wins() -> None:
    way = Arc(START, END, "load", (Work(1, LOAD),))
    dear = design(way, fixed=(Work(3, LOAD),))
    assert plans_bound([dear], SLOTS).cycles == 9
    assert plans_bound([dear, design(way)], SLOTS).cycles == 6


def test_what_a_way_leads_to_must_go_on() -> None:
    stuck = Arc(START, "nowhere", "free")
    with pytest.raises(ValueError, match="a step of a route has no way"):
        plans_bound([design(stuck)], SLOTS)


@pytest.mark.parametrize("shape", [(5, 8, 64), (6, 9, 40), (4, 4, 24)])
@pytest.mark.parametrize("contract", ["values", "full"])
def test_no_plan_of_tree_hash_takes_less(shape: tuple[int, int, int], contract: str) -> None:
    parameters = dict(zip(("height", "rounds", "batch"), shape, strict=True))
    designs = tree_hash_alternatives(parameters, contract, CHALLENGE)
    least = plans_bound(designs, CHALLENGE.slots).cycles
    rng = np.random.default_rng(1)
    plan = TREE_HASH.plan("default", parameters, contract)
    assert TREE_HASH.vary is not None
    for _ in range(4):
        graph = rewrite(trace(TREE_HASH, parameters, contract, plan, CHALLENGE), CHALLENGE).graph
        ladder = {b.name: b.cycles for b in bound_ladder(lower(graph, CHALLENGE).problem)}
        assert 0 < least <= ladder["slots"]
        plan = TREE_HASH.vary(plan, parameters, contract, rng)


def test_what_is_counted_is_most_of_what_the_judged_plan_takes() -> None:
    judged = {"height": 10, "rounds": 16, "batch": 256}
    designs = tree_hash_alternatives(judged, "values", CHALLENGE)
    assert 860 < plans_bound(designs, CHALLENGE.slots).cycles < 885


def test_items_that_start_anywhere_have_nothing_to_choose() -> None:
    judged = {"height": 10, "rounds": 16, "batch": 256}
    assert tree_hash_alternatives(judged, "any-start", CHALLENGE) == ()
