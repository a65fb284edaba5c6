"""Claims about forms of one item, each proved in every case or left with the case that fails.

Guarantees: a claim without a doubt holds for all words and every way an item can go. A doubt with a
case names one in which the two sides are different forms, which is a reason to run it and no proof
that they differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from slotweave.check.definition.cases import CaseByCase, Cases, Spans, UndecidedError, Walks
from slotweave.check.definition.forms import Forms
from slotweave.check.definition.intervals import Intervals
from slotweave.check.definition.same_function import expect_same_function
from slotweave.ir.definition import Integers
from slotweave.isa import WORD_MASK


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a claim is not proved, and the case that shows it, if one does."""

    reason: str
    cases: Cases | None = None
    case: int = 0


class Prover:
    """Claims proved so far, about the items of one definition."""

    def __init__(self, walks: Walks) -> None:
        self.walks = walks
        self.forms = Forms()
        self._spans = Spans(self.forms)
        self._intervals = Intervals(self.forms, walks)
        self._addresses: dict[int, list[int]] = {}
        self._claims: dict[tuple[str, int, int, int], Doubt | None] = {}

    def finite(self, form: int) -> bool:
        """Whether only states and parities decide the word."""
        return self._spans.of(form).finite

    def addresses(self, form: int) -> list[int]:
        """Every word that `form` can be, rising. Raises UndecidedError if it is not finite."""
        known = self.forms.known(form)
        if known is not None:
            return [known]
        if form not in self._addresses:
            words = CaseByCase(self.forms, self._spans, self._cases(form)).words(form)
            self._addresses[form] = np.unique(words).tolist()
        return self._addresses[form]

    def constant_word(self, form: int) -> int | None:
        """The one word that `form` can be, if it is finite and there is just one."""
        if not self.finite(form):
            return None
        try:
            words = self.addresses(form)
        except UndecidedError:
            return None
        return words[0] if len(words) == 1 else None

    def doubt(self, kind: str, form: int, step: int, constant: int) -> Doubt | None:
        """Of the claim that `form` is `value` or `mixed` of `step` ^ constant, or `state` + it, or
        that it is `below` the constant."""
        claim = (kind, form, step, constant)
        if claim not in self._claims:
            prove = _CLAIMS[kind]
            try:
                self._claims[claim] = prove(self, form, step, constant)
            except UndecidedError as obstacle:
                self._claims[claim] = Doubt(str(obstacle))
        return self._claims[claim]

    def leaf(self, kind: str, step: int, constant: int) -> int:
        """The form that such a claim says something is."""
        leaf = self.forms.leaf(kind, step)
        offset = self.forms.constant(constant)
        return self.forms.operation("add" if kind == "state" else "xor", (leaf, offset))

    def _cases(self, form: int, last: int | None = None) -> Cases:
        """All cases of the leaves of `form`, followed up to step `last`."""
        span = self._spans.of(form)
        last = span.last if last is None else last
        if span.last > last:
            raise UndecidedError(f"{self.forms.text(form)} depends on steps after step {last}")
        return self.walks.cases(last if span.first is None else span.first, last)

    def _value(self, form: int, step: int, constant: int) -> Doubt | None:
        if form == self.leaf("value", step, constant):
            return None
        if step == 0:
            return Doubt(f"{self.forms.text(form)} is not an item's value before the run")
        mixed = self.forms.leaf("mixed", step - 1)
        updated = self.walks.definition.update(self.forms, mixed)
        wanted = self.forms.xor((updated, self.forms.constant(constant)))
        if form != wanted:
            expect_same_function(self.forms, form, wanted, mixed)
        return None

    def _mixed(self, form: int, step: int, constant: int) -> Doubt | None:
        cases = self._cases(form, step)
        found = CaseByCase(self.forms, self._spans, cases).each(form)
        wanted = self._mixed_words(self.walks.definition.word(cases.states[step]), step, constant)
        for case, (mine, theirs) in enumerate(zip(found, wanted, strict=True)):
            if mine != theirs:
                reason = (
                    f"step {step} of an item in state {cases.states[step][case]} uses "
                    f"{self.forms.text(mine)} instead of {self.forms.text(theirs)}"
                )
                return Doubt(reason, cases, case)
        return None

    def _mixed_words(self, addresses: Integers, step: int, constant: int) -> Iterator[int]:
        value = self.leaf("value", step, constant)
        for address in addresses.tolist():
            yield self.forms.xor((value, self.forms.leaf("input", address)))

    def _state(self, form: int, step: int, constant: int) -> Doubt | None:
        if not self.finite(form):
            return Doubt(f"{self.forms.text(form)} depends on more than the path")
        cases = self._cases(form, step)
        words = CaseByCase(self.forms, self._spans, cases).words(form)
        wanted = (cases.states[step] + constant) & WORD_MASK
        wrong = np.flatnonzero(words != wanted.astype(np.uint64))
        if not len(wrong):
            return None
        case = int(wrong[0])
        reason = f"the state before step {step} is {words[case]} instead of {wanted[case]}"
        return Doubt(reason, cases, case)

    def _below(self, form: int, _step: int, constant: int) -> Doubt | None:
        if self._intervals.of(form)[1] < constant or self.addresses(form)[-1] < constant:
            return None
        cases = self._cases(form)
        words = CaseByCase(self.forms, self._spans, cases).words(form)
        case = int(np.argmax(words))
        return Doubt(f"address {words[case]} is past the end of memory", cases, case)


_CLAIMS = {
    "value": Prover._value, "mixed": Prover._mixed, "state": Prover._state,
    "below": Prover._below,
}  # fmt: skip
