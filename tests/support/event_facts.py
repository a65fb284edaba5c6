"""What a run of a program did, from the events of the simulator and from nothing else.

Knows no part of `report`: which event reads what which wrote, from when on each could have run, and
which words are the same on several memories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.reference import run
from slotweave.simulate.run import Access, Event, Memory, Space

STOPS = ("pause", "halt")
JUMPS = ("jump", "jump_indirect", "cond_jump", "cond_jump_rel")
BREAKS = (*STOPS, *JUMPS)


@dataclass(frozen=True)
class Ran:
    """The events of several runs of one straight program; `runs[0]` stands for all."""

    program: Program
    machine: Machine
    cycles: int
    runs: tuple[tuple[Event, ...], ...]

    @property
    def events(self) -> tuple[Event, ...]:
        return self.runs[0]

    def name(self, number: int) -> str:
        """The mnemonic of an event."""
        event = self.events[number]
        return str(self.program.bundles[event.bundle][event.engine][event.slot][0])

    def operation(self, number: int) -> str:
        return self.machine.forms[self.events[number].engine, self.name(number)][0].operation

    @cached_property
    def reads(self) -> tuple[tuple[int, ...], ...]:
        """The scratch words that each event reads, one by one."""
        return tuple(_words(event.reads, Space.SCRATCH) for event in self.events)

    @cached_property
    def writes(self) -> tuple[tuple[int, ...], ...]:
        return tuple(_words(event.writes, Space.SCRATCH) for event in self.events)

    def lands(self, number: int) -> int:
        return self.events[number].bundle + self.events[number].latency

    @cached_property
    def history(self) -> dict[int, list[tuple[int, int]]]:
        """scratch word -> (landing, event) of all writes to it, as they land."""
        found: dict[int, list[tuple[int, int]]] = {}
        for number, words in enumerate(self.writes):
            for word in words:
                found.setdefault(word, []).append((self.lands(number), number))
        return {word: sorted(rows) for word, rows in found.items()}

    def writer(self, word: int, bundle: int) -> int | None:
        """The event whose result `word` holds in `bundle`."""
        landed = [number for lands, number in self.history.get(word, ()) if lands <= bundle]
        return landed[-1] if landed else None

    @cached_property
    def makers(self) -> tuple[frozenset[int], ...]:
        """The events whose results each one reads from scratch."""
        return tuple(
            frozenset(
                maker for word in words
                if (maker := self.writer(word, event.bundle)) is not None
            )
            for event, words in zip(self.events, self.reads, strict=True)
        )  # fmt: skip

    @cached_property
    def memory_words(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """Run by run the memory words that each event reads or writes."""
        return tuple(
            tuple(_words((*e.reads, *e.writes), Space.MEMORY) for e in events)
            for events in self.runs
        )  # fmt: skip

    def stores(self, number: int) -> bool:
        return any(access.space is Space.MEMORY for access in self.events[number].writes)

    def loads(self, number: int) -> bool:
        return any(access.space is Space.MEMORY for access in self.events[number].reads)

    def fence(self, number: int) -> bool:
        """Does it have an effect that all of memory must come before or behind?"""
        return self.name(number) in (*STOPS, "trace_write")

    def may_meet(self, a: int, b: int) -> bool:
        """Are two accesses not a fixed distance apart, or at one that lets them meet?"""
        if self.fence(a) or self.fence(b):
            return True
        pairs = [(words[a], words[b]) for words in self.memory_words]
        apart = {second[0] - first[0] for first, second in pairs}
        return len(apart) > 1 or bool(set(pairs[0][0]) & set(pairs[0][1]))

    @cached_property
    def samples(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """For each event and each word of its result what it is in all the runs."""
        rows = [
            [_values(event) for event in events] for events in self.runs
        ]  # fmt: skip
        return tuple(tuple(zip(*row, strict=True)) for row in zip(*rows, strict=True))


def _words(accesses: Sequence[Access], space: Space) -> tuple[int, ...]:
    return tuple(
        word
        for access in accesses
        if access.space is space
        for word in range(access.address, access.address + len(access.words))
    )


def _values(event: Event) -> tuple[int, ...]:
    return tuple(
        word for access in event.writes if access.space is Space.SCRATCH for word in access.words
    )


def ran(program: Program, machine: Machine, memories: Sequence[Memory]) -> Ran:
    """`program` on these memories."""
    runs, cycles = [], 0
    for memory in memories:
        events: list[Event] = []
        cycles = run(program, machine, memory, on_event=events.append, strict=False).cycles
        runs.append(tuple(events))
    return Ran(program, machine, cycles, tuple(runs))


def ran_in_cycles(program: Program, machine: Machine, memories: Sequence[Memory]) -> Ran:
    """A program with jumps on these memories, all of which it runs alike on.

    The cycles of its run are the bundles; a cycle without an event ran nothing.
    """
    jumping = ran(program, machine, memories)
    bundle = {event.cycle: event.bundle for event in jumping.events}
    assert len({event.latency for event in jumping.events}) == 1, "time is counted in cycles"
    in_order = [
        program.bundles[bundle[cycle]] if cycle in bundle else {"flow": ()}
        for cycle in range(jumping.cycles)
    ]
    runs = [[replace(event, bundle=event.cycle) for event in run] for run in jumping.runs]
    text = replace(program, bundles=tuple(in_order))
    return replace(jumping, program=text, runs=tuple(map(tuple, runs)))


def random_memories(words: int, count: int = 8) -> list[Memory]:
    rngs = map(np.random.default_rng, range(count))
    return [rng.integers(0, 2**32, words, dtype=np.uint32) for rng in rngs]
