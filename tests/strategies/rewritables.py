"""Random graphs on which rules are likely to fire: patterns of rules over shared values.

Every operation with a value occurs, in words and vectors, between slices and overlays of each
other, loads, gathers, stores and scatters in several regions, and pauses.
"""

from __future__ import annotations

from copy import copy
from functools import cache
from itertools import count
from random import Random

from hypothesis import strategies as st

from slotweave.frontend.tracer import Block, RegionHandle, Tracer, Vector, Word
from slotweave.ir.graph import Graph
from slotweave.isa import BINARY_SYMBOLS
from slotweave.rules import Rule, Term
from slotweave.rules.registry import RULES
from support.rule_cases import cases, random_word

REGION_WORDS = 16
MAX_STEPS = 40
LANES = 4
DIVISIONS = frozenset({"div", "mod", "cdiv"})


@cache
def constants_for(rule: Rule) -> tuple[dict[str, int], ...]:
    """Constants with which `rule` may fire."""
    return tuple(cases(rule, 20))


def operations_of(term: Term) -> set[str]:
    return {term.op}.union(*(operations_of(arg) for arg in term.args))


class _Writer:
    """A kernel that grows; what was computed so far is there to be used again."""

    def __init__(self, random: Random, k: Tracer) -> None:
        self.random, self.k, self.lanes = random, k, k.vector_length
        self.inputs = [self.region("in", 0, read_only=True), self.region("more", 1, read_only=True)]
        self.stored = [self.region("work", 2), self.region("out", 3, output=True)]
        size = self.lanes * MAX_STEPS
        self.results = self.k.region("results", 4 * REGION_WORDS, size, output=True)
        self.stored_results = count()
        self.words = [self.inputs[0][0], self.inputs[1][1], self.stored[0][2]]
        self.vectors = [self.inputs[0].vload(4), self.inputs[1].vload(5), self.stored[0].vload(6)]
        self.blocks: list[Block] = [self.k.concat(self.vectors[0], self.words[0])]

    def region(self, name: str, number: int, **kind: bool) -> RegionHandle:
        return self.k.region(name, number * REGION_WORDS, REGION_WORDS, **kind)

    def flip(self) -> bool:
        return self.random.random() < 0.5

    def one_of(self, values: list) -> object:
        """One of the values, rather a late one."""
        return values[-1 - min(self.random.randint(0, 9), len(values) - 1)]

    def value(self, wide: bool) -> Word | Vector:
        return self.one_of(self.vectors if wide else self.words)

    def keep(self, value: Word | Vector) -> Word | Vector:
        (self.vectors if isinstance(value, Vector) else self.words).append(value)
        return value

    def literal(self, number: int, wide: bool) -> Word | Vector:
        return self.k.literal_vector(number) if wide else self.k.literal(number)

    def apply(self, op: str, args: list) -> Word | Vector:
        match op:
            case "multiply_add":
                return self.k.multiply_add(*args)
            case "select":
                return self.k.select(*args)
            case "broadcast":
                return self.k.broadcast(*args)
        return self.k.binary(op, *args)

    # Steps

    def pattern(self) -> None:
        """The pattern of a rule; its parts may be there for others to use."""
        rule = self.random.choice(RULES)
        wide = self.flip() or "broadcast" in operations_of(rule.pattern)
        constants = self.random.choice(constants_for(rule))
        broken = self.random.randint(0, 7) == 7
        divides = bool(DIVISIONS & operations_of(rule.pattern))
        shared = self.flip()
        bound: dict[str, Word | Vector] = {}

        def write(term: Term, wide: bool) -> Word | Vector:
            if term.op == "constant":
                return self.literal(term.value, wide)
            if term.op != "variable":
                inner = wide and term.op != "broadcast"
                made = self.apply(term.op, [write(arg, inner) for arg in term.args])
                return self.keep(made) if shared else made
            if term.name not in bound:
                if term.constant:
                    number = random_word(self.random) | divides if broken else constants[term.name]
                    bound[term.name] = self.literal(number, wide)
                else:
                    value = self.value(wide)
                    bound[term.name] = value | 1 if divides else value
            return bound[term.name]

        self.store_result(write(rule.pattern, wide))

    def store_result(self, value: Word | Vector) -> None:
        """Let `value` matter."""
        store = self.results.vstore if isinstance(value, Vector) else self.results.store
        store(next(self.stored_results) * self.lanes, value)

    def operation(self) -> None:
        op = self.random.choice([*BINARY_SYMBOLS, "multiply_add", "select", "broadcast"])
        if op == "broadcast":
            self.keep(self.k.broadcast(self.value(wide=False)))
            return
        wide = self.flip()
        args = [self.value(wide) for _ in range(3 if op in ("multiply_add", "select") else 2)]
        if op in DIVISIONS:
            args[1] = args[1] | 1
        self.keep(self.apply(op, args))

    def add_immediate(self) -> None:
        self.keep(self.k.add_immediate(self.value(wide=False), random_word(self.random)))

    def slice(self) -> None:
        source = self.one_of([*self.vectors, *self.blocks])
        widths = [width for width in (1, 2, self.lanes) if width <= source.width]
        width = self.random.choice(widths)
        first = self.random.randint(0, source.width - width)
        part = self.k.slice(source, first, width)
        if width == 2:
            self.blocks.append(part)
        else:
            self.keep(self.k.lane(part, 0) if width == 1 else part)

    def overlay(self) -> None:
        """Two or three values, of which a later one may cover some words of earlier ones."""
        narrow = [block for block in self.blocks[-3:] if block.width <= 2 * self.lanes]
        parts, end = [], 0
        for _ in range(self.random.randint(2, 3)):
            part = self.one_of([*self.words[-3:], *self.vectors[-3:], *narrow])
            offset = self.random.randint(max(0, end - part.width), end)
            parts.append((part, offset))
            end = max(end, offset + part.width)
        made = self.k.overlay(parts)
        self.blocks.append(made)
        if isinstance(made, Vector):
            self.keep(made)

    def pack(self) -> None:
        self.keep(self.k.pack([self.value(wide=False) for _ in range(self.lanes)]))

    def index(self, last: int) -> Word | int:
        """A known or a computed index, `last` at most."""
        if self.flip():
            return self.random.randint(0, last)
        return self.value(wide=False) % (last + 1)

    def load(self) -> None:
        region = self.random.choice([0, 1, 2, 3])
        source = [*self.inputs, *self.stored][region]
        match self.random.randint(0, 2):
            case 0:
                self.keep(source[self.index(REGION_WORDS - 1)])
            case 1:
                self.keep(source.vload(self.index(REGION_WORDS - self.lanes)))
            case _:
                self.keep(source.gather(self.value(wide=True) & (REGION_WORDS - 1)))

    def store(self) -> None:
        target = self.stored[self.random.randint(0, 1)]
        match self.random.randint(0, 2):
            case 0:
                target.store(self.index(REGION_WORDS - 1), self.value(wide=False))
            case 1:
                target.vstore(self.index(REGION_WORDS - self.lanes), self.value(wide=True))
            case _:  # lanes of one step never meet
                spread = self.k.pack([lane * 4 for lane in range(self.lanes)])
                target.store((self.value(wide=True) & 3) | spread, self.value(wide=True))

    def pause(self) -> None:
        self.k.pause()

    def for_a_group(self, random: Random) -> _Writer:
        """One that uses what was computed so far, and adds nothing to it."""
        other = copy(self)
        other.random = random
        other.words, other.vectors, other.blocks = self.words[:], self.vectors[:], self.blocks[:]
        return other

    def finish(self) -> None:
        out = self.stored[1]
        for lane in range(3):
            out.vstore(lane * self.lanes, self.one_of(self.vectors))
        for lane in range(4):
            out.store(3 * self.lanes + lane, self.one_of(self.words))


