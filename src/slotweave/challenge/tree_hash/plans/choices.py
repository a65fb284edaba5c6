"""What a plan may choose for tree hash, read from the plan and checked.

    {"style": "scalar"}                      one item at a time; every value through memory
    {"style": "grouped", "together": 6, "kept": true}     vectors in step; any node is gathered
    {"style": "vector",
     "levels": ["select", "select", "gather"],
     "levels_but": [{"rounds": [3], "groups": [0, 1], "way": "gather"}],
     "tables": [4, 6], "families": [], "copies": [],
     "children": "both", "children_but": [{"groups": [1, 2], "way": "memory"}], "buffers": 2,
     "bias": "select", "bias_but": [{"rounds": [4], "way": "arithmetic"}],
     "constant": "carried", "constant_but": [{"rounds": [8, 9], "way": "whole"}]}

`choice_table` says what each of them means. What ends in `_but` overrides it for some rounds, some
groups of items, or both; later entries override earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from slotweave.challenge.tree_hash.plans.choice_table import KNOWN, choice, values_of
from slotweave.challenge.tree_hash.plans.choice_values import (
    Exceptions,
    bad_plan,
    exceptions,
    flag,
    list_of,
    number_from,
    one_of,
    unknown_choice,
    words_of,
)
from slotweave.challenge.tree_hash.tables.memory_map import (
    COPY_WORDS,
    FAMILY_WORDS,
    RECORD_WORDS,
    Table,
    room_for_tables,
    tables_fit,
)
from slotweave.challenge.tree_hash.walks.groups import Group, groups_of, overlapping_groups
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.ir.plan import Plan

BIASES = values_of("bias")

#: Ways that read a table, and the words of its entries.
TABLE_WORDS = {"copy": COPY_WORDS, "record": RECORD_WORDS, "family": FAMILY_WORDS}

#: Parts of a round in which it is said when groups begin.
TENTHS = 10


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """The addresses of a place in which children are stored: of the wanted ones, and of the others,
    which may overlap them if both lie `apart` words from each other (see the choice `spare`)."""

    own: range
    spare: range
    apart: int


@dataclass(frozen=True, slots=True)
class RoundChoices:
    """What a vector of items does in one round: how the level is answered, how many bits choose
    among constants in its address, what becomes of the last constant of the hash, how a child is
    taken, and where children are stored."""

    number: int
    way: str
    bits_selected: int
    constant: str
    children: str
    place: PlaceWords | None = None


@dataclass(frozen=True)
class Choices:
    """The choices of a plan for one shape."""

    shape: Shape
    style: str
    together: int
    kept: bool
    levels: tuple[str, ...]
    levels_but: Exceptions
    tables: tuple[Table, ...]
    children: str
    children_but: Exceptions
    buffers: int
    spare: int
    begins: tuple[int, ...]
    over: str
    restore: bool
    bias: str
    bias_but: Exceptions
    constant: str
    constant_but: Exceptions
    sharing: frozenset[int]
    loop: int
    summands: tuple[int, ...]

    def way(self, group: int, number: int) -> str:
        """How `group` answers its level in round `number`; some ways decide the next round's."""
        known = self._ways.get((group, number))
        if known is None:
            known = self._ways[group, number] = self._way(group, number)
        return known

    @cached_property
    def _ways(self) -> dict[tuple[int, int], str]:
        """Those that were asked for, by group and round."""
        return {}

    def _way(self, group: int, number: int) -> str:
        depth = self.shape.level_of_round(number)
        if depth == 0:
            return "select"
        before = self.way(group, number - 1)
        if before in ("record", "family"):
            return "child"
        if before == "child" and self.way(group, number - 2) == "family":
            return "grandchild"
        return self.levels_but.way(group, number, self.levels[min(depth, len(self.levels) - 1)])

    def bits_selected(self, group: int, number: int) -> int:
        """How many bits choose among constants in the address of `group` in round `number`."""
        return BIASES.index(self.bias_but.way(group, number, self.bias))

    def constant_way(self, group: int, number: int) -> str:
        """What becomes of the last constant of the hash of `group` in round `number`."""
        return self.constant_but.way(group, number, self.constant)

    def children_way(self, group: int, number: int) -> str:
        """How `group` takes a child in round `number`: `memory` takes words of its own."""
        way = self.children_but.way(group, number, self.children)
        if way == "strided" and self.way(group, number - 1) != "record":
            return "both"
        return "both" if way == "memory" and group in self.sharing else way

    def rounds_of(
        self, group: int, lanes: int, taken: Mapping[tuple[int, int], int]
    ) -> tuple[RoundChoices, ...]:
        """All rounds of `group`; `taken` are the places by group and round."""
        return tuple([
            self._round(group, number, lanes, taken.get((group, number)))
            for number in range(self.shape.rounds)
        ])  # fmt: skip

    def _round(self, group: int, number: int, lanes: int, place: int | None) -> RoundChoices:
        way = self.way(group, number)
        return RoundChoices(
            number, way, self.bits_selected(group, number), self.constant_way(group, number),
            self.children_way(group, number) if way == "child" else "",
            None if place is None else PlaceWords(*self.place_words(place, lanes), self.spare),
        )  # fmt: skip

    def through_memory(self, group: int) -> bool:
        """Whether `group` ever lays children side by side in the words of its own values."""
        return any(
            self.way(group, number) == "child" and self.children_way(group, number) == "memory"
            for number in range(self.shape.rounds)
        )

    def storing(self, number: int, groups: Sequence[Group]) -> list[int]:
        """The groups that take a child by storing it in round `number`."""
        numbers = [group.number for group in groups]
        return [
            group
            for group in numbers
            if self.way(group, number) == "child" and self.children_way(group, number) == "stored"
        ]

    def turns(self, groups: Sequence[Group]) -> Iterator[tuple[Group, int]]:
        """The rounds of all groups in the order in which they are written: (group, round)."""
        turns = [(group, number) for group in groups for number in range(self.shape.rounds)]
        if self.begins:
            turns.sort(key=lambda turn: self.begins[turn[0].number] + TENTHS * turn[1])
        return iter(turns)

    def places(self, lanes: int) -> Mapping[tuple[int, int], int]:
        """The place in which each (group, round) stores children; places are numbered from 0."""
        if lanes not in self._places:
            self._places[lanes] = self._taken_places(lanes)
        return self._places[lanes]

    @cached_property
    def _places(self) -> dict[int, dict[tuple[int, int], int]]:
        """Those that were asked for, by the length of vectors."""
        return {}

    def _taken_places(self, lanes: int) -> dict[tuple[int, int], int]:
        taken: dict[tuple[int, int], int] = {}
        if self.begins:
            turns = self.turns(groups_of(self.shape, lanes))
            storing = ((group, number) for group, number in turns if self.storing(number, [group]))
            for i, (one, number) in enumerate(storing):
                taken[one.number, number] = i % self.buffers
            return taken
        first = 0
        for number in range(self.shape.rounds):
            groups = self.storing(number, groups_of(self.shape, lanes))
            for i, group in enumerate(groups):
                taken[group, number] = first + i % self.buffers
            first += min(len(groups), self.buffers)
        return taken

    def borrowed_words(self, lanes: int) -> range:
        """The addresses of header and first nodes that make room for these places: whole vectors
        of nodes, with the header in front where places are to begin at the start of memory."""
        tree, places = self.shape.tree, len(set(self.places(lanes).values()))
        if not places:
            return range(tree, tree)
        if self.over == "start":
            return range(tree + (places + lanes) * lanes)
        return range(tree, tree + (places + 1 if self.begins else 2 * places) * lanes)

    def place_words(self, place: int, lanes: int) -> tuple[range, range]:
        """Where a place lies: the addresses of the wanted words, and of the others.

        Places that are taken in turn have the others in common. At the start of memory these are
        the first words of vectors of nodes, whose addresses are there already, since they are read.
        """
        tree = self.shape.tree
        if self.over == "start":
            others = self.borrowed_words(lanes)[-lanes * lanes :: lanes]
            return range(place * lanes, (place + 1) * lanes), others
        own, other = (place + 1, 0) if self.begins else (2 * place, 2 * place + 1)
        return (
            range(tree + own * lanes, tree + (own + 1) * lanes),
            range(tree + other * lanes, tree + (other + 1) * lanes),
        )

    def owns_words(self, group: Group) -> bool:
        """Whether the value words of `group` belong to it alone: no table, no other group."""
        return group.number not in self.sharing


