"""Tree hash as a small program: loops over batches of items and over rounds, joined by jumps.

A trip takes some vectors of items from the root through all rounds. The levels at the top of the
tree, where items share nodes, are straight code with selects among nodes in registers; the levels
below are one loop, each item reading the node at its own address. Items that no whole trip holds
are walked by a last trip which overlaps the one before it; their values are read beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from slotweave.challenge.tree_hash.plans.rolled_choices import RolledChoices
from slotweave.challenge.tree_hash.tables.memory_map import MemoryMap, declare_memory
from slotweave.challenge.tree_hash.tables.tree_top import CARRIED_CONSTANT, TreeTop
from slotweave.challenge.tree_hash.walks.position import PathBit, Position, affine_position
from slotweave.challenge.tree_hash.walks.walk import hash_carried
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.frontend.tracer import Tracer, Variable, Vector, Word

Kind = TypeVar("Kind", Word, Vector)


def build_rolled(k: Tracer, shape: Shape, contract: str, choices: RolledChoices) -> None:
    """Write the program of `shape` for items that start at the root through `k`."""
    memory = declare_memory(k, shape, contract, ())
    Trip(k, shape, memory, contract, choices).write_all()


@dataclass(frozen=True)
class _Item:
    """A vector of items: its values as carried, and the addresses of the nodes they stand on."""

    number: int
    value: Variable[Vector]
    address: Variable[Vector]


def _joined(parts: Sequence[Kind]) -> Kind:
    """All bits of all parts, in as few steps as can be."""
    half = len(parts) // 2
    return _joined(parts[:half]) | _joined(parts[half:]) if half else parts[0]


class Trip:
    """What all trips have in common: the variables, and the code that runs on them."""

    def __init__(
        self, k: Tracer, shape: Shape, memory: MemoryMap, contract: str, choices: RolledChoices
    ) -> None:
        self.k, self.shape, self.memory, self.choices = k, shape, memory, choices
        self.full = contract == "full"
        self.shared = min(choices.shared_levels, shape.height + 1)
        self.span = choices.vectors * k.vector_length
        top = TreeTop(k, shape, memory)
        self.top = [k.variable(top.vector(node, True)) for node in range(2**self.shared - 1)]
        self.place: Variable[Word] = k.variable(shape.values)
        self.items = [
            _Item(g, k.variable(k.literal_vector(0)), k.variable(k.literal_vector(shape.tree)))
            for g in range(choices.vectors)
        ]

    def write_all(self) -> None:
        """All trips, and the reading of what the last one starts from."""
        k = self.k
        whole, rest = divmod(self.shape.batch, self.span)
        last = self.shape.values + self.shape.batch - self.span
        kept = [
            k.variable(self._read(k.literal(last + g * k.vector_length)))
            for g in range(self.choices.vectors if rest else 0)
        ]

        def resume() -> None:
            self.place.value = k.literal(last)
            for item, value in zip(self.items, kept, strict=True):
                item.value.value = value.value

        with k.loop(whole + bool(rest)) as left:
            if rest:
                k.branch(left.value == 1, resume, self._read_values)
            else:
                self._read_values()
            self._rounds()
            self._write_results()

    def _read(self, address: Word) -> Vector:
        with self.k.stage("read"):
            return self.k.vload(address, self.memory.at(self.shape.values)) ^ CARRIED_CONSTANT

    def _read_values(self) -> None:
        for item in self.items:
            with self.k.item(item.number):
                item.value.value = self._read(self._address(item, 0))

    def _address(self, item: _Item, offset: int) -> Word:
        return self.place.value + (item.number * self.k.vector_length + offset)

    def _rounds(self) -> None:
        """All rounds; walks that end among the shared levels have an end of their own."""
        depths = self.shape.height + 1
        walks, rest = divmod(self.shape.rounds, depths)
        if depths == self.shared:
            self._repeat(walks, lambda _left: self._shared_levels(depths))
        elif rest > self.shared:
            self._repeat(walks + 1, lambda left: self._walk(left, rest - self.shared))
        else:
            self._repeat(walks, lambda left: self._walk(left, depths - self.shared))
        if rest <= self.shared or depths == self.shared:
            self._shared_levels(rest)

    def _repeat(self, times: int, body: Callable[[Variable[Word]], None]) -> None:
        if times:
            with self.k.loop(times) as left:
                body(left)

    def _walk(self, left: Variable[Word], last_rounds: int) -> None:
        """The shared levels, and the levels below: in the last walk only some."""
        rounds = self.shape.height + 1 - self.shared
        self._shared_levels(self.shared)
        count = self.k.select(left.value == 1, last_rounds, rounds)
        if self.choices.detect:
            apart = self.k.variable(self._find_difference())
            with self.k.loop(count):
                self.k.branch(apart.value, self._mix_own_nodes, self._mix_common_node)
                self._hash_and_step()
                apart.value = self._find_difference()
        else:
            with self.k.loop(count):
                self._mix_own_nodes()
                self._hash_and_step()

    def _shared_levels(self, count: int) -> None:
        """Levels 0 .. count - 1 by selects, and the addresses after them."""
        for item in self.items:
            with self.k.item(item.number):
                position = Position()
                for depth in range(count):
                    with self.k.stage("shared levels"):
                        node = self._shared_node(position, depth)
                    with self.k.stage("hash"):
                        item.value.value = hash_carried(item.value.value ^ node)
                    position.bits.append(PathBit(item.value.value & 1))
                if count == 0:
                    item.address.value = self.k.literal_vector(self.shape.tree)
                elif count <= self.shape.height:
                    last = self.shape.tree + 2 ** (count + 1) - 2
                    item.address.value = affine_position(self.k, position, -1, last, 0)

    def _shared_node(self, position: Position, depth: int) -> Vector:
        first = int(2**depth) - 1
        nodes = [self.top[first + i].value for i in range(first + 1)]
        nodes.reverse()  # path bits count from the right
        for bit in position.bits:
            half = len(nodes) // 2
            nodes = [bit.choose(self.k, nodes[half + i], nodes[i]) for i in range(half)]
        return nodes[0]

    def _find_difference(self) -> Word:
        """0 if all items stand on one node."""
        with self.k.stage("compare"):
            first = self.k.broadcast(self.items[0].address.value.lane(0))
            lanes = _joined([item.address.value ^ first for item in self.items])
            return _joined([lanes.lane(i) for i in range(self.k.vector_length)])

    def _mix_common_node(self) -> None:
        """The node on which all items stand, read once."""
        with self.k.stage("common node"):
            word = self.k.load(self.items[0].address.value.lane(0), self.memory.tree)
            node = self.k.broadcast(word ^ CARRIED_CONSTANT)
        for item in self.items:
            with self.k.item(item.number), self.k.stage("common node"):
                item.value.value = item.value.value ^ node

    def _mix_own_nodes(self) -> None:
        """Every item reads its own node."""
        for item in self.items:
            with self.k.item(item.number), self.k.stage("gather"):
                node = self.k.load(item.address.value, self.memory.tree)
                item.value.value = item.value.value ^ CARRIED_CONSTANT ^ node

    def _hash_and_step(self) -> None:
        """The hash of the mixed values, and the addresses of the children."""
        for item in self.items:
            with self.k.item(item.number):
                with self.k.stage("hash"):
                    item.value.value = hash_carried(item.value.value)
                with self.k.stage("address"):
                    right = self.k.literal_vector((2 - self.shape.tree) % 2**32)
                    child = self.k.multiply_add(item.address.value, self.k.literal_vector(2), right)
                    item.address.value = child - (item.value.value & 1)

    def _write_results(self) -> None:
        depth = self.shape.level_of_round(self.shape.rounds)
        for item in self.items:
            with self.k.item(item.number), self.k.stage("store"):
                values = self.memory.at(self.shape.values)
                self.k.vstore(self._address(item, 0), item.value.value ^ CARRIED_CONSTANT, values)
                if self.full:
                    index = item.address.value - self.shape.tree if depth else 0
                    indices = self.memory.at(self.shape.indices)
                    self.k.vstore(self._address(item, -self.shape.batch), index, indices)
        self.place.value = self.place.value + self.span
