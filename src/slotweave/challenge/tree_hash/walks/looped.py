"""Tree hash as one loop over vectors of items, each walked through all rounds by straight code.

What `vector` unrolls for all vectors is the body of a loop for a few of them, with the same
choices. The top of the tree and the tables are made before it. Iterations overlap where the loop is
pipelined, so the program takes hardly longer than the unrolled one and is as long as a few
iterations. Vectors that no whole trip holds are walked after the loop.
"""

from __future__ import annotations

from slotweave.challenge.tree_hash.plans.choices import Choices
from slotweave.challenge.tree_hash.tables.memory_map import MemoryMap, declare_memory
from slotweave.challenge.tree_hash.tables.records import build_tables
from slotweave.challenge.tree_hash.tables.tree_top import CARRIED_CONSTANT, TreeTop
from slotweave.challenge.tree_hash.walks.groups import Group, groups_of
from slotweave.challenge.tree_hash.walks.vector import walk_round
from slotweave.challenge.tree_hash.walks.walk import Level, Walk
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.frontend.tracer import Tracer, Variable, Vector, Word

#: A node, and whether the constant is xored in; two nodes, and the same.
VectorKey = tuple[int, bool]
StepKey = tuple[int, int, bool]


def build_looped(
    k: Tracer, shape: Shape, contract: str, choices: Choices, memory: MemoryMap
) -> None:
    """Write the program of `shape` for items that start at the root through `k`."""
    top = TreeTop(k, shape, memory)
    build_tables(k, shape, memory)
    groups = groups_of(shape, k.vector_length)
    trips = len(groups) // choices.loop
    body, rest = groups[: choices.loop], groups[trips * choices.loop :]
    kept = _KeptTop(top, *_wanted(k.vector_length, shape, contract, choices))
    level = Level(k, shape, memory, kept)
    place: Variable[Word] = k.variable(shape.values)
    with k.loop(trips):
        for group in body:
            _walk(level, group, choices, contract, place.value + group.first)
        place.value = place.value + choices.loop * k.vector_length
    for group in rest:
        _walk(level, group, choices, contract, k.literal(shape.values + group.first))


def _walk(level: Level, group: Group, choices: Choices, contract: str, address: Word) -> None:
    """One vector from its words to its words, which lie from `address` on."""
    k, region = level.k, level.memory.at(level.shape.values)
    with k.item(group.number):
        with k.stage("read"):
            value = k.vload(address, region)
        walk = Walk(group, value)
        for each in choices.rounds_of(group.number, k.vector_length, {}):
            walk_round(level, walk, each, contract)
        with k.stage("store"):
            k.vstore(address, walk.value ^ CARRIED_CONSTANT if walk.carried else walk.value, region)


def _wanted(
    lanes: int, shape: Shape, contract: str, choices: Choices
) -> tuple[list[VectorKey], list[StepKey]]:
    """What of the top of the tree the walks ask for: they are traced once for that alone."""
    apart = Tracer("", lanes)
    top = _AskedTop(apart, shape, declare_memory(apart, shape, contract, choices.tables))
    level = Level(apart, shape, top.memory, top)
    for group in groups_of(shape, lanes)[: choices.loop]:
        walk = Walk(group, apart.literal_vector(0))
        for each in choices.rounds_of(group.number, lanes, {}):
            walk_round(level, walk, each, contract)
    return list(top.vectors), list(top.steps)


class _AskedTop(TreeTop):
    """Notes what it is asked for, in that order."""

    def __init__(self, k: Tracer, shape: Shape, memory: MemoryMap) -> None:
        super().__init__(k, shape, memory)
        self.vectors: dict[VectorKey, None] = {}
        self.steps: dict[StepKey, None] = {}

    def vector(self, node: int, xored: bool) -> Vector:
        """That of the top of the tree."""
        self.vectors[node, xored] = None
        return super().vector(node, xored)

    def step(self, node: int, other: int, xored: bool) -> Vector:
        """That of the top of the tree."""
        self.steps[node, other, xored] = None
        return super().step(node, other, xored)


class _KeptTop(TreeTop):
    """The top of the tree in variables."""

    def __init__(self, made: TreeTop, vectors: list[VectorKey], steps: list[StepKey]) -> None:
        super().__init__(made.k, made.shape, made.memory)
        self._kept = {key: made.k.variable(made.vector(*key)) for key in vectors}
        self._kept_steps = {key: made.k.variable(made.step(*key)) for key in steps}

    def vector(self, node: int, xored: bool) -> Vector:
        """The value of `node` in every lane, as the present block finds it."""
        return self._kept[node, xored].value

    def step(self, node: int, other: int, xored: bool) -> Vector:
        """What leads from the value of `node` to that of `other`, as the present block finds it."""
        return self._kept_steps[node, other, xored].value
