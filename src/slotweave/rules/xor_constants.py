"""Constants under xor: they move outwards where they reach another one, a mask, or a comparison.

A constant is never moved for its own sake: each rule ends with fewer operations than it began with.
"""

from __future__ import annotations

from slotweave.rules.rule import Sides, rule
from slotweave.rules.term import Constant, Term, equals, select


@rule
def merge_xors(x: Term, c: Constant, d: Constant) -> Sides:
    """(x ^ c) ^ d  ->  x ^ (c ^ d)        c, d constant"""
    return (x ^ c) ^ d, x ^ (c ^ d)


@rule
def cancel_xors(x: Term, y: Term, c: Term) -> Sides:
    """(x ^ c) ^ (y ^ c)  ->  x ^ y"""
    return (x ^ c) ^ (y ^ c), x ^ y


@rule
def cancel_xor_through(x: Term, y: Term, c: Constant) -> Sides:
    """((x ^ c) ^ y) ^ c  ->  x ^ y        c constant"""
    return ((x ^ c) ^ y) ^ c, x ^ y


@rule
def cancel_xors_through(x: Term, y: Term, z: Term, c: Constant) -> Sides:
    """((x ^ c) ^ y) ^ (z ^ c)  ->  (x ^ y) ^ z        c constant"""
    return ((x ^ c) ^ y) ^ (z ^ c), (x ^ y) ^ z


@rule
def merge_xors_of_both(x: Term, c: Constant, y: Term, d: Constant) -> Sides:
    """(x ^ c) ^ (y ^ d)  ->  (x ^ y) ^ (c ^ d)        c, d constant"""
    return (x ^ c) ^ (y ^ d), (x ^ y) ^ (c ^ d)


@rule
def merge_xors_through(x: Term, c: Constant, y: Term, d: Constant) -> Sides:
    """((x ^ c) ^ y) ^ d  ->  (x ^ y) ^ (c ^ d)        c, d constant"""
    return ((x ^ c) ^ y) ^ d, (x ^ y) ^ (c ^ d)


@rule
def merge_xors_through_one(x: Term, c: Constant, y: Term, z: Term, d: Constant) -> Sides:
    """((x ^ c) ^ y) ^ (z ^ d)  ->  ((x ^ y) ^ z) ^ (c ^ d)        c, d constant"""
    return ((x ^ c) ^ y) ^ (z ^ d), ((x ^ y) ^ z) ^ (c ^ d)


@rule
def merge_xors_through_two(x: Term, c: Constant, y: Term, z: Term, d: Constant) -> Sides:
    """(((x ^ c) ^ y) ^ z) ^ d  ->  ((x ^ y) ^ z) ^ (c ^ d)        c, d constant"""
    return (((x ^ c) ^ y) ^ z) ^ d, ((x ^ y) ^ z) ^ (c ^ d)


@rule
def merge_xors_through_each(x: Term, c: Constant, y: Term, z: Term, d: Constant, w: Term) -> Sides:
    """((x ^ c) ^ y) ^ ((z ^ d) ^ w)  ->  ((x ^ y) ^ (z ^ w)) ^ (c ^ d)        c, d constant"""
    return ((x ^ c) ^ y) ^ ((z ^ d) ^ w), ((x ^ y) ^ (z ^ w)) ^ (c ^ d)


@rule
def mask_hides_xor(x: Term, c: Constant, m: Constant) -> Sides:
    """(x ^ c) & m  ->  x & m        c, m constant, c & m = 0"""
    return (x ^ c) & m, x & m, equals(c & m, 0)


@rule
def mask_hides_xor_through(x: Term, c: Constant, y: Term, m: Constant) -> Sides:
    """((x ^ c) ^ y) & m  ->  (x ^ y) & m        c, m constant, c & m = 0"""
    return ((x ^ c) ^ y) & m, (x ^ y) & m, equals(c & m, 0)


