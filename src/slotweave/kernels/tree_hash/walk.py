"""A vector of items on its way through the rounds, all lanes on the same level of the tree.

The value is *carried*: the last stage of the hash leaves out its constant (odd, so the parity of
the value as carried is the opposite of the true one), and whoever needs the true value xors it in.
Path bits are the parities as carried; where they are opposite, the path counts mirrored: from the
right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slotweave.frontend.tracer import RegionHandle, Tracer, Vector
from slotweave.kernels.tree_hash.tree_top import CARRIED_CONSTANT, TreeTop
from slotweave.kernels.tree_hash.workload import HASH_STAGES, Shape


@dataclass
class Walk:
    """Where a vector of items stands: its values, and the path bits since the root.

    `path` is the number of the node within its level, mirrored, for the first `path_bits` bits.
    """

    value: Vector
    carried: bool = False
    bits: list[Vector] = field(default_factory=list)
    path: Vector | None = None
    path_bits: int = 0


@dataclass(frozen=True)
class Level:
    """What answering a level needs: the tracer, the shape, the tree, and its top in registers."""

    k: Tracer
    shape: Shape
    tree: RegionHandle
    top: TreeTop


def select_node(level: Level, walk: Walk, depth: int) -> Vector:
    """The node's value (lacking what the walk's value lacks) by selects among all of the level.

    The oldest bit is used first, so that only one select waits for the newest.
    """
    first = 2**depth - 1
    choices = [level.top.vector(first + i, walk.carried) for i in range(2**depth)]
    if depth:
        choices.reverse()  # path bits are mirrored: 0 is the right child
    for bit in walk.bits:
        half = len(choices) // 2
        choices = [level.k.select(bit, choices[half + i], choices[i]) for i in range(half)]
    return choices[0]


def gather_node(level: Level, walk: Walk, depth: int) -> Vector:
    """The node's value as it stands in the tree, read lane by lane."""
    k = level.k
    with k.stage("address"):
        mirrored_end = level.tree.start + 2 ** (depth + 1) - 2  # address of the level's last node
        address = k.literal_vector(mirrored_end) - path_of(k, walk)
    with k.stage("gather"):
        return k.load(address, level.tree)


def path_of(k: Tracer, walk: Walk) -> Vector:
    """The mirrored number of the node within its level, from the bits so far."""
    if walk.path is None:
        walk.path, walk.path_bits = walk.bits[0], 1
    for bit in walk.bits[walk.path_bits :]:
        walk.path = k.multiply_add(walk.path, k.literal_vector(2), bit)
    walk.path_bits = len(walk.bits)
    return walk.path


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
