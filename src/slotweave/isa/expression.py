"""The meaning of an operation on words, as data.

An `Expr` is a tree over the operands of an operation. It is read as arithmetic on 64-bit unsigned
integers whose arguments are 32-bit words, zero-extended; the result is its low 32 bits. Sixty-four
bits hold every intermediate value exactly (a product, a sum with carry), so `cdiv` needs no special
case and wrapping happens once, at the end. Everything that executes or reasons - the simulators,
the constant folder, the SMT prover - reads these trees through an adapter of this package.
"""

from __future__ import annotations

from dataclasses import dataclass

WORD_BITS = 32
WORD_MASK = (1 << WORD_BITS) - 1
WIDE_MASK = (1 << 64) - 1

#: Operators whose low bits depend only on the low bits of their operands (ring and bitwise).
LOW_BITS_SUFFICE = frozenset({"+", "-", "*", "&", "|", "^"})

#: Every operator an expression may use, with its number of operands.
ARITY = {
    "arg": 0, "const": 0,
    "+": 2, "-": 2, "*": 2, "//": 2, "%": 2, "&": 2, "|": 2, "^": 2, "<<": 2, ">>": 2,
    "<": 2, "==": 2, "where": 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expr:
    """One node: an operator, its operands, and for `arg` and `const` a number."""

    op: str
    args: tuple[Expr, ...] = ()
    value: int = 0

    def __post_init__(self) -> None:
        if ARITY.get(self.op) != len(self.args):
            raise ValueError(f"expression operator {self.op!r} with {len(self.args)} operands")

    def __add__(self, other: Expr | int) -> Expr:
        return Expr("+", (self, _lift(other)))

    def __sub__(self, other: Expr | int) -> Expr:
        return Expr("-", (self, _lift(other)))

    def __mul__(self, other: Expr | int) -> Expr:
        return Expr("*", (self, _lift(other)))

    def __floordiv__(self, other: Expr | int) -> Expr:
        return Expr("//", (self, _lift(other)))

    def __mod__(self, other: Expr | int) -> Expr:
        return Expr("%", (self, _lift(other)))

    def __and__(self, other: Expr | int) -> Expr:
        return Expr("&", (self, _lift(other)))

    def __or__(self, other: Expr | int) -> Expr:
        return Expr("|", (self, _lift(other)))

    def __xor__(self, other: Expr | int) -> Expr:
        return Expr("^", (self, _lift(other)))

    def __lshift__(self, other: Expr | int) -> Expr:
        return Expr("<<", (self, _lift(other)))

    def __rshift__(self, other: Expr | int) -> Expr:
        return Expr(">>", (self, _lift(other)))

    def less_than(self, other: Expr | int) -> Expr:
        """1 if self < other, else 0 (`<` itself is left to Python)."""
        return Expr("<", (self, _lift(other)))

    def equals(self, other: Expr | int) -> Expr:
        """1 if self == other, else 0 (`==` itself compares trees)."""
        return Expr("==", (self, _lift(other)))

    def __str__(self) -> str:
        if self.op == "arg":
            return "abcdefgh"[self.value]
        if self.op == "const":
            return str(self.value)
        if self.op == "where":
            test, yes, no = self.args
            return f"({yes} if {test} else {no})"
        return f"({self.args[0]} {self.op} {self.args[1]})"


def argument(index: int) -> Expr:
    """Operand number `index`, a word."""
    return Expr("arg", value=index)


def constant(value: int) -> Expr:
    return Expr("const", value=value)


def where(test: Expr, yes: Expr | int, no: Expr | int) -> Expr:
    """`yes` if `test` is not zero, else `no`."""
    return Expr("where", (test, _lift(yes), _lift(no)))


def _lift(value: Expr | int) -> Expr:
    return value if isinstance(value, Expr) else constant(value)