@rule
def merge_xors_through_mask(x: Term, c: Constant, m: Constant, d: Constant) -> Sides:
    """((x ^ c) & m) ^ d  ->  (x & m) ^ ((c & m) ^ d)        c, m, d constant"""
    return ((x ^ c) & m) ^ d, (x & m) ^ ((c & m) ^ d)


@rule
def merge_xors_through_xor_and_mask(
    x: Term, c: Constant, y: Term, m: Constant, d: Constant
) -> Sides:
    """(((x ^ c) ^ y) & m) ^ d  ->  ((x ^ y) & m) ^ ((c & m) ^ d)        c, m, d constant"""
    return (((x ^ c) ^ y) & m) ^ d, ((x ^ y) & m) ^ ((c & m) ^ d)


@rule
def merge_xors_through_right_shift(x: Term, c: Constant, s: Constant, d: Constant) -> Sides:
    """((x ^ c) >> s) ^ d  ->  (x >> s) ^ ((c >> s) ^ d)        c, s, d constant"""
    return ((x ^ c) >> s) ^ d, (x >> s) ^ ((c >> s) ^ d)


@rule
def merge_xors_through_left_shift(x: Term, c: Constant, s: Constant, d: Constant) -> Sides:
    """((x ^ c) << s) ^ d  ->  (x << s) ^ ((c << s) ^ d)        c, s, d constant"""
    return ((x ^ c) << s) ^ d, (x << s) ^ ((c << s) ^ d)


@rule
def compare_without_xor(x: Term, c: Constant, d: Constant) -> Sides:
    """(x ^ c) == d  ->  x == (c ^ d)        c, d constant"""
    return equals(x ^ c, d), equals(x, c ^ d)


@rule
def compare_without_common_xor(x: Term, y: Term, z: Term) -> Sides:
    """(x ^ z) == (y ^ z)  ->  x == y"""
    return equals(x ^ z, y ^ z), equals(x, y)


@rule
def compare_instead_of_xor(x: Term, y: Term) -> Sides:
    """(x ^ y) == 0  ->  x == y"""
    return equals(x ^ y, 0), equals(x, y)


@rule
def compare_masked_without_xor(x: Term, c: Constant, m: Constant, d: Constant) -> Sides:
    """((x ^ c) & m) == d  ->  (x & m) == ((c & m) ^ d)        c, m, d constant"""
    return equals((x ^ c) & m, d), equals(x & m, (c & m) ^ d)


@rule
def select_by_inverted_bit(x: Term, y: Term, z: Term) -> Sides:
    """select((x & 1) ^ 1, y, z)  ->  select(x & 1, z, y)"""
    return select((x & 1) ^ 1, y, z), select(x & 1, z, y)


@rule
def select_by_bit_of_xor(x: Term, c: Constant, y: Term, z: Term) -> Sides:
    """select((x ^ c) & 1, y, z)  ->  select(x & 1, z, y)        c constant, odd"""
    return select((x ^ c) & 1, y, z), select(x & 1, z, y), c & 1


@rule
def select_by_bit_of_xor_through(x: Term, c: Constant, w: Term, y: Term, z: Term) -> Sides:
    """select(((x ^ c) ^ w) & 1, y, z)  ->  select((x ^ w) & 1, z, y)        c constant, odd"""
    return select(((x ^ c) ^ w) & 1, y, z), select((x ^ w) & 1, z, y), c & 1


#: Those that see more of a term, and those that end with less, come first.
XOR_CONSTANTS = (
    cancel_xors, cancel_xor_through, cancel_xors_through, merge_xors,
    merge_xors_of_both, merge_xors_through_each, merge_xors_through_one, merge_xors_through_two,
    merge_xors_through, mask_hides_xor, mask_hides_xor_through,
    merge_xors_through_xor_and_mask, merge_xors_through_mask,
    merge_xors_through_right_shift, merge_xors_through_left_shift,
    compare_without_common_xor, compare_instead_of_xor, compare_without_xor,
    compare_masked_without_xor,
    select_by_inverted_bit, select_by_bit_of_xor, select_by_bit_of_xor_through,
)  # fmt: skip
