"""Random changes to the choices of a plan, as a search draws them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.plans.choices import BIASES, Choices
from slotweave.challenge.tree_hash.plans.read_choices import read_choices
from slotweave.challenge.tree_hash.plans.vary import vary
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.frontend.strands import StrandMemory
from slotweave.frontend.trace import trace_flow
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE
from support.tree_hash import parameters

JUDGED = parameters(10, 16, 256)
TUNED = TREE_HASH.plan("tuned", JUDGED, "values")
GROUPS, ROUNDS = range(32), range(1, 16)

#: What each group does in each round.
Ways = dict[tuple[int, int], str]


def read(plan: Plan) -> Choices:
    return read_choices(plan, Shape(10, 16, 256), "values", 8)


def drawn(plan: Plan, count: int = 300) -> Iterator[tuple[set[str], Plan]]:
    """Plans with few changes, and which choices these are of."""
    rng = np.random.default_rng(1)
    for _ in range(count):
        other = vary(plan, JUDGED, "values", rng, few=True)
        yield {key for key in other.choices if differs(key, plan, other)}, other


def differs(key: str, plan: Plan, other: Plan) -> bool:
    return bool(plan.choices.get(key) != other.choices[key])


def children(choices: Choices) -> Ways:
    return {
        (group, number): choices.children_way(group, number)
        for group in GROUPS for number in ROUNDS if choices.way(group, number) == "child"
    }  # fmt: skip


def biases(choices: Choices) -> Ways:
    return {
        (group, number): BIASES[choices.bits_selected(group, number)]
        for group in GROUPS for number in ROUNDS
    }  # fmt: skip


def test_few_changes_are_of_all_kinds_and_can_be_read() -> None:
    changed: Counter[str] = Counter()
    for keys, other in drawn(TUNED):
        changed.update(keys)
        read(other)
    wanted = {"bias_but", "children_but", "summands", "begins", "buffers"}
    assert wanted <= set(changed)
    assert changed["bias_but"] > 60
    assert changed["children_but"] > 60


def test_where_an_address_has_no_constant_nothing_is_chosen() -> None:
    """After a window: the rounds of level 10."""
    for keys, other in drawn(TUNED):
        if "bias_but" in keys:
            before, after = biases(read(TUNED)), biases(read(other))
            assert any(before[place] != after[place] for place in before if place[1] != 10)
            assert all(before[place] == after[place] for place in before if place[1] == 10)


@pytest.mark.parametrize(("contract", "wanted"), [("values", False), ("full", True)])
def test_indices_that_are_written_back_are_chosen_like_addresses_of_a_round_more(
    contract: str, wanted: bool
) -> None:
    plan = replace(TUNED, choices={**TUNED.choices, "bias_but": []})
    rng = np.random.default_rng(3)
    rounds = {
        number
        for _ in range(300)
        for entry in vary(plan, JUDGED, contract, rng, few=True).choices["bias_but"]
        for number in entry["rounds"]
    }
    assert (ROUNDS.stop in rounds) is wanted
    assert max(rounds) <= ROUNDS.stop
    ends_at_the_root = parameters(10, 11, 256)
    for _ in range(100):
        other = vary(
            TREE_HASH.plan("default", ends_at_the_root, "full"), ends_at_the_root, "full", rng
        )
        assert all(max(entry["rounds"]) < 11 for entry in other.choices.get("bias_but", ()))


def test_many_changes_leave_what_a_plan_takes_as_it_is() -> None:
    """Two groups exchange their ways, of taking a child in one round or of choosing a constant."""
    exchanged = 0
    before, held = children(read(TUNED)), biases(read(TUNED))
    for keys, other in drawn(TUNED):
        after, chosen = children(read(other)), biases(read(other))
        moved = {place for place in before if before[place] != after[place]}
        shifted = {place for place in held if held[place] != chosen[place]}
        if len(moved) == 2 and not shifted and keys == {"children_but"}:
            (_, one), (_, two) = moved
            exchanged += one == two and Counter(before.values()) == Counter(after.values())
        if len(shifted) == 2 and not moved:
            exchanged += Counter(held.values()) == Counter(chosen.values())
    assert exchanged > 40


def test_groups_begin_somewhat_earlier_or_later_alone_or_with_all_that_follow() -> None:
    found: set[int] = set()
    for keys, other in drawn(TUNED, 600):
        if "begins" in keys:
            moves = np.subtract(other.choices["begins"], TUNED.choices["begins"])
            assert len(set(moves[moves != 0].tolist())) <= 1
            assert abs(moves).max() < 40
            found.add(int((moves != 0).sum()))
    assert 1 in found
    assert max(found) > 1


def test_without_begins_another_number_of_spare_words_is_tried() -> None:
    choices: dict[str, Any] = {**TUNED.choices, "begins": [], "over": "nodes"}
    changed = [keys for keys, _other in drawn(replace(TUNED, choices=choices))]
    assert any("spare" in keys for keys in changed)
    assert not any({"begins", "buffers"} & keys for keys in changed)


def test_a_constant_is_moved_added_or_left_out() -> None:
    summands = TUNED.choices["summands"]
    lengths = {
        len(other.choices["summands"]) - len(summands)
        for keys, other in drawn(TUNED, 600) if "summands" in keys
    }  # fmt: skip
    assert lengths == {-1, 0, 1}


@pytest.mark.parametrize("contract", ["values", "full"])
@pytest.mark.parametrize(("batch", "begin"), [(64, "default"), (61, "default"), (64, "tuned")])
def test_changed_plans_trace_with_known_strands_as_they_do_alone(
    contract: str, batch: int, begin: str
) -> None:
    shape, rng, kept = parameters(6, 9, batch), np.random.default_rng(batch), StrandMemory()
    plan = TREE_HASH.plan(begin, shape, contract)
    for _ in range(6):
        known = trace_flow(TREE_HASH, shape, contract, plan, CHALLENGE, kept)
        assert known == trace_flow(TREE_HASH, shape, contract, plan, CHALLENGE)
        plan = vary(plan, shape, contract, rng, few=True)


def test_few_changes_of_the_choices_trace_few_strands_again() -> None:
    kept = StrandMemory()
    trace_flow(TREE_HASH, JUDGED, "values", TUNED, CHALLENGE, kept)
    assert kept.kept == len(GROUPS) + 1  # and the tables
    before = kept.kept
    for _, other in drawn(TUNED, 10):
        trace_flow(TREE_HASH, JUDGED, "values", other, CHALLENGE, kept)
    assert kept.kept - before < 10 * len(GROUPS) / 4
