"""Adapter: expressions on Python integers, the obvious and slow reading of a meaning."""

from __future__ import annotations

from collections.abc import Callable

from slotweave.isa.expression import WIDE_MASK, WORD_MASK, Expr
from slotweave.isa.operations import Operation

_BINARY: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
    "<": lambda a, b: int(a < b),
    "==": lambda a, b: int(a == b),
}


def evaluate_wide(expr: Expr, args: tuple[int, ...]) -> int:
    """The 64-bit value of `expr` on word arguments. Raises ZeroDivisionError as Python does."""
    if expr.op == "arg":
        return args[expr.value]
    if expr.op == "const":
        return expr.value
    if expr.op == "where":
        test, yes, no = expr.args
        return evaluate_wide(yes if evaluate_wide(test, args) else no, args)
    left, right = (evaluate_wide(child, args) for child in expr.args)
    return _BINARY[expr.op](left, right) & WIDE_MASK


def evaluate(operation: Operation, *args: int) -> int:
    """The word that `operation` gives for word arguments (an immediate comes last).

    Raises ZeroDivisionError where the operation is not defined, ValueError where it has no meaning
    as a value (loads, stores, control).
    """
    if operation.meaning is None:
        raise ValueError(f"{operation.name} has no value of its own")
    if operation.defined_if is not None and not evaluate_wide(operation.defined_if, args):
        raise ZeroDivisionError(f"{operation.name} by zero")
    return evaluate_wide(operation.meaning, args) & WORD_MASK
