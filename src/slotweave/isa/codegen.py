"""Adapter: expressions as Python source, for fast evaluators compiled once and for Numba kernels.

Two renderings of one tree: `python_source` works on unbounded Python integers, `numpy_source` on
arrays or scalars of dtype uint64 (the dialect of both NumPy and Numba). In both the arguments are
zero-extended words and the caller keeps the low 32 bits of the result.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from slotweave.isa.expression import WIDE_MASK, WORD_MASK, Expr
from slotweave.isa.operations import OPERATIONS, Operation


def python_source(expr: Expr, names: tuple[str, ...]) -> str:
    """Source of `expr` on Python integers, with operand i called names[i]."""
    if expr.op == "arg":
        return names[expr.value]
    if expr.op == "const":
        return str(expr.value)
    parts = [python_source(child, names) for child in expr.args]
    if expr.op == "where":
        return f"({parts[1]} if {parts[0]} else {parts[2]})"
    if expr.op in ("<", "=="):
        return f"(1 if {parts[0]} {expr.op} {parts[1]} else 0)"
    source = f"({parts[0]} {expr.op} {parts[1]})"
    # A negative difference must wrap at 64 bits before anything but + - * looks at it; masking it
    # where it arises is simplest and right.
    return f"({source} & {WIDE_MASK})" if expr.op == "-" else source


def numpy_source(expr: Expr, names: tuple[str, ...], where_function: str = "where") -> str:
    """Source of `expr` on uint64 values; `where_function` names the selector, such as `where`.

    With `where_function` empty a Python conditional is written, as Numba scalars want it.
    """
    if expr.op == "arg":
        return names[expr.value]
    if expr.op == "const":
        return f"uint64({expr.value})"
    parts = [numpy_source(child, names, where_function) for child in expr.args]
    if expr.op == "where":
        test = f"({parts[0]} != uint64(0))"
        if where_function:
            return f"{where_function}({test}, {parts[1]}, {parts[2]})"
        return f"({parts[1]} if {test} else {parts[2]})"
    if expr.op in ("<", "=="):
        if where_function:
            return f"{where_function}({parts[0]} {expr.op} {parts[1]}, uint64(1), uint64(0))"
        return f"(uint64(1) if {parts[0]} {expr.op} {parts[1]} else uint64(0))"
    return f"({parts[0]} {expr.op} {parts[1]})"


@cache
def word_function(name: str) -> Callable[..., int]:
    """The operation `name` as a compiled Python function on words.

    The function raises ZeroDivisionError where the operation is not defined.
    """
    operation = OPERATIONS[name]
    if operation.meaning is None:
        raise ValueError(f"{name} has no value of its own")
    names = argument_names(operation)
    body = f"{python_source(operation.meaning, names)} & {WORD_MASK}"
    namespace: dict[str, Callable[..., int]] = {}
    exec(f"def {name}_({', '.join(names)}):\n    return {body}\n", namespace)  # our own text
    return namespace[f"{name}_"]


def argument_names(operation: Operation) -> tuple[str, ...]:
    """a, b, c: one for each operand of the meaning, the immediate last."""
    return tuple("abc"[: operation.arity + operation.immediate])
