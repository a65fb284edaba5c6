"""Whether two terms are the same value: one term, or by z3 (the extra `prove`) the same always."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from slotweave.hexagon.judges.terms import Term
from slotweave.hexagon.judges.values import Values

if TYPE_CHECKING:
    import z3

#: Units of z3's own count of its steps for a question, about two seconds.
_STEPS = 2_000_000
_BITS = 64


def same_value(values: Values, one: Term, other: Term) -> bool:
    """Whether both are the same 64-bit value, whatever registers hold and loads find.

    False where that is not known: without z3, or after its share of steps.
    """
    if one == other:
        return True
    if find_spec("z3") is None:
        return False
    import z3

    solver = z3.Solver()
    solver.set("rlimit", _STEPS)
    known: dict[Term, z3.BitVecRef] = {}
    solver.add(_term(values, one, known) != _term(values, other, known))
    return bool(solver.check() == z3.unsat)


def _term(values: Values, value: Term, known: dict[Term, z3.BitVecRef]) -> z3.BitVecRef:
    """The value as a bit-vector of 64 bits; leaves are words of their own."""
    import z3

    if value in known:
        return known[value]
    parts = values.terms.parts(value)
    number = values.known(value)
    if number is not None:
        made = z3.BitVecVal(number, _BITS)
    elif parts[0] == "sum":
        base, amount = parts[1], parts[2]
        assert isinstance(base, int)
        assert isinstance(amount, int)
        word = z3.Extract(31, 0, _term(values, base, known)) + z3.BitVecVal(amount, 32)
        made = z3.ZeroExt(32, word)
    elif parts[0] in _OPERATORS:
        operands = [_term(values, each, known) for each in parts[1:] if isinstance(each, int)]
        made = _OPERATORS[str(parts[0])](*operands)
    else:
        made = z3.ZeroExt(32, z3.BitVec(f"word{value}", 32))
    known[value] = made
    return made


def _truth(test: z3.BoolRef) -> z3.BitVecRef:
    import z3

    return z3.If(test, z3.BitVecVal(1, _BITS), z3.BitVecVal(0, _BITS))


def _unsigned_less(one: z3.BitVecRef, other: z3.BitVecRef) -> z3.BitVecRef:
    import z3

    return _truth(z3.ULT(one, other))


def _shifted_right(one: z3.BitVecRef, other: z3.BitVecRef) -> z3.BitVecRef:
    import z3

    return z3.LShR(one, other)


def _chosen(test: z3.BitVecRef, yes: z3.BitVecRef, no: z3.BitVecRef) -> z3.BitVecRef:
    import z3

    return z3.If(test != 0, yes, no)


_OPERATORS: dict[str, Callable[..., z3.BitVecRef]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "<<": lambda a, b: a << b,
    ">>": _shifted_right,
    "<": _unsigned_less,
    "==": lambda a, b: _truth(a == b),
    "where": _chosen,
}
