"""What a plan chooses for tree hash (see `read_choices`).

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

from slotweave.challenge.tree_hash.plans.choice_table import values_of
from slotweave.challenge.tree_hash.plans.choice_values import Exceptions
from slotweave.challenge.tree_hash.tables.memory_map import IndexTable, Table, index_table
from slotweave.challenge.tree_hash.walks.groups import Group, groups_of
from slotweave.challenge.tree_hash.workload import Shape

BIASES = values_of("bias")

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
    indexed: bool
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
        """How many bits choose among constants in the address of `group` in round `number`; in the
        round after the last one, in the indices that are written back."""
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
        index = self.index_table(lanes)
        if index is not None:  # up to where that table begins
            return range(0 if places and self.over == "start" else tree, index.words.start)
        if not places:
            return range(tree, tree)
        if self.over == "start":
            return range(tree + (places + lanes) * lanes)
        return range(tree, tree + (places + 1 if self.begins else 2 * places) * lanes)

    def place_words(self, place: int, lanes: int) -> tuple[range, range]:
        """Where a place lies: the addresses of the wanted words, and of the others.

        Places that are taken in turn have the others in common. At the start of memory these are
        the first words of vectors of nodes, whose addresses are there already, since they are read;
        before a table whose addresses are indices, the words after the places.
        """
        tree = self.shape.tree
        if self.over == "start":
            end = len(set(self.places(lanes).values())) * lanes
            first_words = self.borrowed_words(lanes)[-lanes * lanes :: lanes]
            others = range(end, end + lanes) if self.indexed else first_words
            return range(place * lanes, (place + 1) * lanes), others
        own, other = (place + 1, 0) if self.begins else (2 * place, 2 * place + 1)
        return (
            range(tree + own * lanes, tree + (own + 1) * lanes),
            range(tree + other * lanes, tree + (other + 1) * lanes),
        )

    def index_table(self, lanes: int) -> IndexTable | None:
        """The table whose addresses are indices, if the plan wants one."""
        return index_table(self.shape, lanes) if self.indexed else None

    def owns_words(self, group: Group) -> bool:
        """Whether the value words of `group` belong to it alone: no table, no other group."""
        return group.number not in self.sharing