def read_choices(plan: Plan, shape: Shape, contract: str, lanes: int) -> Choices:
    """The choices in `plan`; raises InputError (SW209) naming what is wrong with them."""
    for key in plan.choices:
        if key not in KNOWN:
            raise bad_plan(plan, unknown_choice(key, KNOWN))
    levels = list_of(plan, "levels", choice("levels").default, str)
    if not levels:
        raise bad_plan(plan, "'levels' must name at least one way")
    tables = _read_tables(plan, shape, lanes)
    choices = Choices(
        shape=shape,
        style=_word(plan, "style"),
        together=number_from(plan, "together", "a number of vectors", 1),
        kept=flag(plan, "kept", choice("kept").default),
        levels=tuple(one_of(plan, "levels", way, values_of("levels")) for way in levels),
        levels_but=_exceptions(plan, "levels_but"),
        tables=tables,
        children=_word(plan, "children"),
        children_but=_exceptions(plan, "children_but"),
        buffers=number_from(plan, "buffers", "a number of places", 1),
        spare=number_from(plan, "spare", "a number of words", 0),
        begins=tuple(list_of(plan, "begins", [], int)),
        over=_word(plan, "over"),
        restore=flag(plan, "restore", choice("restore").default),
        bias=_word(plan, "bias"),
        bias_but=_exceptions(plan, "bias_but"),
        constant=_word(plan, "constant"),
        constant_but=_exceptions(plan, "constant_but"),
        sharing=_groups_sharing_words(shape, tables, lanes),
        loop=number_from(plan, "loop", "a number of vectors", 0),
        summands=words_of(plan, "summands"),
    )
    if contract != "any-start" and choices.style == "vector":
        _check_tables(plan, choices, lanes)
        _check_begins(plan, choices, lanes)
        _check_borrowing(plan, choices, lanes)
        _check_loop(plan, choices, contract, lanes)
    return choices


