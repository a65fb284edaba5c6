"""Affine arithmetic: sums, products and left shifts merge into few multiply_adds.

A left shift by s < 32 is a product with 2^s, so chains of steps x -> x*a + b with known a and b are
one such step.
"""

from __future__ import annotations

from slotweave.rules.rule import Sides, rule
from slotweave.rules.term import Constant, Term, multiply_add


@rule
def shift_add_to_multiply_add(x: Term, y: Term, s: Constant) -> Sides:
    """(x + y) + (x << s)  ->  multiply_add(x, 2^s + 1, y)        s constant, s < 32"""
    return (x + y) + (x << s), multiply_add(x, (1 << s) + 1, y), s < 32


@rule
def fuse_multiply_add(x: Term, y: Term, z: Term) -> Sides:
    """x*y + z  ->  multiply_add(x, y, z)"""
    return x * y + z, multiply_add(x, y, z)


@rule
def fuse_shift_add(x: Term, s: Constant, y: Term) -> Sides:
    """(x << s) + y  ->  multiply_add(x, 2^s, y)        s constant, s < 32"""
    return (x << s) + y, multiply_add(x, 1 << s, y), s < 32


@rule
def add_shifted_self(x: Term, s: Constant) -> Sides:
    """(x << s) + x  ->  x * (2^s + 1)        s constant, s < 32"""
    return (x << s) + x, x * ((1 << s) + 1), s < 32


@rule
def add_multiple_of_self(x: Term, a: Constant) -> Sides:
    """x*a + x  ->  x * (a + 1)        a constant"""
    return x * a + x, x * (a + 1)


@rule
def add_affine_of_self(x: Term, a: Constant, y: Term) -> Sides:
    """(x*a + y) + x  ->  x*(a + 1) + y        a constant"""
    return multiply_add(x, a, y) + x, multiply_add(x, a + 1, y)


@rule
def affine_plus_self(x: Term, a: Constant) -> Sides:
    """x*a + x  ->  x * (a + 1)        a constant"""
    return multiply_add(x, a, x), x * (a + 1)


@rule
def affine_plus_sum_with_self(x: Term, a: Constant, y: Term) -> Sides:
    """x*a + (x + y)  ->  x*(a + 1) + y        a constant"""
    return multiply_add(x, a, x + y), multiply_add(x, a + 1, y)


@rule
def affine_plus_multiple_of_self(x: Term, a: Constant, b: Constant) -> Sides:
    """x*a + x*b  ->  x * (a + b)        a, b constant"""
    return multiply_add(x, a, x * b), x * (a + b)


@rule
def affine_plus_shifted_self(x: Term, a: Constant, s: Constant) -> Sides:
    """x*a + (x << s)  ->  x * (a + 2^s)        a, s constant, s < 32"""
    return multiply_add(x, a, x << s), x * (a + (1 << s)), s < 32


@rule
def affine_plus_affine_of_self(x: Term, a: Constant, b: Constant, y: Term) -> Sides:
    """x*a + (x*b + y)  ->  x*(a + b) + y        a, b constant"""
    return multiply_add(x, a, multiply_add(x, b, y)), multiply_add(x, a + b, y)


@rule
def merge_sums(x: Term, a: Constant, b: Constant) -> Sides:
    """(x + a) + b  ->  x + (a + b)        a, b constant"""
    return (x + a) + b, x + (a + b)


@rule
def merge_sums_of_both(x: Term, a: Constant, y: Term, b: Constant) -> Sides:
    """(x + a) + (y + b)  ->  (x + y) + (a + b)        a, b constant"""
    return (x + a) + (y + b), (x + y) + (a + b)


@rule
def merge_products(x: Term, a: Constant, b: Constant) -> Sides:
    """(x * a) * b  ->  x * (a * b)        a, b constant"""
    return (x * a) * b, x * (a * b)


@rule
def multiply_shifted(x: Term, s: Constant, a: Constant) -> Sides:
    """(x << s) * a  ->  x * (a << s)        s, a constant, s < 32"""
    return (x << s) * a, x * (a << s), s < 32


@rule
def shift_multiple(x: Term, a: Constant, s: Constant) -> Sides:
    """(x * a) << s  ->  x * (a << s)        a, s constant, s < 32"""
    return (x * a) << s, x * (a << s), s < 32


@rule
def merge_left_shifts(x: Term, s: Constant, t: Constant) -> Sides:
    """(x << s) << t  ->  x << (s + t)        s, t constant, s < 32, t < 32"""
    return (x << s) << t, x << (s + t), (s < 32) & (t < 32)


@rule
def multiply_sum(x: Term, a: Constant, b: Constant) -> Sides:
    """(x + a) * b  ->  x*b + a*b        a, b constant"""
    return (x + a) * b, multiply_add(x, b, a * b)


@rule
def shift_sum(x: Term, a: Constant, s: Constant) -> Sides:
    """(x + a) << s  ->  x*2^s + (a << s)        a, s constant, s < 32"""
    return (x + a) << s, multiply_add(x, 1 << s, a << s), s < 32


@rule
def affine_plus_constant(x: Term, a: Constant, b: Constant, c: Constant) -> Sides:
    """(x*a + b) + c  ->  x*a + (b + c)        a, b, c constant"""
    return multiply_add(x, a, b) + c, multiply_add(x, a, b + c)


