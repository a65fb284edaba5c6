"""Tree hash on vectors of items that start at the root together (any contract but `any-start`).

All items of a vector are on the same level in the same round, so a plan can say for each round how
its level is answered. Different vectors share nothing but constants, the top of the tree, and
tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from slotweave.challenge.tree_hash.plans.choices import (
    Choices,
    PlaceWords,
    RoundChoices,
)
from slotweave.challenge.tree_hash.tables.memory_map import MemoryMap
from slotweave.challenge.tree_hash.tables.records import build_tables
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
from slotweave.frontend.tracer import Tracer, Vector, Word
from slotweave.ir.graph import Region


def build_vector(
    k: Tracer, shape: Shape, contract: str, choices: Choices, memory: MemoryMap
) -> None:
    """Write the program of `shape` for items that start at the root through `k`."""
    groups = groups_of(shape, k.vector_length)
    for number in choices.summands:
        k.literal(number)
    lent = _Borrowed(k, shape, memory, choices)
    walks = {
        group: k.strand(_walk, shape, memory, contract, each)
        for group, each in zip(groups, _group_walks(choices, groups, k.vector_length), strict=True)
    }
    # Words that tables or another group lie over are read before anything is written there, and
    # written when nothing reads the tables any more.
    for group in groups:
        if not choices.owns_words(group):
            next(walks[group])
    build_tables(k, shape, memory)
    ended = []
    for group, number in choices.turns(groups):
        if number == 0 and choices.owns_words(group):
            next(walks[group])
        next(walks[group])
        if number + 1 == shape.rounds:
            ended.append(walks[group])
    for walk in ended:
        next(walk, None)
    if keeps_inputs(contract) or choices.restore:
        lent.give_back()


@dataclass(frozen=True, slots=True)
class _GroupWalk:
    """What a vector of items does in all rounds, and whether its value words are its `alone`.

    `buffers` begin where groups have words that they use on their way, up to this one's, if it has;
    `index_bits` choose among constants in the final indices.
    """

    group: Group
    rounds: tuple[RoundChoices, ...]
    alone: bool
    buffers: tuple[int, ...]
    index_bits: int


def _group_walks(choices: Choices, groups: Sequence[Group], lanes: int) -> list[_GroupWalk]:
    taken, end = choices.places(lanes), choices.shape.rounds
    through = [group.number for group, number in choices.turns(groups)
               if number == 0 and choices.through_memory(group.number)]  # fmt: skip
    starts = [choices.shape.values + groups[number].first for number in through]
    buffers = {number: tuple(starts[: at + 1]) for at, number in enumerate(through)}
    return [
        _GroupWalk(
            group, choices.rounds_of(group.number, lanes, taken), choices.owns_words(group),
            buffers.get(group.number, ()), choices.bits_selected(group.number, end),
        )
        for group in groups
    ]  # fmt: skip


def _walk(
    k: Tracer, shape: Shape, memory: MemoryMap, contract: str, plan: _GroupWalk
) -> Iterator[None]:
    """A vector of items, from reading its values to storing what they came to: a strand, with a
    step for each round, one before them, and one after them for what is to be stored last."""
    level, group = Level(k, shape, memory, TreeTop(k, shape, memory)), plan.group
    buffer = k.once(_buffer, *plan.buffers) if plan.buffers else None
    address, held = shape.values + group.first, None if buffer is None else buffer.lane(0)
    with k.item(group.number):
        value = load_group(k, group, memory.at(address), address, held)
        yield
        walk = Walk(group, value, buffer)
        for each in plan.rounds[:-1]:
            walk_round(level, walk, each, contract)
            yield
        walk_round(level, walk, plan.rounds[-1], contract)
        late = []
        for result in _results(level, walk, plan, contract):
            if result.at_once:
                result.store(k)
            else:
                late.append(result)
        yield
        for result in late:
            result.store(k)


class _Borrowed:
    """The words of the first nodes: the places in which children are stored lie there, and a table
    whose addresses are indices."""

    def __init__(self, k: Tracer, shape: Shape, memory: MemoryMap, choices: Choices) -> None:
        self.k, self.shape, self.memory, self.choices = k, shape, memory, choices
        with k.item(-1), k.stage("borrow"):
            self._rows = list(self._read(choices.borrowed_words(k.vector_length)))
            over = memory.index.words if memory.index else range(0)
            self._covered = [(first, self._row(first)) for first in over[:: k.vector_length]]

    def _read(self, words: range) -> Iterator[tuple[int, Vector]]:
        """The vectors that cover `words`, with the addresses that they begin at."""
        k, region, tree = self.k, self.memory.borrowed, self.shape.tree
        if region is not None:
            for address in range(words.start, tree, k.vector_length):
                yield address, k.vload(k.constant(address), region)
        for address in range(tree, words.stop, k.vector_length):
            yield address, self._row(address)

    def _row(self, address: int) -> Vector:
        return TreeTop(self.k, self.shape, self.memory).row(address - self.shape.tree)

    def give_back(self) -> None:
        """Write back the words that were stored over."""
        k, region = self.k, self.memory.borrowed
        lanes = k.vector_length
        taken = {
            word
            for place in set(self.choices.places(lanes).values())
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
            for first, row in self._covered:
                k.vstore(k.literal(first), row, self.memory.node_region(first))


def _place(k: Tracer, region: Region, words: PlaceWords) -> Place:
    own, spare = k.once(_place_addresses, words)
    return Place(own, spare, region, shared=0 < words.apart < k.vector_length)


def _place_addresses(k: Tracer, words: PlaceWords) -> tuple[Vector, Vector]:
    """The addresses of a place, for the words that are wanted and for the others."""
    lanes, apart = k.vector_length, words.apart
    with k.stage("addresses"):
        if 0 < apart < lanes:
            block = k.concat(*(k.constant(words.own.start + i) for i in range(lanes + apart)))
            return cast("Vector", block.slice(0)), cast("Vector", block.slice(apart))
        own, spare = (k.pack([k.constant(word) for word in each])
                      for each in (words.own, words.spare))  # fmt: skip
        return own, spare


@dataclass(frozen=True)
class _Result:
    """Final words of a group, and whether nothing but the group itself minds where they go."""

    group: Group
    vector: Vector
    region: Region
    address: int
    held: Word | None
    at_once: bool

    def store(self, k: Tracer) -> None:
        with k.stage("store"):
            store_group(k, self.group, self.region, self.address, self.vector, self.held)


def _results(level: Level, walk: Walk, plan: _GroupWalk, contract: str) -> Iterator[_Result]:
    """The values of the walk's items and, if the contract wants them, their indices."""
    group, memory = walk.group, level.memory
    address = level.shape.values + group.first
    held = None if walk.buffer is None else walk.buffer.lane(0)
    whole = walk.value ^ CARRIED_CONSTANT if walk.carried else walk.value
    yield _Result(group, whole, memory.at(address), address, held, plan.alone)
    if contract == "full":
        address = level.shape.indices + group.first
        region = memory.at(address)
        free = region not in memory.tables.values()
        index = _final_index(level, walk, plan.index_bits)
        yield _Result(group, index, region, address, None, plan.alone and free)


