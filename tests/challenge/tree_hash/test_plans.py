"""Any choices give the same result: graphs of all kinds of plans, run against the definition."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slotweave.base.diagnostics import InputError
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.plans.choice_table import values_of
from slotweave.challenge.tree_hash.plans.choices import Choices
from slotweave.challenge.tree_hash.plans.plans import PLAN_NAMES
from slotweave.challenge.tree_hash.plans.read_choices import read_choices
from slotweave.challenge.tree_hash.walks.groups import groups_of
from slotweave.challenge.tree_hash.workload import CONTRACTS, Shape
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from slotweave.names import job, job_of
from slotweave.simulate.graph import run_graph
from support.examples import a_share, examples
from support.tree_hash import parameters, plan_with, traced

ANY_SHAPE = st.tuples(st.integers(1, 5), st.integers(1, 14), st.integers(1, 40))


#: Ways that need no table, and the table that the others need.
PLAIN = ["select", "blend", "gather", "window"]
TABLES = {"record": "tables", "family": "families", "copy": "copies"}


@st.composite
def choices(draw: st.DrawFn, shape: Shape) -> dict[str, Any]:
    """Choices for vectors of eight, most of which can be used."""
    tables = {
        key: draw(st.lists(st.integers(3, shape.height - below), unique=True, max_size=1))
        if shape.height - below >= 3 else []
        for key, below in (("tables", 1), ("families", 2), ("copies", 0))
    }  # fmt: skip
    rounds = st.lists(st.integers(0, shape.rounds - 1), min_size=1, max_size=3)
    groups = len(groups_of(shape, CHALLENGE.vector_length))
    begins = draw(st.lists(st.integers(-5, 150), min_size=groups, max_size=groups))
    in_turn = draw(st.booleans())
    return {
        **tables,
        "levels": draw(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=6)),
        "levels_but": draw(st.lists(exceptions(shape, tables), max_size=4)),
        "children_but": [{"groups": draw(st.lists(st.integers(0, 4))), "way": "memory"}],
        "children": draw(st.sampled_from(values_of("children"))),
        "buffers": draw(st.integers(1, 2)),
        "spare": 0 if in_turn else draw(st.integers(0, 9)),
        "begins": begins if in_turn else [],
        "summands": draw(st.lists(st.integers(-(2**31), 2**32 - 1), max_size=3)),
        "bias": draw(st.sampled_from(values_of("bias"))),
        "constant": draw(st.sampled_from(values_of("constant"))),
        "constant_but": [
            {"rounds": draw(rounds), "way": draw(st.sampled_from(values_of("constant")))}
        ],
        "bias_but": [{"rounds": [shape.rounds], "way": draw(st.sampled_from(values_of("bias")))}],
    }


@st.composite
def exceptions(draw: st.DrawFn, shape: Shape, tables: dict[str, list[int]]) -> dict[str, Any]:
    """Another way for some round, with a table of its level if there is one."""
    number = draw(st.integers(0, shape.rounds - 1))
    depth = shape.level_of_round(number)
    ways = [way for way, key in TABLES.items() if depth in tables[key]]
    entry = {"rounds": [number], "way": draw(st.sampled_from(ways or PLAIN))}
    if draw(st.booleans()):
        entry["groups"] = draw(st.lists(st.integers(0, 4)))
    return entry


def assert_right(shape: Shape, contract: str, plan: Plan, machine: Machine) -> None:
    """The graph of `plan` leaves what the definition says wherever that is judged."""
    values = parameters(shape.height, shape.rounds, shape.batch)
    graph = traced((shape.height, shape.rounds, shape.batch), contract, plan, machine)
    before = TREE_HASH.memory(values, contract, np.random.default_rng(shape.batch))
    after = run_graph(graph, before.tolist())
    expected = TREE_HASH.reference(before, values, contract).tolist()
    judged = [region for region in TREE_HASH.facts(values, contract).regions if region.output]
    for region in judged:
        words = slice(region.start, region.stop)
        assert after[words] == expected[words], region.name
    assert after[: shape.indices] == before[: shape.indices].tolist()


@pytest.mark.parametrize("contract", CONTRACTS)
@given(data=st.data(), shape=ANY_SHAPE)
@examples(40)
def test_any_choices_keep_the_contract(
    contract: str, data: st.DataObject, shape: tuple[int, int, int]
) -> None:
    plan = plan_with(data.draw(choices(Shape(*shape))))
    assume(usable(plan, Shape(*shape), contract))
    assert_right(Shape(*shape), contract, plan, CHALLENGE)


def usable(plan: Plan, shape: Shape, contract: str) -> bool:
    try:
        read_choices(plan, shape, contract, CHALLENGE.vector_length)
    except InputError:
        return False
    return True


@pytest.mark.parametrize("children", values_of("children"))
@pytest.mark.parametrize("contract", ["values", "full"])
@pytest.mark.parametrize("batch", [64, 79, 81])
def test_records_keep_the_contract(contract: str, batch: int, children: str) -> None:
    levels = ["select"] * 3 + ["record", "record", "gather"]
    plan = plan_with({"levels": levels, "tables": [3], "children": children})
    # Children stored in the last round as well would lie over nodes that are gathered.
    assert_right(Shape(5, 10 if children == "stored" else 11, batch), contract, plan, CHALLENGE)


@pytest.mark.parametrize("spare", [1, 3, 7])
@pytest.mark.parametrize("batch", [64, pytest.param(81, marks=pytest.mark.long)])
def test_children_stored_over_each_other_keep_the_contract(batch: int, spare: int) -> None:
    levels = ["select"] * 3 + ["record", "record", "gather"]
    plan = plan_with({"levels": levels, "tables": [3], "children": "stored", "spare": spare})
    assert_right(Shape(5, 10, batch), "values", plan, CHALLENGE)


@pytest.mark.parametrize("over", ["nodes", "start"])
@pytest.mark.parametrize("buffers", [1, 2, 3])
@pytest.mark.parametrize("contract", ["values", "full"])
def test_children_stored_in_turn_keep_the_contract(contract: str, buffers: int, over: str) -> None:
    """Groups begin a few rounds after each other, so that several are under way."""
    levels = ["select"] * 3 + ["record", "record", "record", "gather"]
    choices = {"levels": levels, "tables": [3, 5], "children": "stored", "buffers": buffers,
               "over": over}  # fmt: skip
    begins = [25 * group for group in range(8)]
    plan = plan_with({**choices, "begins": begins})
    assert_right(Shape(8, 12, 64), contract, plan, CHALLENGE)


def test_places_taken_in_turn_are_few_and_their_order_is_that_of_the_rounds() -> None:
    levels = ["select"] * 3 + ["record", "record", "record", "gather"]
    plan = plan_with({"levels": levels, "tables": [3, 5], "children": "stored"})
    shape = Shape(8, 7, 64)

    def choices(**more: Any) -> Choices:
        mine = replace(plan, choices={**plan.choices, **more})
        return read_choices(mine, shape, "values", 8)

    apart = {(group, number): number == 6 for number in (4, 6) for group in range(8)}
    assert choices().places(8) == apart
    assert len(choices().borrowed_words(8)) == 32
    in_turn = choices(begins=[7 * group for group in range(8)], buffers=2)
    order = [(0, 4), (1, 4), (2, 4), (0, 6), (3, 4), (1, 6), (4, 4), (2, 6), (5, 4), (3, 6),
             (6, 4), (4, 6), (7, 4), (5, 6), (6, 6), (7, 6)]  # fmt: skip
    assert list(in_turn.places(8).items()) == [(each, at % 2) for at, each in enumerate(order)]
    assert len(in_turn.borrowed_words(8)) == 24
    assert len(choices(begins=[0] * 8).borrowed_words(8)) == 16


def test_places_at_the_start_of_memory_are_restored_where_vectors_are_shorter_than_the_header():
    levels = ["select"] * 4 + ["record", "record", "gather"]
    begins = [25 * group for group in range(64 // MINIMAL.vector_length)]
    choices = {"levels": levels, "tables": [4], "children": "stored", "buffers": 2,
               "begins": begins, "over": "start"}  # fmt: skip
    assert_right(Shape(8, 12, 64), "values", plan_with(choices), MINIMAL)


def test_places_at_the_start_of_memory_leave_the_rest_in_the_first_words_of_vectors() -> None:
    levels = ["select"] * 3 + ["record", "record", "record", "gather"]
    more = {"levels": levels, "tables": [3, 5], "children": "stored", "over": "start"}
    plan = plan_with({**more, "begins": [7 * group for group in range(8)], "buffers": 2})
    choices = read_choices(plan, Shape(8, 7, 64), "values", 8)
    assert choices.borrowed_words(8) == range(7 + 80)
    assert choices.place_words(0, 8) == (range(8), range(23, 87, 8))
    assert choices.place_words(1, 8) == (range(8, 16), range(23, 87, 8))
    with pytest.raises(InputError, match=r"SW209.*give .begins."):
        read_choices(plan_with(more), Shape(8, 7, 64), "values", 8)


INDEXED = {"levels": ["select"] * 3 + ["record", "record", "record", "record", "gather"],
           "tables": [3, 5], "indexed": True}  # fmt: skip


@pytest.mark.parametrize("bias", values_of("bias"))
@pytest.mark.parametrize("constant", values_of("constant"))
@pytest.mark.parametrize("children", [way for way in values_of("children") if way != "stored"])
def test_indices_from_the_addresses_of_records_keep_the_contract(
    children: str, constant: str, bias: str
) -> None:
    last = {"constant_but": [{"rounds": [13], "way": constant}],
            "bias_but": [{"rounds": [14], "way": bias}]}  # fmt: skip
    plan = plan_with({**INDEXED, **last, "children": children})
    assert_right(Shape(8, 14, 64), "full", plan, CHALLENGE)


@pytest.mark.parametrize("over", ["nodes", "start"])
@pytest.mark.parametrize("buffers", [1, 2])
def test_children_stored_before_records_whose_addresses_are_indices_keep_the_contract(
    buffers: int, over: str
) -> None:
    begins = [25 * group for group in range(10)]
    choices = {**INDEXED, "children": "stored", "buffers": buffers, "begins": begins, "over": over}
    plan = plan_with(choices)
    assert_right(Shape(8, 14, 80), "full", plan, CHALLENGE)
    assert_right(Shape(8, 14, 80), "values", plan, CHALLENGE)


def test_records_two_levels_above_another_end_lie_four_words_apart_as_well() -> None:
    levels = ["select"] * 4 + ["record"] * 4 + ["gather"]
    plan = plan_with({"levels": levels, "tables": [4, 6], "indexed": True})
    assert_right(Shape(8, 15, 256), "full", plan, CHALLENGE)


@pytest.mark.parametrize("contract", ["values", "full"])
def test_two_tables_that_reach_over_the_first_vector_keep_the_contract(contract: str) -> None:
    levels = ["select"] * 3 + ["record", "record", "gather"]
    exceptions = [{"rounds": [10], "way": "gather"}, {"rounds": [11], "way": "record"}]
    plan = plan_with({"levels": levels, "tables": [4, 3], "levels_but": exceptions})
    assert_right(Shape(6, 12, 64), contract, plan, CHALLENGE)


@pytest.mark.parametrize(("name", "contract"), a_share(product(PLAN_NAMES, CONTRACTS), 3))
@given(shape=ANY_SHAPE)
@examples(25)
def test_every_named_plan_fits_every_shape(
    name: str, contract: str, shape: tuple[int, int, int]
) -> None:
    plan = TREE_HASH.plan(name, parameters(*shape), contract)
    assert plan.kernel == "tree-hash"
    assert plan.name in (name, "default")  # where nothing was tuned, the usual plan
    assert_right(Shape(*shape), contract, plan, CHALLENGE)


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("name", PLAN_NAMES)
def test_named_plans_are_right_for_other_vector_lengths(name: str, contract: str) -> None:
    for shape in ((3, 5, 9), (4, 6, 16)):
        plan = TREE_HASH.plan(name, parameters(*shape), contract)
        assert_right(Shape(*shape), contract, plan, MINIMAL)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 64, 1), (14, 1, 1), (1, 1, 5000), (14, 64, 8)])
@pytest.mark.parametrize("contract", CONTRACTS)
def test_default_plans_are_right_where_parameters_end(
    contract: str, shape: tuple[int, int, int]
) -> None:
    plan = TREE_HASH.plan("default", parameters(*shape), contract)
    assert_right(Shape(*shape), contract, plan, CHALLENGE)


def test_a_name_that_is_no_plan_is_refused() -> None:
    with pytest.raises(InputError, match="SW209 tree-hash has no plan 'best' \\(known: "):
        TREE_HASH.plan("best", parameters(3, 2, 8), "values")


def test_parameters_say_where_they_end() -> None:
    ends = {name: (p.lowest, p.highest) for name, p in TREE_HASH.parameters.items()}
    assert ends == {"height": (1, 14), "rounds": (1, 64), "batch": (1, 2**20)}
    assert {name: p.default for name, p in TREE_HASH.parameters.items()} == parameters(10, 16, 256)


def test_the_usual_plan_is_the_tuned_one_on_the_challenges_machine_alone():
    wide = replace(CHALLENGE, engines=(*CHALLENGE.engines[:-1], (CHALLENGE.engines[-1][0], 9)))
    for machine, name in (
        (CHALLENGE, "tuned"),
        (replace(CHALLENGE, name="mine"), "tuned"),
        (wide, "default"),
        (MINIMAL, "default"),
    ):
        assert TREE_HASH.usual_plan({}, "values", machine) == name
    usual, named = job("tree-hash"), job("tree-hash", plan="tuned")
    assert job("tree-hash", machine=wide).plan == usual.on(wide).plan
    assert usual.on(wide).plan == TREE_HASH.plan("default", usual.parameters, usual.contract)
    assert usual.on(wide).on(CHALLENGE) == usual
    assert named.on(wide).plan == named.plan == usual.plan
    assert job_of(named, {"machine": wide}) == named.on(wide)
    changed = replace(usual, plan=replace(usual.plan, name="mine"))
    assert changed.on(wide).plan == changed.plan
