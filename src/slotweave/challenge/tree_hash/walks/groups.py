"""Which items make up a vector, and how a vector is read and written without passing memory's end.

A batch that is no multiple of the vector length ends with a vector that overlaps the one before
it: the items in both are computed twice, alike. A batch smaller than one vector is read and
written item by item; the lanes beyond it walk along from zero and are never stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.challenge.tree_hash.workload import Shape
from slotweave.frontend.tracer import Tracer, Vector, Word
from slotweave.ir.graph import Region


@dataclass(frozen=True, slots=True)
class Group:
    """Items `first` .. `first + items - 1`; `items` is the vector length but in a tiny batch."""

    number: int
    first: int
    items: int


def groups_of(shape: Shape, lanes: int) -> list[Group]:
    """Vectors that together hold every item of the batch."""
    if shape.batch < lanes:
        return [Group(0, 0, shape.batch)]
    starts = [*range(0, shape.batch - lanes, lanes), shape.batch - lanes]
    return [Group(number, first, lanes) for number, first in enumerate(starts)]


def overlapping_groups(shape: Shape, lanes: int) -> frozenset[Group]:
    """The vectors that share items with another one."""
    if shape.batch < lanes or shape.batch % lanes == 0:
        return frozenset()
    return frozenset(groups_of(shape, lanes)[-2:])


def load_group(
    k: Tracer, group: Group, region: Region, address: int, held: Word | None = None
) -> Vector:
    """The words of the group's items, from `address` in `region` on.

    `held` is that address in a register, if it is in one anyway.
    """
    with k.stage("read"):
        if group.items == k.vector_length:
            return k.vload(k.literal(address) if held is None else held, region)
        words = [k.load(k.literal(address + i), region) for i in range(group.items)]
        spare = [k.constant(0) for _ in range(k.vector_length - group.items)]
        return k.pack([*words, *spare])


def store_group(
    k: Tracer,
    group: Group,
    region: Region,
    address: int,
    vector: Vector,
    held: Word | None = None,
) -> None:
    """Write the words of the group's items to `region`, as `load_group` reads them."""
    if group.items == k.vector_length:
        k.vstore(k.literal(address) if held is None else held, vector, region)
        return
    for i in range(group.items):
        k.store(k.literal(address + i), vector.lane(i), region)
