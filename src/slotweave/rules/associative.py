"""Laws: equations that hold, and that no rule of the catalog may use, for they do not end.

A law makes nothing lighter. A pass that knows which way to go takes its steps by it
(`rewrite.reassociate`); what may be shown by a law is shown by its proof, as with a rule.
"""

from __future__ import annotations

from slotweave.rules.rule import Rule, law
from slotweave.rules.term import operation, variable

#: Operations of which several in a row may be done in any order (they are commutative as well).
#: xor is one, too, but not of these: a program is proved to be its definition step by step, by
#: what hashes leave after each, and in another shape of a row of xors that is never computed.
ASSOCIATIVE = ("add", "mul", "and", "or")


def _law(op: str) -> Rule:
    x, y, z = (variable(name) for name in "xyz")
    sides = operation(op, operation(op, x, y), z), operation(op, x, operation(op, y, z))
    return law(f"reassociate_{op}", f"{sides[0]}  ->  {sides[1]}", sides)


LAWS = tuple(_law(op) for op in ASSOCIATIVE)
