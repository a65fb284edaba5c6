"""Every way that an item can go through some steps of a definition, and terms in each of them.

Guarantees: `Walks.cases(first, last)` holds every pair of a state that an item can have before step
`first` and parities of its values before steps first + 1 .. last (and perhaps some that cannot
occur together); so what holds in each of its cases holds for every item and every memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slotweave.check.definition.forms import LEAVES, Forms
from slotweave.ir.definition import Definition, Integers
from slotweave.isa import WORD_MASK
from slotweave.isa.arrays import WordArray, array_function

#: More cases than this are not looked at one by one.
MAX_CASES = 1 << 20


class UndecidedError(Exception):
    """Why a question about terms is left open."""


@dataclass(frozen=True, eq=False)
class Cases:
    """By step, one entry a case: the states before steps first .. last, the parities of the values
    before steps first + 1 .. last."""

    first: int
    last: int
    count: int
    states: dict[int, Integers]
    parities: dict[int, Integers]


class Walks:
    """What the states of a definition can be, if items may start in `starts`."""

    def __init__(self, definition: Definition, starts: Sequence[int]) -> None:
        self.definition = definition
        self._reachable = [np.unique(np.array(starts, dtype=np.int64))]
        self._cases: dict[tuple[int, int], Cases] = {}

    def reachable(self, step: int) -> Integers:
        """The states that an item can have before `step`."""
        while len(self._reachable) <= step:
            states = self._reachable[-1]
            next_states = [self.definition.successor(states, _all(states, bit)) for bit in (0, 1)]
            self._reachable.append(np.unique(np.concatenate(next_states)))
        return self._reachable[step]

    def cases(self, first: int, last: int) -> Cases:
        """Raises UndecidedError if there are too many."""
        if (first, last) not in self._cases:
            if first < 0 or len(self.reachable(first)) << (last - first) > MAX_CASES:
                raise UndecidedError(f"too many ways lead from step {first} to step {last}")
            self._cases[first, last] = self._all_cases(first, last)
        return self._cases[first, last]

    def _all_cases(self, first: int, last: int) -> Cases:
        state = self.reachable(first)
        states = {first: state}
        parities: dict[int, Integers] = {}
        for step in range(first + 1, last + 1):
            count = len(state)
            states = {at: np.tile(before, 2) for at, before in states.items()}
            parities = {at: np.tile(before, 2) for at, before in parities.items()}
            parities[step] = np.repeat(np.array([0, 1]), count)
            state = self.definition.successor(states[step - 1], parities[step])
            states[step] = state
        return Cases(first, last, len(state), states, parities)

    def decisions(self, cases: Cases, case: int) -> tuple[int, list[int]]:
        """A start and the parities before steps 1 .. last that lead an item into this case."""
        wanted = int(cases.states[cases.first][case])
        before: list[dict[int, tuple[int, int]]] = []
        for step in range(cases.first):
            came: dict[int, tuple[int, int]] = {}
            states = self.reachable(step)
            for bit in (0, 1):
                for state, to in zip(states, self.definition.successor(states, _all(states, bit)),
                                     strict=True):  # fmt: skip
                    came.setdefault(int(to), (int(state), bit))
            before.append(came)
        bits = [int(cases.parities[step][case]) for step in sorted(cases.parities)]
        for came in reversed(before):
            wanted, bit = came[wanted]
            bits.insert(0, bit)
        return wanted, bits


def _all(states: Integers, bit: int) -> Integers:
    return np.full_like(states, bit)


@dataclass(frozen=True, slots=True)
class Span:
    """What steps the leaves of a form are about.

    `first` .. `last` covers its states and parities (a parity needs the state one step before);
    `finite` if there are no other leaves, `open` if there are any of these.
    """

    first: int | None
    last: int
    finite: bool

    @property
    def open(self) -> bool:
        return self.first is not None


class Spans:
    """The spans of forms, each worked out once."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._spans: dict[int, Span] = {}

    def of(self, form: int) -> Span:
        stack = [form]
        while stack:
            top = stack[-1]
            missing = [arg for arg in self._forms[top].args if arg not in self._spans]
            if missing:
                stack += missing
            else:
                self._spans[stack.pop()] = self._span(top)
        return self._spans[form]

    def _span(self, form: int) -> Span:
        kind, step, args = self._forms[form]
        if kind == "state":
            return Span(step, step, True)
        if kind == "parity":
            return Span(step - 1, step, True)
        if kind in LEAVES:
            return Span(None, 0, False)
        spans = [self._spans[arg] for arg in args]
        firsts = [span.first for span in spans if span.first is not None]
        return Span(
            min(firsts, default=None),
            max((span.last for span in spans), default=0),
            all(span.finite for span in spans),
        )


