"""What a plan may choose for tree hash, read from the plan and checked.

    {"style": "scalar"}                      one item at a time, everything through memory
    {"style": "grouped", "together": 6, "kept": true}     vectors in step; any node is gathered
    {"style": "vector",
     "levels": ["select", "select", "gather"],
     "levels_but": [{"rounds": [3], "groups": [0, 1], "way": "gather"}],
     "tables": [4, 6],
     "children": "both", "children_but": [{"groups": [1, 2], "way": "memory"}],
     "bias": "select", "bias_but": [{"rounds": [4], "way": "arithmetic"}]}

`together` is how many vectors go through each stage of a round together; with `kept` off they are
read from memory and written back in each round.

`levels` says how each level is answered, by depth (the last entry goes for all deeper levels):

    select   choose among all nodes of the level, held in registers
    gather   read the tree
    record   read a record of the node and its children; the next round takes the child from it

`tables` are the depths for which records are built. `children` says how a child is taken from a
record, in the round that needs it:

    both     the value is mixed with both children, item by item, then one is selected
    memory   both children of all items are laid side by side through memory, then one is selected
    scalar   a select for each item

`bias` says how the constant of an address and the first bits that go into it are chosen:

    arithmetic   bits are multiplied and added
    select       the first bit selects one of two constants
    select-two   the first two bits select one of four

What ends in `_but` says it anew for some rounds, some groups of items, or both; later entries have
the last word.
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

STYLES = ("scalar", "grouped", "vector")
WAYS = ("select", "gather", "record")
CHILDREN = ("both", "memory", "scalar")
BIASES = ("arithmetic", "select", "select-two")

KNOWN = (
    "style",
    "together",
    "kept",
    "levels",
    "levels_but",
    "tables",
    "children",
    "children_but",
    "bias",
    "bias_but",
)


@dataclass(frozen=True)
class Exceptions:
    """Ways by (group, round); None stands for every group, or every round. The last one counts."""

    entries: Mapping[tuple[int | None, int | None], str]

    def way(self, group: int, number: int, usual: str) -> str:
        """The way for `group` in round `number`; `usual` if nothing is said of it."""
        for key in ((group, number), (group, None), (None, number)):
            if key in self.entries:
                return self.entries[key]
        return usual


@dataclass(frozen=True)
class Choices:
    """The choices of a plan for one shape."""

    shape: Shape
    style: str
    together: int
    kept: bool
    levels: tuple[str, ...]
    levels_but: Exceptions
    tables: tuple[int, ...]
    children: str
    children_but: Exceptions
    bias: str
    bias_but: Exceptions
    sharing: frozenset[int]

    def way(self, group: int, number: int) -> str:
        """How `group` answers its level in round `number`; `child` behind a record."""
        depth = self.shape.level_of_round(number)
        if depth == 0:
            return "select"
        if self.way(group, number - 1) == "record":
            return "child"
        return self.levels_but.way(group, number, self.levels[min(depth, len(self.levels) - 1)])

    def bits_selected(self, group: int, number: int) -> int:
        """How many bits choose among constants in the address of `group` in round `number`."""
        return BIASES.index(self.bias_but.way(group, number, self.bias))

    def children_way(self, group: int, number: int) -> str:
        """How `group` takes a child in round `number`: `memory` takes words of its own."""
        way = self.children_but.way(group, number, self.children)
        return "both" if way == "memory" and group in self.sharing else way

    def through_memory(self, group: int) -> bool:
        """Whether `group` ever lays children side by side in the words of its own values."""
        return any(
            self.way(group, number) == "child" and self.children_way(group, number) == "memory"
            for number in range(self.shape.rounds)
        )

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
    tables = _read_tables(plan, shape, lanes)
    choices = Choices(
        shape=shape,
        style=_one_of(plan, "style", plan.choices.get("style", "vector"), STYLES),
        together=_together(plan),
        kept=_kept(plan),
        levels=tuple(_one_of(plan, "levels", way, WAYS) for way in levels),
        levels_but=_exceptions(plan, "levels_but", WAYS),
        tables=tables,
        children=_one_of(plan, "children", plan.choices.get("children", "both"), CHILDREN),
        children_but=_exceptions(plan, "children_but", CHILDREN),
        bias=_one_of(plan, "bias", plan.choices.get("bias", "select"), BIASES),
        bias_but=_exceptions(plan, "bias_but", BIASES),
        sharing=_groups_sharing_words(shape, tables, lanes),
    )
    if contract != "any-start" and choices.style == "vector":
        _check_tables(plan, choices, lanes)
    return choices


def _together(plan: Plan) -> int:
    value = plan.choices.get("together", 1)
    if type(value) is not int or value < 1:
        raise _bad(plan, "'together' must be a number of vectors, at least 1")
    return value


def _kept(plan: Plan) -> bool:
    value = plan.choices.get("kept", True)
    if not isinstance(value, bool):
        raise _bad(plan, "'kept' must be true or false")
    return value


def _read_tables(plan: Plan, shape: Shape, lanes: int) -> tuple[int, ...]:
    """The depths for which records are built: levels with whole vectors of nodes with children."""
    tables = tuple(_list(plan, "tables", [], int))
    for depth in tables:
        if not 0 <= depth < shape.height or 2**depth % lanes:
            raise _bad(plan, f"no table of records can be made for level {depth} of this tree")
    return tables


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
    words = sum(table_words(depth) for depth in choices.tables)
    if words > room_for_tables(shape, lanes) or len(set(choices.tables)) < len(choices.tables):
        room = room_for_tables(shape, lanes)
        raise _bad(plan, f"the tables take {words} words, {room} are free (each table once)")
    for group in groups_of(shape, lanes):
        for number in range(shape.rounds):
            depth = shape.level_of_round(number)
            if choices.way(group.number, number) == "record" and depth not in choices.tables:
                raise _bad(plan, f"round {number} reads records of level {depth}: no such table")


def _exceptions(plan: Plan, key: str, allowed: Sequence[str]) -> Exceptions:
    entries: dict[tuple[int | None, int | None], str] = {}
    for entry in _list(plan, key, [], Mapping):
        if not {"way"} < set(entry) <= {"rounds", "groups", "way"}:
            raise _bad(plan, f"an entry of '{key}' has 'way' and 'rounds', 'groups' or both")
        way = _one_of(plan, key, entry["way"], allowed)
        for group in _numbers(plan, key, entry, "groups"):
            for number in _numbers(plan, key, entry, "rounds"):
                entries[group, number] = way
    return Exceptions(entries)


def _numbers(plan: Plan, key: str, entry: Mapping[str, Any], which: str) -> list[int | None]:
    value = entry.get(which)
    if value is None and which not in entry:
        return [None]
    if not isinstance(value, list | tuple) or any(type(number) is not int for number in value):
        raise _bad(plan, f"'{which}' in '{key}' must be a list of numbers")
    return list(value)


def _list(plan: Plan, key: str, default: list[Any], kind: type) -> list[Any]:
    value = plan.choices.get(key, default)
    if not isinstance(value, list | tuple) or any(
        not isinstance(entry, kind) or isinstance(entry, bool) for entry in value
    ):
        raise _bad(plan, f"'{key}' must be a list of {kind.__name__}")
    return list(value)


def _one_of(plan: Plan, key: str, value: Any, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise _bad(plan, f"'{key}' has {value!r}, not one of {', '.join(allowed)}")
    return str(value)


def _bad(plan: Plan, reason: str) -> InputError:
    return InputError(Diagnostic("SW209", f"plan {plan.name!r}: {reason}"))
