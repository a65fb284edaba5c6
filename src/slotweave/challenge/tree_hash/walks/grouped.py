"""Tree hash on windows of vectors that go through the stages of a round together.

In each round the vectors of a window have their addresses computed, then their nodes gathered, then
mixed in, hashed, and their indices moved on and wrapped. Every node is read from the tree by its
index, so items may start anywhere. Items stay in registers over all rounds, or go through memory in
each (`kept` off), as they do in the scalar program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from slotweave.challenge.tree_hash.tables.memory_map import MemoryMap
from slotweave.challenge.tree_hash.walks.groups import (
    Group,
    groups_of,
    load_group,
    overlapping_groups,
    store_group,
)
from slotweave.challenge.tree_hash.workload import HASH_STAGES, Shape, judges_indices
from slotweave.frontend.tracer import Tracer, Vector, Word

Window = Sequence[Group]

#: Up to this many vectors the addresses of their items are held in scratch.
HELD_ADDRESSES = 64


@dataclass
class _Items:
    """A vector of items on its way: their indices and values, in the current round their nodes."""

    group: Group
    index: Vector
    value: Vector
    address: Vector | None = None
    node: Vector | None = None


def build_grouped(
    k: Tracer, shape: Shape, contract: str, memory: MemoryMap, together: int, kept: bool
) -> None:
    """Write the program of `shape` that moves `together` vectors at a time through `k`."""
    work = _Work(k, shape, contract, memory)
    work.prepare_constants()
    windows = list(windows_of(shape, k.vector_length, together))
    turns = 1 if kept else shape.rounds
    for _ in range(turns):
        for window in windows:
            items = [work.read(group) for group in window]
            for _ in range(shape.rounds // turns):
                work.walk_one_round(items)
            for each in items:
                work.write(each, with_index=not kept or judges_indices(contract))


def windows_of(shape: Shape, lanes: int, together: int) -> Iterator[Window]:
    """The vectors of items, `together` at a time; two that share items are in one window.

    So both are read before one of them is written.
    """
    groups = groups_of(shape, lanes)
    cuts = [*range(0, len(groups), together), len(groups)]
    if overlapping_groups(shape, lanes) and len(groups) - 1 in cuts:
        cuts.remove(len(groups) - 1)
    for start, stop in pairwise(cuts):
        yield groups[start:stop]


@dataclass(frozen=True)
class _Work:
    """The stages, each for a whole window."""

    k: Tracer
    shape: Shape
    contract: str
    memory: MemoryMap

    def prepare_constants(self) -> None:
        """Load what every round needs, before the first one."""
        k = self.k
        k.literal(self.shape.tree)
        for number in (1, self.shape.nodes):
            k.literal_vector(number)
        for _, constant, _, _, shift in HASH_STAGES:
            k.literal_vector(constant)
            k.literal_vector(shift)

    def _address(self, start: int) -> Word:
        held = self.shape.batch <= HELD_ADDRESSES * self.k.vector_length
        return self.k.literal(start) if held else self.k.constant(start)

    def read(self, group: Group) -> _Items:
        """The items of `group` as memory has them."""
        k, memory = self.k, self.memory
        with k.item(group.number):
            starts = (self.shape.indices + group.first, self.shape.values + group.first)
            index, value = (
                load_group(k, group, memory.at(start), start, self._held(group, start))
                for start in starts
            )
        return _Items(group, index, value)

    def write(self, items: _Items, with_index: bool) -> None:
        """Values, and indices if asked for, to where they were read from."""
        k, group = self.k, items.group
        with k.item(group.number), k.stage("write"):
            start = self.shape.values + group.first
            store_group(k, group, self.memory.at(start), start, items.value,
                        self._held(group, start))  # fmt: skip
            if with_index:
                start = self.shape.indices + group.first
                store_group(k, group, self.memory.at(start), start, items.index,
                            self._held(group, start))  # fmt: skip

    def _held(self, group: Group, start: int) -> Word | None:
        return self._address(start) if group.items == self.k.vector_length else None

    def walk_one_round(self, window: Sequence[_Items]) -> None:
        """All items of the window through one round, stage after stage."""
        k = self.k
        for each in self._stage(window, "addresses"):
            base = k.literal(self.shape.tree)
            each.address = k.pack([base + each.index.lane(i) for i in range(k.vector_length)])
        for each in self._stage(window, "gather"):
            assert each.address is not None
            each.node = k.load(each.address, self.memory.tree)
        for each in self._stage(window, "xor"):
            assert each.node is not None
            each.value = each.value ^ each.node
        for number in range(len(HASH_STAGES)):
            for each in self._stage(window, "hash"):
                each.value = hash_stage(each.value, number)
        for each in self._stage(window, "index"):
            each.index = (each.index << 1) + 1 + (each.value & 1)
        for each in self._stage(window, "bounds"):
            each.index = each.index * (each.index < self.shape.nodes)

    def _stage(self, window: Sequence[_Items], label: str) -> Iterator[_Items]:
        for each in window:
            with self.k.item(each.group.number), self.k.stage(label):
                yield each


def hash_stage(a: Vector, number: int) -> Vector:
    """One of the six stages of the hash, as the workload defines it."""
    op1, constant, op2, op3, shift = HASH_STAGES[number]
    left = a + constant if op1 == "+" else a ^ constant
    right = a << shift if op3 == "<<" else a >> shift
    return left + right if op2 == "+" else left ^ right