class CaseByCase:
    """Forms in each of some cases: finite ones as words, others as forms without states in them."""

    def __init__(self, forms: Forms, spans: Spans, cases: Cases) -> None:
        self._forms, self._spans, self.cases = forms, spans, cases
        self._words: dict[int, WordArray] = {}
        self._by_case: dict[int, list[int]] = {}

    def words(self, root: int) -> WordArray:
        """The word that `root`, which must be finite, is in each case."""
        if not self._spans.of(root).finite:
            raise UndecidedError(f"{self._forms.text(root)} depends on more than the path")
        for form in self._forms.cone(root):
            if form not in self._words:
                self._words[form] = self._word(form)
        return np.broadcast_to(self._words[root], (self.cases.count,))

    def _word(self, form: int) -> WordArray:
        kind, value, args = self._forms[form]
        operands = [self._words[arg] for arg in args]
        match kind:
            case "const":
                return np.array([value], dtype=np.uint64)
            case "state":
                return self.cases.states[value].astype(np.uint64)
            case "parity":
                return self.cases.parities[value].astype(np.uint64)
            case "xor":
                word = np.array([value], dtype=np.uint64)
                for part in operands:
                    word = word ^ part
                return word
            case "sum":
                total = np.array([value], dtype=np.uint64)
                for part, factor in zip(operands[::2], operands[1::2], strict=True):
                    total = total + part * factor
                return total & np.uint64(WORD_MASK)
            case "lookup":
                places = np.concatenate(operands[1::2])
                words = [np.broadcast_to(word, (self.cases.count,)) for word in operands[2::2]]
                row = np.searchsorted(places, operands[0])
                return np.stack(words)[row, np.arange(self.cases.count)]
        try:
            return array_function(kind)(*operands)
        except ZeroDivisionError:
            raise UndecidedError(f"{self._forms.text(form)} may divide by zero") from None

    def each(self, root: int) -> Sequence[int]:
        """The form that `root` is in each case."""
        for form in self._open_cone(root):
            if form not in self._by_case:
                self._by_case[form] = self._each(form)
        return self._listed(root)

    def _open_cone(self, root: int) -> list[int]:
        """What `root` is made of and is not the same in all cases, arguments first."""
        seen: set[int] = set()
        stack = [root]
        while stack:
            form = stack.pop()
            span = self._spans.of(form)
            if span.open and form not in seen:
                seen.add(form)
                if not span.finite:
                    stack += self._forms[form].args
        return sorted(seen)

    def _listed(self, form: int) -> Sequence[int]:
        if self._spans.of(form).open:
            return self._by_case[form]
        return [form] * self.cases.count

    def _each(self, form: int) -> list[int]:
        forms = self._forms
        if self._spans.of(form).finite:
            return [forms.constant(word) for word in self.words(form).tolist()]
        kind, _value, args = forms[form]
        if kind == "lookup":
            return self._looked_up(args)
        operands = zip(*(self._listed(arg) for arg in args), strict=True)
        return [forms.rebuilt(form, parts) for parts in operands]

    def _looked_up(self, args: Sequence[int]) -> list[int]:
        """The word listed for the address in each case; most words are the same in all cases."""
        words = dict(zip(args[1::2], args[2::2], strict=True))
        found = [words[address] for address in self._listed(args[0])]
        return [self._by_case[word][i] if word in self._by_case else word
                for i, word in enumerate(found)]  # fmt: skip
