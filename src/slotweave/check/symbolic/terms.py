"""Hash-consed terms: equal numbers mean equal words, whatever memory holds.

A term is a number; `Terms` knows what it stands for. Arguments have smaller numbers than what is
made of them. Terms are normalised only in three ways: an operation on constants is its value, the
factors and summands of commutative operations are sorted (those of the product in a multiply_add,
too), and `x | x` and an added immediate of 0, which are how words are copied, are x. Lanes are
terms of their own, so `broadcast` needs none. A division by zero stays as it is.

    const v        the word v
    input a        the word at address a before the run
    scratch w      scratch word w before the run of a block
    OPERATION      of `isa`, on words
    load           of an address, from a version of memory
    undefined      a word that nothing determines

Versions of memory, the contents of a region at some time, are terms as well:

    region r       region number r before the run
    cells          a version, then addresses (constants, rising) and the words they hold instead
    store          a version, after one word was stored at a computed address
    everything     one version for each region: all of memory
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from slotweave.isa import BINARY_SYMBOLS, EXCHANGEABLE, WORD_MASK, canonical_args
from slotweave.isa.codegen import word_function

#: How deep `Terms.text` shows what a term is made of.
_TEXT_DEPTH = 4


class Node(NamedTuple):
    """What a term is: its kind, a number (of `const`, `input`, `scratch`, `region`), and its
    arguments."""

    kind: str
    value: int
    args: tuple[int, ...]


_node: Callable[[tuple[str, int, tuple[int, ...]]], Node] = partial(tuple.__new__, Node)  # quicker


class Terms:
    """The terms made so far."""

    def __init__(self) -> None:
        self._nodes: list[tuple[str, int, tuple[int, ...]]] = []  # the fields of Node
        self._number: dict[tuple[str, int, tuple[int, ...]], int] = {}  # of those with a number
        self._made: dict[str, dict[tuple[int, ...], int]] = defaultdict(dict)  # of all others
        self._words: dict[int, int] = {}  # of the terms that are constants
        self._constants: dict[int, int] = {}  # the terms of these words
        self._lanes: dict[tuple[str, tuple[tuple[int, ...], ...]], tuple[int, ...]] = {}
        self._consecutive: dict[tuple[int, int], tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._nodes)

    def __getitem__(self, term: int) -> Node:
        return _node(self._nodes[term])

    def make(self, kind: str, value: int = 0, args: tuple[int, ...] = ()) -> int:
        """The term of this kind, as it stands."""
        if value:
            key = (kind, value, args)
            number = self._number.setdefault(key, len(self._nodes))
        else:
            number = self._made[kind].setdefault(args, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append((kind, value, args))
        return number

    def constant(self, word: int) -> int:
        number = self._constants.get(word)
        if number is None:
            number = self._constants[word] = self.make("const", word)
            self._words[number] = word
        return number

    def known(self, term: int) -> int | None:
        """The word that `term` is, if it is a constant."""
        return self._words.get(term)

    def operation(self, name: str, args: tuple[int, ...]) -> int:
        """The operation `name` of `isa` on words, normalised."""
        args = canonical_args(name, args)
        numbers = self._made[name]
        number = numbers.get(args)
        if number is None:
            number = numbers[args] = self._normalised(name, args)
        return number

    def lane_wise(self, name: str, rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
        """`operation` on each lane of `rows`, which are as long as each other."""
        key = (name, tuple(rows))
        lanes = self._lanes.get(key)
        if lanes is None:
            numbers, made = self._made[name], []
            exchangeable = name in EXCHANGEABLE
            for args in zip(*rows, strict=True):  # as in `operation`, without the calls
                if exchangeable and args[0] > args[1]:
                    args = (args[1], args[0], *args[2:])
                number = numbers.get(args)
                if number is None:
                    number = numbers[args] = self._normalised(name, args)
                made.append(number)
            lanes = self._lanes[key] = tuple(made)
        return lanes

    def consecutive(self, address: int, count: int) -> tuple[int, ...]:
        """The addresses of `count` consecutive words, from the one that the term `address` is."""
        found = self._consecutive.get((address, count))
        if found is None:
            first = self.known(address)
            if first is not None:
                found = tuple([self.constant((first + k) & WORD_MASK) for k in range(count)])
            else:
                further = [
                    self.operation("add", (address, self.constant(k))) for k in range(1, count)
                ]
                found = (address, *further)
            self._consecutive[address, count] = found
        return found

    def _normalised(self, name: str, args: tuple[int, ...]) -> int:
        """The term of an operation that is asked for the first time, exchangeable operands in
        order."""
        if args[-1] in self._words or name == "or":
            simpler = self._simpler(name, args)
            if simpler is not None:
                return simpler
        self._nodes.append((name, 0, args))
        return len(self._nodes) - 1

    def _simpler(self, name: str, args: tuple[int, ...]) -> int | None:
        """The term that is its normal form, if it is not in normal form itself."""
        words = self._words
        if args[-1] in words:
            if all(map(words.__contains__, args)):
                try:
                    return self.constant(word_function(name)(*[words[arg] for arg in args]))
                except ZeroDivisionError:
                    return None
            if name == "add_immediate" and words[args[1]] == 0:
                return args[0]
        return args[0] if name == "or" and args[0] == args[1] else None

    def text(self, term: int, depth: int = _TEXT_DEPTH) -> str:
        """`term` for a reader, cut off where it gets deep."""
        kind, value, args = self._nodes[term]
        if kind == "const":
            return str(value)
        if kind == "input":
            return f"memory[{value}]"
        if kind == "scratch":
            return f"scratch[{value}]"
        if kind in ("region", "cells", "store", "everything", "undefined"):
            return kind
        if depth == 0:
            return "..."
        if kind == "load":
            return f"load({self.text(args[0], depth - 1)})"
        parts = [self.text(arg, depth - 1) for arg in args]
        if kind in BINARY_SYMBOLS:
            return f"({parts[0]} {BINARY_SYMBOLS[kind]} {parts[1]})"
        return f"{kind}({', '.join(parts)})"
