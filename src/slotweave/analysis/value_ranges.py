"""Between which words the result of an operation lies, given that of its operands.

Guarantees: `result_range(op, ranges)` is (lowest, highest) with lowest <= result <= highest as
unsigned words, for all operands within their ranges for which the operation is defined. A range of
one word is a known word. (The domain is that of intervals; see Cousot & Cousot, POPL 1977.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from slotweave.isa import WORD_BITS, WORD_MASK
from slotweave.isa.codegen import word_function

Range = tuple[int, int]

ANY: Range = (0, WORD_MASK)
BIT: Range = (0, 1)

#: What is known of operations on a word and itself, whatever it is.
OF_ITSELF: Mapping[str, Range] = {"xor": (0, 0), "sub": (0, 0), "lt": (0, 0), "eq": (1, 1)}


def result_range(op: str, ranges: Sequence[Range]) -> Range:
    """The range of `op` on words in `ranges` (the immediate last)."""
    for low, high in ranges:
        if low != high:
            rule = _RULES.get(op)
            return ANY if rule is None else rule(*ranges)
    try:
        word = word_function(op)(*(low for low, _high in ranges))
    except ZeroDivisionError:
        return ANY
    return word, word


def hull(*ranges: Range) -> Range:
    """The smallest range around `ranges`."""
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def below(value: Range, limit: Range) -> Range:
    """`value` where it is known to be less than a word in `limit`."""
    return value[0], max(value[0], min(value[1], limit[1] - 1))


def _wrapped(low: int, high: int) -> Range:
    """The words of the integers low .. high, if they are consecutive."""
    if low >> WORD_BITS != high >> WORD_BITS:
        return ANY
    return low & WORD_MASK, high & WORD_MASK


def _add(a: Range, b: Range) -> Range:
    return _wrapped(a[0] + b[0], a[1] + b[1])


def _sub(a: Range, b: Range) -> Range:
    return _wrapped(a[0] - b[1], a[1] - b[0])


def _mul(a: Range, b: Range) -> Range:
    return _wrapped(a[0] * b[0], a[1] * b[1])


def _multiply_add(a: Range, b: Range, c: Range) -> Range:
    return _wrapped(a[0] * b[0] + c[0], a[1] * b[1] + c[1])


def _div(a: Range, b: Range) -> Range:
    return a[0] // max(b[1], 1), a[1] // max(b[0], 1)


def _mod(a: Range, b: Range) -> Range:
    return a if a[1] < b[0] else (0, min(a[1], max(b[1] - 1, 0)))


def keeps(mask: int, value: Range) -> bool:
    """Is a word in `value` the same after `& mask`?"""
    bits = (1 << value[1].bit_length()) - 1
    return mask & bits == bits


def _and(a: Range, b: Range) -> Range:
    for mask, value in ((a, b), (b, a)):
        if mask[0] == mask[1] and keeps(mask[0], value):
            return value
    return 0, min(a[1], b[1])


def _or(a: Range, b: Range) -> Range:
    return max(a[0], b[0]), _bits(a, b) if a[1] and b[1] else max(a[1], b[1])


def _xor(a: Range, b: Range) -> Range:
    if a[1] == 0 or b[1] == 0:
        return max(a, b)
    return 0, _bits(a, b)


def _bits(a: Range, b: Range) -> int:
    return int((1 << max(a[1].bit_length(), b[1].bit_length())) - 1)


def _shl(a: Range, b: Range) -> Range:
    if b[1] >= WORD_BITS:
        return ANY
    return _wrapped(a[0] << b[0], a[1] << b[1])


def _shr(a: Range, b: Range) -> Range:
    lowest = a[0] >> b[1] if b[1] < WORD_BITS else 0
    return lowest, a[1] >> b[0] if b[0] < WORD_BITS else 0


def _lt(a: Range, b: Range) -> Range:
    if a[1] < b[0]:
        return 1, 1
    return (0, 0) if a[0] >= b[1] else BIT


def _eq(a: Range, b: Range) -> Range:
    return (0, 0) if a[1] < b[0] or b[1] < a[0] else BIT


def _select(condition: Range, yes: Range, no: Range) -> Range:
    if condition[0] > 0:
        return yes
    return no if condition[1] == 0 else hull(yes, no)


_RULES: dict[str, Callable[..., Range]] = {
    "add": _add, "sub": _sub, "mul": _mul, "div": _div, "mod": _mod, "and": _and, "or": _or,
    "xor": _xor, "shl": _shl, "shr": _shr, "lt": _lt, "eq": _eq, "select": _select,
    "multiply_add": _multiply_add, "add_immediate": _add, "broadcast": lambda a: a,
}  # fmt: skip