@rule
def multiply_affine(x: Term, a: Constant, b: Constant, c: Constant) -> Sides:
    """(x*a + b) * c  ->  x*(a*c) + b*c        a, b, c constant"""
    return multiply_add(x, a, b) * c, multiply_add(x, a * c, b * c)


@rule
def shift_affine(x: Term, a: Constant, b: Constant, s: Constant) -> Sides:
    """(x*a + b) << s  ->  x*(a << s) + (b << s)        a, b, s constant, s < 32"""
    return multiply_add(x, a, b) << s, multiply_add(x, a << s, b << s), s < 32


@rule
def merge_affine_steps(x: Term, a: Constant, b: Constant, c: Constant, d: Constant) -> Sides:
    """(x*a + b)*c + d  ->  x*(a*c) + (b*c + d)        a, b, c, d constant"""
    return multiply_add(multiply_add(x, a, b), c, d), multiply_add(x, a * c, b * c + d)


@rule
def affine_of_sum(x: Term, a: Constant, c: Constant, d: Constant) -> Sides:
    """(x + a)*c + d  ->  x*c + (a*c + d)        a, c, d constant"""
    return multiply_add(x + a, c, d), multiply_add(x, c, a * c + d)


@rule
def affine_of_multiple(x: Term, a: Constant, c: Constant, y: Term) -> Sides:
    """(x*a)*c + y  ->  x*(a*c) + y        a, c constant"""
    return multiply_add(x * a, c, y), multiply_add(x, a * c, y)


@rule
def affine_of_shifted(x: Term, s: Constant, c: Constant, y: Term) -> Sides:
    """(x << s)*c + y  ->  x*(c << s) + y        s, c constant, s < 32"""
    return multiply_add(x << s, c, y), multiply_add(x, c << s, y), s < 32


@rule
def subtract_sum(x: Term, a: Constant, c: Constant) -> Sides:
    """c - (x + a)  ->  (c - a) - x        a, c constant"""
    return c - (x + a), (c - a) - x


@rule
def subtract_affine(x: Term, a: Constant, b: Constant, c: Constant) -> Sides:
    """c - (x*a + b)  ->  x*(0 - a) + (c - b)        a, b, c constant"""
    return c - multiply_add(x, a, b), multiply_add(x, 0 - a, c - b)


@rule
def merge_differences(x: Term, a: Constant, b: Constant) -> Sides:
    """(x - a) - b  ->  x - (a + b)        a, b constant"""
    return (x - a) - b, x - (a + b)


@rule
def add_to_difference(x: Term, a: Constant, b: Constant) -> Sides:
    """(x - a) + b  ->  x + (b - a)        a, b constant"""
    return (x - a) + b, x + (b - a)


@rule
def subtract_from_sum(x: Term, a: Constant, b: Constant) -> Sides:
    """(x + a) - b  ->  x + (a - b)        a, b constant"""
    return (x + a) - b, x + (a - b)


@rule
def multiply_difference(x: Term, a: Constant, b: Constant) -> Sides:
    """(x - a) * b  ->  x*b + (0 - a*b)        a, b constant"""
    return (x - a) * b, multiply_add(x, b, 0 - a * b)


@rule
def shift_difference(x: Term, a: Constant, s: Constant) -> Sides:
    """(x - a) << s  ->  x*2^s + (0 - (a << s))        a, s constant, s < 32"""
    return (x - a) << s, multiply_add(x, 1 << s, 0 - (a << s)), s < 32


@rule
def subtract_from_product(x: Term, y: Term, c: Constant) -> Sides:
    """x*y - c  ->  x*y + (0 - c)        c constant"""
    return x * y - c, multiply_add(x, y, 0 - c)


@rule
def subtract_from_shifted(x: Term, s: Constant, c: Constant) -> Sides:
    """(x << s) - c  ->  x*2^s + (0 - c)        s, c constant, s < 32"""
    return (x << s) - c, multiply_add(x, 1 << s, 0 - c), s < 32


@rule
def subtract_from_affine(x: Term, a: Constant, b: Constant, c: Constant) -> Sides:
    """(x*a + b) - c  ->  x*a + (b - c)        a, b, c constant"""
    return multiply_add(x, a, b) - c, multiply_add(x, a, b - c)


@rule
def affine_of_difference(x: Term, a: Constant, c: Constant, d: Constant) -> Sides:
    """(x - a)*c + d  ->  x*c + (d - a*c)        a, c, d constant"""
    return multiply_add(x - a, c, d), multiply_add(x, c, d - a * c)


#: Those that see more of a term come first.
AFFINE = (
    shift_add_to_multiply_add, add_shifted_self, add_multiple_of_self, add_affine_of_self,
    affine_plus_self, affine_plus_sum_with_self, affine_plus_multiple_of_self,
    affine_plus_shifted_self, affine_plus_affine_of_self,
    merge_sums, merge_sums_of_both, affine_plus_constant,
    merge_products, multiply_shifted, shift_multiple, merge_left_shifts,
    multiply_sum, shift_sum, multiply_affine, shift_affine,
    merge_affine_steps, affine_of_sum, affine_of_multiple, affine_of_shifted,
    subtract_sum, subtract_affine, merge_differences, add_to_difference, subtract_from_sum,
    multiply_difference, shift_difference, subtract_from_product, subtract_from_shifted,
    subtract_from_affine, affine_of_difference, fuse_multiply_add, fuse_shift_add,
)  # fmt: skip
