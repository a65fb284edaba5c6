"""A mutant: a value with one small change, and what to call it if nobody can tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

Value = TypeVar("Value")
Item = TypeVar("Item")

#: How many places a mutation looks at before it gives up.
PLACES = 200

#: The class of changes that turn out not to matter, unless a mutation knows better.
NO_EFFECT = "no effect on what is judged"


@dataclass(frozen=True)
class Mutant(Generic[Value]):
    """`value` after a change of this `kind`; `change` says what was done, for a reader.

    `harmless` is the class that the mutant is counted in if it does what the original does.
    """

    kind: str
    change: str
    value: Value
    harmless: str = NO_EFFECT


#: Gives a mutant, or None where the place it happened to look at cannot be changed in its way.
Mutation = Callable[[Value, np.random.Generator], Mutant[Value] | None]


def one_of(items: Sequence[Item], rng: np.random.Generator) -> Item:
    """Any of `items`, of which there is one at least."""
    return items[int(rng.integers(len(items)))]


def mutants(
    value: Value, mutations: Sequence[Mutation[Value]], count: int, seed: int
) -> list[Mutant[Value]]:
    """`count` mutants of `value`, the mutations in turn; they depend on `seed` alone.

    A mutation that finds no place in `PLACES` looks is passed over for that turn. Raises ValueError
    if none of them finds any.
    """
    made: list[Mutant[Value]] = []
    turn = 0
    while len(made) < count:
        found = _mutant(value, mutations[turn % len(mutations)], seed, turn)
        made += [found] if found is not None else []
        turn += 1
        if not made and turn == len(mutations):
            raise ValueError("there is nothing that could be changed")
    return made


def is_changeable(value: Value, mutations: Sequence[Mutation[Value]], seed: int) -> bool:
    """Whether `mutants` finds any of `value`."""
    return any(_mutant(value, one, seed, turn) is not None for turn, one in enumerate(mutations))


def _mutant(value: Value, mutation: Mutation[Value], seed: int, turn: int) -> Mutant[Value] | None:
    rng = np.random.default_rng([seed, turn])
    looks = (mutation(value, rng) for _ in range(PLACES))
    return next((mutant for mutant in looks if mutant is not None), None)
