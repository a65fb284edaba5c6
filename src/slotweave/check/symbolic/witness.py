"""Terms on concrete memories: the search for an input on which two terms differ.

What is found is a fact about the terms and needs no trust in how they were normalised. Inputs on
which a term has no value are passed over: a zero divisor, an address past the end of memory, a
computed address outside the region it is said to lie in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.terms import Terms
from slotweave.ir.facts import Facts
from slotweave.isa.codegen import word_function

#: Random memories tried before the search is given up.
TRIES = 8

#: Memories longer than this are not written out.
MOST_WORDS = 1 << 24

#: Kinds of terms that are versions of memory, and no words.
VERSIONS = frozenset({"region", "cells", "store", "everything"})


class NoValueError(Exception):
    """A term is not defined on this memory."""


def find_witness(
    pairs: Sequence[tuple[int, int]],
    terms: Terms,
    layout: MemoryMap,
    facts: Facts,
    tries: int = TRIES,
) -> tuple[int, int, int, int] | None:
    """(index of a pair, seed, first word, second word) for terms that differ on some memory."""
    if layout.memory_words > MOST_WORDS:
        return None
    cone = _determined(cone_of([term for pair in pairs for term in pair], terms), terms)
    for seed in range(tries):
        memory = random_memory(facts, layout.memory_words, seed)
        try:
            words = _Evaluation(terms, layout, memory).words(cone)
        except NoValueError:
            continue
        for index, (first, second) in enumerate(pairs):
            if first in words and second in words and words[first] != words[second]:
                return index, seed, words[first], words[second]
    return None


def words_on(
    memory: Sequence[int], roots: Sequence[int], terms: Terms, layout: MemoryMap
) -> dict[int, int]:
    """The words of `roots` and of all they are made of, if `memory` is there before the run.

    Terms that depend on undefined words are left out. Raises NoValueError if another has no value.
    """
    evaluation = _Evaluation(terms, layout, memory)
    return evaluation.words(_determined(cone_of(roots, terms), terms))


def random_memory(facts: Facts, memory_words: int, seed: int) -> list[int]:
    """A memory that `facts` allow; whatever they leave open is any word."""
    rng = np.random.default_rng(seed)
    memory: list[int] = rng.integers(0, 2**32, memory_words).tolist()
    for region in facts.regions:
        if region.name in facts.ranges:
            lowest, highest = facts.ranges[region.name]
            words = rng.integers(lowest, highest + 1, region.length).tolist()
            memory[region.start : region.stop] = words
    for address, word in facts.words.items():
        if address < memory_words:
            memory[address] = word
    return memory


def memories(facts: Facts, words: int) -> Callable[[np.random.Generator], NDArray[np.uint32]]:
    """Draws memories of `words` words that `facts` allow."""

    def drawn(rng: np.random.Generator) -> NDArray[np.uint32]:
        return np.array(random_memory(facts, words, int(rng.integers(1 << 30))), dtype=np.uint32)

    return drawn


def cone_of(roots: Sequence[int], terms: Terms) -> list[int]:
    """Everything that `roots` are made of, arguments first."""
    seen = set(roots)
    stack = list(seen)
    while stack:
        fresh = set(terms[stack.pop()].args) - seen
        seen |= fresh
        stack += fresh
    return sorted(seen)


def _determined(cone: Sequence[int], terms: Terms) -> list[int]:
    """What of `cone` does not depend on undefined words."""
    undefined: set[int] = set()
    for term in cone:
        kind, _value, args = terms[term]
        if kind == "undefined" or not undefined.isdisjoint(args):
            undefined.add(term)
    return [term for term in cone if term not in undefined]


class _Evaluation:
    """The words of terms on one memory."""

    def __init__(self, terms: Terms, layout: MemoryMap, memory: Sequence[int]) -> None:
        self._terms = terms
        self._map = layout
        self._memory = memory
        self._words: dict[int, int] = {}
        self._cells: dict[int, dict[int, int]] = {}

    def words(self, cone: Sequence[int]) -> dict[int, int]:
        """The word of each term of `cone` (versions of memory have none)."""
        for term in cone:
            if self._terms[term].kind not in VERSIONS:
                self._words[term] = self._word(term)
        return self._words

    def _word(self, term: int) -> int:
        kind, value, args = self._terms[term]
        if kind == "const":
            return value
        if kind == "input":
            return self._initial(value)
        if kind == "load":
            return self._read(args[1], self._words[args[0]])
        try:
            return word_function(kind)(*(self._words[arg] for arg in args))
        except ZeroDivisionError:
            raise NoValueError(kind) from None

    def _initial(self, address: int) -> int:
        if address >= len(self._memory):
            raise NoValueError(address)
        return self._memory[address]

    def _read(self, version: int, address: int) -> int:
        """The word at `address` in a version of memory."""
        while True:
            kind, value, args = self._terms[version]
            if kind == "everything":
                version = args[self._map.region_at(address)]
            elif kind == "region":
                if self._map.region_at(address) != value:
                    raise NoValueError(address)
                return self._initial(address)
            elif kind == "store":
                if self._words[args[1]] == address:
                    return self._words[args[2]]
                version = args[0]
            else:
                cells = self._cells_of(version, args)
                if address in cells:
                    return self._words[cells[address]]
                version = args[0]

    def _cells_of(self, version: int, args: tuple[int, ...]) -> dict[int, int]:
        """Address -> term of a version made of cells."""
        if version not in self._cells:
            addresses = (self._terms[term].value for term in args[1::2])
            self._cells[version] = dict(zip(addresses, args[2::2], strict=True))
        return self._cells[version]
