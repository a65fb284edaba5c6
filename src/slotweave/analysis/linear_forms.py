"""Words as sums of multiples of other words: what intervals alone lose where these are dependent.

An interval knows nothing of `2*bit - bit`, nor of a difference that is negative for a while. A
`Linear` says of a word that it is `base + sum(factor * atom)` modulo 2^32, its atoms being words of
which only their range is known. Guarantees: for all values of the atoms within their ranges, the
word that `linear_result` describes is the result of the operation, and lies in `range_of` it.
(These are the forms of affine arithmetic; see Stolfi and de Figueiredo, 1997.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from slotweave.analysis.value_ranges import ANY, BIT, Range, keeps, result_range
from slotweave.isa import WORD_BITS, WORD_MASK

#: Sums of more atoms are not followed.
MOST_ATOMS = 24

#: Words of a wider range are no atoms: no sum of theirs says anything.
_WIDEST = 1 << (WORD_BITS - 1)


@dataclass(frozen=True, slots=True)
class Linear:
    """`base` plus each atom times its factor; `terms` holds (atom, factor, range of the atom)."""

    base: int
    terms: tuple[tuple[int, int, Range], ...] = ()


Form = Linear | None


def atom(name: int, known: Range) -> Form:
    """The word called `name` of a known range: a constant, an atom, or None if nothing is known."""
    low, high = known
    if low == high:
        return Linear(low)
    return Linear(0, ((name, 1, known),)) if high - low < _WIDEST else None


def range_of(form: Linear) -> Range:
    """Between which words `form` lies."""
    low, high = ends_of(form)
    if low >> WORD_BITS != high >> WORD_BITS:
        return ANY
    return low & WORD_MASK, high & WORD_MASK


def ends_of(form: Linear) -> tuple[int, int]:
    """The lowest and the highest sum, as integers that may be negative or longer than a word."""
    low = high = form.base
    for _atom, factor, (least, most) in form.terms:
        low += factor * (least if factor > 0 else most)
        high += factor * (most if factor > 0 else least)
    return low, high


def difference(a: Linear, b: Linear) -> Linear:
    """a - b."""
    return _plus(a, b, -1)


def linear_result(op: str, operands: Sequence[Linear]) -> Form:
    """The sum that `op` makes of sums; None if it is none, or one of too many atoms."""
    rule = _RULES.get(op)
    form = None if rule is None else rule(*operands)
    return None if form is None or len(form.terms) > MOST_ATOMS else form


def narrowed(op: str, forms: Iterable[Form], ranges: Sequence[Range]) -> tuple[Range, Form]:
    """The range of `op` by intervals and by sums, and the sum if it is no worse.

    `ranges` may be narrower than those of `forms`, for what is known of operands here alone. No
    more of `forms` is asked for than is needed.
    """
    return with_sum(op, forms, result_range(op, ranges))


def with_sum(op: str, forms: Iterable[Form], known: Range) -> tuple[Range, Form]:
    """The same where the range by intervals is known."""
    if op not in _RULES or known[0] == known[1]:
        return known, None
    operands = []
    for operand in forms:
        if operand is None:
            return known, None
        operands.append(operand)
    form = linear_result(op, operands)
    if form is None:
        return known, None
    low, high = ends_of(form)
    if high - low > known[1] - known[0]:
        return known, None
    low, high = range_of(form)
    both = max(low, known[0]), min(high, known[1])
    return (both if both[0] <= both[1] else known), form


def bits_of(form: Linear, within: Range) -> Sequence[tuple[int, int]]:
    """(atom, factor) of the bits that `form` adds to its base, the weightiest first.

    None at all if one of its atoms is no bit, if two of them weigh the same, or if the bits alone
    do not keep the sum within `within`.
    """
    if any(known != BIT for _name, _factor, known in form.terms):
        return ()
    low, high = range_of(form)
    if low < within[0] or within[1] < high:
        return ()
    bits = sorted(((name, factor) for name, factor, _known in form.terms), key=_weight)
    return bits if len(set(map(_weight, bits))) == len(bits) else ()


def _weight(bit: tuple[int, int]) -> int:
    return -abs(bit[1])


def _signed(word: int) -> int:
    word &= WORD_MASK
    return word - (WORD_MASK + 1) if word >> (WORD_BITS - 1) else word


def _scaled(a: Linear, factor: int) -> Linear:
    return _plus(Linear(0), a, _signed(factor))


def _plus(a: Linear, b: Linear, factor: int = 1) -> Linear:
    """a + factor * b."""
    base = (a.base + factor * b.base) & WORD_MASK
    if not b.terms or factor == 0:
        return Linear(base, a.terms)
    sums = {name: (times, known) for name, times, known in a.terms}
    for name, times, known in b.terms:
        so_far = sums[name][0] if name in sums else 0
        sums[name] = (_signed(so_far + factor * times), known)
    terms = tuple((name, times, known) for name, (times, known) in sums.items() if times)
    return Linear(base, tuple(sorted(terms)))


def _mul(a: Linear, b: Linear) -> Form:
    if not b.terms:
        return _scaled(a, b.base)
    return _scaled(b, a.base) if not a.terms else None


def _multiply_add(a: Linear, b: Linear, c: Linear) -> Form:
    product = _mul(a, b)
    return None if product is None else _plus(product, c)


def _shl(a: Linear, b: Linear) -> Form:
    return _scaled(a, 1 << b.base) if not b.terms and b.base < WORD_BITS else None


def _select(condition: Linear, yes: Linear, no: Linear) -> Form:
    """no + (yes - no) * condition, for a condition that is 0 or 1 and a known difference."""
    if not condition.terms:
        return yes if condition.base else no
    difference = _plus(yes, no, -1)
    if difference.terms or range_of(condition) != BIT:
        return None
    return _plus(no, condition, _signed(difference.base))


def _xor(a: Linear, b: Linear) -> Form:
    """1 - bit for bit ^ 1, and the word itself for word ^ 0."""
    if Linear(0) in (a, b):
        return _or(a, b)
    for bit, other in ((a, b), (b, a)):
        if other == Linear(1) and range_of(bit) == BIT:
            return _plus(Linear(1), bit, -1)
    return None


def _or(a: Linear, b: Linear) -> Form:
    """The word itself for word | 0."""
    if a == Linear(0):
        return b
    return a if b == Linear(0) else None


def _and(a: Linear, b: Linear) -> Form:
    """The word itself for a mask that keeps it; bit * constant for constant & (0 - bit)."""
    for word, other in ((a, b), (b, a)):
        if not other.terms and keeps(other.base, range_of(word)):
            return word
        if not word.terms and (bit := negated_bit(other)) is not None:
            return Linear(0, ((bit, _signed(word.base), BIT),))
    return None


def negated_bit(form: Form) -> int | None:
    """The atom that is a bit, if `form` is 0 - bit: a mask of all bits or none."""
    if form is None or form.base != 0 or len(form.terms) != 1:
        return None
    name, factor, known = form.terms[0]
    return name if factor == -1 and known == BIT else None


def _mod(a: Linear, b: Linear) -> Form:
    """The word itself for a word less than what it is divided by."""
    return a if not b.terms and range_of(a)[1] < b.base else None


def _eq(a: Linear, b: Linear) -> Form:
    """A bit compared with 0 or 1."""
    for bit, other in ((a, b), (b, a)):
        if not other.terms and other.base in BIT and range_of(bit) == BIT:
            return bit if other.base == 1 else _plus(Linear(1), bit, -1)
    return None


_RULES: dict[str, Callable[..., Form]] = {
    "add": _plus, "add_immediate": _plus, "sub": lambda a, b: _plus(a, b, -1), "mul": _mul,
    "multiply_add": _multiply_add, "shl": _shl, "select": _select, "xor": _xor, "and": _and,
    "or": _or, "mod": _mod, "eq": _eq, "broadcast": lambda a: a,
}  # fmt: skip

#: Operations of which the result may be a sum.
SUMS = _RULES.keys()
