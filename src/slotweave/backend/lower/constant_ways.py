"""How each of a sequence of constants is made of earlier ones, words as well as vectors.

This is about values alone, so what was found for one graph holds for all with the same sequence;
the plans of a search mostly share a few.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from slotweave.isa import EXCHANGEABLE, WORD_MASK
from slotweave.isa.codegen import word_function

#: Sums are looked for among at most this many constants; further ones are immediates.
MOST_SUMMANDS = 512

#: Sequences of constants that are kept.
SEQUENCES_KEPT = 64

#: Constants that are there from the start: value, and at the end of how long a chain of operations
#: (-1: before all that is made).
Given: TypeAlias = tuple[tuple[int, int], ...]

MULTIPLY_ADD, ADD_IMMEDIATE = "multiply_add", "add_immediate"
_DIVIDE = frozenset({"div", "mod"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A constant word, or if it is `wide` a vector with an earlier constant word in all lanes.

    A word is to end a chain of at most `most` operations; None says that it stays as it is. The
    chain of a vector may be as long as that of its word, and longer by `most`.
    """

    value: int
    wide: bool
    most: int | None


@dataclass(frozen=True, slots=True)
class Means:
    """What there is besides constants as they are: sums of words, added immediates, and
    `operations` on words and on vectors that may end chains of at most `derived`."""

    sums: bool
    immediates: bool
    operations: tuple[str, ...] = ()
    on_vectors: tuple[str, ...] = ()
    derived: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """An operation, the values of the constants that it takes (vectors for a vector), its
    immediate, and the length of the chain of operations that it ends."""

    op: str
    args: tuple[int, ...]
    depth: int
    imm: int = 0


@lru_cache(maxsize=SEQUENCES_KEPT)
def ways_of(
    wanted: tuple[Wanted, ...], given: Given, vectors: Given, means: Means
) -> tuple[Way | None, ...]:
    """For each of the constants `wanted`, in order, what makes it of earlier ones or those `given`;
    None if it is made as it is.

    Immediates are added to the first of those given.
    """
    words = _Available(means.operations, means.derived, given)
    rows = _Available(means.on_vectors, means.derived + 1, vectors)
    base, before = given[0]
    found: list[Way | None] = []
    for each in wanted:
        way = None
        if each.wide:
            depth = words.depth.get(each.value, 0)
            way = rows.way_to(each.value, depth + (each.most or 0))
            rows.add(each.value, way.depth if way else depth + 1)
        else:
            if each.most is not None and means.sums:
                way = words.way_to(each.value, each.most)
            if way is None and each.most is not None and means.immediates and each.most > before:
                imm = (each.value - base) & WORD_MASK
                way = Way(ADD_IMMEDIATE, (base,), before + 1, imm)
            words.add(each.value, way.depth if way else 0)
        found.append(way)
    return tuple(found)


class _Available:
    """Constants made so far, each at the end of how long a chain of operations.

    What one of `operations` makes of two of them, or multiply_add of three, is kept if it ends a
    chain of at most `derived`.
    """

    def __init__(self, operations: Sequence[str], derived: int, given: Given) -> None:
        self.depth: dict[int, int] = {}
        self._operations = [
            (name, word_function(name)) for name in operations if name != MULTIPLY_ADD
        ]
        self._ordered = [each for each in self._operations if each[0] not in EXCHANGEABLE]
        self._products: dict[int, Way] | None = {} if MULTIPLY_ADD in operations else None
        self._derived = derived
        self._ways: dict[int, Way] = {}
        for value, depth in given:
            self.add(value, depth)

    def add(self, value: int, depth: int) -> None:
        if len(self.depth) >= MOST_SUMMANDS or value in self.depth:
            return
        self.depth[value] = depth
        if self._operations and depth < self._derived:
            early = [word for word, behind in self.depth.items() if behind < self._derived]
            for word in early:
                self._note_ways(word, value, self._operations)
                self._note_ways(value, word, self._ordered)

    def _note_ways(
        self, one: int, other: int, operations: Sequence[tuple[str, Callable[..., int]]]
    ) -> None:
        """Keep what the operations make of these two constants."""
        depth = 1 + max(self.depth[one], self.depth[other])
        pair = one, other
        if self._products is not None:
            product = one * other & WORD_MASK
            if product not in self._products or depth < self._products[product].depth:
                self._products[product] = Way(MULTIPLY_ADD, pair, depth)
        for name, function in operations:
            if name in _DIVIDE and not other:
                continue
            made = function(one, other)
            if made not in self._ways or depth < self._ways[made].depth:
                self._ways[made] = Way(name, pair, depth)

    def way_to(self, value: int, most: int) -> Way | None:
        """What makes `value` at the end of the shortest chain, of `most` operations at most: a sum,
        if one is as short as any."""
        best = self._summands(value, most)
        for other in (self._ways.get(value), self._multiplied(value)):
            if other is not None and other.depth <= (best.depth - 1 if best else most):
                best = other
        return best

    def _multiplied(self, value: int) -> Way | None:
        """A product and a summand that make `value`, at the end of the shortest chain."""
        best: Way | None = None
        for product, way in (self._products or {}).items():
            rest = (value - product) & WORD_MASK
            if self.depth.get(rest, self._derived) < self._derived:
                depth = max(way.depth, 1 + self.depth[rest])
                if best is None or depth < best.depth:
                    best = Way(MULTIPLY_ADD, (*way.args, rest), depth)
        return best

    def _summands(self, value: int, most: int) -> Way | None:
        """What adds up to `value` at the end of the shortest chain."""
        best: Way | None = None
        for word in self.depth:
            other = (value - word) & WORD_MASK
            if other in self.depth:
                depth = 1 + max(self.depth[word], self.depth[other])
                if depth <= most:
                    best, most = Way("add", (word, other), depth), depth - 1
        return best
