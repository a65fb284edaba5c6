"""Which word of output two programs leave differently, and which operation of each wrote it.

Two ways to find it: on the memories that `word_samples` draws, for programs whose jumps are decided
by known words (`output_difference`); and by two runs on one memory (`difference_of_runs`). Words of
memory come before words of the trace; of several the one with the lowest address, or the first in
the trace, is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from slotweave.anatomy.compare.word_samples import Memories, Samples
from slotweave.anatomy.place import Place
from slotweave.anatomy.words.scratch_names import scratch_names
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.isa import OPERATIONS, Effect
from slotweave.isa.arrays import WordArray
from slotweave.lift import Ran, Ref
from slotweave.machine import Machine
from slotweave.simulate.reference import run
from slotweave.simulate.run import MAX_CYCLES, Event, Memory, Space

_WORDS = 1 << 32


@dataclass(frozen=True, slots=True)
class Left:
    """The word that a program leaves at a place, and the operation that wrote it.

    `by` is None if nothing wrote it; `word` is None if the trace ends before it.
    """

    word: int | None
    by: Place | None

    def to_json(self) -> dict[str, Any]:
        return {"word": self.word, "by": None if self.by is None else self.by.to_json()}


@dataclass(frozen=True, slots=True)
class OutputDifference:
    """What A and B leave `where`: `values[3] (address 40)` or `trace[2]`."""

    where: str
    a: Left
    b: Left

    def to_json(self) -> dict[str, Any]:
        return {"where": self.where, "a": self.a.to_json(), "b": self.b.to_json()}


@dataclass(frozen=True, eq=False)
class Outcome:
    """How the run of a program ended on the sampled memories.

    `effects` are its operations without results, in order, where they stand.
    """

    effects: Sequence[tuple[Ran, Place]]
    samples: Samples
    memories: Memories

    def word(self, ref: Ref) -> WordArray:
        """A word of the run on each memory."""
        return self.samples[ref[0]][:, ref[1]]

    def writer(self, address: int, memory: int) -> Place | None:
        """The last store to `address` on this memory."""
        for ran, place in reversed(self.effects):
            if OPERATIONS[ran.operation].effect is Effect.STORE:
                first = int(self.word(ran.args[0][0])[memory])
                if (address - first) % _WORDS < len(ran.args[1]):
                    return place
        return None

    @property
    def traced(self) -> list[tuple[WordArray, Place]]:
        """The words written to the trace, in order."""
        return [
            (self.word(ran.args[0][0]), place)
            for ran, place in self.effects
            if OPERATIONS[ran.operation].effect is Effect.TRACE
        ]


def output_difference(a: Outcome, b: Outcome) -> OutputDifference | None:
    """What two programs that were sampled on the same memories leave differently, if anything."""
    facts = a.memories.facts
    address = min(_differing(a.memories, b.memories), default=None)
    if address is None:
        return _trace_difference(a.traced, b.traced)
    words = [side.memories.at(address) for side in (a, b)]
    memory = int(np.flatnonzero(words[0] != words[1])[0])
    left = [
        Left(int(ended[memory]), side.writer(address, memory))
        for side, ended in zip((a, b), words, strict=True)
    ]
    return OutputDifference(_where(facts, address), left[0], left[1])


def _differing(a: Memories, b: Memories) -> Iterator[int]:
    """The addresses of words of output that end differently on some memory."""
    for one, other in ((a, b), (b, a)):
        only: set[int] = set()
        for key, word in one.stored.items():
            address = key % _WORDS
            ended = other.stored.get(key)
            if ended is None and _is_output(one.facts, address):
                only.add(address)
            elif ended is not None and ended != word and _is_output(one.facts, address):
                yield address
        for address in sorted(only):
            if (a.at(address) != b.at(address)).any():
                yield address


def _is_output(facts: Facts, address: int) -> bool:
    return not facts.regions or any(
        region.output and region.start <= address < region.stop for region in facts.regions
    )


def _where(facts: Facts, address: int) -> str:
    return MemoryMap(facts.regions, address + 1).place(address)


def _trace_difference(
    a: Sequence[tuple[WordArray, Place]], b: Sequence[tuple[WordArray, Place]]
) -> OutputDifference | None:
    for index in range(max(len(a), len(b))):
        if index < min(len(a), len(b)):
            differs = np.flatnonzero(a[index][0] != b[index][0])
            if not len(differs):
                continue
            memory = int(differs[0])
        else:
            memory = 0
        left = [
            Left(int(side[index][0][memory]), side[index][1])
            if index < len(side)
            else Left(None, None)
            for side in (a, b)
        ]
        return OutputDifference(f"trace[{index}]", left[0], left[1])
    return None


def difference_of_runs(
    a: tuple[Program, Machine],
    b: tuple[Program, Machine],
    facts: Facts,
    memory: Memory,
    max_cycles: int = MAX_CYCLES,
) -> OutputDifference | None:
    """What runs of two programs on `memory` leave differently in what is output, if anything.

    Raises CheckFailed where one of them fails, even as the machine runs it.
    """
    ends = [_Ended.of(program, machine, memory, max_cycles) for program, machine in (a, b)]
    for address in _output_addresses(facts, len(memory)):
        words = [int(one.memory[address]) for one in ends]
        if words[0] != words[1]:
            left = [
                Left(word, one.stored.get(address)) for word, one in zip(words, ends, strict=True)
            ]
            return OutputDifference(_where(facts, address), left[0], left[1])
    for index in range(max(len(one.traced) for one in ends)):
        left = [
            Left(*one.traced[index]) if index < len(one.traced) else Left(None, None)
            for one in ends
        ]
        if left[0].word != left[1].word:
            return OutputDifference(f"trace[{index}]", left[0], left[1])
    return None


def _output_addresses(facts: Facts, words: int) -> Iterable[int]:
    if not facts.regions:
        return range(words)
    rows = [range(one.start, min(one.stop, words)) for one in facts.regions if one.output]
    return sorted({address for row in rows for address in row})


@dataclass(frozen=True, eq=False)
class _Ended:
    """A run at its end: memory, who stored last to each address, and the words of the trace."""

    memory: Any
    stored: Mapping[int, Place]
    traced: Sequence[tuple[int, Place]]

    @classmethod
    def of(cls, program: Program, machine: Machine, memory: Memory, max_cycles: int) -> _Ended:
        names = scratch_names(program, machine)
        stored: dict[int, Place] = {}
        writers: list[Place] = []

        def note(event: Event) -> None:
            slot = program.bundles[event.bundle][event.engine][event.slot]
            into = [access for access in event.writes if access.space is Space.MEMORY]
            traces = slot[0] == "trace_write"
            if into or traces:
                place = names.place(slot, event.bundle, event.engine, event.slot, event.cycle)
                for access in into:
                    last = access.address + len(access.words)
                    stored.update(dict.fromkeys(range(access.address, last), place))
                if traces:
                    writers.append(place)

        end = run(program, machine, memory, strict=False, max_cycles=max_cycles, on_event=note)
        return cls(end.memory, stored, tuple(zip(end.trace, writers, strict=True)))
