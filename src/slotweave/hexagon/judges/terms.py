"""Terms of a run on symbols, each built once: what was built in the same way is one number."""

from __future__ import annotations

Term = int

#: Addresses count modulo this.
SPACE = 1 << 32


class Terms:
    """The terms that were built, by number."""

    def __init__(self) -> None:
        self._number: dict[tuple[object, ...], Term] = {}
        self._parts: list[tuple[object, ...]] = []

    def of(self, *parts: object) -> Term:
        """The term of these parts, numbers of terms among them."""
        number = self._number.setdefault(parts, len(self._parts))
        if number == len(self._parts):
            self._parts.append(parts)
        return number

    def parts(self, term: Term) -> tuple[object, ...]:
        return self._parts[term]

    def plus(self, value: Term, amount: int) -> Term:
        """A value and a constant, sums of sums taken together."""
        base, known = self.sum(value)
        amount = (known + amount) % SPACE
        return self.of("sum", base, amount) if amount else base

    def sum(self, value: Term) -> tuple[Term, int]:
        """A term as a base and a constant."""
        parts = self.parts(value)
        if parts[0] == "sum":
            _, base, amount = parts
            assert isinstance(base, int)
            assert isinstance(amount, int)
            return base, amount
        return value, 0

    def either(self, condition: tuple[Term, bool], value: Term, old: Term) -> Term:
        """`if predicate then yes else no`, of which the side taken is `value`."""
        predicate, is_true = condition
        parts = self.parts(old)
        yes, no = (parts[2], parts[3]) if parts[:2] == ("if", predicate) else (old, old)
        return self.of("if", predicate, *((value, no) if is_true else (yes, value)))
