"""Random changes to the choices of a plan: another way for some groups in some round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from slotweave.base.diagnostics import InputError
from slotweave.challenge.tree_hash.plans.choices import BIASES, Choices
from slotweave.challenge.tree_hash.plans.plan_model import DEEPEST_SELECT, LANES
from slotweave.challenge.tree_hash.plans.read_choices import read_choices
from slotweave.challenge.tree_hash.tables.memory_map import RECORD_WORDS, Table
from slotweave.challenge.tree_hash.walks.groups import groups_of
from slotweave.challenge.tree_hash.workload import HASH_STAGES, Shape
from slotweave.ir.plan import Plan

#: Most groups that one change concerns, if they are neighbours, and if they are not; how often it
#: concerns all of them.
NEIGHBOURS, SCATTERED = 12, 4
SHARE_OF_ALL = 0.1

#: Of a few changes, how often one concerns a single group.
SHARE_OF_SINGLE = 0.7

#: Ways that need an address, and how often it is what changes.
READ, SHARE_OF_BIASES = ("gather", "window", "copy", "record", "family"), 0.7

#: Places in which children are stored for each round: how often another number is tried, and most.
SHARE_OF_BUFFERS, MOST_BUFFERS = 0.05, 4

#: How often few changes are of the constants that are made first instead, up to which number one
#: more of these may be, if it is no constant of the kernel, and how often there is one more.
SHARE_OF_SUMMANDS, LARGEST_SUMMAND, SHARE_OF_NEW = 0.08, 64, 0.3

#: How often two groups exchange their ways: what a plan takes of each engine stays the same, but
#: not when.
SHARE_OF_EXCHANGES = 0.3

#: How often they are of the place of a group in the order of rounds, and by how many tenths of a
#: round (standard deviation).
SHARE_OF_BEGINS, SHIFT_OF_BEGIN = 0.05, 6.0

#: How often changes are drawn before the plan is left as it is.
TRIES = 20

#: How often a round is drawn until one is found in which something may be chosen, for few changes.
DRAWN_FOR_FEW = 50

Entries = dict[tuple[int, int], str]


def vary(
    plan: Plan,
    parameters: Mapping[str, int],
    contract: str,
    rng: np.random.Generator,
    few: bool = False,
) -> Plan:
    """`plan` with one to three random changes of what its groups do; each of one or two groups if
    they are to be `few`.

    Changes that exclude each other (records of a level without a table) are drawn again.
    """
    shape = Shape.of(parameters)
    choices = read_choices(plan, shape, contract, LANES)
    if choices.style != "vector" or contract == "any-start":
        return plan
    for _ in range(TRIES):
        changed = _changed(plan, choices, _rounds_chosen(shape, contract), rng, few)
        try:
            read_choices(changed, shape, contract, LANES)
        except InputError:
            continue
        return changed
    return plan


def _rounds_chosen(shape: Shape, contract: str) -> int:
    """The rounds in which something may be chosen, from the first one on: one more than there are
    if indices are written back, which are not known before."""
    wanted = contract == "full" and shape.level_of_round(shape.rounds) > 0
    return shape.rounds + int(wanted)


def _changed(
    plan: Plan, choices: Choices, rounds: int, rng: np.random.Generator, few: bool
) -> Plan:
    if few:
        what = rng.random()
        if what < SHARE_OF_SUMMANDS:
            return _with_choice(plan, "summands", _other_summands(choices, rng))
        if choices.begins and what < SHARE_OF_SUMMANDS + SHARE_OF_BEGINS:
            return _with_choice(plan, "begins", _other_begins(choices.begins, rng))
        if what > 1 - SHARE_OF_EXCHANGES:
            return _exchanged(plan, choices, rounds, rng)
    shape = choices.shape
    changed: dict[str, Entries] = {"levels_but": {}, "children_but": {}, "bias_but": {}}
    wanted = int(rng.integers(1, 4))
    for drawn in range(DRAWN_FOR_FEW if few else wanted):
        if drawn >= wanted and any(changed.values()):
            break
        number = int(rng.integers(1, rounds)) if rounds > 1 else 0
        for group in _some_groups(len(groups_of(shape, LANES)), rng, few):
            key, ways = _open_choice(choices, group, number, rng, few)
            if few:
                ways = tuple(way for way in ways if way != _held(choices, key, group, number))
            if ways:
                changed[key][group, number] = ways[rng.integers(len(ways))]
    values: dict[str, Any] = dict(plan.choices)
    for key, entries in changed.items():
        if entries:
            values[key] = _merged(values.get(key, ()), entries, shape)
    if not few and rng.random() < SHARE_OF_BUFFERS:
        values["buffers"] = int(rng.integers(1, MOST_BUFFERS + 1))
    elif few and choices.borrowed_words(LANES) and rng.random() < SHARE_OF_BUFFERS:
        if choices.begins:
            values["buffers"] = int(rng.integers(1, MOST_BUFFERS))
        else:
            values["spare"] = int(rng.integers(1, LANES + 1))
    return replace(plan, choices=MappingProxyType(values))


def _exchanged(plan: Plan, choices: Choices, rounds: int, rng: np.random.Generator) -> Plan:
    """`plan` with the ways of two groups exchanged: of how they take a child in one round, or of
    how they choose a constant in one round or another."""
    key = "children_but" if rng.random() < 0.5 else "bias_but"
    held = _ways_held(choices, key, rounds)
    if not held:
        return plan
    each = list(held)
    group, number = each[rng.integers(len(each))]
    way = held[group, number]
    others = [
        (other, at) for other, at in each
        if held[other, at] != way and (key == "bias_but" or at == number)
    ]  # fmt: skip
    if not others:
        return plan
    other = others[rng.integers(len(others))]
    entries = {(group, number): held[other], other: way}
    merged = _merged(plan.choices.get(key, ()), entries, choices.shape)
    return _with_choice(plan, key, merged)


def _ways_held(choices: Choices, key: str, rounds: int) -> Entries:
    """How each group that has a choice takes children, or chooses constants, by group and round."""
    groups = range(len(groups_of(choices.shape, LANES)))
    places = [(group, number) for group in groups for number in range(1, rounds)]
    if key == "bias_but":
        chosen = [place for place in places if _has_constant(choices, *place)]
    else:
        read = [place for place in places if place[1] < choices.shape.rounds]
        chosen = [place for place in read if choices.way(*place) == "child"]
    return {place: _held(choices, key, *place) for place in chosen}


def _has_constant(choices: Choices, group: int, number: int) -> bool:
    """Whether an address has a constant in that round: after a window it has none. Indices that
    are written back have one."""
    if number == choices.shape.rounds:
        return True
    return choices.way(group, number) in READ and choices.way(group, number - 1) != "window"


def _with_choice(plan: Plan, name: str, value: object) -> Plan:
    return replace(plan, choices=MappingProxyType({**plan.choices, name: value}))


def _other_begins(begins: Sequence[int], rng: np.random.Generator) -> list[int]:
    """When groups begin, one of them, or all from one on, somewhat earlier or later."""
    others = list(begins)
    first = int(rng.integers(len(others)))
    end = first + 1 if rng.random() < 0.7 else len(others)
    by = round(float(rng.normal(0.0, SHIFT_OF_BEGIN)))
    others[first:end] = [begin + by for begin in others[first:end]]
    return others


def _other_summands(choices: Choices, rng: np.random.Generator) -> list[int]:
    """The constants that are made first with one at another place, one more or one less."""
    others = list(choices.summands)
    end = len(others)
    at = end if rng.random() < SHARE_OF_NEW else int(rng.integers(end + 1))
    moved = others.pop(at) if at < end else _new_summand(choices.shape, rng)
    if moved not in others and (at == end or rng.random() < 0.8):
        others.insert(int(rng.integers(len(others) + 1)), moved)
    return others


def _new_summand(shape: Shape, rng: np.random.Generator) -> int:
    """A small number, a constant of the hash in one form or another, or where something lies."""
    what = rng.random()
    if what < 0.5:
        return int(rng.integers(1, LARGEST_SUMMAND + 1))
    if what < 0.6:
        return (shape.tree, shape.indices, shape.values)[rng.integers(3)]
    _op, constant, _other, shifts, bits = HASH_STAGES[rng.integers(len(HASH_STAGES))]
    multiplier = 1 + (1 << bits) if shifts == "<<" else bits
    return int((constant, multiplier)[rng.integers(2)])


def _held(choices: Choices, key: str, group: int, number: int) -> str:
    """The way that a group has now."""
    match key:
        case "children_but":
            return choices.children_way(group, number)
        case "bias_but":
            return BIASES[choices.bits_selected(group, number)]
    return choices.way(group, number)


def _some_groups(count: int, rng: np.random.Generator, few: bool) -> list[int]:
    if few:
        wanted = 1 if rng.random() < SHARE_OF_SINGLE else 2
        return sorted({int(group) for group in rng.integers(0, count, wanted)})
    if rng.random() < SHARE_OF_ALL:
        return list(range(count))
    if rng.random() < 0.7:
        first = int(rng.integers(count))
        return list(range(first, min(count, first + int(rng.integers(1, NEIGHBOURS)))))
    return [
        int(group) for group in rng.choice(count, min(count, int(rng.integers(1, SCATTERED + 1))))
    ]


def _open_choice(
    choices: Choices, group: int, number: int, rng: np.random.Generator, few: bool
) -> tuple[str, tuple[str, ...]]:
    """A choice that `group` has in round `number`, and the ways there are."""
    if number == choices.shape.rounds:
        return "bias_but", BIASES
    way = choices.way(group, number)
    if way == "child":
        own: tuple[str, ...] = () if few or group in choices.sharing else ("memory",)
        last = number + 1 == choices.shape.rounds or choices.shape.level_of_round(number + 1) == 0
        if last and choices.way(group, number - 1) == "record":
            own = (*own, "strided")  # nothing else asks for the bit
        return "children_but", ("both", "stored", *own)
    depth = choices.shape.level_of_round(number)
    if _has_constant(choices, group, number) and rng.random() < SHARE_OF_BIASES:
        return "bias_but", BIASES
    if depth != DEEPEST_SELECT:
        return "levels_but", ()
    ways: tuple[str, ...] = ("select", "gather")
    if Table(depth, RECORD_WORDS) in choices.tables:
        ways = (*ways, "record")
    return "levels_but", ways


def _merged(before: Any, entries: Entries, shape: Shape) -> list[dict[str, Any]]:
    """The exceptions `before` and the new ones, those of one way and round in one entry."""
    table: Entries = {}
    kept = []
    groups = len(groups_of(shape, LANES))
    for entry in before:
        if "groups" not in entry or "rounds" not in entry:
            kept.append(dict(entry))
            continue
        for number in entry["rounds"]:
            table.update({(g, number): entry["way"] for g in entry["groups"] if g < groups})
    table.update(entries)
    by_way: dict[tuple[int, str], list[int]] = {}
    for (group, number), way in sorted(table.items()):
        by_way.setdefault((number, way), []).append(group)
    return kept + [
        {"rounds": [number], "groups": members, "way": way}
        for (number, way), members in sorted(by_way.items())
    ]
