"""Random changes to the choices of a plan: another way for some groups in some round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from slotweave.base.diagnostics import InputError
from slotweave.challenge.tree_hash.plans.choices import BIASES, Choices, read_choices
from slotweave.challenge.tree_hash.plans.plan_model import DEEPEST_SELECT, LANES
from slotweave.challenge.tree_hash.tables.memory_map import RECORD_WORDS, Table
from slotweave.challenge.tree_hash.walks.groups import groups_of
from slotweave.challenge.tree_hash.workload import Shape
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
        changed = _changed(plan, choices, rng, few)
        try:
            read_choices(changed, shape, contract, LANES)
        except InputError:
            continue
        return changed
    return plan


def _changed(plan: Plan, choices: Choices, rng: np.random.Generator, few: bool) -> Plan:
    shape = choices.shape
    changed: dict[str, Entries] = {"levels_but": {}, "children_but": {}, "bias_but": {}}
    wanted = int(rng.integers(1, 4))
    for drawn in range(DRAWN_FOR_FEW if few else wanted):
        if drawn >= wanted and any(changed.values()):
            break
        number = int(rng.integers(1, shape.rounds)) if shape.rounds > 1 else 0
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
    elif few and choices.borrowed_nodes(LANES) and rng.random() < SHARE_OF_BUFFERS:
        values["spare"] = int(rng.integers(1, LANES + 1))
    return replace(plan, choices=MappingProxyType(values))


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
    way = choices.way(group, number)
    if way == "child":
        own: tuple[str, ...] = () if few or group in choices.sharing else ("memory",)
        last = number + 1 == choices.shape.rounds or choices.shape.level_of_round(number + 1) == 0
        if last and choices.way(group, number - 1) == "record":
            own = (*own, "strided")  # nothing else asks for the bit
        return "children_but", ("both", "stored", *own)
    depth = choices.shape.level_of_round(number)
    if way in READ and rng.random() < SHARE_OF_BIASES:
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
