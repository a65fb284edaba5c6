"""Tree hash for items that may start anywhere: every round reads its node, whatever its level.

The walk is kept as addresses into the tree: from address a the children are at 2a + parity -
offset.
"""

from __future__ import annotations

from slotweave.frontend.tracer import Tracer
from slotweave.kernels.tree_hash.groups import groups_of, load_group, store_group
from slotweave.kernels.tree_hash.memory_map import MemoryMap
from slotweave.kernels.tree_hash.tree_top import CARRIED_CONSTANT
from slotweave.kernels.tree_hash.walk import Walk, hash_carried, mix
from slotweave.kernels.tree_hash.workload import Shape


def build_any_start(k: Tracer, shape: Shape, memory: MemoryMap) -> None:
    """Write the program of `shape` that honours the indices in memory through `k`."""
    tree, indices, values = memory.tree, memory.at(shape.indices), memory.at(shape.values)
    # Node i is at tree + i; its children 2i+1, 2i+2 are at 2*(tree + i) + 1 - tree and one behind.
    # The value as carried has the opposite parity p: the child is at 2a + (2 - tree) - p.
    right_child = k.literal_vector((2 - shape.tree) % 2**32)
    for group in groups_of(shape, k.vector_length):
        with k.item(group.number):
            walk = Walk(group, load_group(k, group, values, values.start + group.first))
            index = load_group(k, group, indices, indices.start + group.first)
            address = index + shape.tree
            for _ in range(shape.rounds):
                with k.stage("gather"):
                    node = k.load(address, tree)
                with k.stage("hash"):
                    walk.value = hash_carried(mix(walk, node, node_is_plain=True))
                    walk.carried = True
                with k.stage("address"):
                    child = k.multiply_add(address, k.literal_vector(2), right_child)
                    child = child - (walk.value & 1)
                    inside = child < shape.tree + shape.nodes
                    address = k.select(inside, child, k.literal_vector(shape.tree))
            with k.stage("store"):
                final = walk.value ^ CARRIED_CONSTANT
                store_group(k, group, values, values.start + group.first, final)
                index = address - shape.tree
                store_group(k, group, indices, indices.start + group.first, index)
