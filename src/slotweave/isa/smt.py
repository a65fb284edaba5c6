"""Adapter: expressions as bit-vector terms of an SMT solver (Z3, the extra `prove`).

Guarantees: for all 32-bit words put in for the arguments, `word_term` gives the word that the
64-bit reading of the expression gives (see `expression`), and `truth_term` whether that reading,
not truncated, is other than zero. Terms are as narrow as that allows: the low bits of a sum, a
product or a bitwise operation need only the low bits of the operands, while quotients, right
shifts and comparisons need them exactly, that is, at a width that holds every value they can have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import z3

from slotweave.isa.expression import LOW_BITS_SUFFICE, WORD_BITS, Expr

WIDE_BITS = 2 * WORD_BITS

_OPERATORS: dict[str, Callable[[z3.BitVecRef, z3.BitVecRef], z3.BitVecRef]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": z3.UDiv,
    "%": z3.URem,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "<<": lambda a, b: a << b,
    ">>": z3.LShR,
}


def word_term(expr: Expr, args: Sequence[z3.BitVecRef]) -> z3.BitVecRef:
    """The word that `expr` gives for those words. Where it divides by zero, it is any word."""
    return _low_bits(expr, args, WORD_BITS)


def truth_term(expr: Expr, args: Sequence[z3.BitVecRef]) -> z3.BoolRef:
    """Whether `expr` is other than zero."""
    if expr.op in ("<", "=="):
        bits = max(_exact_bits(child) for child in expr.args)
        left, right = (_low_bits(child, args, bits) for child in expr.args)
        return z3.ULT(left, right) if expr.op == "<" else left == right
    return _low_bits(expr, args, _exact_bits(expr)) != 0


def _low_bits(expr: Expr, args: Sequence[z3.BitVecRef], bits: int) -> z3.BitVecRef:
    """The low `bits` bits of the value of `expr`, at most 64."""
    if expr.op == "arg":
        return _resized(args[expr.value], bits)
    if expr.op == "const":
        return z3.BitVecVal(expr.value, bits)
    if expr.op in ("<", "=="):
        return z3.If(truth_term(expr, args), z3.BitVecVal(1, bits), z3.BitVecVal(0, bits))
    if expr.op == "where":
        test, yes, no = expr.args
        return z3.If(truth_term(test, args), _low_bits(yes, args, bits), _low_bits(no, args, bits))
    width = _operand_bits(expr, bits)
    left, right = (_low_bits(child, args, width) for child in expr.args)
    return _resized(_OPERATORS[expr.op](left, right), bits)


def _operand_bits(expr: Expr, bits: int) -> int:
    """How many bits of both operands the low `bits` bits of an operation need."""
    if expr.op in LOW_BITS_SUFFICE:
        return bits
    if expr.op == "<<":
        return max(bits, _exact_bits(expr.args[1]))
    return max(_exact_bits(child) for child in expr.args)


def _exact_bits(expr: Expr) -> int:
    """A width that holds every value of `expr`."""
    if expr.op == "arg":
        return WORD_BITS
    if expr.op == "const":
        return max(expr.value.bit_length(), 1)
    widths = [_exact_bits(child) for child in expr.args]
    match expr.op:
        case "<" | "==":
            return 1
        case "where":
            return max(widths[1:])
        case "&":
            return min(widths)
        case "|" | "^":
            return max(widths)
        case "//" | "%" | ">>":
            return widths[0]
        case "+":
            return min(max(widths) + 1, WIDE_BITS)
        case "*":
            return min(sum(widths), WIDE_BITS)
        case _:  # a difference may wrap around, a left shift may reach any bit
            return WIDE_BITS


def _resized(term: z3.BitVecRef, bits: int) -> z3.BitVecRef:
    """The low bits of `term`, with zeros above where it has fewer."""
    if term.size() > bits:
        return z3.Extract(bits - 1, 0, term)
    return z3.ZeroExt(bits - term.size(), term) if term.size() < bits else term
