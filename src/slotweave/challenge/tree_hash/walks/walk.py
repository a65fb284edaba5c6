"""A vector of items on its way through the rounds, all lanes on the same level of the tree.

The value is mostly *carried*: the last stage of the hash leaves out its constant (odd, so the
parity of the value as carried is the opposite of the true one), and whoever needs the true value
xors it in. Path bits are the parities as carried, so the path counts mirrored: from the right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from slotweave.challenge.tree_hash.tables.memory_map import (
    COPY_WORDS,
    FAMILY_WORDS,
    RECORD_WORDS,
    MemoryMap,
    Table,
)
from slotweave.challenge.tree_hash.tables.records import (
    FIRST_CHILD,
    GRANDCHILDREN,
    NODE,
    SECOND_CHILD,
    Records,
    read_records,
    side_by_side,
    store_words,
    windows_of_records,
)
from slotweave.challenge.tree_hash.tables.tree_top import CARRIED_CONSTANT, TreeTop
from slotweave.challenge.tree_hash.walks.groups import Group
from slotweave.challenge.tree_hash.walks.position import (
    PathBit,
    Position,
    affine_position,
    free_base,
)
from slotweave.challenge.tree_hash.workload import HASH_STAGES, Shape
from slotweave.frontend.tracer import Tracer, Vector, Word
from slotweave.ir.graph import Region


@dataclass(frozen=True)
class Place:
    """Memory words in which children are stored: each item's own, and one for what it leaves.

    If they are `shared`, the word for what an item leaves is the own word of a later item.
    """

    own: Vector
    spare: Vector
    region: Region
    shared: bool = False


@dataclass
class Walk:
    """Where a vector of items stands: its values, its path, and records read ahead of use.

    `buffer` holds the addresses of the memory words that the walk may use until its end. `shifted`
    is what the last stage of the last hash mixed in last.
    """

    group: Group
    value: Vector
    buffer: Vector | None = None
    carried: bool = False
    shifted: Vector | None = None
    position: Position = field(default_factory=Position)
    records: Records | None = None

    def back_to_root(self) -> None:
        self.position, self.records = Position(), None

    def step(self) -> None:
        """Note where the items go by the parity of their values."""
        self.position.bits.append(PathBit(self.value & 1, inverted=not self.carried))


@dataclass(frozen=True)
class Level:
    """What answering a level needs: the tracer, the shape, memory, and the top of the tree."""

    k: Tracer
    shape: Shape
    memory: MemoryMap
    top: TreeTop


def select_node(level: Level, walk: Walk, depth: int, blend: bool = False) -> Vector:
    """The node's value (lacking what the walk's value lacks) by selects among all of the level.

    The oldest bit is used first, so that only one select waits for the newest. To `blend`, the
    newest comes first, and pairs of nodes are a sum of one and the bit times their difference.
    """
    k, top, bits = level.k, level.top, list(walk.position.bits)
    first = 2**depth - 1
    nodes = [first + i for i in range(2**depth)]
    nodes.reverse()  # path bits count from the right
    if blend:
        newest = bits.pop()
        pairs = [nodes[i : i + 2][:: -1 if newest.inverted else 1] for i in range(0, 2**depth, 2)]
        choices = [
            k.multiply_add(newest.vector, top.step(a, b, walk.carried), top.vector(a, walk.carried))
            for a, b in pairs
        ]
    else:
        choices = [top.vector(node, walk.carried) for node in nodes]
    for bit in bits:
        half = len(choices) // 2
        choices = [bit.choose(k, choices[half + i], choices[i]) for i in range(half)]
    return choices[0]


def gather_node(level: Level, walk: Walk, depth: int, bits_selected: int) -> Vector:
    """The node's value as it stands in the tree, read lane by lane."""
    k = level.k
    with k.stage("address"):
        address = affine_position(k, walk.position, -1, _last_node(level, depth), bits_selected)
    with k.stage("gather"):
        return k.load(address, level.memory.tree)


def window_node(level: Level, walk: Walk, depth: int, bits_selected: int) -> Vector:
    """The node's value as it stands in the tree, from a vector load that begins before it.

    Where that might pass memory's end it is gathered.
    """
    k, last = level.k, _last_node(level, depth)
    if last + k.vector_length > level.shape.memory_words:
        return gather_node(level, walk, depth, bits_selected)
    less = free_base(-1, last, True, k.vector_length, _last_node(level, depth + 1))
    with k.stage("address"):
        address = affine_position(k, walk.position, -1, last - less, bits_selected)
    with k.stage("gather"):
        records = read_records(k, level.memory.tree, address, less + 1, less)
        return k.pack(records.words(less))


def _last_node(level: Level, depth: int) -> int:
    """The address of the level's last node, which is at mirrored place 0."""
    return level.shape.tree + (2 << depth) - 2


def copied_node(level: Level, walk: Walk, depth: int, bits_selected: int) -> Vector:
    """The node's value from its copy (lacking the carried constant)."""
    k, region = level.k, level.memory.tables[Table(depth, COPY_WORDS)]
    with k.stage("address"):
        address = affine_position(k, walk.position, 1, region.start, bits_selected)
    with k.stage("gather"):
        return k.load(address, region)


def record_node(
    level: Level, walk: Walk, depth: int, bits_selected: int, words: int = RECORD_WORDS
) -> Vector:
    """The node's value from its record (lacking the carried constant); the rest comes along."""
    k, table = level.k, level.memory.entries(Table(depth, words))
    with k.stage("address"):
        address = affine_position(k, walk.position, table.scale, table.base, bits_selected)
    with k.stage("records"):
        walk.records = read_records(k, table.region, address, words, begin=table.begin)
        return k.pack(walk.records.words(NODE))


