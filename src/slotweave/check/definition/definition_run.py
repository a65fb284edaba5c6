"""A definition run on a memory: the values and states of all items before and after every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slotweave.ir.definition import Definition, Integers
from slotweave.isa.arrays import WordArray, array_function


class ArrayArithmetic:
    """The operations of `isa` on arrays of words."""

    def constant(self, word: int) -> WordArray:
        return np.array([word], dtype=np.uint64)

    def operation(self, name: str, args: tuple[WordArray, ...]) -> WordArray:
        return array_function(name)(*args)


@dataclass(frozen=True, eq=False)
class DefinitionRun:
    """By step, then by item: `values` and `states` before it (and after the last), `mixed` in it.

    `memory` is what memory holds at the end.
    """

    values: tuple[WordArray, ...]
    states: tuple[Integers, ...]
    mixed: tuple[WordArray, ...]
    memory: list[int]


def run_definition(definition: Definition, memory: Sequence[int]) -> DefinitionRun:
    """What the definition makes of `memory`, which is left as it is."""
    words = np.array(memory, dtype=np.uint64)
    value = words[list(definition.values)]
    state = words[list(definition.states)].astype(np.int64)
    values, states, mixed = [value], [state], []
    for _ in range(definition.steps):
        mixed.append(value ^ words[definition.word(state)])
        value = definition.update(ArrayArithmetic(), mixed[-1])
        state = definition.successor(state, (value & np.uint64(1)).astype(np.int64))
        values.append(value)
        states.append(state)
    words[list(definition.values)] = value
    words[list(definition.states)] = state.astype(np.uint64)
    end: list[int] = words.tolist()
    return DefinitionRun(tuple(values), tuple(states), tuple(mixed), end)
