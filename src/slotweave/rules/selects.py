"""Selects: known conditions, equal choices, and operations that both choices share."""

from __future__ import annotations

from slotweave.isa import BINARY_SYMBOLS, COMMUTATIVE, OPERATIONS
from slotweave.rules.rule import Rule, Sides, make_rule, rule
from slotweave.rules.term import Constant, Term, equals, operation, select, variable


@rule
def select_same(b: Term, x: Term) -> Sides:
    """select(b, x, x)  ->  x"""
    return select(b, x, x), x


@rule
def select_never(x: Term, y: Term) -> Sides:
    """select(0, x, y)  ->  y"""
    return select(0, x, y), y


@rule
def select_always(c: Constant, x: Term, y: Term) -> Sides:
    """select(c, x, y)  ->  x        c constant, not 0"""
    return select(c, x, y), x, c > 0


@rule
def select_if_not(x: Term, y: Term, z: Term) -> Sides:
    """select(x == 0, y, z)  ->  select(x, z, y)"""
    return select(equals(x, 0), y, z), select(x, z, y)


@rule
def select_if_positive(x: Term, y: Term, z: Term) -> Sides:
    """select(0 < x, y, z)  ->  select(x, y, z)"""
    return select(x > 0, y, z), select(x, y, z)


@rule
def select_bit(x: Term) -> Sides:
    """select(x & 1, 1, 0)  ->  x & 1"""
    return select(x & 1, 1, 0), x & 1


@rule
def select_equality(x: Term, y: Term) -> Sides:
    """select(x == y, 1, 0)  ->  x == y"""
    return select(equals(x, y), 1, 0), equals(x, y)


@rule
def select_order(x: Term, y: Term) -> Sides:
    """select(x < y, 1, 0)  ->  x < y"""
    return select(x < y, 1, 0), x < y


@rule
def select_again_yes(b: Term, x: Term, y: Term, z: Term) -> Sides:
    """select(b, select(b, x, y), z)  ->  select(b, x, z)"""
    return select(b, select(b, x, y), z), select(b, x, z)


@rule
def select_again_no(b: Term, x: Term, y: Term, z: Term) -> Sides:
    """select(b, x, select(b, y, z))  ->  select(b, x, z)"""
    return select(b, x, select(b, y, z)), select(b, x, z)


def _factor(op: str, left: bool) -> Rule:
    """An operation that both choices do, with one operand in common, is done after the select."""
    b, x, y, z = (variable(name) for name in "bxyz")

    def applied(operand: Term) -> Term:
        return operation(op, z, operand) if left else operation(op, operand, z)

    sides = select(b, applied(x), applied(y)), applied(select(b, x, y))
    return make_rule(f"select_before_{op}{'_by' * left}", f"{sides[0]}  ->  {sides[1]}", sides)


_TOTAL = [name for name in BINARY_SYMBOLS if OPERATIONS[name].defined_if is None]

FACTORED = tuple(
    _factor(op, left) for op in _TOTAL for left in (False, True) if not (left and op in COMMUTATIVE)
)

SELECTS = (
    select_same, select_never, select_always, select_if_not, select_if_positive,
    select_bit, select_equality, select_order, select_again_yes, select_again_no,
    *FACTORED,
)  # fmt: skip