def _buffer(k: Tracer, *starts: int) -> Vector:
    """The addresses of the value words of a group, which begin at the last of these; each vector
    of addresses is made from that of the group before."""
    with k.stage("addresses"):
        if len(starts) == 1:
            return k.pack([k.constant(starts[0] + i) for i in range(k.vector_length)])
        return k.once(_buffer, *starts[:-1]) + (starts[-1] - starts[-2])


def walk_round(level: Level, walk: Walk, choices: RoundChoices, contract: str) -> None:
    """One round of a vector."""
    depth = level.shape.level_of_round(choices.number)
    if depth == 0:
        walk.back_to_root()
    with level.k.stage(f"level {depth}"):
        mixed = _mixed(level, walk, choices)
    with level.k.stage("hash"):
        walk.value, walk.shifted = hash_lanes(mixed, choices.constant)
        walk.carried = choices.constant == "carried"
    if _parity_is_wanted(level.shape, choices.number, contract):
        with level.k.stage("parity"):
            walk.step()


def _mixed(level: Level, walk: Walk, choices: RoundChoices) -> Vector:
    """The value of each item, mixed with its node."""
    depth, bits = level.shape.level_of_round(choices.number), choices.bits_selected
    match choices.way:
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
            place, region = choices.place, level.memory.borrowed
            if place is None or region is None:
                return mix_with_child(level, walk, choices.children)
            return mix_with_child(level, walk, choices.children, _place(level.k, region, place))
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


def _final_index(level: Level, walk: Walk, bits_selected: int) -> Vector:
    """The index of each item after the last round."""
    depth = level.shape.level_of_round(level.shape.rounds)
    if depth == 0:
        return level.k.literal_vector(0)
    return affine_position(level.k, walk.position, -1, 2 ** (depth + 1) - 2, bits_selected)
