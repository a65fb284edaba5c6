"""Tree hash as the workload's page defines it, for the proof that a kernel computes it.

Written from that page alone: it shares neither constants nor code with the kernel or its NumPy
reference, so that a mistake in one of them is a difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from slotweave.ir.definition import Arithmetic, Definition, Integers

Word = TypeVar("Word")

#: The tree begins after seven header words.
_TREE = 7


def definition(parameters: Mapping[str, int]) -> Definition:
    """Tree hash of these parameters: a state is a node's index, which reads the node."""
    height, batch = parameters["height"], parameters["batch"]
    nodes = 2 ** (height + 1) - 1
    indices = _TREE + nodes
    values = indices + batch

    def node_address(index: Integers) -> Integers:
        return _TREE + index

    def child(index: Integers, parity: Integers) -> Integers:
        below = 2 * index + np.where(parity == 0, 1, 2)
        return np.where(below >= nodes, 0, below)

    return Definition(
        steps=parameters["rounds"],
        values=tuple(range(values, values + batch)),
        states=tuple(range(indices, values)),
        word=node_address,
        successor=child,
        update=hash_word,
    )


def hash_word(words: Arithmetic[Word], a: Word) -> Word:
    """The six stages a = (a op1 constant) op2 (a op3 shift)."""

    def stage(a: Word, op1: str, constant: int, op2: str, op3: str, shift: int) -> Word:
        left = words.operation(op1, (a, words.constant(constant)))
        right = words.operation(op3, (a, words.constant(shift)))
        return words.operation(op2, (left, right))

    a = stage(a, "add", 0x7ED55D16, "add", "shl", 12)
    a = stage(a, "xor", 0xC761C23C, "xor", "shr", 19)
    a = stage(a, "add", 0x165667B1, "add", "shl", 5)
    a = stage(a, "add", 0xD3A2646C, "xor", "shl", 9)
    a = stage(a, "add", 0xFD7046C5, "add", "shl", 3)
    return stage(a, "xor", 0xB55A4F09, "xor", "shr", 16)
