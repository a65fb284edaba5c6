"""Terms with ranges: what can only be one word under the facts is that word, equal sums are one.

Guarantees: as `terms`, for all memories that the facts allow, and on which what was run while the
terms were `trusting` does not fail. The range of a term follows from those of its parts; that of a
word of memory before the run from the facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from slotweave.analysis.linear_forms import Form, Linear, atom, narrowed, negated_bit
from slotweave.analysis.value_ranges import ANY, OF_ITSELF, Range, below
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.terms import Terms
from slotweave.ir.facts import Facts
from slotweave.isa import OPERATIONS

_BINARY_CONDITION = (0, 1)


class RangedTerms(Terms):
    """The terms made so far, each with its range."""

    def __init__(self, facts: Facts, layout: MemoryMap) -> None:
        super().__init__()
        self._facts, self._layout = facts, layout
        self._range: dict[int, Range] = {}
        self._form: dict[int, Form] = {}
        self._by_form: dict[Linear, int] = {}
        self._trusting = False
        self._divisors: set[int] = set()  # that are not 0, because something does not fail

    @contextmanager
    def trusting(self) -> Iterator[None]:
        """Whatever is run meanwhile does not fail: what it divides by is not 0."""
        self._trusting = True
        try:
            yield
        finally:
            self._trusting = False

    def may_fail(self, term: int) -> bool:
        """Whether `term` is a division that may be one by zero."""
        operation = OPERATIONS.get(self[term].kind)
        return operation is not None and operation.defined_if is not None and (
            not self._is_divisor(self[term].args[-1])
        )  # fmt: skip

    def _is_divisor(self, term: int) -> bool:
        """Whether `term` is surely not 0."""
        return term in self._divisors or self.range(term)[0] > 0

    def range(self, term: int) -> Range:
        """Between which words `term` lies."""
        found = self._range.get(term)
        if found is None:
            found = self._range[term] = self._range_of(term)
        return found

    def _range_of(self, term: int) -> Range:
        kind, value, args = self[term]
        if kind == "const":
            return value, value
        if kind == "input":
            names = [r.name for r in self._facts.regions if r.start <= value < r.stop]
            return self._facts.ranges.get(names[0], ANY) if names else ANY
        if kind not in OPERATIONS or OPERATIONS[kind].meaning is None:
            return ANY
        if kind in OF_ITSELF and args[0] == args[1]:
            return OF_ITSELF[kind]
        ranges = [self.range(arg) for arg in args]
        if kind == "select":
            ranges[1] = self._under(args[0], args[1])
        elif kind == "mul":
            for condition, factor in (args, args[::-1]):
                if ranges[args.index(condition)] == _BINARY_CONDITION:
                    return 0, self._under(condition, factor)[1]
        elif kind == "and":
            for mask, value in ((0, 1), (1, 0)):
                bit = negated_bit(self.form(args[mask]))
                if bit is not None:  # all of the value, or 0
                    ranges[value] = 0, self._under(bit, args[value])[1]
        known, form = narrowed(kind, map(self.form, args), ranges)
        if form is not None:
            self._form[term] = form
        return known

    def form(self, term: int) -> Form:
        """The term as a sum of terms; one about which nothing else is known stands for itself."""
        known = self.range(term)
        return self._form.get(term) or atom(term, known)

    def _under(self, condition: int, term: int) -> Range:
        """The range of `term` where `condition` is not 0."""
        kind, _value, args = self[condition]
        if kind == "lt" and args[0] == term:
            return below(self.range(term), self.range(args[1]))
        return self.range(term)

    def _normalised(self, name: str, args: tuple[int, ...]) -> int:
        term = super()._normalised(name, args)
        if OPERATIONS[name].defined_if is not None:
            if self._trusting:
                self._divisors.add(args[-1])
            elif not self._is_divisor(args[-1]):
                return term  # whether it is defined must still show
        low, high = self.range(term)
        if low == high:
            return self.constant(low)
        form = self._form.get(term)
        if form is None:
            return term
        if form.base == 0 and len(form.terms) == 1 and form.terms[0][1] == 1:
            return form.terms[0][0]  # the atom itself
        return self._by_form.setdefault(form, term)

    def region_of(self, address: int) -> int | None:
        """The number of the one region in which the term `address` lies, if there is one."""
        return self._layout.only_region(*self.range(address))
