"""Memories on which a run does not do what a definition says, found by running both.

What is found is a fact about two runs and needs no trust in terms or proofs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from slotweave.base.diagnostics import CheckFailed
from slotweave.base.verdict import Verdict
from slotweave.base.wording import plural
from slotweave.check.definition.definition_run import run_definition
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.witness import random_memory
from slotweave.ir.definition import Definition
from slotweave.ir.facts import Facts
from slotweave.isa.codegen import word_function

#: Memories tried to lead one item one way; words that are read twice leave some of it to luck.
ATTEMPTS = 4096

#: Runs on a memory; gives memory at the end.
Run = Callable[[Sequence[int]], Sequence[int]]


@dataclass(frozen=True)
class Counterexample:
    """On the memory of `seed` (`witness.random_memory`), with `words` written over it, `place` ends
    as `got` instead of `expected`; or the run fails, and `failure` says how: with `other_fails`
    that of the program which it is compared with, while it ends itself."""

    seed: int
    words: Mapping[int, int] = field(default_factory=dict)
    place: str = ""
    expected: int = 0
    got: int = 0
    failure: str = ""
    other_fails: bool = False

    def __str__(self) -> str:
        over = f" with {plural(len(self.words), 'word')} changed" if self.words else ""
        if self.failure:
            which = "the other program" if self.other_fails else "the run"
            return f"{which} fails on the memory of seed {self.seed}{over}: {self.failure}"
        found = f"{self.place} is {self.got} instead of {self.expected}"
        return f"{found} for the memory of seed {self.seed}{over}"


#: A verdict; where it is false, a memory may show it.
Refutable = Verdict[Counterexample]


def counterexample(
    run: Run,
    definition: Definition,
    facts: Facts,
    seed: int,
    words: Mapping[int, int] | None = None,
) -> Counterexample | None:
    """The first judged word that `run` gets wrong on this memory, if it gets any wrong."""
    words = words or {}
    memory = random_memory(facts, facts.memory_words or 0, seed)
    for address, word in words.items():
        memory[address] = word
    try:
        found = run(memory)
    except CheckFailed as failure:
        return Counterexample(seed, words, failure=str(failure))
    wanted = run_definition(definition, memory).memory
    for address in judged_addresses(facts):
        if found[address] != wanted[address]:
            place = MemoryMap(facts.regions, len(memory)).place(address)
            return Counterexample(seed, words, place, wanted[address], found[address])
    return None


def judged_addresses(facts: Facts) -> Iterator[int]:
    """The words that must end as they are defined: outputs and what is read-only, else all."""
    if not facts.regions:
        yield from range(facts.memory_words or 0)
    for region in facts.regions:
        if region.output or region.read_only:
            yield from range(region.start, region.stop)


class _IntegerArithmetic:
    """The operations of `isa` on Python integers."""

    def constant(self, word: int) -> int:
        return word

    def operation(self, name: str, args: tuple[int, ...]) -> int:
        return word_function(name)(*args)


def steered_words(
    definition: Definition, facts: Facts, item: int, start: int, parities: Sequence[int]
) -> tuple[int, dict[int, int]] | None:
    """A seed, and words to write over its memory, so that `item` starts in `start` and has these
    parities after its first steps; None if no such memory turns up."""
    for seed in range(ATTEMPTS):
        memory = random_memory(facts, facts.memory_words or 0, seed)
        words = _led(definition, facts, memory, item, start, parities, seed)
        if words is not None:
            return seed, words
    return None


def _led(
    definition: Definition,
    facts: Facts,
    memory: Sequence[int],
    item: int,
    start: int,
    parities: Sequence[int],
    seed: int,
) -> dict[int, int] | None:
    """The words that lead the item there, each word that it reads chosen when it is first read."""
    rng = np.random.default_rng(seed)
    place = definition.states[item]
    words = {} if memory[place] == start else {place: start}
    value, state = memory[definition.values[item]], np.array([start])
    chosen: set[int] = set(facts.words)
    for parity in parities:
        address = int(definition.word(state)[0])
        word = words.get(address, memory[address])
        while _next(definition, value, word) & 1 != parity:
            if address in chosen:
                return None
            word = words[address] = _drawn(rng, facts, address)
        chosen.add(address)
        value = _next(definition, value, word)
        state = definition.successor(state, np.array([parity]))
    return words


def _next(definition: Definition, value: int, word: int) -> int:
    updated: int = definition.update(_IntegerArithmetic(), value ^ word)
    return updated


def _drawn(rng: np.random.Generator, facts: Facts, address: int) -> int:
    """A word that may lie at `address`."""
    lowest, highest = 0, 2**32 - 1
    for region in facts.regions:
        if region.start <= address < region.stop and region.name in facts.ranges:
            lowest, highest = facts.ranges[region.name]
    return int(rng.integers(lowest, highest + 1))
