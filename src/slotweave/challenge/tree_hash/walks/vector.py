"""Tree hash on vectors of items that start at the root together (any contract but `any-start`).

All items of a vector are on the same level in the same round, so a plan can say for each round how
its level is answered. Different vectors share nothing but constants, the top of the tree, and
tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from slotweave.challenge.tree_hash.plans.choices import Choices
from slotweave.challenge.tree_hash.tables.memory_map import MemoryMap
from slotweave.challenge.tree_hash.tables.records import build_table
from slotweave.challenge.tree_hash.tables.tree_top import CARRIED_CONSTANT, TreeTop
from slotweave.challenge.tree_hash.walks.groups import Group, groups_of, load_group, store_group
from slotweave.challenge.tree_hash.walks.position import affine_position
from slotweave.challenge.tree_hash.walks.walk import (
    Level,
    Place,
    Walk,
    copied_node,
    family_node,
    gather_node,
    hash_lanes,
    mix,
    mix_with_child,
    mix_with_grandchild,
    record_node,
    select_node,
    window_node,
)
from slotweave.challenge.tree_hash.workload import Shape, keeps_inputs
from slotweave.frontend.tracer import RegionHandle, Tracer, Vector, Word


def build_vector(
    k: Tracer, shape: Shape, contract: str, choices: Choices, memory: MemoryMap
) -> None:
    """Write the program of `shape` for items that start at the root through `k`."""
    level = Level(k, shape, memory, TreeTop(k, shape, memory))
    groups = groups_of(shape, k.vector_length)
    for number in choices.summands:
        k.literal(number)
    lent = _Borrowed(level, choices)
    # Words that tables or another group lie over are read before anything is written there, and
    # written when nothing reads the tables any more.
    values = {
        group: _load_values(level, group) for group in groups if not choices.owns_words(group)
    }
    for table, region in memory.tables.items():
        build_table(k, level.top, table, region)
    buffers = _Buffers(level, choices)
    walks: dict[Group, Walk] = {}
    late: list[_Result] = []
    for group, number in choices.turns(groups):
        if group not in walks:
            buffer, value = buffers.of(group), values.get(group)
            if value is None:
                value = _load_values(level, group, buffer)
            walks[group] = Walk(group, value, buffer)
        with k.item(group.number):
            walk_round(level, walks[group], number, choices, contract, lent)
            if number + 1 < shape.rounds:
                continue
            for result in _results(level, walks.pop(group), choices, contract):
                if result.at_once:
                    result.store(k)
                else:
                    late.append(result)
    for result in late:
        with k.item(result.group.number):
            result.store(k)
    if keeps_inputs(contract) or choices.restore:
        lent.give_back()


class _Borrowed:
    """The words of the first nodes: the places in which children are stored lie there."""

    def __init__(self, level: Level, choices: Choices) -> None:
        self.level, self.choices = level, choices
        self._taken = choices.places(level.k.vector_length)
        self._places: dict[int, Place] = {}
        words = choices.borrowed_words(level.k.vector_length)
        with level.k.item(-1), level.k.stage("borrow"):
            self._rows = list(self._read(words))

    def _read(self, words: range) -> Iterator[tuple[int, Vector]]:
        """The vectors that cover `words`, with the addresses that they begin at."""
        k, region = self.level.k, self.level.memory.borrowed
        tree = self.level.shape.tree
        if region is not None:
            for address in range(words.start, tree, k.vector_length):
                yield address, k.vload(k.constant(address), region)
        for address in range(tree, words.stop, k.vector_length):
            yield address, self.level.top.row(address - tree)

    def place(self, group: int, number: int) -> Place | None:
        """Where `group` stores children in round `number`, if it does."""
        if (group, number) not in self._taken:
            return None
        place = self._taken[group, number]
        if place not in self._places:
            self._places[place] = self._made(place)
        return self._places[place]

    def _made(self, place: int) -> Place:
        k, region = self.level.k, self.level.memory.borrowed
        assert region is not None  # choices.borrowed_nodes counts its words
        left, words = self.choices.spare, self.choices.place_words(place, k.vector_length)
        with k.item(-1), k.stage("addresses"):
            if left and left < k.vector_length:
                first = words[0].start
                block = k.concat(*(k.constant(first + i) for i in range(k.vector_length + left)))
                own, spare = (cast("Vector", block.slice(at)) for at in (0, left))
                return Place(own, spare, region, shared=True)
            own, spare = (k.pack([k.constant(word) for word in each]) for each in words)
            return Place(own, spare, region)

    def give_back(self) -> None:
        """Write back the words that were stored over."""
        k, region = self.level.k, self.level.memory.borrowed
        lanes = k.vector_length
        taken = {
            word
            for place in self._places
            for words in self.choices.place_words(place, lanes)
            for word in words
        }
        with k.item(-1), k.stage("borrow"):
            for first, row in self._rows:
                assert region is not None  # there are rows only if there is a region
                over = taken.intersection(range(first, first + lanes))
                if over == {first}:
                    k.store(k.literal(first), row.lane(0), region)
                elif over:
                    k.vstore(k.literal(first), row, region)


@dataclass(frozen=True)
class _Result:
    """Final words of a group, and whether nothing but the group itself minds where they go."""

    group: Group
    vector: Vector
    region: RegionHandle
    address: int
    held: Word | None
    at_once: bool

    def store(self, k: Tracer) -> None:
        with k.stage("store"):
            store_group(k, self.group, self.region, self.address, self.vector, self.held)


def _results(level: Level, walk: Walk, choices: Choices, contract: str) -> Iterator[_Result]:
    """The values of the walk's items and, if the contract wants them, their indices."""
    group, memory = walk.group, level.memory
    alone = choices.owns_words(group)
    address = level.shape.values + group.first
    held = None if walk.buffer is None else walk.buffer.lane(0)
    whole = walk.value ^ CARRIED_CONSTANT if walk.carried else walk.value
    yield _Result(group, whole, memory.at(address), address, held, alone)
    if contract == "full":
        address = level.shape.indices + group.first
        region = memory.at(address)
        free = region not in memory.tables.values()
        yield _Result(group, _final_index(level, walk), region, address, None, alone and free)


