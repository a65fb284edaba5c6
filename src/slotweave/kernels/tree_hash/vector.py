"""Tree hash on vectors of items that start at the root together (contracts `values` and `full`).

All items of a vector are on the same level in the same round, so a plan can say for each round how
its level is answered. Different vectors share nothing but constants and the top of the tree.
"""

from __future__ import annotations

from slotweave.frontend.tracer import RegionHandle, Tracer, Vector
from slotweave.kernels.tree_hash.choices import Choices
from slotweave.kernels.tree_hash.groups import groups_of, load_group, store_group
from slotweave.kernels.tree_hash.tree_top import CARRIED_CONSTANT, TreeTop
from slotweave.kernels.tree_hash.walk import (
    Level,
    Walk,
    gather_node,
    hash_carried,
    mix,
    path_of,
    select_node,
)
from slotweave.kernels.tree_hash.workload import Shape


def build_vector(
    k: Tracer, shape: Shape, contract: str, choices: Choices, regions: dict[str, RegionHandle]
) -> None:
    """Write the program of `shape` for items that start at the root through `k`."""
    level = Level(k, shape, regions["tree"], TreeTop(k, shape, regions["tree"]))
    for group in groups_of(shape, k.vector_length):
        with k.item(group.number):
            walk = Walk(load_group(k, group, regions["values"]))
            for number in range(shape.rounds):
                _round(level, walk, number, choices.way(group.number, number))
                if _parity_is_wanted(shape, number, contract):
                    with k.stage("parity"):
                        walk.bits.append(walk.value & 1)
            with k.stage("store"):
                store_group(k, group, regions["values"], walk.value ^ CARRIED_CONSTANT)
                if contract == "full":
                    store_group(k, group, regions["indices"], _final_index(level, walk))


def _round(level: Level, walk: Walk, number: int, way: str) -> None:
    depth = level.shape.level_of_round(number)
    if depth == 0:
        walk.bits, walk.path, walk.path_bits = [], None, 0
    with level.k.stage(f"level {depth}"):
        if way == "gather" and depth > 0:
            mixed = mix(walk, gather_node(level, walk, depth), node_is_plain=True)
        else:
            mixed = mix(walk, select_node(level, walk, depth), node_is_plain=not walk.carried)
    with level.k.stage("hash"):
        walk.value = hash_carried(mixed)
    walk.carried = True


def _parity_is_wanted(shape: Shape, number: int, contract: str) -> bool:
    """Whether anything asks where the items go after round `number`: not behind the last level."""
    if shape.level_of_round(number) == shape.height:
        return False
    return number + 1 < shape.rounds or contract == "full"


def _final_index(level: Level, walk: Walk) -> Vector:
    """The index of each item after the last round."""
    depth = level.shape.level_of_round(level.shape.rounds)
    if depth == 0:
        return level.k.literal_vector(0)
    return level.k.literal_vector(2 ** (depth + 1) - 2) - path_of(level.k, walk)
