"""Constant folding: an operation on known values is the value that it gives."""

from __future__ import annotations

from slotweave.isa import OPERATIONS, Operation
from slotweave.rules.rule import Rule, make_rule
from slotweave.rules.term import constant_variable, equals, operation


def _fold(op: Operation) -> Rule:
    operands = [constant_variable(name) for name in "abc"[: op.arity]]
    folded = operation(op.name, *operands)
    equation = f"{folded}  ->  its value        {', '.join('abc'[: op.arity])} constant"
    if op.defined_if is None:
        return make_rule(f"fold_{op.name}", equation, (folded, folded))
    condition = equals(equals(operands[-1], 0), 0)
    return make_rule(f"fold_{op.name}", f"{equation}, b not 0", (folded, folded, condition))


#: A known word in every lane is a constant as it stands, so broadcasts are not folded.
FOLDING = tuple(
    _fold(op)
    for op in OPERATIONS.values()
    if op.meaning is not None and op.arity and not op.immediate and op.name != "broadcast"
)
