"""Whether the lanes of a vector are known to differ: then a scatter to them has no order.

Guarantees: if `lanes_differ`, no two lanes of the value are equal, whatever memory and variables
hold. Each word is a sum modulo 2^32 of multiples of words of which only the range is known (see
`linear_forms`); two differ if no multiple of 2^32 is a value of their difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import gcd

from slotweave.analysis.linear_forms import Linear, difference, ends_of, linear_result, range_of
from slotweave.analysis.value_ranges import ANY, BIT, Range, result_range
from slotweave.ir.graph import Node
from slotweave.isa import OPERATIONS, WORD_MASK

_MODULUS = WORD_MASK + 1

#: Atoms are named by node and lane; no vector has more lanes.
_MOST_LANES = 1 << 16

#: The values of sums of at most so many bits are counted out.
MOST_BITS = 8

#: The sums of the words of a node.
Sums = tuple[Linear, ...]


class WordSums:
    """The sums that words of values are, worked out when asked for, each node once."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes  # may grow
        self._sums: dict[int, Sums] = {}

    def lanes_differ(self, value: int) -> bool:
        """Whether no two words of node `value` can be equal."""
        return all(surely_differ(a, b) for a, b in combinations(self.of(value), 2))

    def of(self, value: int) -> Sums:
        """The sums of node `value`; what it is made of comes first."""
        stack = [value]
        while stack:
            index = stack[-1]
            missing = [arg for arg in self._followed(index) if arg not in self._sums]
            if missing:
                stack += missing
                continue
            stack.pop()
            if index not in self._sums:
                self._sums[index] = self._sums_of(index)
        return self._sums[value]

    def _followed(self, index: int) -> tuple[int, ...]:
        """The operands that the words of a node are computed from."""
        node = self._nodes[index]
        return node.args if node.pure else ()

    def _sums_of(self, index: int) -> Sums:
        node = self._nodes[index]
        args = [self._sums[arg] for arg in self._followed(index)]
        if node.op in ("const", "zeros"):
            return (Linear(node.imm & WORD_MASK),) * node.width
        if node.op == "broadcast":
            return args[0] * node.width
        if node.op == "slice":
            return args[0][node.imm : node.imm + node.width]
        if node.op == "overlay":
            words: dict[int, Linear] = {}
            for offset, part in zip(node.offsets, args, strict=True):
                words.update(enumerate(part, offset))
            return tuple(words[word] for word in range(node.width))
        return tuple(
            self._word(node, [arg[lane] for arg in args], index * _MOST_LANES + lane)
            for lane in range(node.width)
        )

    def _word(self, node: Node, operands: list[Linear], name: int) -> Linear:
        """The sum that an operation makes of `operands`, or an atom called `name`."""
        if not node.pure or node.op == "variable":
            return unknown_word(name)
        if OPERATIONS[node.op].immediate:
            operands = [*operands, Linear(node.imm & WORD_MASK)]
        return sum_of(node.op, operands, name)


def sum_of(op: str, operands: Sequence[Linear], name: int) -> Linear:
    """The sum that an operation makes of `operands`; an atom called `name` if it is none."""
    found = linear_result(op, operands) or _side_by_side(op, operands)
    if found is not None:
        return found
    known = result_range(op, [range_of(operand) for operand in operands])
    return _multiple(op, operands, name, known) or _atom(name, known)


def unknown_word(name: int) -> Linear:
    """An atom about which nothing is known."""
    return _atom(name, ANY)


def _atom(name: int, known: Range) -> Linear:
    low, high = known
    return Linear(low) if low == high else Linear(0, ((name, 1, known),))


def _side_by_side(op: str, operands: Sequence[Linear]) -> Linear | None:
    """a | b and a ^ b as a + b, where a is a multiple of a power of two that b is less than."""
    if op not in ("or", "xor"):
        return None
    for a, b in (operands, operands[::-1]):
        if _stride(a) % (1 << range_of(b)[1].bit_length()) == 0:
            return linear_result("add", (a, b))
    return None


def _multiple(op: str, operands: Sequence[Linear], name: int, known: Range) -> Linear | None:
    """x & mask as a multiple of the lowest bit of a known mask; it is in the range `known`."""
    for mask in operands:
        if op == "and" and not mask.terms and mask.base:
            step = mask.base & -mask.base
            return Linear(0, ((name, step, (0, known[1] // step)),))
    return None


def _stride(form: Linear) -> int:
    """All values of `form` are multiples of this."""
    return gcd(_MODULUS, form.base, *(factor for _name, factor, _range in form.terms))


def surely_differ(a: Linear, b: Linear) -> bool:
    """Whether the two words cannot be equal."""
    apart = difference(a, b)
    step = gcd(_MODULUS, *(factor for _name, factor, _range in apart.terms))
    if apart.base % step:
        return True
    low, high = ends_of(apart)
    return -(-low // _MODULUS) > high // _MODULUS or _no_bits_give_zero(apart)


def _no_bits_give_zero(form: Linear) -> bool:
    """Whether `form` is a sum of a few bits, and not 0 whatever these are."""
    if len(form.terms) > MOST_BITS or any(known != BIT for _name, _factor, known in form.terms):
        return False
    sums = {form.base}
    for _name, factor, _known in form.terms:
        sums |= {(word + factor) % _MODULUS for word in sums}
    return 0 not in sums
