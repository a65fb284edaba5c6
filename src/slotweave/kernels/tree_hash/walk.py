"""A vector of items on its way through the rounds, all lanes on the same level of the tree.

The value is *carried*: the last stage of the hash leaves out its constant (odd, so the parity of
the value as carried is the opposite of the true one), and whoever needs the true value xors it in.
Path bits are the parities as carried, so the path counts mirrored: from the right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slotweave.frontend.tracer import Tracer, Vector
from slotweave.kernels.tree_hash.groups import Group
from slotweave.kernels.tree_hash.memory_map import RECORD_WORDS, MemoryMap
from slotweave.kernels.tree_hash.position import Position, affine_position
from slotweave.kernels.tree_hash.records import (
    FIRST_CHILD,
    PARENT,
    SECOND_CHILD,
    Records,
    read_records,
    side_by_side,
)
from slotweave.kernels.tree_hash.tree_top import CARRIED_CONSTANT, TreeTop
from slotweave.kernels.tree_hash.workload import HASH_STAGES, Shape


@dataclass
class Walk:
    """Where a vector of items stands: its values, its path, and records read ahead of use.

    `buffer` holds the addresses of the memory words that the walk may use until its end.
    """

    group: Group
    value: Vector
    buffer: Vector | None = None
    carried: bool = False
    position: Position = field(default_factory=Position)
    records: Records | None = None

    def back_to_root(self) -> None:
        self.position, self.records = Position(), None


@dataclass(frozen=True)
class Level:
    """What answering a level needs: the tracer, the shape, memory, and the top of the tree."""

    k: Tracer
    shape: Shape
    memory: MemoryMap
    top: TreeTop


def select_node(level: Level, walk: Walk, depth: int) -> Vector:
    """The node's value (lacking what the walk's value lacks) by selects among all of the level.

    The oldest bit is used first, so that only one select waits for the newest.
    """
    first = 2**depth - 1
    choices = [level.top.vector(first + i, walk.carried) for i in range(2**depth)]
    choices.reverse()  # path bits count from the right
    for bit in walk.position.bits:
        half = len(choices) // 2
        choices = [level.k.select(bit, choices[half + i], choices[i]) for i in range(half)]
    return choices[0]


def gather_node(level: Level, walk: Walk, depth: int, bits_selected: int) -> Vector:
    """The node's value as it stands in the tree, read lane by lane."""
    k, tree = level.k, level.memory.tree
    with k.stage("address"):
        last = tree.start + 2 ** (depth + 1) - 2  # the level's last node is at mirrored place 0
        address = affine_position(k, walk.position, -1, last, bits_selected)
    with k.stage("gather"):
        return k.load(address, tree)


def record_node(level: Level, walk: Walk, depth: int, bits_selected: int) -> Vector:
    """The node's value from its record (lacking the carried constant); the children come along."""
    k, table = level.k, level.memory.tables[depth]
    with k.stage("address"):
        address = affine_position(k, walk.position, RECORD_WORDS, table.start, bits_selected)
    with k.stage("records"):
        walk.records = read_records(k, table, address)
        return k.pack(walk.records.words(PARENT))


def mix_with_child(level: Level, walk: Walk, way: str) -> Vector:
    """value ^ node, the node's value taken from the record of its parent in one of three ways.

    Records lack the carried constant like the value does. See `choices` for the ways.
    """
    k, records, bit = level.k, walk.records, walk.position.bits[-1]
    assert records is not None  # a round of way "child" follows one of way "record"
    first, second = records.words(FIRST_CHILD), records.words(SECOND_CHILD)
    if way == "both":
        return k.select(bit, walk.value ^ k.pack(second), walk.value ^ k.pack(first))
    if way == "scalar":
        lanes = range(k.vector_length)
        node = k.pack([k.select(bit.lane(i), second[i], first[i]) for i in lanes])
    else:
        assert walk.buffer is not None  # choices.through_memory says so
        region = level.memory.at(level.shape.values + walk.group.first)
        node = k.select(
            bit,
            side_by_side(k, second, region, walk.buffer),
            side_by_side(k, first, region, walk.buffer),
        )
    return walk.value ^ node


def mix(walk: Walk, node: Vector, node_is_plain: bool) -> Vector:
    """value ^ node, whole again if the node does not bring the constant that the value lacks."""
    value = walk.value
    if walk.carried and node_is_plain:
        value = value ^ CARRIED_CONSTANT
    return value ^ node


def hash_carried(a: Vector) -> Vector:
    """The hash of each lane without the last stage's constant."""
    *stages, (_, _, _, _, last_shift) = HASH_STAGES
    for op1, constant, op2, op3, shift in stages:
        left = a + constant if op1 == "+" else a ^ constant
        right = a << shift if op3 == "<<" else a >> shift
        a = left + right if op2 == "+" else left ^ right
    return a ^ (a >> last_shift)
