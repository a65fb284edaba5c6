"""Where a vector of items stands in the tree, as path bits and as addresses computed from them.

Bits are as carried (see `walk`), so they count mirrored: after d bits b1 .. bd from the root the
item is at mirrored place p = 2^(d-1) b1 + .. + bd of level d, and 0 is the rightmost node. An
address that is wanted is affine in p, `scale * p + base`; one that is known for fewer bits is
extended to it:

    scale * p(d) + base  =  (scale * 2^n / s) * X  +  sum of scale * 2^(d-i) * b(i)  +  constant

for X = s * p(d - n) + t, all modulo 2^32. This needs s = odd * 2^k with 2^k a divisor of
scale * 2^n; the odd part has an inverse.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slotweave.frontend.tracer import Tracer, Vector
from slotweave.isa import WORD_MASK


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

    bits: list[Vector] = field(default_factory=list)
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


def _ratio(scale: int, known_scale: int) -> int:
    """scale / known_scale modulo 2^32."""
    twos = (known_scale & -known_scale).bit_length() - 1
    if scale % (1 << twos):
        raise ValueError(f"{scale} is no multiple of {known_scale} modulo 2^32")
    return (scale >> twos) * pow(known_scale >> twos, -1, 2**32) % 2**32


Terms = list[tuple[Vector, int]]


def _from_bits(k: Tracer, terms: Terms, base: int, bits_selected: int) -> Vector:
    """base + the sum of weight * bit."""
    total = _selected(k, terms[:bits_selected], base)
    for bit, weight in terms[bits_selected:]:
        total = _add_term(k, total, bit, weight)
    return total


def _extend(
    k: Tracer, vector: Vector, factor: int, constant: int, terms: Terms, bits_selected: int
) -> Vector:
    """factor * vector + constant + the sum of weight * bit."""
    addend = _selected(k, terms[:bits_selected], constant)
    total = k.multiply_add(vector, _constant(k, factor), addend)
    for bit, weight in terms[bits_selected:]:
        total = _add_term(k, total, bit, weight)
    return total


def _selected(k: Tracer, terms: Terms, constant: int) -> Vector:
    """constant + the sum of weight * bit, each sum a constant that the bits choose."""
    if not terms:
        return _constant(k, constant)
    (bit, weight), *others = terms
    one = _selected(k, others, constant + weight)
    return k.select(bit, one, _selected(k, others, constant))


def _add_term(k: Tracer, total: Vector, bit: Vector, weight: int) -> Vector:
    """total + weight * bit, by the cheapest operation for the weight."""
    if weight % 2**32 == 1:
        return total + bit
    if weight % 2**32 == WORD_MASK:
        return total - bit
    return k.multiply_add(bit, _constant(k, weight), total)


def _constant(k: Tracer, value: int) -> Vector:
    return k.literal_vector(value % 2**32)
