"""Inputs that random words hardly ever are: to reach each side of each jump, and edges of ranges.

Guarantees: each memory keeps the facts; the same flow, facts and seed give the same memories. The
coverage counts the sides of jumps whose way depends on memory, and says which of them no memory
that was tried has reached, which is no proof that none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from slotweave.check.runs.concolic import Side, follow, known_words
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.isa import WORD_MASK

if TYPE_CHECKING:
    from slotweave.check.runs.search_sides import Search, Words

#: Words at the edges of what words can be.
EDGES = (0, 1, 2, 2**31 - 1, 2**31, WORD_MASK)

#: Memories of equal words, and memories of words drawn from edges and constants.
_EQUAL = (0, 1, 2**31, WORD_MASK)
_DRAWN = 3

#: How many of the random memories are followed to see which sides of jumps they reach.
FOLLOWED = 4

#: Longer memories are not written out.
MOST_WORDS = 1 << 20


@dataclass(frozen=True)
class Coverage:
    """Of `sides` of jumps that memory decides `reached` were taken; `unreached` says where not.

    If runs were too long to be followed to their ends, as `followed` says, they may have reached
    more than that.
    """

    sides: int = 0
    reached: int = 0
    unreached: tuple[str, ...] = ()
    followed: bool = True

    def joined(self, other: Coverage, whose: str = "") -> Coverage:
        """What is reached of the sides of both; those of `other` bear the name `whose`."""
        named = tuple(f"{whose}{side}" for side in other.unreached)
        return Coverage(
            self.sides + other.sides,
            self.reached + other.reached,
            (*self.unreached, *named),
            self.followed and other.followed,
        )


@dataclass(frozen=True)
class Directed:
    """Memories made for a flow, and which sides of its jumps they and the random ones reach.

    More were made, and are not tried: `left_out`, on which the flow fails, and `too_long`, on which
    its run was not followed to an end.
    """

    memories: tuple[Words, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    left_out: int = 0
    too_long: int = 0

    def joined(self, other: Directed, whose: str = "") -> Directed:
        """Both; the sides of `other` bear the name `whose`."""
        return Directed(
            (*self.memories, *other.memories),
            self.coverage.joined(other.coverage, whose),
            self.left_out + other.left_out,
            self.too_long + other.too_long,
        )


NOTHING_DIRECTED = Directed()


def directed_inputs(flow: Flow, facts: Facts, seed: int, begun: Sequence[Words] = ()) -> Directed:
    """Memories for `flow`; those of `begun` are tried anyway, and count for what is reached."""
    words = flow.blocks[-1].graph.memory_words
    if words > MOST_WORDS:
        return Directed(coverage=_coverage(flow, set(), set(), followed=False))
    rng = np.random.default_rng([seed, words])
    plain = list(plain_memories(words, facts, near(_constants(flow)), rng))
    if not any(block.jump and block.jump.condition is not None for block in flow.blocks):
        return Directed(tuple(plain))
    from slotweave.check.runs.search_sides import Search  # only jumps that memory decides need it

    search = Search(lambda memory: follow(flow, facts, memory.tolist()), known_words(facts, words))
    search_all(search, begun, plain)
    coverage = _coverage(flow, search.reached, search.fixed(), search.whole)
    ended = [memory for memory in plain if search.ended(memory)]
    failed = sum(map(search.failed, plain))
    too_long = len(plain) - len(ended) - failed
    return Directed((*ended, *search.found), coverage, failed, too_long)


def search_all(search: Search, begun: Sequence[Words], plain: Sequence[Words]) -> None:
    """Follow the runs on these memories, and look for more that reach what is missing."""
    for memory in begun:
        search.follow_given(memory)
    for memory in plain:
        search.follow_made(memory)
    search.reach()


def _constants(flow: Flow) -> set[int]:
    """The words that the kernel speaks of."""
    return {
        node.imm & WORD_MASK
        for block in flow.blocks
        for node in block.graph.nodes
        if node.op in ("const", "add_immediate")
    }


def near(spoken: set[int]) -> list[int]:
    """These words, those beside them, and the edges."""
    beside = {(word + step) & WORD_MASK for word in spoken for step in (-1, 0, 1)}
    return sorted(beside | set(EDGES))


def plain_memories(
    words: int, facts: Facts, pool: Sequence[int], rng: np.random.Generator
) -> Iterator[Words]:
    """Memories of equal words, of words of the pool, and of small ones."""
    bounds = known_words(facts, words)
    places = np.array(sorted(bounds), dtype=np.int64)
    lows = np.array([bounds[place][0] for place in places.tolist()], dtype=np.uint32)
    highs = np.array([bounds[place][1] for place in places.tolist()], dtype=np.uint32)

    def kept(memory: Words) -> Words:
        if len(places):
            memory[places] = np.clip(memory[places], lows, highs)
        return memory

    for word in _EQUAL:
        yield kept(np.full(words, word, dtype=np.uint32))
    choices = np.array(pool, dtype=np.uint32)
    for _ in range(_DRAWN):
        yield kept(rng.choice(choices, words).astype(np.uint32))
    yield kept(rng.integers(0, 4, words, dtype=np.uint32))


def _coverage(flow: Flow, reached: set[Side], fixed: set[int], followed: bool) -> Coverage:
    """What is reached of the sides of all conditional jumps.

    Of a jump that constants decide wherever reached, a side that was not taken is none, unless
    sides are missing elsewhere, which might lead there.
    """
    jumps = [
        number
        for number, block in enumerate(flow.blocks)
        if block.jump is not None and block.jump.condition is not None
    ]
    sides = {Side(number, taken) for number in jumps for taken in (False, True)}
    missing = sides - reached
    if followed and all(side.block in fixed for side in missing):
        sides, missing = sides - missing, set()
    named = tuple(_named(flow, missing))
    return Coverage(len(sides), len(sides) - len(missing), named, followed)


def _named(flow: Flow, sides: set[Side]) -> Iterator[str]:
    for side in sorted(sides):
        block = flow.blocks[side.block]
        assert block.jump is not None
        places = [
            node.where
            for node in block.graph.nodes
            if node.op == "assign" and node.imm == block.jump.condition and node.where
        ]
        where = places[-1] if places else f"block {side.block}"
        yield f"{where}, condition {'not 0' if side.taken else '0'}"
