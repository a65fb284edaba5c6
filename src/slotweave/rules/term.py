"""Terms: what the two sides of a rule are made of.

A term is an operation of `isa` on terms, a variable, or a constant, and means one lane of a value:
a rule holds for words and vectors alike. A variable marked constant stands for a value known while
rewriting; a term over constants alone is computed then and there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from slotweave.isa import BINARY_SYMBOLS, OPERATIONS, WORD_MASK
from slotweave.isa.codegen import word_function


@dataclass(frozen=True, slots=True)
class Term:
    """An operation on `args`; or, with op "variable" or "constant", a leaf."""

    op: str
    args: tuple[Term, ...] = ()
    name: str = ""
    value: int = 0
    constant: bool = False  # known while rewriting

    def __add__(self, other: Operand) -> Term:
        return operation("add", self, other)

    def __radd__(self, other: int) -> Term:
        return operation("add", other, self)

    def __sub__(self, other: Operand) -> Term:
        return operation("sub", self, other)

    def __rsub__(self, other: int) -> Term:
        return operation("sub", other, self)

    def __mul__(self, other: Operand) -> Term:
        return operation("mul", self, other)

    def __floordiv__(self, other: Operand) -> Term:
        return operation("div", self, other)

    def __mod__(self, other: Operand) -> Term:
        return operation("mod", self, other)

    def __and__(self, other: Operand) -> Term:
        return operation("and", self, other)

    def __or__(self, other: Operand) -> Term:
        return operation("or", self, other)

    def __xor__(self, other: Operand) -> Term:
        return operation("xor", self, other)

    def __lshift__(self, other: Operand) -> Term:
        return operation("shl", self, other)

    def __rlshift__(self, other: int) -> Term:
        return operation("shl", other, self)

    def __rshift__(self, other: Operand) -> Term:
        return operation("shr", self, other)

    def __rrshift__(self, other: int) -> Term:
        return operation("shr", other, self)

    def __lt__(self, other: Operand) -> Term:
        return operation("lt", self, other)

    def __gt__(self, other: Operand) -> Term:
        return operation("lt", other, self)

    def __str__(self) -> str:
        if self.op == "variable":
            return self.name
        if self.op == "constant":
            return str(self.value) if self.value < WORD_MASK else "-1"
        parts = [str(arg) for arg in self.args]
        if self.op in BINARY_SYMBOLS and self.op != "cdiv":
            return f"({parts[0]} {BINARY_SYMBOLS[self.op]} {parts[1]})"
        return f"{self.op}({', '.join(parts)})"


Operand: TypeAlias = Term | int


class Constant(Term):
    """Annotates the parameters of a rule that must be known while rewriting."""

    __slots__ = ()


def variable(name: str) -> Term:
    """Stands for any value."""
    return Term("variable", name=name)


def constant_variable(name: str) -> Constant:
    """Stands for any value that is known while rewriting."""
    return Constant("variable", name=name, constant=True)


def constant(value: int) -> Term:
    """The word `value`, modulo 2^32."""
    return Term("constant", value=value & WORD_MASK, constant=True)


def operation(op: str, *operands: Operand) -> Term:
    """An operation of `isa` that has a meaning as a value; integers become constants."""
    if OPERATIONS[op].meaning is None or OPERATIONS[op].immediate:
        raise ValueError(f"{op} cannot stand in a rule")
    args = tuple(constant(arg) if isinstance(arg, int) else arg for arg in operands)
    return Term(op, args, constant=all(arg.constant for arg in args))


def equals(left: Operand, right: Operand) -> Term:
    """1 if the two are equal, else 0 (`==` itself compares terms)."""
    return operation("eq", left, right)


def multiply_add(a: Operand, b: Operand, c: Operand) -> Term:
    return operation("multiply_add", a, b, c)


def select(condition: Operand, yes: Operand, no: Operand) -> Term:
    return operation("select", condition, yes, no)


def broadcast(word: Operand) -> Term:
    return operation("broadcast", word)


def variables(term: Term) -> Iterator[Term]:
    """The variables of `term`, once for each place where they stand."""
    if term.op == "variable":
        yield term
    for arg in term.args:
        yield from variables(arg)


def compute(term: Term, values: Mapping[str, int]) -> int:
    """The word that `term` gives for those values of its variables.

    Raises ZeroDivisionError where it is not defined.
    """
    if term.op == "constant":
        return term.value
    if term.op == "variable":
        return values[term.name]
    function: Callable[..., int] = word_function(term.op)
    return function(*[compute(arg, values) for arg in term.args])
