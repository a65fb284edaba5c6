"""Inputs that random words hardly ever are: to reach each side of each jump, and edges of ranges.

Guarantees: each memory keeps the facts; the same flow, facts and seed give the same memories. The
coverage counts the sides of jumps whose way depends on memory, and says which of them no memory
that was tried has reached, which is no proof that none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from slotweave.check.concolic import Path, Side, follow, known_words
from slotweave.check.steering import Changes, undone
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.isa import WORD_MASK

Words = NDArray[np.uint32]

#: Words at the edges of what words can be.
EDGES = (0, 1, 2, 2**31 - 1, 2**31, WORD_MASK)

#: Memories of equal words, and memories of words drawn from edges and constants.
_EQUAL = (0, 1, 2**31, WORD_MASK)
_DRAWN = 3

#: Runs that are tried to reach sides, for each that is missing, and in all.
_TRIES, _MOST_TRIES = 24, 400

#: Longer memories are not written out.
MOST_WORDS = 1 << 20


@dataclass(frozen=True)
class Coverage:
    """Of `sides` of jumps that memory decides `reached` were taken; `unreached` says where not."""

    sides: int = 0
    reached: int = 0
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directed:
    """Memories made for a flow, and which sides of its jumps they and the random ones reach."""

    memories: tuple[Words, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)


NOTHING_DIRECTED = Directed()


def directed_inputs(flow: Flow, facts: Facts, seed: int, begun: Sequence[Words] = ()) -> Directed:
    """Memories for `flow`; those of `begun` are tried anyway, and count for what is reached."""
    words = flow.blocks[-1].graph.memory_words
    if words > MOST_WORDS:
        return Directed(coverage=_coverage(flow, set(), set()))
    rng = np.random.default_rng([seed, words])
    plain = list(plain_memories(words, facts, near(_constants(flow)), rng))
    if not any(block.jump and block.jump.condition is not None for block in flow.blocks):
        return Directed(tuple(plain))
    search = _Search(flow, facts)
    for memory in (*begun, *plain):
        search.try_memory(memory, keep=False)
    usable = [memory for memory in plain if search.ended(memory)]
    search.reach()
    return Directed((*usable, *search.found), _coverage(flow, search.reached, search.fixed()))


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


class _Search:
    """The paths followed so far, and what they reach."""

    def __init__(self, flow: Flow, facts: Facts) -> None:
        self.flow, self.facts = flow, facts
        self.bounds = known_words(facts, flow.blocks[-1].graph.memory_words)
        self.reached: set[Side] = set()
        self.found: list[Words] = []
        self._paths: list[tuple[Words, Path]] = []
        self._ended: set[bytes] = set()

    def ended(self, memory: Words) -> bool:
        """Whether the run on `memory` was followed to its end, without a fault."""
        return memory.tobytes() in self._ended

    def fixed(self) -> set[int]:
        """The jumps that only constants have decided."""
        decided = {block for _memory, path in self._paths for block in path.fixed}
        return decided - {block for _memory, path in self._paths for block in path.open}

    def try_memory(self, memory: Words, keep: bool = True) -> bool:
        """Follow the run on `memory`; whether it ends and reaches something new."""
        path = follow(self.flow, self.facts, memory.tolist())
        if path.ended:
            self._ended.add(memory.tobytes())
        fresh = path.ended and not path.sides <= self.reached
        if path.ended:
            self.reached |= path.sides
        if fresh and keep:
            self.found.append(memory)
        self._paths.append((memory, path))
        return fresh

    def reach(self) -> None:
        """Lead runs to the sides that are missing, as long as that gets on."""
        tried: dict[tuple[int, int], None] = {}
        left = _MOST_TRIES
        while left > 0:
            step = next(self._open(tried), None)
            if step is None:
                return
            number, index = step
            tried[step] = None
            for changes in self._suggestions(number, index):
                left -= 1
                if self.try_memory(self._changed(self._paths[number][0], changes)) or left <= 0:
                    break

    def _open(self, tried: dict[tuple[int, int], None]) -> Iterator[tuple[int, int]]:
        """(path, decision) whose other side is missing, not tried before."""
        for number, (_memory, path) in enumerate(self._paths):
            seen: set[Side] = set()
            for index, decision in enumerate(path.decisions):
                side = decision.side
                if side is None or (number, index) in tried:
                    continue
                other = Side(side.block, not side.taken)
                if other not in self.reached and other not in seen:
                    seen.add(other)
                    yield number, index

    def _suggestions(self, number: int, index: int) -> Iterator[Changes]:
        path = self._paths[number][1]
        for count, changes in enumerate(undone(path, index)):
            if count == _TRIES:
                break
            yield changes
        try:
            from slotweave.check.solver import words_leading
        except ImportError:
            return
        found = words_leading(path, index, self.bounds)
        if found is not None:
            yield found

    def _changed(self, memory: Words, changes: Changes) -> Words:
        changed = memory.copy()
        for place, word in changes.items():
            low, high = self.bounds.get(place, (0, WORD_MASK))
            changed[place] = min(max(word, low), high)
        return changed


def _coverage(flow: Flow, reached: set[Side], fixed: set[int]) -> Coverage:
    """What is reached of the sides of all conditional jumps.

    Of a jump that constants decide wherever it was met, a side that was not taken is none, unless
    sides are missing elsewhere, which might lead there.
    """
    jumps = [
        number
        for number, block in enumerate(flow.blocks)
        if block.jump is not None and block.jump.condition is not None
    ]
    sides = {Side(number, taken) for number in jumps for taken in (False, True)}
    missing = sides - reached
    if all(side.block in fixed for side in missing):
        sides, missing = sides - missing, set()
    return Coverage(len(sides), len(sides) - len(missing), tuple(_named(flow, missing)))


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
