"""Random programs with jumps, faults and words that meet: simulators must agree on all of them."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from slotweave.ir.program import Program, Slot
from slotweave.isa import Role
from slotweave.machine import Machine

MEMORY_WORDS = 24


def wild_programs(machine: Machine, fault_rate: float = 0.02) -> st.SearchStrategy[Program]:
    """Programs of a few bundles; each operand or name is wrong with probability `fault_rate`."""
    seeds = st.integers(0, 2**32 - 1)
    return seeds.map(lambda seed: wild_program(machine, seed, fault_rate))


def wild_program(machine: Machine, seed: int, fault_rate: float) -> Program:
    """The program that belongs to `seed`."""
    return _Writer(machine, random.Random(seed), fault_rate).program()


class _Writer:
    def __init__(self, machine: Machine, rng: random.Random, fault_rate: float) -> None:
        self.machine = machine
        self.rng = rng
        self.fault_rate = fault_rate
        self.length = rng.randint(1, 14)
        self.words = min(machine.scratch_words, 4 * machine.vector_length + 4)

    def program(self) -> Program:
        prelude = [] if self.rng.random() < 0.2 else self.prelude()
        self.length += len(prelude)
        bundles = [self.bundle() for _ in range(self.length - len(prelude))]
        return Program(self.machine.name, tuple(prelude + bundles))

    def prelude(self) -> list[dict[str, tuple[Slot, ...]]]:
        """Small words everywhere: most are memory addresses, none is zero."""
        engine = next(engine for engine, mnemonic in self.machine.forms if mnemonic == "const")
        return [
            {engine: (("const", word, self.rng.randint(1, MEMORY_WORDS)),)}
            for word in range(self.words)
        ]

    def bundle(self) -> dict[str, tuple[Slot, ...]]:
        engines = [engine for engine in self.machine.slots if self.rng.random() < 0.5]
        self.rng.shuffle(engines)
        bundle = {self.name(engine): self.slots(engine) for engine in engines}
        if self.rng.random() < 0.2:
            bundle["debug"] = (("compare", 0, ("key", 1)), ("note",))
        return bundle

    def slots(self, engine: str) -> tuple[Slot, ...]:
        limit = self.machine.slots[engine]
        count = limit + 1 if self.wrong() else self.rng.randint(0, limit)
        return tuple(self.slot(engine) for _ in range(count))

    def slot(self, engine: str) -> Slot:
        forms = [form for (name, _), (form, _) in self.machine.forms.items() if name == engine]
        form = self.rng.choice(forms)
        operands = [self.operand(role) for role in form.roles]
        if self.wrong():
            operands.append(0)
        return (self.name(form.mnemonic), *operands)

    def operand(self, role: Role) -> Any:
        if self.wrong():
            return self.rng.choice([-1, True, 1.0, "x", None, 10**30, self.machine.scratch_words])
        if role is Role.TARGET:
            return self.rng.randint(0, self.length + 1)
        if role is Role.OFFSET:
            return self.rng.randint(-2, 3)
        if role is Role.LANE:
            return self.rng.randrange(self.machine.vector_length)
        if role is Role.IMMEDIATE:
            return self.rng.choice([-1, 0, 2**32 + 1, -(2**40), self.rng.randint(0, MEMORY_WORDS)])
        return self.rng.randint(0, self.words - self.machine.vector_length)

    def name(self, name: str) -> str:
        return self.rng.choice(["nonsense", "alu", "load", "+"]) if self.wrong() else name

    def wrong(self) -> bool:
        return self.rng.random() < self.fault_rate
