"""Cases: every way through some steps is there, and forms in each of them are what they are."""

from __future__ import annotations

import numpy as np
import pytest

from slotweave.check.definition.cases import MAX_CASES, CaseByCase, Spans, UndecidedError, Walks
from slotweave.check.definition.forms import Forms
from slotweave.check.definition.intervals import Intervals
from slotweave.ir.definition import Definition, Integers
from slotweave.isa import WORD_MASK


def tree_of_seven(state: Integers, parity: Integers) -> Integers:
    below = 2 * state + 1 + parity
    return np.where(below >= 7, 0, below)


DEFINITION = Definition(9, (20,), (21,), lambda state: state, tree_of_seven, lambda _, word: word)


def walks(*starts: int) -> Walks:
    return Walks(DEFINITION, starts)


def test_every_state_of_a_level_can_be_reached_and_no_other() -> None:
    assert [walks(0).reachable(step).tolist() for step in range(5)] == [
        [0], [1, 2], [3, 4, 5, 6], [0], [1, 2],
    ]  # fmt: skip
    assert walks(0, 3).reachable(1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("first", [0, 1, 2])
def test_cases_are_all_pairs_of_a_state_and_what_is_decided_behind_it(first: int) -> None:
    cases = walks(0).cases(first, 2)
    start = {0: 1, 1: 2, 2: 4}[first]
    assert cases.count == start << (2 - first)
    decided = zip(cases.states[first], *(cases.parities[s] for s in range(first + 1, 3)),
                  strict=True)  # fmt: skip
    assert len(set(decided)) == cases.count
    for step in range(first + 1, 3):
        after = tree_of_seven(cases.states[step - 1], cases.parities[step])
        assert (cases.states[step] == after).all()


def test_decisions_lead_where_the_case_is() -> None:
    start_of = walks(0, 5)
    cases = start_of.cases(2, 5)
    for case in range(cases.count):
        state, decisions = start_of.decisions(cases, case)
        assert state in (0, 5)
        assert len(decisions) == 5
        states = [np.array([state])]
        for parity in decisions:
            states.append(tree_of_seven(states[-1], np.array([parity])))
        for step in range(2, 6):
            assert states[step][0] == cases.states[step][case]


def test_too_many_cases_are_refused() -> None:
    with pytest.raises(UndecidedError, match="too many"):
        walks(0).cases(0, MAX_CASES.bit_length())


def test_the_parity_of_a_word_before_the_run_decides_nothing() -> None:
    with pytest.raises(UndecidedError):
        walks(0).cases(-1, 3)


def by_case(forms: Forms, first: int, last: int) -> CaseByCase:
    return CaseByCase(forms, Spans(forms), walks(0).cases(first, last))


def test_a_finite_form_is_a_word_in_each_case() -> None:
    forms = Forms()
    state, parity = forms.leaf("state", 1), forms.leaf("parity", 2)
    double = forms.operation("multiply_add", (state, forms.constant(2), parity))
    inside = forms.operation("lt", (double, forms.constant(4)))
    form = forms.operation("select", (inside, forms.xor((parity, forms.constant(6))), double))
    seen = by_case(forms, 1, 2)
    states, parities = seen.cases.states[1], seen.cases.parities[2]
    wanted = [
        bit ^ 6 if 2 * state + bit < 4 else 2 * state + bit
        for state, bit in zip(states.tolist(), parities.tolist(), strict=True)
    ]
    assert seen.words(form).tolist() == wanted


def test_a_form_with_a_value_in_it_has_no_words() -> None:
    forms = Forms()
    with pytest.raises(UndecidedError, match="more than the path"):
        by_case(forms, 1, 2).words(forms.leaf("value", 1))


def test_a_lookup_is_its_word_in_each_case() -> None:
    forms = Forms()
    state, value = forms.leaf("state", 1), forms.leaf("value", 1)
    words = {1: forms.leaf("input", 1), 2: forms.operation("add", (value, forms.leaf("parity", 1)))}
    mixed = forms.xor((value, forms.lookup(state, words)))
    seen = by_case(forms, 0, 1)
    for case, form in enumerate(seen.each(mixed)):
        if seen.cases.states[1][case] == 1:
            assert form == forms.xor((value, forms.leaf("input", 1)))
        else:
            bit = forms.constant(int(seen.cases.parities[1][case]))
            assert form == forms.xor((value, forms.operation("add", (value, bit))))


def test_a_lookup_of_constants_is_a_word_in_each_case() -> None:
    forms = Forms()
    words = {1: forms.constant(70), 2: forms.leaf("parity", 1)}
    form = forms.lookup(forms.leaf("state", 1), words)
    seen = by_case(forms, 0, 1)
    wanted = [
        70 if state == 1 else parity
        for state, parity in zip(seen.cases.states[1], seen.cases.parities[1], strict=True)
    ]
    assert seen.words(form).tolist() == wanted


def interval(forms: Forms, form: int) -> tuple[int, int]:
    return Intervals(forms, walks(0)).of(form)


def test_intervals_hold_every_word_of_a_form() -> None:
    forms = Forms()
    state, parity = forms.leaf("state", 2), forms.leaf("parity", 3)
    number, anything = forms.constant, forms.leaf("input", 3)
    bit = forms.operation("and", (anything, number(1)))
    child = forms.operation("sub", (forms.operation("mul", (state, number(2))), parity))
    inside = forms.operation("lt", (anything, number(9)))
    assert interval(forms, state) == (3, 6)
    assert interval(forms, child) == (5, 12)
    assert interval(forms, forms.operation("sub", (parity, number(1)))) == (0, WORD_MASK)
    assert interval(forms, forms.operation("add", (bit, number(WORD_MASK - 1)))) == (
        WORD_MASK - 1, WORD_MASK,
    )  # fmt: skip
    assert interval(forms, forms.operation("select", (inside, anything, number(30)))) == (0, 30)
    assert interval(forms, forms.operation("select", (bit, state, number(1)))) == (1, 6)
    assert interval(forms, forms.xor((state, number(8)))) == (0, 15)
    assert interval(forms, forms.operation("mod", (anything, number(5)))) == (0, 4)
    assert interval(forms, forms.lookup(parity, {0: state, 1: number(9)})) == (3, 9)
    assert interval(forms, forms.operation("eq", (anything, state))) == (0, 1)
    assert interval(forms, anything) == (0, WORD_MASK)