def _check_loop(plan: Plan, choices: Choices, contract: str, lanes: int) -> None:
    """The vectors of a trip share no words, and take no child by words of their own."""
    if not choices.loop:
        return
    groups = groups_of(choices.shape, lanes)[: choices.loop]
    if contract == "full":
        raise bad_plan(plan, "a loop over vectors leaves no indices: contracts values and judged")
    if choices.sharing or choices.shape.batch % lanes:
        raise bad_plan(plan, "in a loop no vector may share its words with a table or another one")
    if choices.borrowed_words(lanes) or any(choices.through_memory(g.number) for g in groups):
        raise bad_plan(plan, "in a loop children are taken by 'both' or 'scalar'")


def _word(plan: Plan, name: str) -> str:
    """The word that the choice called `name` holds, or its default."""
    return one_of(plan, name, plan.choices.get(name, choice(name).default), values_of(name))


def _exceptions(plan: Plan, name: str) -> Exceptions:
    return exceptions(plan, name, values_of(name))


def _read_tables(plan: Plan, shape: Shape, lanes: int) -> tuple[Table, ...]:
    """The tables to be built: of levels that exist, in whole vectors."""
    tables = []
    for key, words in (
        ("tables", RECORD_WORDS), ("families", FAMILY_WORDS), ("copies", COPY_WORDS)
    ):  # fmt: skip
        for depth in list_of(plan, key, [], int):
            table = Table(depth, words)
            deepest = shape.height + 1 - table.levels
            if not 0 <= depth <= deepest or 2**depth % lanes:
                what = table.name.split()[0]
                raise bad_plan(
                    plan, f"no table of {what} can be made for level {depth} of this tree"
                )
            tables.append(table)
    return tuple(tables)


def _groups_sharing_words(shape: Shape, tables: Sequence[Table], lanes: int) -> frozenset[int]:
    """Groups whose value words a table or another group lies over."""
    groups = groups_of(shape, lanes)
    first_free = sum(table.size for table in tables) - shape.batch
    under_tables = [group for group in groups if group.first < first_free]
    sharing = (*overlapping_groups(shape, lanes), *under_tables)
    return frozenset(group.number for group in sharing)


def _check_tables(plan: Plan, choices: Choices, lanes: int) -> None:
    """Tables must exist for what is read from them, hold whole vectors, and fit into memory."""
    shape = choices.shape
    twice = len(set(choices.tables)) < len(choices.tables)
    if twice or not tables_fit(choices.tables, shape, lanes):
        words, room = sum(table.size for table in choices.tables), room_for_tables(shape, lanes)
        most = f"{room} are free (each table once; a vector from its last entry on must fit)"
        raise bad_plan(plan, f"the tables take {words} words, {most}")
    for group in groups_of(shape, lanes):
        for number in range(shape.rounds):
            depth = shape.level_of_round(number)
            way = choices.way(group.number, number)
            if way in TABLE_WORDS and Table(depth, TABLE_WORDS[way]) not in choices.tables:
                what = Table(depth, TABLE_WORDS[way]).name.split()[0]
                raise bad_plan(plan, f"round {number} reads {what} of level {depth}: no such table")


def _check_begins(plan: Plan, choices: Choices, lanes: int) -> None:
    """There is one number for each group, and places taken in turn have their spare words in
    common."""
    groups = len(groups_of(choices.shape, lanes))
    if choices.begins and len(choices.begins) != groups:
        raise bad_plan(plan, f"'begins' has {len(choices.begins)} numbers for {groups} groups")
    if choices.begins and choices.spare:
        raise bad_plan(plan, "places taken in turn ('begins') have no 'spare' of their own")
    if choices.over == "start" and not choices.begins and choices.places(lanes):
        raise bad_plan(plan, "places from the start of memory on are taken in turn: give 'begins'")


def _check_borrowing(plan: Plan, choices: Choices, lanes: int) -> None:
    """Nobody may read nodes whose words are borrowed, and there must be enough of them."""
    shape = choices.shape
    groups = groups_of(shape, lanes)
    borrowed = max(0, choices.borrowed_words(lanes).stop - shape.tree)
    if borrowed > shape.nodes:
        raise bad_plan(plan, f"children are stored over {borrowed} nodes, the tree has fewer")
    for group in groups if borrowed else ():
        for number in range(shape.rounds):
            depth = shape.level_of_round(number)
            read = choices.way(group.number, number) in ("gather", "window")
            if read and 2**depth - 1 < borrowed:
                reason = f"round {number} reads level {depth}, where children are stored"
                raise bad_plan(plan, f"{reason} ({borrowed} nodes): take fewer 'buffers'")
