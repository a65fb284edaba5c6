"""Broadcasts: what is the same in every lane is computed once, on a word."""

from __future__ import annotations

from slotweave.isa import BINARY_SYMBOLS
from slotweave.rules.rule import Rule, make_rule
from slotweave.rules.term import broadcast, operation, variable


def _after(op: str) -> Rule:
    x, y = variable("x"), variable("y")
    sides = operation(op, broadcast(x), broadcast(y)), broadcast(operation(op, x, y))
    return make_rule(f"broadcast_after_{op}", f"{sides[0]}  ->  {sides[1]}", sides)


BROADCASTS = tuple(_after(op) for op in BINARY_SYMBOLS)