_STEPS = (
    *(_Writer.pattern,) * 6, _Writer.operation, _Writer.add_immediate, _Writer.slice,
    _Writer.overlay, _Writer.pack, _Writer.load, _Writer.store, _Writer.pause,
)  # fmt: skip


def write_rewritable(k: Tracer, seed: int, steps: int, items: int = 0) -> None:
    """A kernel for vectors of 4 words that is defined for every memory."""
    random = Random(seed)
    writer = _Writer(random, k)
    for step in range(steps):
        with k.item(step % items if items else -1):
            random.choice(_STEPS)(writer)
    writer.finish()


def rewritable_graph(seed: int, steps: int) -> Graph:
    """The graph of such a kernel."""
    k = Tracer("rewritable", LANES)
    write_rewritable(k, seed, steps)
    return k.graph()


def grouped_graph(seed: int, groups: tuple[int, ...], steps: int) -> Graph:
    """The graph of a kernel with groups of items that share values, each with its own seed."""
    k = Tracer("grouped", LANES)
    writer = _Writer(Random(seed), k)
    for _ in range(steps):
        writer.random.choice(_STEPS)(writer)
    for item, own in enumerate(groups):
        with k.item(item):
            random = Random(own)
            group = writer.for_a_group(random)
            # What a group adds to these depends on what it loads, so they are hardly shared.
            group.keep(group.stored[0].vload(random.randint(0, 4)) + item)
            group.keep(group.stored[1][random.randint(0, 4)])
            for _ in range(steps):
                random.choice(_STEPS)(group)
            group.store_result(group.vectors[-1])
    return k.graph()


def grouped_graphs(max_steps: int = 12) -> st.SearchStrategy[Graph]:
    """Such graphs of two to four groups, of which some are alike."""
    seeds = st.integers(0, 2**32)
    groups = st.lists(st.one_of(st.integers(0, 3), seeds), min_size=2, max_size=4).map(tuple)
    return st.builds(grouped_graph, seeds, groups, st.integers(1, max_steps))


def rewritable_graphs(max_steps: int = MAX_STEPS) -> st.SearchStrategy[Graph]:
    """Such graphs. With fewer steps, a graph of one seed ends earlier."""
    return st.builds(rewritable_graph, st.integers(0, 2**32), st.integers(1, max_steps))
