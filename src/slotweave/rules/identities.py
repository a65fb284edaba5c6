"""Identities: operations that do nothing, undo each other, or give what is known beforehand."""

from __future__ import annotations

from slotweave.rules.rule import Sides, rule
from slotweave.rules.term import Constant, Term, constant, equals, multiply_add


@rule
def add_zero(x: Term) -> Sides:
    """x + 0  ->  x"""
    return x + 0, x


@rule
def subtract_zero(x: Term) -> Sides:
    """x - 0  ->  x"""
    return x - 0, x


@rule
def subtract_self(x: Term) -> Sides:
    """x - x  ->  0"""
    return x - x, constant(0)


@rule
def subtract_added(x: Term, y: Term) -> Sides:
    """(x + y) - y  ->  x"""
    return (x + y) - y, x


@rule
def add_subtracted(x: Term, y: Term) -> Sides:
    """(x - y) + y  ->  x"""
    return (x - y) + y, x


@rule
def multiply_by_zero(x: Term) -> Sides:
    """x * 0  ->  0"""
    return x * 0, constant(0)


@rule
def multiply_by_one(x: Term) -> Sides:
    """x * 1  ->  x"""
    return x * 1, x


@rule
def multiply_add_zero_times(x: Term, y: Term) -> Sides:
    """multiply_add(x, 0, y)  ->  y"""
    return multiply_add(x, 0, y), y


@rule
def multiply_add_one_time(x: Term, y: Term) -> Sides:
    """multiply_add(x, 1, y)  ->  x + y"""
    return multiply_add(x, 1, y), x + y


@rule
def multiply_add_nothing(x: Term, y: Term) -> Sides:
    """multiply_add(x, y, 0)  ->  x * y"""
    return multiply_add(x, y, 0), x * y


@rule
def divide_by_one(x: Term) -> Sides:
    """x // 1  ->  x"""
    return x // 1, x


@rule
def remainder_of_one(x: Term) -> Sides:
    """x % 1  ->  0"""
    return x % 1, constant(0)


@rule
def xor_zero(x: Term) -> Sides:
    """x ^ 0  ->  x"""
    return x ^ 0, x


@rule
def xor_self(x: Term) -> Sides:
    """x ^ x  ->  0"""
    return x ^ x, constant(0)


@rule
def xor_twice(x: Term, y: Term) -> Sides:
    """(x ^ y) ^ y  ->  x"""
    return (x ^ y) ^ y, x


@rule
def and_zero(x: Term) -> Sides:
    """x & 0  ->  0"""
    return x & 0, constant(0)


@rule
def and_all(x: Term) -> Sides:
    """x & -1  ->  x"""
    return x & -1, x


@rule
def and_self(x: Term) -> Sides:
    """x & x  ->  x"""
    return x & x, x


@rule
def merge_masks(x: Term, a: Constant, b: Constant) -> Sides:
    """(x & a) & b  ->  x & (a & b)        a, b constant"""
    return (x & a) & b, x & (a & b)


@rule
def or_zero(x: Term) -> Sides:
    """x | 0  ->  x"""
    return x | 0, x


@rule
def or_all(x: Term) -> Sides:
    """x | -1  ->  -1"""
    return x | -1, constant(-1)


@rule
def or_self(x: Term) -> Sides:
    """x | x  ->  x"""
    return x | x, x


@rule
def merge_settings(x: Term, a: Constant, b: Constant) -> Sides:
    """(x | a) | b  ->  x | (a | b)        a, b constant"""
    return (x | a) | b, x | (a | b)


@rule
def shift_left_by_zero(x: Term) -> Sides:
    """x << 0  ->  x"""
    return x << 0, x


@rule
def shift_right_by_zero(x: Term) -> Sides:
    """x >> 0  ->  x"""
    return x >> 0, x


@rule
def shift_all_out_left(x: Term, s: Constant) -> Sides:
    """x << s  ->  0        s constant, s > 31"""
    return x << s, constant(0), s > 31


@rule
def shift_all_out_right(x: Term, s: Constant) -> Sides:
    """x >> s  ->  0        s constant, s > 31"""
    return x >> s, constant(0), s > 31


@rule
def merge_right_shifts(x: Term, s: Constant, t: Constant) -> Sides:
    """(x >> s) >> t  ->  x >> (s + t)        s, t constant, s < 32, t < 32"""
    return (x >> s) >> t, x >> (s + t), (s < 32) & (t < 32)


@rule
def shift_zero_left(x: Term) -> Sides:
    """0 << x  ->  0"""
    return 0 << x, constant(0)


@rule
def shift_zero_right(x: Term) -> Sides:
    """0 >> x  ->  0"""
    return 0 >> x, constant(0)


@rule
def equal_to_self(x: Term) -> Sides:
    """x == x  ->  1"""
    return equals(x, x), constant(1)


@rule
def less_than_self(x: Term) -> Sides:
    """x < x  ->  0"""
    return x < x, constant(0)


@rule
def less_than_zero(x: Term) -> Sides:
    """x < 0  ->  0"""
    return x < 0, constant(0)


@rule
def bit_is_one(x: Term) -> Sides:
    """(x & 1) == 1  ->  x & 1"""
    return equals(x & 1, 1), x & 1


@rule
def equality_is_one(x: Term, y: Term) -> Sides:
    """(x == y) == 1  ->  x == y"""
    return equals(equals(x, y), 1), equals(x, y)


@rule
def order_is_one(x: Term, y: Term) -> Sides:
    """(x < y) == 1  ->  x < y"""
    return equals(x < y, 1), x < y


@rule
def bit_of_bit(x: Term, y: Term) -> Sides:
    """(x == y) & 1  ->  x == y"""
    return equals(x, y) & 1, equals(x, y)


@rule
def bit_of_order(x: Term, y: Term) -> Sides:
    """(x < y) & 1  ->  x < y"""
    return (x < y) & 1, x < y


@rule
def mask_of_order(x: Term, y: Term, z: Term) -> Sides:
    """x & (0 - (y < z))  ->  x * (y < z)"""
    return x & (constant(0) - (y < z)), x * (y < z)


@rule
def mask_of_equality(x: Term, y: Term, z: Term) -> Sides:
    """x & (0 - (y == z))  ->  x * (y == z)"""
    return x & (constant(0) - equals(y, z)), x * equals(y, z)


@rule
def mask_of_bit(x: Term, y: Term) -> Sides:
    """x & (0 - (y & 1))  ->  x * (y & 1)"""
    return x & (constant(0) - (y & 1)), x * (y & 1)


IDENTITIES = (
    add_zero, subtract_zero, subtract_self, subtract_added, add_subtracted,
    multiply_by_zero, multiply_by_one,
    multiply_add_zero_times, multiply_add_one_time, multiply_add_nothing,
    divide_by_one, remainder_of_one,
    xor_zero, xor_self, xor_twice, and_zero, and_all, and_self, merge_masks,
    or_zero, or_all, or_self, merge_settings,
    shift_left_by_zero, shift_right_by_zero, shift_all_out_left, shift_all_out_right,
    merge_right_shifts, shift_zero_left, shift_zero_right,
    equal_to_self, less_than_self, less_than_zero,
    bit_is_one, equality_is_one, order_is_one, bit_of_bit, bit_of_order,
    mask_of_order, mask_of_equality, mask_of_bit,
)  # fmt: skip
