"""Random straight programs whose operations stand in each other's way wherever they can.

Few words of scratch and memory, so that vectors overlap partly, words are used again at once and
addresses alias; loads beside stores of one word, scatters, pauses, traces, halts, debug bundles.
Most stay inside memory on memories of small words; some fault, for that must stay as it is too.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from hypothesis import strategies as st

from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.graph import Region
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import Effect, Form, Role
from slotweave.isa.operations import OPERATIONS
from slotweave.machine import Machine

MEMORY_WORDS = 24
#: Words that hold addresses: small constants, sums of them, and words from memory.
ADDRESSES = 4

_JUMPS = frozenset({"jump", "jump_indirect", "cond_jump", "cond_jump_rel"})
_WIDE = frozenset({Role.DEST_VECTOR, Role.SOURCE_VECTOR})
_DESTINATIONS = frozenset({Role.DEST, Role.DEST_VECTOR, Role.DEST_LANE})

#: Facts of several kinds about the same memory; all words stay small.
_SMALL = (0, MEMORY_WORDS // 2)
FACTS = (
    NOTHING_KNOWN,
    Facts(MEMORY_WORDS),
    Facts(
        MEMORY_WORDS,
        {0: 9, 1: 17},
        (
            Region("in", 0, 6, read_only=True),
            Region("work", 6, 6),
            Region("more", 12, 4),
            Region("out", 16, 8, output=True),
        ),
        {"in": _SMALL, "work": (6, 10)},
    ),
    Facts(
        MEMORY_WORDS,
        {},
        (Region("a", 0, 8, output=True), Region("b", 8, 8), Region("c", 16, 4, output=True)),
        {"a": _SMALL, "b": (0, 3)},
    ),
)


@dataclass(frozen=True)
class Tangle:
    """A program and facts under which it is looked at."""

    program: Program
    facts: Facts


def tangles(machine: Machine, bundles: int = 10) -> st.SearchStrategy[Tangle]:
    return st.integers(0, 2**32 - 1).map(lambda seed: tangle(machine, seed, bundles))


def tangle(machine: Machine, seed: int, bundles: int = 10) -> Tangle:
    """The program that belongs to `seed`, of at most so many bundles after its first ones."""
    rng = random.Random(seed)
    program = Writer(machine, rng, rng.randint(1, bundles)).program()
    return Tangle(program, rng.choice(FACTS))


class Writer:
    def __init__(self, machine: Machine, rng: random.Random, length: int) -> None:
        self.machine = machine
        self.rng = rng
        self.length = length
        lanes = machine.vector_length
        self.words = min(machine.scratch_words, ADDRESSES + lanes + rng.randint(2, 2 * lanes))
        self.doubles = rng.random() < 0.3
        self.stops = rng.choice((0.0, 0.0, 0.3))
        self.crowded = rng.choice((0.2, 0.5, 1.0))
        self.slow = max(mode.latency for mode in machine.modes)
        self.in_flight: list[tuple[int, range]] = []  # when it lands, and the words
        self.forms: dict[str, list[Form]] = {engine: [] for engine in machine.slots}
        for (engine, _name), (form, _mode) in machine.forms.items():
            if form.operation not in _JUMPS and not self.too_wide(form):
                self.forms[engine].append(form)

    def too_wide(self, form: Form) -> bool:
        return self.words < self.machine.vector_length and any(r in _WIDE for r in form.roles)

    def program(self) -> Program:
        bundles = [*self.prologue()]
        for at in range(len(bundles), len(bundles) + self.length):
            bundles.append(self.bundle(at))
        bundles += self.epilogue()
        return Program(self.machine.name, tuple(bundles))

    def prologue(self) -> list[Bundle]:
        """Addresses, so that what is loaded and stored can stay inside memory."""
        engine = next(e for (e, _), (form, _) in self.machine.forms.items()
                      if form.operation == "const")  # fmt: skip
        words = range(self.rng.randint(0, ADDRESSES))
        idle = [{}] * (self.slow - 1)
        bundles: list[Bundle] = []
        for word in words:
            bundles += [{engine: (("const", word, self.address()),)}, *idle]
        return bundles

    def epilogue(self) -> list[Bundle]:
        """Some words of scratch go to memory, so that they are seen."""
        engine, form = next((e, form) for (e, _), (form, _) in self.machine.forms.items()
                            if form.operation == "store")  # fmt: skip
        words = self.rng.sample(range(self.words), min(3, self.words))
        rows: list[Bundle] = [{} for _ in range(self.rng.choice((0, 0, self.slow)))]
        for word in words:
            slot = (form.mnemonic, self.rng.randrange(ADDRESSES), word)
            rows.append({engine: (slot,)})
        return rows if self.rng.random() < 0.8 else []

    def address(self) -> int:
        return self.rng.randrange(MEMORY_WORDS - self.machine.vector_length + 1)

    def bundle(self, at: int) -> Bundle:
        bundle: dict[str, tuple[Slot, ...]] = {}
        engines = [engine for engine in self.machine.slots if self.rng.random() < 0.6]
        self.rng.shuffle(engines)
        for engine in engines:
            most = self.machine.slots[engine]
            count = min(most, 1 + int(self.rng.random() ** 2 * most * self.crowded))
            slots = [self.slot(engine, at) for _ in range(count if self.forms[engine] else 0)]
            bundle[engine] = tuple(slot for slot in slots if slot)
        if self.rng.random() < 0.1:
            bundle["debug"] = (("compare", 0, "key"),)
        if self.rng.random() < 0.05:
            return {"debug": (("note",),)} if self.rng.random() < 0.5 else {}
        return bundle

    def slot(self, engine: str, at: int) -> Slot | None:
        """A slot; None where it would write what another one writes at once, and may not."""
        for _ in range(4):
            form = self.rng.choice(self.forms[engine])
            if OPERATIONS[form.operation].defined_if is not None and self.rng.random() < 0.9:
                continue
            breaks = form.operation in ("pause", "halt")
            rare = 0.2 if form.operation == "halt" else 1.0
            if breaks and self.rng.random() >= self.stops * rare:
                continue
            slot = (form.mnemonic, *self.operands(form))
            written = self.written(form, slot)
            latency = self.machine.forms[engine, form.mnemonic][1].latency
            lands = at + latency
            taken = any(when == lands and set(words) & set(written)
                        for when, words in self.in_flight)  # fmt: skip
            if not taken or self.doubles:
                self.in_flight = [one for one in self.in_flight if one[0] > at]
                self.in_flight.append((lands, written))
                return slot
        return None

    def written(self, form: Form, slot: Slot) -> range:
        for position, role in enumerate(form.roles, 1):
            if role in _DESTINATIONS:
                first = slot[position] + (slot[-1] if role is Role.DEST_LANE else 0)
                return range(first, first + (self.machine.vector_length if role in _WIDE else 1))
        return range(0)

    def operands(self, form: Form) -> list[int]:
        lane = self.rng.randrange(self.machine.vector_length)
        effect = OPERATIONS[form.operation].effect
        accesses = effect in (Effect.LOAD, Effect.STORE)
        operands = [
            self.operand(role, lane, accesses and position == self.address_at(form))
            for position, role in enumerate(form.roles)
        ]
        if form.operation in ("const", "load", "add_immediate") and self.rng.random() < 0.5:
            self.aim(form, operands)
        return operands

    def aim(self, form: Form, operands: list[int]) -> None:
        """Let the result be an address: a constant, a word from memory, or one a little further."""
        operands[0] = self.rng.randrange(ADDRESSES)
        if form.operation == "const":
            operands[1] = self.address()
        if form.operation == "add_immediate":
            operands[1], operands[2] = self.rng.randrange(ADDRESSES), self.rng.choice((0, 1, 1, -1))

    def address_at(self, form: Form) -> int:
        sources = (Role.SOURCE, Role.SOURCE_LANE)
        return next(at for at, role in enumerate(form.roles) if role in sources)

    def operand(self, role: Role, lane: int, address: bool) -> int:
        if role is Role.LANE:
            return lane
        if role is Role.IMMEDIATE:
            return self.rng.choice([self.address(), self.address(), 1, 0, -1, 2**31])
        if role in (Role.DEST_LANE, Role.SOURCE_LANE):
            low = ADDRESSES if role is Role.DEST_LANE or not address else 0
            word = self.rng.randrange(low if self.words > low else 0, self.words if not address
                                      else ADDRESSES)  # fmt: skip
            return max(word - lane, 0)
        if address:
            return self.rng.randrange(ADDRESSES)
        width = self.machine.vector_length if role in _WIDE else 1
        low = ADDRESSES if role in _DESTINATIONS and self.words - width >= ADDRESSES else 0
        return self.rng.randint(low, self.words - width)


def small_memories(facts: Facts, rng: random.Random, count: int) -> list[list[int]]:
    """Memories that `facts` allow: of small words, so that addresses alias, and of any words."""
    memories = []
    for number in range(count):
        high = (3, MEMORY_WORDS // 2, MEMORY_WORDS - 9, 2**32 - 1)[number % 4]
        memory = [rng.randint(0, high) for _ in range(MEMORY_WORDS)]
        for region in facts.regions:
            low, top = facts.ranges.get(region.name, (0, high))
            for word in range(region.start, region.stop):
                memory[word] = rng.randint(low, max(low, min(top, high)))
        for word, value in facts.words.items():
            memory[word] = value
        memories.append(memory)
    return memories
