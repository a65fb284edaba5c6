"""What a plan may choose for tree hash, read from the plan and checked.

    {"style": "scalar"}                      one item at a time, everything through memory
    {"style": "vector",
     "levels": ["select", "select", "gather"],
     "exceptions": [{"rounds": [3], "groups": [0, 1], "way": "gather"}],
     "tables": [4, 6], "bias": "select",
     "children": "memory", "children_of": [{"groups": [30, 31], "way": "both"}]}

`levels` says how each level is answered, by depth (the last entry goes for all deeper levels);
`exceptions` say it anew for some rounds (of some groups), later ones having the last word. Ways:

    select   choose among all nodes of the level, held in registers
    gather   read the tree
    record   read a record of the node and its children; the next round takes the child from it

`tables` are the depths for which records are built; `bias` says whether constants of address chains
are chosen by a `select` or multiplied (`arithmetic`). `children` says how a child is taken from a
record, `children_of` says it anew for some groups:

    memory   both children of all items are laid side by side through memory, then one is selected
    both     the value is mixed with both children, item by item, then one is selected
    scalar   a select for each item
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slotweave.diagnostics import Diagnostic, InputError
from slotweave.ir.plan import Plan
from slotweave.kernels.tree_hash.groups import Group, groups_of, overlapping_groups
from slotweave.kernels.tree_hash.memory_map import room_for_tables, table_words
from slotweave.kernels.tree_hash.workload import Shape

STYLES = ("scalar", "vector")
WAYS = ("select", "gather", "record")
CHILDREN = ("memory", "both", "scalar")
BIASES = ("select", "arithmetic")

KNOWN = ("style", "levels", "exceptions", "tables", "children", "children_of", "bias")


@dataclass(frozen=True)
class Choices:
    """The choices of a plan for one shape."""

    shape: Shape
    style: str
    levels: tuple[str, ...]
    by_round: Mapping[int, str]
    by_group_and_round: Mapping[tuple[int, int], str]
    tables: tuple[int, ...]
    children: str
    children_of: Mapping[int, str]
    bias: str
    sharing: frozenset[int]

    @property
    def bias_by_select(self) -> bool:
        return self.bias == "select"

    def way(self, group: int, number: int) -> str:
        """How `group` answers its level in round `number`; `child` behind a record."""
        if number and self.shape.level_of_round(number) and self._is_record(group, number - 1):
            return "child"
        return self._named_way(group, number)

    def _is_record(self, group: int, number: int) -> bool:
        return self.way(group, number) == "record"

    def _named_way(self, group: int, number: int) -> str:
        depth = self.shape.level_of_round(number)
        if depth == 0:
            return "select"
        usual = self.levels[min(depth, len(self.levels) - 1)]
        usual = self.by_round.get(number, usual)
        return self.by_group_and_round.get((group, number), usual)

    def children_way(self, group: int) -> str:
        """How `group` takes children from records: it needs words of its own for `memory`."""
        way = self.children_of.get(group, self.children)
        return "scalar" if way == "memory" and group in self.sharing else way

    def through_memory(self, group: int) -> bool:
        """Whether `group` lays children side by side in the words of its own values."""
        uses_records = any(self._is_record(group, n) for n in range(self.shape.rounds))
        return uses_records and self.children_way(group) == "memory"

    def owns_words(self, group: Group) -> bool:
        """Whether the value words of `group` belong to it alone: no table, no other group."""
        return group.number not in self.sharing


def read_choices(plan: Plan, shape: Shape, contract: str, lanes: int) -> Choices:
    """The choices in `plan`; raises InputError (SW209) naming what is wrong with them."""
    for key in plan.choices:
        if key not in KNOWN:
            raise _bad(plan, f"unknown choice {key!r} (known: {', '.join(KNOWN)})")
    levels = _list(plan, "levels", ["gather"], str)
    if not levels:
        raise _bad(plan, "'levels' must name at least one way")
    by_round: dict[int, str] = {}
    by_group_and_round: dict[tuple[int, int], str] = {}
    for entry in _list(plan, "exceptions", [], Mapping):
        _read_exception(plan, entry, by_round, by_group_and_round)
    tables = tuple(_list(plan, "tables", [], int))
    choices = Choices(
        shape=shape,
        style=_one_of(plan, "style", plan.choices.get("style", "vector"), STYLES),
        levels=tuple(_one_of(plan, "levels", way, WAYS) for way in levels),
        by_round=by_round,
        by_group_and_round=by_group_and_round,
        tables=tables,
        children=_one_of(plan, "children", plan.choices.get("children", "both"), CHILDREN),
        children_of=_read_children(plan),
        bias=_one_of(plan, "bias", plan.choices.get("bias", "select"), BIASES),
        sharing=_groups_sharing_words(shape, tables, lanes),
    )
    if contract != "any-start" and choices.style == "vector":
        _check_tables(plan, choices, lanes)
    return choices


def _groups_sharing_words(shape: Shape, tables: Sequence[int], lanes: int) -> frozenset[int]:
    """Groups whose value words a table or another group lies over."""
    groups = groups_of(shape, lanes)
    first_free = sum(table_words(depth) for depth in tables) - shape.batch
    under_tables = [group for group in groups if group.first < first_free]
    sharing = (*overlapping_groups(shape, lanes), *under_tables)
    return frozenset(group.number for group in sharing)


def _check_tables(plan: Plan, choices: Choices, lanes: int) -> None:
    """Tables must exist for the records asked for, hold whole vectors, and fit into memory."""
    shape = choices.shape
    for depth in choices.tables:
        if not 0 <= depth < shape.height or 2**depth % lanes:
            raise _bad(plan, f"no table of records can be made for level {depth} of this tree")
    words = sum(table_words(depth) for depth in choices.tables)
    if words > room_for_tables(shape, lanes) or len(set(choices.tables)) < len(choices.tables):
        room = room_for_tables(shape, lanes)
        raise _bad(plan, f"the tables take {words} words, {room} are free (each table once)")
    for group in groups_of(shape, lanes):
        for number in range(shape.rounds):
            depth = shape.level_of_round(number)
            if choices.way(group.number, number) == "record" and depth not in choices.tables:
                raise _bad(plan, f"round {number} reads records of level {depth}: no such table")


def _read_children(plan: Plan) -> dict[int, str]:
    ways: dict[int, str] = {}
    for entry in _list(plan, "children_of", [], Mapping):
        if set(entry) != {"groups", "way"}:
            raise _bad(plan, "an entry of 'children_of' has the keys 'groups' and 'way'")
        way = _one_of(plan, "way", entry["way"], CHILDREN)
        ways.update(dict.fromkeys(_numbers(plan, "groups", entry["groups"]), way))
    return ways


def _read_exception(
    plan: Plan,
    entry: Mapping[str, Any],
    by_round: dict[int, str],
    by_group_and_round: dict[tuple[int, int], str],
) -> None:
    if not {"rounds", "way"} <= set(entry) <= {"rounds", "groups", "way"}:
        raise _bad(plan, "an exception has the keys 'rounds', 'way' and, if it will, 'groups'")
    way = _one_of(plan, "way", entry["way"], WAYS)
    rounds = _numbers(plan, "rounds", entry["rounds"])
    for number in rounds:
        if "groups" not in entry:
            by_round[number] = way
        for group in _numbers(plan, "groups", entry.get("groups", [])):
            by_group_and_round[group, number] = way


def _numbers(plan: Plan, key: str, value: Any) -> list[int]:
    if not isinstance(value, list | tuple) or any(type(number) is not int for number in value):
        raise _bad(plan, f"'{key}' must be a list of numbers")
    return list(value)


def _list(plan: Plan, key: str, default: list[Any], kind: type) -> list[Any]:
    value = plan.choices.get(key, default)
    if not isinstance(value, list | tuple) or any(
        not isinstance(entry, kind) or isinstance(entry, bool) for entry in value
    ):
        raise _bad(plan, f"'{key}' must be a list of {kind.__name__}")
    return list(value)


def _one_of(plan: Plan, key: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise _bad(plan, f"'{key}' has {value!r}, not one of {', '.join(allowed)}")
    return str(value)


def _bad(plan: Plan, reason: str) -> InputError:
    return InputError(Diagnostic("SW209", f"plan {plan.name!r}: {reason}"))
