"""Tree hash for items that may start anywhere: every round reads its node, whatever its level.

The walk is kept as addresses into the tree: from address a the children are at 2a + parity -
offset.
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.challenge.tree_hash.tables.memory_map import MemoryMap
from slotweave.challenge.tree_hash.tables.tree_top import CARRIED_CONSTANT
from slotweave.challenge.tree_hash.walks.groups import (
    Group,
    groups_of,
    load_group,
    overlapping_groups,
    store_group,
)
from slotweave.challenge.tree_hash.walks.walk import Walk, hash_carried, mix
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.frontend.tracer import Tracer, Vector


@dataclass(frozen=True)
class _Memory:
    k: Tracer
    shape: Shape
    map: MemoryMap

    def read(self, group: Group) -> tuple[Vector, Vector]:
        """The values of the group's items, and the addresses of the nodes they stand on."""
        k, start = self.k, group.first
        with k.item(group.number):
            indices, values = self.map.at(self.shape.indices), self.map.at(self.shape.values)
            value = load_group(k, group, values, values.start + start)
            index = load_group(k, group, indices, indices.start + start)
            return value, index + self.shape.tree

    def write(self, group: Group, value: Vector, address: Vector) -> None:
        k, start = self.k, group.first
        with k.item(group.number), k.stage("store"):
            indices, values = self.map.at(self.shape.indices), self.map.at(self.shape.values)
            store_group(k, group, values, values.start + start, value)
            store_group(k, group, indices, indices.start + start, address - self.shape.tree)


def build_any_start(k: Tracer, shape: Shape, memory: MemoryMap) -> None:
    """Write the program of `shape` that honours the indices in memory through `k`."""
    items = _Memory(k, shape, memory)
    groups = groups_of(shape, k.vector_length)
    overlapping = overlapping_groups(shape, k.vector_length)
    # Vectors that share items are all read before one of them is written.
    early = {group: items.read(group) for group in groups if group in overlapping}
    late = []
    for group in groups:
        value, address = early.get(group) or items.read(group)
        with k.item(group.number):
            value, address = _walk_rounds(k, shape, memory, group, value, address)
        if group in overlapping:
            late.append((group, value, address))
        else:
            items.write(group, value, address)
    for group, value, address in late:
        items.write(group, value, address)


def _walk_rounds(
    k: Tracer, shape: Shape, memory: MemoryMap, group: Group, value: Vector, address: Vector
) -> tuple[Vector, Vector]:
    """The value after the last round, and the address of the node stood on then."""
    # Node i is at tree + i; its children 2i+1, 2i+2 are at 2*(tree + i) + 1 - tree and one further.
    # The value as carried has the opposite parity p: the child is at 2a + (2 - tree) - p.
    right_child = k.literal_vector((2 - shape.tree) % 2**32)
    walk = Walk(group, value)
    for _ in range(shape.rounds):
        with k.stage("gather"):
            node = k.load(address, memory.tree)
        with k.stage("hash"):
            walk.value = hash_carried(mix(walk, node, node_is_plain=True))
            walk.carried = True
        with k.stage("address"):
            child = k.multiply_add(address, k.literal_vector(2), right_child)
            child = child - (walk.value & 1)
            inside = child < shape.tree + shape.nodes
            address = k.select(inside, child, k.literal_vector(shape.tree))
    return walk.value ^ CARRIED_CONSTANT, address
