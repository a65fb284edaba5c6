"""Where a vector of items stands in the tree, as path bits and as addresses computed from them.

Bits are as carried (see `walk`), so they count mirrored: after d bits b1 .. bd from the root the
item is at mirrored place p = 2^(d-1) b1 + .. + bd of level d, and 0 is the rightmost node. An
address that is wanted is affine in p, `scale * p + base`; one that is known for fewer bits is
extended to it:

    scale * p(d) + base  =  (scale * 2^n / s) * X  +  sum of scale * 2^(d-i) * b(i)  +  constant

for X = s * p(d - n) + t, all modulo 2^32. This needs s = odd * 2^k with 2^k a divisor of
scale * 2^n; the odd part has an inverse.

Where a value was whole when its parity was taken, the parity is 1 - b.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slotweave.frontend.tracer import Tracer, Vector
from slotweave.isa import WORD_MASK


@dataclass(frozen=True)
class PathBit:
    """A bit of the path in each lane: `vector`, or 1 - `vector` if it is `inverted`."""

    vector: Vector
    inverted: bool = False

    def choose(self, k: Tracer, one: Vector, zero: Vector) -> Vector:
        """`one` where the bit is 1, else `zero`."""
        if self.inverted:
            one, zero = zero, one
        return k.select(self.vector, one, zero)

    def weighted(self, weight: int) -> tuple[Vector, int, int]:
        """(v, w, c) such that weight * bit = w * v + c."""
        return (self.vector, -weight, weight) if self.inverted else (self.vector, weight, 0)


@dataclass(frozen=True)
class Affine:
    """`vector` = scale * p + base, where p is the mirrored place after `depth` bits."""

    vector: Vector
    scale: int
    base: int
    depth: int


@dataclass
class Position:
    """The bits since the root, oldest first, and the newest address computed from them."""

    bits: list[PathBit] = field(default_factory=list)
    known: Affine | None = None


def affine_position(
    k: Tracer, position: Position, scale: int, base: int, bits_selected: int
) -> Vector:
    """scale * p + base for the item's mirrored place p, from the newest address known.

    The first `bits_selected` new bits choose among constants by selects; the others are multiplied.
    """
    depth = len(position.bits)
    known = position.known
    start = known.depth if known else 0
    weights = [scale << (depth - 1 - i) for i in range(start, depth)]
    terms = list(zip(position.bits[start:], weights, strict=True))
    if known is None:
        vector = _from_bits(k, terms, base, bits_selected)
    else:
        factor = _ratio(scale << (depth - start), known.scale)
        constant = base - factor * known.base
        vector = _extend(k, known.vector, factor, constant, terms, bits_selected)
    position.known = Affine(vector, scale, base, depth)
    return vector


def free_base(scale: int, base: int, bit_inverted: bool, lanes: int, next_base: int) -> int:
    """By how much less than `base` an address may lie so that the next one is 2 * it + its bit.

    For addresses scale * p + base that are followed by scale * p + next_base, one bit further on;
    0 if no difference below `lanes` makes the constant between them vanish.
    """
    gap = 2 * base - next_base - (scale if bit_inverted else 0)
    less, odd = divmod(gap, 2)
    return less if not odd and 0 <= less < lanes else 0


def _ratio(scale: int, known_scale: int) -> int:
    """scale / known_scale modulo 2^32."""
    twos = (known_scale & -known_scale).bit_length() - 1
    if scale % (1 << twos):
        raise ValueError(f"{scale} is no multiple of {known_scale} modulo 2^32")
    return (scale >> twos) * pow(known_scale >> twos, -1, 2**32) % 2**32


Terms = list[tuple[PathBit, int]]


def _from_bits(k: Tracer, terms: Terms, base: int, bits_selected: int) -> Vector:
    """base + the sum of weight * bit."""
    multiplied, constant = _multiplied(terms[bits_selected:], base)
    total = _selected(k, terms[:bits_selected], constant)
    return _with_terms(k, total, multiplied)


def _extend(
    k: Tracer, vector: Vector, factor: int, constant: int, terms: Terms, bits_selected: int
) -> Vector:
    """factor * vector + constant + the sum of weight * bit."""
    multiplied, constant = _multiplied(terms[bits_selected:], constant)
    if factor == 1 and bits_selected == 0 and constant % 2**32 == 0:
        return _with_terms(k, vector, multiplied)
    unit = next((i for i, (_, weight) in enumerate(multiplied) if weight == 1), None)
    if bits_selected == 0 and constant % 2**32 == 0 and unit is not None:
        addend, _ = multiplied.pop(unit)  # no constant, so a bit takes its place
    else:
        addend = _selected(k, terms[:bits_selected], constant)
    return _with_terms(k, k.multiply_add(vector, _constant(k, factor), addend), multiplied)


def _multiplied(terms: Terms, constant: int) -> tuple[list[tuple[Vector, int]], int]:
    """The sum of constant and weight * bit as vectors with weights, and another constant."""
    weighted = [bit.weighted(weight) for bit, weight in terms]
    return [(v, weight) for v, weight, _ in weighted], constant + sum(c for _, _, c in weighted)


def _with_terms(k: Tracer, total: Vector, terms: list[tuple[Vector, int]]) -> Vector:
    for vector, weight in terms:
        total = _add_term(k, total, vector, weight)
    return total


def _selected(k: Tracer, terms: Terms, constant: int) -> Vector:
    """constant + the sum of weight * bit, each sum a constant that the bits choose."""
    if not terms:
        return _constant(k, constant)
    (bit, weight), *others = terms
    return bit.choose(k, _selected(k, others, constant + weight), _selected(k, others, constant))


def _add_term(k: Tracer, total: Vector, bit: Vector, weight: int) -> Vector:
    """total + weight * bit, by the cheapest operation for the weight."""
    if weight % 2**32 == 1:
        return total + bit
    if weight % 2**32 == WORD_MASK:
        return total - bit
    return k.multiply_add(bit, _constant(k, weight), total)


def _constant(k: Tracer, value: int) -> Vector:
    return k.literal_vector(value % 2**32)
