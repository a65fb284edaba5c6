"""What a workload computes, stated so plainly that it can be compared with its description.

A definition is about items that step in parallel and never interact. An item has a value, any word,
and a state, one of finitely many. In every step, for every item:

    value = update(value ^ memory[word(state)])
    state = successor(state, value & 1)

The words that steps read are never written. Values and states lie in memory, before the run and,
where the facts call them output, after it. Nothing here knows how a kernel goes about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Word = TypeVar("Word")


class Arithmetic(Protocol[Word]):
    """The operations of `isa` on whatever stands for a word: a term, an array of words."""

    def constant(self, word: int) -> Word: ...

    def operation(self, name: str, args: tuple[Word, ...]) -> Word: ...


@dataclass(frozen=True)
class Definition:
    """`steps` steps of items whose values and states are at these addresses, item by item.

    `word` (the address that a state reads) and `successor` are about arrays of states. `update` is
    straight-line code in the arithmetic it is given.
    """

    steps: int
    values: tuple[int, ...]
    states: tuple[int, ...]
    word: Callable[[Integers], Integers]
    successor: Callable[[Integers, Integers], Integers]
    update: Callable[[Arithmetic[Any], Any], Any]