class _Buffers:
    """The addresses of each group's value words, where it may use them; each from the last."""

    def __init__(self, level: Level, choices: Choices) -> None:
        self.level, self.choices = level, choices
        self.last: tuple[int, Vector] | None = None

    def of(self, group: Group) -> Vector | None:
        """A vector of the addresses of the words that the values of `group` came from."""
        k = self.level.k
        if not self.choices.through_memory(group.number):
            return None
        with k.item(-1), k.stage("addresses"):
            if self.last is None:
                start = self.level.shape.values + group.first
                row = k.pack([k.constant(start + i) for i in range(k.vector_length)])
            else:
                first, row = self.last
                row = row + (group.first - first)
        self.last = (group.first, row)
        return row


def _load_values(level: Level, group: Group, buffer: Vector | None = None) -> Vector:
    address = level.shape.values + group.first
    held = None if buffer is None else buffer.lane(0)
    with level.k.item(group.number):
        return load_group(level.k, group, level.memory.at(address), address, held)


def walk_rounds(
    level: Level, walk: Walk, choices: Choices, contract: str, lent: _Borrowed | None
) -> None:
    """All rounds of a vector; `lent` is where children are stored, if any are."""
    for number in range(level.shape.rounds):
        walk_round(level, walk, number, choices, contract, lent)


def walk_round(
    level: Level,
    walk: Walk,
    number: int,
    choices: Choices,
    contract: str,
    lent: _Borrowed | None,
) -> None:
    """Round `number` of a vector."""
    depth = level.shape.level_of_round(number)
    if depth == 0:
        walk.back_to_root()
    with level.k.stage(f"level {depth}"):
        mixed = _mixed(level, walk, number, choices, lent)
    with level.k.stage("hash"):
        way = choices.constant_way(walk.group.number, number)
        walk.value, walk.shifted = hash_lanes(mixed, way)
        walk.carried = way == "carried"
    if _parity_is_wanted(level.shape, number, contract):
        with level.k.stage("parity"):
            walk.step()


def _mixed(
    level: Level, walk: Walk, number: int, choices: Choices, lent: _Borrowed | None
) -> Vector:
    """The value of each item, mixed with its node."""
    depth, group = level.shape.level_of_round(number), walk.group.number
    bits = choices.bits_selected(group, number)
    match choices.way(group, number):
        case "gather":
            return mix(walk, gather_node(level, walk, depth, bits), node_is_plain=True)
        case "window":
            return mix(walk, window_node(level, walk, depth, bits), node_is_plain=True)
        case "copy":
            return mix(walk, copied_node(level, walk, depth, bits), node_is_plain=False)
        case "record":
            return mix(walk, record_node(level, walk, depth, bits), node_is_plain=False)
        case "family":
            return mix(walk, family_node(level, walk, depth, bits), node_is_plain=False)
        case "child":
            way = choices.children_way(group, number)
            place = None if lent is None else lent.place(group, number)
            return mix_with_child(level, walk, way, place)
        case "grandchild":
            return mix_with_grandchild(level, walk)
        case way:
            node = select_node(level, walk, depth, blend=way == "blend")
            return mix(walk, node, node_is_plain=not walk.carried)


def _parity_is_wanted(shape: Shape, number: int, contract: str) -> bool:
    """Whether anything asks where the items go after round `number`: not after the last level."""
    if shape.level_of_round(number) == shape.height:
        return False
    return number + 1 < shape.rounds or contract == "full"


def _final_index(level: Level, walk: Walk) -> Vector:
    """The index of each item after the last round."""
    depth = level.shape.level_of_round(level.shape.rounds)
    if depth == 0:
        return level.k.literal_vector(0)
    return affine_position(level.k, walk.position, -1, 2 ** (depth + 1) - 2, 1)
