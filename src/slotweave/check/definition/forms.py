"""Terms in normal form: many words that are equal for all values of their leaves get one number.

Beside what `terms` does, chains of + - * << by constants are sums with coefficients, and chains of
^ are sets; both are unique up to the order of their parts, which is sorted:

    sum     value + the sum of coefficient * part     args: part, coefficient, part, coefficient, ..
    xor     value ^ the parts                         args: parts
    lookup  the word listed for an address            args: address, listed address, word, ..

The leaves, of which a proof makes what it likes, are numbered by steps of a definition:

    value j      the value before step j              state j    the state before step j
    mixed j      value j ^ the word read by step j    parity j   value j & 1
    input a      the word at address a before the run
    unknown t    the word that term t is

Every rewriting here is an identity on 32-bit words, whatever the leaves are: sums are taken in the
ring of integers modulo 2^32, ^ is associative, commutative and its own inverse, and
(value j ^ c) & 1 = parity j ^ (c & 1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from slotweave.check.symbolic.terms import Node, Terms
from slotweave.isa import WORD_BITS, WORD_MASK

LEAVES = frozenset({"value", "state", "mixed", "parity", "input", "unknown"})

#: How deep and how wide `Forms.text` shows what a form is made of.
_TEXT_DEPTH = 4
_TEXT_PARTS = 4

#: Parts of a sum with their coefficients, or of a chain of ^, and the constant.
_Sum = tuple[Counter[int], int]


class Forms:
    """The normal forms made so far; an `Arithmetic` of words."""

    def __init__(self) -> None:
        self._terms = Terms()

    def __getitem__(self, form: int) -> Node:
        return self._terms[form]

    def leaf(self, kind: str, number: int) -> int:
        return self._terms.make(kind, number)

    def constant(self, word: int) -> int:
        return self._terms.constant(word)

    def known(self, form: int) -> int | None:
        return self._terms.known(form)

    def text(self, form: int, depth: int = _TEXT_DEPTH) -> str:
        """`form` for a reader, cut off where it gets deep."""
        kind, value, args = self._terms[form]
        if kind == "const":
            return str(value)
        if kind == "input":
            return f"memory[{value}]"
        if kind in LEAVES:
            return f"{kind} {value}"
        if depth == 0:
            return "..."
        parts = [self.text(arg, depth - 1) for arg in args[:_TEXT_PARTS]]
        parts += ["..."] * (len(args) > _TEXT_PARTS)
        if kind == "xor":
            return "(" + " ^ ".join([*parts, *[str(value)] * bool(value)]) + ")"
        return f"{kind}({', '.join([*parts, *[str(value)] * bool(value)])})"

    def cone(self, root: int) -> list[int]:
        """Everything that `root` is made of, arguments first."""
        seen = {root}
        stack = [root]
        while stack:
            fresh = set(self._terms[stack.pop()].args) - seen
            seen |= fresh
            stack += fresh
        return sorted(seen)

    def operation(self, name: str, args: tuple[int, ...]) -> int:
        """The operation `name` of `isa` on words, in normal form."""
        match name:
            case "add" | "add_immediate":
                return self._add(args[0], args[1])
            case "sub":
                return self._add(args[0], self._scaled(args[1], WORD_MASK))
            case "mul":
                return self._product(args[0], args[1])
            case "multiply_add":
                return self._add(self._product(args[0], args[1]), args[2])
            case "shl":
                return self._shifted_left(args)
            case "xor":
                return self.xor(args)
            case "and" | "or" if args[0] == args[1]:
                return args[0]
            case "and":
                return self._and(args)
            case "mod" if self.known(args[1]) == 2:
                return self._low_bit(args[0])
            case "select":
                return self._select(args)
        return self._terms.operation(name, args)

    def rebuilt(self, form: int, args: Sequence[int]) -> int:
        """The form that `form`, which is no leaf and no lookup, is with other arguments."""
        kind, value, _args = self._terms[form]
        if kind == "xor":
            return self.xor((self.constant(value), *args))
        if kind == "sum":
            return self.sum(value, args)
        return self.operation(kind, tuple(args))

    def lookup(self, address: int, words: dict[int, int]) -> int:
        """The word that `words` lists for the word `address`, which is one of its keys."""
        known = self.known(address)
        if known is not None:
            return words[known]
        if len(set(words.values())) == 1:
            return next(iter(words.values()))
        listed: list[int] = []
        for place, word in sorted(words.items()):
            listed += (self.constant(place), word)
        return self._terms.make("lookup", 0, (address, *listed))

    # Sums

    def _sum_of(self, form: int) -> _Sum:
        kind, value, args = self._terms[form]
        if kind == "const":
            return Counter(), value
        if kind != "sum":
            return Counter({form: 1}), 0
        factors = (self._terms[factor].value for factor in args[1::2])
        return Counter(dict(zip(args[::2], factors, strict=True))), value

    def _sum(self, parts: Counter[int], value: int) -> int:
        listed: list[int] = []
        for part, factor in sorted(parts.items()):
            if factor & WORD_MASK:
                listed += (part, self.constant(factor & WORD_MASK))
        value &= WORD_MASK
        if not listed:
            return self.constant(value)
        if len(listed) == 2 and not value and self.known(listed[1]) == 1:
            return listed[0]
        return self._terms.make("sum", value, tuple(listed))

    def sum(self, value: int, parts: Sequence[int]) -> int:
        """`value` and the products of part and constant factor, in pairs, added up."""
        total = self.constant(value)
        for part, factor in zip(parts[::2], parts[1::2], strict=True):
            total = self._add(total, self._scaled(part, self._terms[factor].value))
        return total

    def _add(self, first: int, second: int) -> int:
        parts, value = self._sum_of(first)
        more, other = self._sum_of(second)
        for part, factor in more.items():
            parts[part] += factor
        return self._sum(parts, value + other)

    def _scaled(self, form: int, factor: int) -> int:
        parts, value = self._sum_of(form)
        scaled = Counter({part: own * factor for part, own in parts.items()})
        return self._sum(scaled, value * factor)

    def _product(self, first: int, second: int) -> int:
        for form, factor in ((first, self.known(second)), (second, self.known(first))):
            if factor is not None:
                return self._scaled(form, factor)
        return self._terms.operation("mul", (first, second))

    def _shifted_left(self, args: tuple[int, ...]) -> int:
        by = self.known(args[1])
        if by is None:
            return self._terms.operation("shl", args)
        return self._scaled(args[0], 1 << by) if by < WORD_BITS else self.constant(0)

    # Bits

    def xor(self, forms: Iterable[int]) -> int:
        """All of `forms` under ^."""
        parts: set[int] = set()
        value = 0
        for form in forms:
            kind, own, args = self._terms[form]
            if kind in ("xor", "const"):
                value ^= own
                parts.symmetric_difference_update(args)
            else:
                parts ^= {form}
        if not parts:
            return self.constant(value)
        if len(parts) == 1 and not value:
            return parts.pop()
        return self._terms.make("xor", value, tuple(sorted(parts)))

    def _and(self, args: tuple[int, ...]) -> int:
        for form, mask in (args, args[::-1]):
            if self.known(mask) == 1:
                return self._low_bit(form)
        return self._terms.operation("and", args)

    def _low_bit(self, form: int) -> int:
        """`form & 1`."""
        kind, value, parts = self._terms[form]
        if kind == "xor" and len(parts) == 1:
            kind, step, _none = self._terms[parts[0]]
        else:
            value, step = 0, value
        if kind != "value":
            return self._terms.operation("and", (form, self.constant(1)))
        return self.xor((self.leaf("parity", step), self.constant(value & 1)))

    def _select(self, args: tuple[int, ...]) -> int:
        condition, yes, no = args
        known = self.known(condition)
        if known is not None:
            return yes if known else no
        return yes if yes == no else self._terms.operation("select", args)
