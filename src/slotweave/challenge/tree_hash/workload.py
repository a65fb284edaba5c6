"""Tree hash as a workload: parameters, memory, and what must be in memory at the end.

Memory holds a header, the nodes of a perfect binary tree in breadth-first order, an index for each
item and a value for each item. In each round an item's value is hashed with the node it stands on,
and the item goes to a child of that node by the parity of the new value, or back to the root after
the last level. Four contracts: `values` (indices start at 0; only the values are output, header and
tree end as they began), `judged` (the same, but header and tree may end as they like: the
challenge compares nothing but values), `full` (indices start at 0 and are written back) and
`any-start` (any indices, written back).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region

Words = NDArray[np.uint32]

#: The usual contract first.
CONTRACTS = ("values", "judged", "full", "any-start")

#: The same, each of which promises all that those before it promise.
CONTRACTS_BY_STRENGTH = ("judged", "values", "full", "any-start")

HEADER_WORDS = 7

#: Stages of the hash: (op1, constant, op2, op3, shift) is a = (a op1 constant) op2 (a op3 shift).
HASH_STAGES = (
    ("+", 0x7ED55D16, "+", "<<", 12),
    ("^", 0xC761C23C, "^", ">>", 19),
    ("+", 0x165667B1, "+", "<<", 5),
    ("+", 0xD3A2646C, "^", "<<", 9),
    ("+", 0xFD7046C5, "+", "<<", 3),
    ("^", 0xB55A4F09, "^", ">>", 16),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of an instance and, from it, where everything lies in memory."""

    height: int
    rounds: int
    batch: int

    @staticmethod
    def of(parameters: Mapping[str, int]) -> Shape:
        return Shape(parameters["height"], parameters["rounds"], parameters["batch"])

    @property
    def nodes(self) -> int:
        return int(2 ** (self.height + 1)) - 1

    @property
    def tree(self) -> int:
        """Address of the root."""
        return HEADER_WORDS

    @property
    def indices(self) -> int:
        """Address of the first item's index."""
        return self.tree + self.nodes

    @property
    def values(self) -> int:
        """Address of the first item's value."""
        return self.indices + self.batch

    @property
    def memory_words(self) -> int:
        return self.values + self.batch

    def header(self) -> tuple[int, ...]:
        return (self.rounds, self.nodes, self.batch, self.height,
                self.tree, self.indices, self.values)  # fmt: skip

    def level_of_round(self, number: int) -> int:
        """The tree level on which every item that started at the root stands in round `number`."""
        return number % (self.height + 1)


def keeps_inputs(contract: str) -> bool:
    """Whether header and tree must end as they began."""
    return contract != "judged"


def judges_indices(contract: str) -> bool:
    """Whether the final indices are output, besides the values."""
    return contract in ("full", "any-start")


def regions(shape: Shape, contract: str) -> tuple[Region, ...]:
    """The regions of memory; working memory is neither read-only nor output."""
    kept = keeps_inputs(contract)
    return (
        Region("header", 0, HEADER_WORDS, read_only=kept),
        Region("tree", shape.tree, shape.nodes, read_only=kept),
        Region("indices", shape.indices, shape.batch, output=judges_indices(contract)),
        Region("values", shape.values, shape.batch, output=True),
    )


def facts(parameters: Mapping[str, int], contract: str) -> Facts:
    """What a kernel of this shape may assume: the header, the regions, and where indices start."""
    shape = Shape.of(parameters)
    words = dict(enumerate(shape.header()))
    ranges = {}
    if contract == "any-start":
        ranges["indices"] = (0, shape.nodes - 1)
    else:
        words.update(dict.fromkeys(range(shape.indices, shape.values), 0))
    return Facts(shape.memory_words, words, regions(shape, contract), ranges)


def random_memory(parameters: Mapping[str, int], contract: str, rng: np.random.Generator) -> Words:
    """Memory before a run: node and item values are any 32-bit words."""
    shape = Shape.of(parameters)
    memory = rng.integers(0, 2**32, shape.memory_words, dtype=np.uint32)
    memory[:HEADER_WORDS] = shape.header()
    indices = slice(shape.indices, shape.values)
    memory[indices] = 0
    if contract == "any-start":
        memory[indices] = rng.integers(0, shape.nodes, shape.batch, dtype=np.uint32)
    return memory


_WORD_OPERATIONS = {
    "+": np.add,
    "^": np.bitwise_xor,
    "<<": np.left_shift,
    ">>": np.right_shift,
}


def hash_words(words: Words) -> Words:
    """The hash of each word, stage by stage as it is defined."""
    for op1, constant, op2, op3, shift in HASH_STAGES:
        left = _WORD_OPERATIONS[op1](words, np.uint32(constant))
        right = _WORD_OPERATIONS[op3](words, np.uint32(shift))
        words = _WORD_OPERATIONS[op2](left, right)
    return words


def reference(memory: Words, parameters: Mapping[str, int], contract: str) -> Words:
    """Memory after the rounds, by the plain definition; values and indices are both as defined."""
    del contract  # the definition is one; a contract only says how much of it is judged
    shape = Shape.of(parameters)
    memory = memory.copy()
    tree = memory[shape.tree : shape.indices]
    index = memory[shape.indices : shape.values].astype(np.int64)
    value = memory[shape.values :]
    for _ in range(shape.rounds):
        value = hash_words(value ^ tree[index])
        index = 2 * index + np.where(value % 2 == 0, 1, 2)
        index = np.where(index >= shape.nodes, 0, index)
    memory[shape.indices : shape.values] = index
    memory[shape.values :] = value
    return memory
