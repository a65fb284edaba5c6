"""Values of expressions as terms, each built once: constants folded, words and sums kept simple.

A term is read as `isa.expression` reads an expression, as a 64-bit value. Leaves are words: a
register at first, a symbol, a half of what was loaded, and a sum (a word and a constant, modulo
2^32), which addresses are compared by.
"""

from __future__ import annotations

from collections.abc import Mapping

from slotweave.hexagon.judges.terms import Term, Terms
from slotweave.isa.evaluate import evaluate_wide
from slotweave.isa.expression import WORD_MASK, Expr, constant

#: Leaves that are words.
_WORDS = frozenset({"register", "symbol", "half", "sum"})


class Values:
    """Terms of expressions over `terms`."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    def constant(self, value: int) -> Term:
        return self.terms.of("const", value)

    def of(self, expr: Expr, arguments: Mapping[int, Term]) -> Term:
        """The 64-bit value of `expr`. Raises KeyError for an argument that is not given."""
        if expr.op == "arg":
            return arguments[expr.value]
        if expr.op == "const":
            return self.constant(expr.value)
        return self._applied(expr.op, [self.of(one, arguments) for one in expr.args])

    def word(self, value: Term) -> Term:
        """The low 32 bits of a value."""
        parts = self.terms.parts(value)
        known = self.known(value)
        if known is not None:
            return self.constant(known & WORD_MASK)
        if self._is_word(value):
            return value
        if parts[0] in ("+", "-"):
            _, one, other = parts
            assert isinstance(one, int)
            assert isinstance(other, int)
            amount = self.known(other)
            if amount is not None:
                return self._sum(self.word(one), amount if parts[0] == "+" else -amount)
            amount = self.known(one)
            if amount is not None and parts[0] == "+":
                return self._sum(self.word(other), amount)
        joined = self._halves(value)
        if joined is not None:
            return joined[0]
        return self.terms.of("&", value, self.constant(WORD_MASK))

    def high_word(self, value: Term) -> Term:
        """Bits 32 to 63 of a value."""
        joined = self._halves(value)
        if joined is not None:
            return joined[1]
        return self.word(self._applied(">>", [value, self.constant(32)]))

    def where(self, test: Term, yes: Term, no: Term) -> Term:
        """`yes` if `test` is not 0, else `no`; under one test the side that is taken alone."""
        known = self.known(test)
        if known is not None:
            return yes if known else no
        yes, no = self._side(test, yes, 2), self._side(test, no, 3)
        return yes if yes == no else self.terms.of("where", test, yes, no)

    def _side(self, test: Term, value: Term, side: int) -> Term:
        parts = self.terms.parts(value)
        if parts[0] == "where" and parts[1] == test:
            taken = parts[side]
            assert isinstance(taken, int)
            return taken
        return value

    def known(self, value: Term) -> int | None:
        """The number that a value is, None if it is none."""
        parts = self.terms.parts(value)
        number = parts[1] if parts[0] == "const" else None
        assert number is None or isinstance(number, int)
        return number

    def _sum(self, base: Term, amount: int) -> Term:
        return self.terms.plus(base, amount)

    def _halves(self, value: Term) -> tuple[Term, Term] | None:
        """The words of which a pair was made: low | high << 32."""
        parts = self.terms.parts(value)
        if parts[0] != "|":
            return None
        _, low, shifted = parts
        assert isinstance(low, int)
        assert isinstance(shifted, int)
        form = self.terms.parts(shifted)
        if form[0] != "<<" or not self._is_word(low):
            return None
        _, high, amount = form
        assert isinstance(high, int)
        assert isinstance(amount, int)
        return (low, high) if self.known(amount) == 32 and self._is_word(high) else None

    def _is_word(self, value: Term) -> bool:
        parts = self.terms.parts(value)
        if parts[0] == "const":
            return (self.known(value) or 0) <= WORD_MASK
        if parts[0] == "&":
            known = [self.known(one) for one in parts[1:] if isinstance(one, int)]
            return any(one is not None and one <= WORD_MASK for one in known)
        return parts[0] in _WORDS or parts[0] in ("<", "==")

    def _applied(self, op: str, operands: list[Term]) -> Term:
        if op == "where":
            return self.where(*operands)
        numbers = [one for one in map(self.known, operands) if one is not None]
        if len(numbers) == len(operands):
            folded = Expr(op, tuple(constant(one) for one in numbers))
            return self.constant(evaluate_wide(folded, ()))
        if op == "&" and self.known(operands[1]) == WORD_MASK:
            return self.word(operands[0])
        return self.terms.of(op, *operands)
