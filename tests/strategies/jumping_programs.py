"""Random programs whose jumps depend on data, and that end: tangled blocks, joined by jumps.

Jumps forward go by any word of scratch. A jump back goes by a counter of its own, of which each
round takes bits until none is left.
"""

from __future__ import annotations

import random

from hypothesis import strategies as st

from slotweave.ir.program import Bundle, Program, Slot
from slotweave.isa import Role
from slotweave.machine import Machine
from strategies.tangled_programs import FACTS, Tangle, Writer

#: Words of counters, and the one that is shifted by.
_COUNTERS = 3
_START = 7

_VECTORS = {Role.DEST_VECTOR, Role.SOURCE_VECTOR}


def jumping_tangles(machine: Machine) -> st.SearchStrategy[Tangle]:
    return st.integers(0, 2**32 - 1).map(lambda seed: jumping_tangle(machine, seed))


def jumping_tangle(machine: Machine, seed: int, sparse: bool | None = None) -> Tangle:
    """The program that belongs to `seed`; a `sparse` one has a slot in a bundle."""
    rng = random.Random(seed)
    thin = rng.random() < 0.5 if sparse is None else sparse
    program = _Writer(machine, rng, thin).program()
    return Tangle(program, rng.choice(FACTS))


class _Writer:
    def __init__(self, machine: Machine, rng: random.Random, thin: bool) -> None:
        self.machine, self.rng, self.thin = machine, rng, thin
        self.plain = Writer(machine, rng, 1)
        self.slow = max(mode.latency for mode in machine.modes)
        self.counters = range(self.plain.words, self.plain.words + _COUNTERS)
        self.one = self.counters.stop
        self.engines = {
            form.operation: (engine, form.mnemonic)
            for (engine, _name), (form, _mode) in machine.forms.items()
            if machine.slots[engine] and _VECTORS.isdisjoint(form.roles)
        }
        self.loops = "shr" in self.engines and self.one < machine.scratch_words
        self.settles = rng.random() < 0.8

    def program(self) -> Program:
        blocks = [[*self.plain.prologue(), *self.setup()]]
        blocks += [self.block() for _ in range(self.rng.randint(1, 4))]
        blocks.append([*self.plain.epilogue(), {}])
        edges = [0]
        for block in blocks:
            edges.append(edges[-1] + len(block) + 1)
        bundles: list[Bundle] = []
        for number, block in enumerate(blocks):
            bundles += block
            bundles.append(self.exit(number, edges))
        return Program(self.machine.name, tuple(bundles))

    def setup(self) -> list[Bundle]:
        """The counters, and a bundle each until they have landed."""
        if not self.loops:
            return []
        rows: list[Bundle] = []
        for word in (*self.counters, self.one):
            rows.append(self.alone("const", word, _START if word != self.one else 1))
        return [*rows, *self.idle()]

    def block(self) -> list[Bundle]:
        rows: list[Bundle] = []
        for _ in range(self.rng.randint(0, 7)):
            row = {
                engine: tuple(slot for slot in slots if not self.may_trap(slot))
                for engine, slots in self.plain.bundle(len(rows)).items()
            }
            rows += self.apart(row) if self.thin else [row]
        if self.loops:
            counter = self.rng.choice(self.counters)
            rows.insert(self.rng.randint(0, len(rows)),
                        self.alone("shr", counter, counter, self.one))  # fmt: skip
        return [*rows, *(self.idle() if self.settles else ())]

    def may_trap(self, slot: Slot) -> bool:
        return slot[0] in ("halt", "pause") and self.rng.random() < 0.7

    def apart(self, row: Bundle) -> list[Bundle]:
        """Each slot in a bundle of its own."""
        return [{engine: (slot,)} for engine, slots in row.items() for slot in slots]

    def idle(self) -> list[Bundle]:
        engine = next(iter(self.machine.slots))
        return [{engine: ()}] * (self.slow - 1)

    def alone(self, operation: str, *operands: int) -> Bundle:
        engine, mnemonic = self.engines[operation]
        return {engine: ((mnemonic, *operands),)}

    def exit(self, number: int, edges: list[int]) -> Bundle:
        """What stands in the last bundle of a block: a jump back, a jump forward, a pause, none."""
        kind = self.rng.random()
        if number and self.loops and kind < 0.35 and "cond_jump" in self.engines:
            counter = self.rng.choice(self.counters)
            back = edges[self.rng.randint(1, number)]
            return self.with_shift(counter, back)
        forward = self.rng.choice(edges[number + 1 :])
        if kind < 0.75 and "cond_jump" in self.engines:
            return self.alone("cond_jump", self.rng.randrange(self.plain.words), forward)
        if kind < 0.85 and "jump" in self.engines:
            return self.alone("jump", forward)
        return self.alone("pause") if kind < 0.9 and "pause" in self.engines else {}

    def with_shift(self, counter: int, back: int) -> Bundle:
        """A jump back, and a shift of its counter, which the jump does not see yet."""
        row = dict(self.alone("cond_jump", counter, back))
        shift = self.alone("shr", counter, counter, self.one)
        engine = next(iter(shift))
        return {**row, **shift, engine: (*row.get(engine, ()), *shift[engine])}