def family_node(level: Level, walk: Walk, depth: int, bits_selected: int) -> Vector:
    """As `record_node`, with the grandchildren."""
    return record_node(level, walk, depth, bits_selected, FAMILY_WORDS)


def mix_with_child(level: Level, walk: Walk, way: str, place: Place | None = None) -> Vector:
    """value ^ node, the node's value taken from the record of its parent in one of five ways.

    Records lack the carried constant, so the value must. See `choices` for the ways.
    """
    k, records, bit = level.k, walk.records, walk.position.bits[-1]
    assert records is not None  # a round of way "child" follows one of way "record"
    value = _value_like(walk, node_is_plain=False)
    first, second = records.words(FIRST_CHILD), records.words(SECOND_CHILD)
    if way == "both":
        return bit.choose(k, value ^ k.pack(second), value ^ k.pack(first))
    if way == "scalar":
        if bit.inverted:
            first, second = second, first
        lanes = range(k.vector_length)
        node = k.pack([k.select(bit.vector.lane(i), second[i], first[i]) for i in lanes])
    elif way == "stored":
        assert place is not None  # choices.places has one
        _store_children(k, first, second, bit, place)
        node = k.vload(place.own.lane(0), place.region)
    elif way == "strided":
        node = k.pack(_children_where_they_lie(k, walk, records))
    else:
        assert walk.buffer is not None  # choices.through_memory says so
        region = level.memory.at(level.shape.values + walk.group.first)
        node = bit.choose(
            k,
            side_by_side(k, second, region, walk.buffer),
            side_by_side(k, first, region, walk.buffer),
        )
    return value ^ node


def _store_children(
    k: Tracer, first: list[Word], second: list[Word], bit: PathBit, place: Place
) -> None:
    """Store each item's first child in its own word, and the second one there if the bit says so.

    In shared words, what an item leaves is stored before a later item stores what it wants there.
    """
    if not place.shared:
        store_words(k, first, place.region, place.own)
        store_words(k, second, place.region, bit.choose(k, place.own, place.spare))
        return
    addresses = bit.choose(k, place.own, place.spare)
    for i, children in enumerate(zip(first, second, strict=True)):
        for child, row in zip(children, (place.own, addresses), strict=True):
            k.store(row.lane(i), child, place.region)


def _children_where_they_lie(k: Tracer, walk: Walk, records: Records) -> list[Word]:
    """Each item's child, selected where the records lie, some words apart.

    Whole vectors of records are selected from, in as many windows as they fill. The bits lie as far
    apart as the records; what lies between them is the value itself and what was mixed into it,
    words that are only read one by one as well.
    """
    lanes, apart, bit = k.vector_length, records.apart, walk.position.bits[-1]
    assert walk.shifted is not None  # a round of way "child" is not the first
    between = (bit.vector, walk.value, walk.shifted)
    assert apart == len(between)
    bits = k.overlay(
        [(row.lane(i), apart * i + at) for at, row in enumerate(between) for i in range(lanes)]
    )
    words: dict[int, Word] = {}
    for first in windows_of_records(lanes):
        there = PathBit(cast("Vector", bits.slice(first)), bit.inverted)
        begin = first + records.begin
        one, zero = (records.block.slice(begin + at) for at in (SECOND_CHILD, FIRST_CHILD))
        chosen = there.choose(k, cast("Vector", one), cast("Vector", zero))
        for i in range(lanes):
            if first <= apart * i < first + lanes:
                words.setdefault(i, chosen.lane(apart * i - first))
    return [words[i] for i in range(lanes)]


def mix_with_grandchild(level: Level, walk: Walk) -> Vector:
    """value ^ node, mixed with all four grandchildren of a family and selected then."""
    k, records = level.k, walk.records
    assert records is not None  # it follows a round of way "child" after one of way "family"
    older, newer = walk.position.bits[-2:]
    value = _value_like(walk, node_is_plain=False)
    mixed = [value ^ k.pack(records.words(GRANDCHILDREN + i)) for i in range(4)]
    pairs = [older.choose(k, mixed[2 + i], mixed[i]) for i in range(2)]
    return newer.choose(k, pairs[1], pairs[0])


def _value_like(walk: Walk, node_is_plain: bool) -> Vector:
    """The value with the constant that the node brings: together with it they lack none."""
    return walk.value ^ CARRIED_CONSTANT if walk.carried == node_is_plain else walk.value


def mix(walk: Walk, node: Vector, node_is_plain: bool) -> Vector:
    """value ^ node, whole again whichever of the two lacks the constant."""
    return _value_like(walk, node_is_plain) ^ node


def hash_lanes(a: Vector, constant: str) -> tuple[Vector, Vector]:
    """The hash of each lane, its last constant left out, or mixed in as `choices` says; and what
    the last stage mixes in, the value before it shifted."""
    before = _before_last_stage(a)
    shifted = before >> HASH_STAGES[-1][-1]
    if constant == "beside":
        return (before ^ CARRIED_CONSTANT) ^ shifted, shifted
    carried = before ^ shifted
    return (carried ^ CARRIED_CONSTANT if constant == "whole" else carried), shifted


def hash_carried(a: Vector) -> Vector:
    """The hash of each lane without the last stage's constant."""
    return hash_lanes(a, "carried")[0]


def _before_last_stage(a: Vector) -> Vector:
    for op1, constant, op2, op3, shift in HASH_STAGES[:-1]:
        left = a + constant if op1 == "+" else a ^ constant
        right = a << shift if op3 == "<<" else a >> shift
        a = left + right if op2 == "+" else left ^ right
    return a
