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

#: The least and the most of a word.
Range = tuple[int, int]
ANY: Range = (0, 2**32 - 1)

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

    @cached_property
    def ranges(self) -> tuple[tuple[Range, ...], ...]:
        """For each event and each word of its result the least and the most that it can be."""
        found: list[tuple[Range, ...]] = []
        for number, event in enumerate(self.events):
            read = [
                (0, 0) if (maker := self.writer(word, event.bundle)) is None
                else found[maker][self.writes[maker].index(word)]
                for word in self.reads[number]
            ]  # fmt: skip
            lanes = len(self.writes[number])
            slot = self.program.bundles[event.bundle][event.engine][event.slot]
            operation, row = self.operation(number), []
            for lane in range(0 if self.loads(number) else lanes):
                of = read[lane::lanes] if len(read) >= lanes else read
                row.append(_range(operation, of, int(slot[-1])))
            found.append(tuple(row) if row else (ANY,) * lanes)
        return tuple(found)

    @cached_property
    def spans(self) -> tuple[Range, ...]:
        """The words that each load and store may touch, if they are used; nothing for others."""
        found = []
        for number, event in enumerate(self.events):
            words = self.memory_words[0][number]
            if not words:
                found.append((0, -1))
                continue
            address = self.reads[number][0]
            maker = self.writer(address, event.bundle)
            low, high = (
                (0, 0) if maker is None else self.ranges[maker][self.writes[maker].index(address)]
            )
            narrow = self.loads(number) and low < high
            width = self._lanes_read(number) if narrow else len(words)
            found.append((low, high + width - 1))
        return tuple(found)

    def _lanes_read(self, number: int) -> int:
        """Up to which lane the result of an event is read, at least one."""
        return max(
            (
                1 + self.writes[number].index(word)
                for event, words in zip(self.events, self.reads, strict=True)
                for word in words
                if self.writer(word, event.bundle) == number
            ),
            default=1,
        )

    @cached_property
    def areas(self) -> tuple[int, ...]:
        """The number of an area for each event: what may overlap, over however many between."""
        area = list(range(len(self.spans)))
        for a, (low, high) in enumerate(self.spans):
            for b, (first, last) in enumerate(self.spans[:a]):
                if low <= high and first <= last and max(low, first) <= min(high, last):
                    area = [area[a] if one == area[b] else one for one in area]
        return tuple(area)

    def at_known(self, number: int) -> bool:
        """Is the address of an access known?"""
        low, high = self.spans[number]
        return high - low + 1 == len(self.memory_words[0][number])

    def may_meet(self, a: int, b: int) -> bool:
        """Are two accesses in one area, and not a fixed distance apart that keeps them so?"""
        if self.fence(a) or self.fence(b):
            return True
        if self.areas[a] != self.areas[b]:
            return False
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


def _range(operation: str, of: Sequence[Range], constant: int) -> Range:
    """One word of the result of `operation` on such words; ANY where it is not said here."""
    if operation == "const":
        return constant, constant
    if operation == "and":
        return 0, min(high for _low, high in of)
    if operation in ("add", "add_immediate"):
        of = [*of, (constant, constant)] if operation == "add_immediate" else of
        low, high = (sum(ends) for ends in zip(*of, strict=True))
        return (low, high) if high < 2**32 else ANY
    return of[0] if operation == "broadcast" else ANY


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


def block_starts(program: Program, machine: Machine, memory: Memory) -> set[int]:
    """The cycles of a run in which a block begins: after a jump, or where a jump may lead to."""
    leads: set[int] = set()
    for number, bundle in enumerate(program.bundles):
        for slot in (slot for slots in bundle.values() for slot in slots if slot[0] in JUMPS):
            leads.add(number + 1)
            if slot[0] == "cond_jump_rel":
                leads.add(number + 1 + int(slot[-1]))
            elif slot[0] != "jump_indirect":
                leads.add(int(slot[-1]))
    path: list[int] = []
    run(program, machine, memory, strict=False, on_bundle=path.append)
    starts, begins, cycle = set(), False, 0
    for bundle in path:
        begins |= bundle in leads
        if any(engine != "debug" for engine in program.bundles[bundle]):
            if begins:
                starts.add(cycle)
            begins, cycle = False, cycle + 1
    return starts


def random_memories(words: int, count: int = 8) -> list[Memory]:
    rngs = map(np.random.default_rng, range(count))
    return [rng.integers(0, 2**32, words, dtype=np.uint32) for rng in rngs]
