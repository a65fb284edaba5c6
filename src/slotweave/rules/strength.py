"""Strength reduction: shifts and masks instead of products and quotients by powers of two."""

from __future__ import annotations

from slotweave.rules.rule import Sides, rule
from slotweave.rules.term import Constant, Operand, Term, constant, equals


def log2(c: Term) -> Term:
    """The number of the highest bit of c, found by halving; it is exact for powers of two."""
    number: Operand = 0
    for bits in (16, 8, 4, 2, 1):
        step = (c > constant((1 << bits) - 1)) * bits
        number, c = step + number, c >> step
    return number if isinstance(number, Term) else constant(number)


def is_power_of_two(c: Term) -> Term:
    return (c > 0) & equals(c & (c - 1), 0)


@rule
def multiply_by_power(x: Term, c: Constant) -> Sides:
    """x * c  ->  x << log2(c)        c constant, a power of two"""
    return x * c, x << log2(c), is_power_of_two(c)


@rule
def divide_by_power(x: Term, c: Constant) -> Sides:
    """x // c  ->  x >> log2(c)        c constant, a power of two"""
    return x // c, x >> log2(c), is_power_of_two(c)


@rule
def remainder_of_power(x: Term, c: Constant) -> Sides:
    """x % c  ->  x & (c - 1)        c constant, a power of two"""
    return x % c, x & (c - 1), is_power_of_two(c)


STRENGTH = (multiply_by_power, divide_by_power, remainder_of_power)
