"""How statements call the tracer: each kernel made of them is defined for every memory.

A number that stands for a word (or a vector) names one of those made so far in the block, or one
of the variables, counted modulo how many there are; a negative number is a literal. A place in
a region is three numbers: how it is found, and two that say where (see `_Writer.index`). Divisors
are made odd, addresses stay in their region, and loops end after four rounds at most.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fuzz.statements import Statements
from slotweave.frontend.tracer import Tracer, Variable, Vector, Word
from slotweave.isa import BINARY_SYMBOLS

REGION_WORDS = 16
WORD_VARIABLES, VECTOR_VARIABLES = 3, 2
#: name, and what the kernel may do with it; they lie side by side, from address 0 on.
REGIONS: tuple[tuple[str, dict[str, bool]], ...] = (
    ("a", {"read_only": True}),
    ("w", {}),
    ("o", {"output": True}),
    ("p", {"output": True}),
)
#: From this number on a word or a vector is a variable.
VARIABLE = 100
MEMORY_WORDS = REGION_WORDS * len(REGIONS)
BINARY = tuple(BINARY_SYMBOLS)
_DIVISIONS = ("div", "cdiv", "mod")


def write_kernel(k: Tracer, statements: Statements) -> None:
    """Trace the kernel that `statements` are."""
    _Writer(k).run(statements)


class _Writer:
    def __init__(self, k: Tracer) -> None:
        self.k, self.block = k, -1
        self.regions = [
            k.region(name, number * REGION_WORDS, REGION_WORDS, **kind)
            for number, (name, kind) in enumerate(REGIONS)
        ]
        self.made: list[Word] = []
        self.made_vectors: list[Vector] = []
        first = self.regions[0]
        self.variables = [k.variable(first[i]) for i in range(WORD_VARIABLES)]
        self.vectors = [k.variable(first.vload(i)) for i in range(VECTOR_VARIABLES)]
        self.block = k.block

    def run(self, statements: Statements) -> None:
        for statement in statements:
            getattr(self, f"do_{statement.name}")(*statement.numbers, *statement.bodies)

    # Operands

    def fresh(self) -> None:
        """Values of an earlier block cannot be used any more."""
        if self.block != self.k.block:
            self.made, self.made_vectors, self.block = [], [], self.k.block

    def word(self, number: int) -> Word:
        self.fresh()
        if number < 0:
            return self.k.literal(~number)
        if number >= VARIABLE:
            return self.variables[(number - VARIABLE) % len(self.variables)].value
        number %= len(self.made) + len(self.variables)
        if number < len(self.made):
            return self.made[-1 - number]
        return self.variables[number - len(self.made)].value

    def vector(self, number: int) -> Vector:
        self.fresh()
        if number < 0:
            return self.k.literal_vector(~number)
        if number >= VARIABLE:
            return self.vectors[(number - VARIABLE) % len(self.vectors)].value
        number %= len(self.made_vectors) + len(self.vectors)
        if number < len(self.made_vectors):
            return self.made_vectors[-1 - number]
        return self.vectors[number - len(self.made_vectors)].value

    def keep(self, value: Word) -> None:
        self.fresh()
        self.made.append(value)

    def keep_vector(self, value: Vector) -> None:
        self.fresh()
        self.made_vectors.append(value)

    def index(self, how: int, x: int, y: int, words: int = 1) -> Word | int:
        """Where `words` words lie in a region."""
        last = REGION_WORDS - words
        match how % 6:
            case 0:
                return x % (last + 1)
            case 1:
                return self.word(x) & (15 if last >= 15 else 7 if last >= 7 else 0)
            case 2:
                return self.word(x) & (3 if last >= 3 else 0)
            case 3:
                return self.k.select(self.word(x), y % (last + 1), (y + 1 + (y & 2)) % (last + 1))
            case 4:
                return (self.word(x) & 1) + y % last if last else 0
            case _:
                return self.word(x) % (last + 1)

    def indices(self, how: int, x: int, y: int) -> Vector:
        """Where the lanes of a vector lie; they may alias."""
        at = self.vector(x)
        match how % 5:
            case 0:
                return at & 15
            case 1:
                return at & 3
            case 2:
                return at % 16
            case 3:
                return self.k.pack([(y + lane) % 16 for lane in range(self.k.vector_length)])
            case _:
                return (at & 1) + y % 15

    # Values

    def do_binary(self, op: int, left: int, right: int) -> None:
        name = BINARY[op % len(BINARY)]
        divisor = self.word(right) | 1 if name in _DIVISIONS else self.word(right)
        self.keep(self.k.binary(name, self.word(left), divisor))

    def do_vbinary(self, op: int, left: int, right: int) -> None:
        name = BINARY[op % len(BINARY)]
        divisor = self.vector(right) | 1 if name in _DIVISIONS else self.vector(right)
        self.keep_vector(self.k.binary(name, self.vector(left), divisor))

    def do_select(self, condition: int, yes: int, no: int) -> None:
        self.keep(self.k.select(self.word(condition), self.word(yes), self.word(no)))

    def do_vselect(self, condition: int, yes: int, no: int) -> None:
        self.keep_vector(self.k.select(self.vector(condition), self.vector(yes), self.vector(no)))

    def do_multiply_add(self, a: int, b: int, c: int) -> None:
        self.keep(self.k.multiply_add(self.word(a), self.word(b), self.word(c)))

    def do_vmultiply_add(self, a: int, b: int, c: int) -> None:
        self.keep_vector(self.k.multiply_add(self.vector(a), self.vector(b), self.vector(c)))

    def do_add_immediate(self, word: int, number: int) -> None:
        self.keep(self.k.add_immediate(self.word(word), number & 0xFFFFFFFF))

    def do_core_id(self) -> None:
        self.keep(self.k.core_id())

    def do_broadcast(self, word: int) -> None:
        self.keep_vector(self.k.broadcast(self.word(word)))

    def do_lane(self, vector: int, lane: int) -> None:
        self.keep(self.vector(vector).lane(lane % self.k.vector_length))

    def do_pack(self, word: int) -> None:
        lanes = range(self.k.vector_length)
        self.keep_vector(self.k.pack([self.word(word + lane) for lane in lanes]))

    def do_shift(self, first: int, second: int, words: int) -> None:
        by = words % (self.k.vector_length + 1)
        self.keep_vector(self.k.shift(self.vector(first), self.vector(second), by))

    # Memory

    def do_load(self, region: int, how: int, x: int, y: int) -> None:
        self.keep(self.regions[region % 4][self.index(how, x, y)])

    def do_vload(self, region: int, how: int, x: int, y: int) -> None:
        index = self.index(how, x, y, self.k.vector_length)
        self.keep_vector(self.regions[region % 4].vload(index))

    def do_gather(self, region: int, how: int, x: int, y: int) -> None:
        self.keep_vector(self.regions[region % 4].gather(self.indices(how, x, y)))

    def do_store(self, region: int, how: int, x: int, y: int, value: int) -> None:
        self.regions[1 + region % 3].store(self.index(how, x, y), self.word(value))

    def do_vstore(self, region: int, how: int, x: int, y: int, value: int) -> None:
        index = self.index(how, x, y, self.k.vector_length)
        self.regions[1 + region % 3].vstore(index, self.vector(value))

    def do_scatter(self, region: int, how: int, x: int, y: int, value: int) -> None:
        self.regions[1 + region % 3].store(self.indices(how, x, y), self.vector(value))

    # Control

    def do_set(self, variable: int, word: int) -> None:
        self.variables[variable % WORD_VARIABLES].value = self.word(word)  # never a loop's count

    def do_vset(self, variable: int, vector: int) -> None:
        self.vectors[variable % len(self.vectors)].value = self.vector(vector)

    def do_trace(self, word: int) -> None:
        self.k.trace_write(self.word(word))

    def do_pause(self) -> None:
        self.k.pause()

    def do_item(self, number: int, body: Statements) -> None:
        with self.k.item(number % 4):
            self.run(body)

    def do_loop(self, how: int, x: int, body: Statements) -> None:
        times: Any = (
            (self.word(x) & 3) + 1, 1 + x % 4, self.word(x) & 15, x % 13
        )[how % 4]  # fmt: skip
        outer: list[Variable[Word]] = self.variables
        with self.k.loop(times) as left:
            self.variables = [*outer, left]
            self.run(body)
        self.variables = outer

    def do_branch(self, condition: int, yes: Statements, no: Statements) -> None:
        side: Callable[[Statements], Callable[[], None]] = lambda body: partial(self.run, body)  # noqa: E731
        self.k.branch(self.word(condition), side(yes), side(no))
