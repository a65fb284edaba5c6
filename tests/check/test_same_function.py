"""Hashes written in other ways than they are defined: equal ones are proved, others are not."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from slotweave.challenge.tree_hash.definition import hash_word
from slotweave.check.definition.cases import UndecidedError
from slotweave.check.definition.forms import Forms
from slotweave.check.definition.same_function import MAX_PARTS, expect_same_function
from slotweave.check.definition.solver import proved_equal
from slotweave.isa import WORD_MASK

Addition = Callable[[Forms, int, int], int]


def by_or_and(forms: Forms, a: int, b: int) -> int:
    """(a | b) + (a & b)"""
    either, both = forms.operation("or", (a, b)), forms.operation("and", (a, b))
    return forms.operation("add", (either, both))


def by_complement(forms: Forms, a: int, b: int) -> int:
    """a - ~b - 1"""
    complement = forms.xor((b, forms.constant(WORD_MASK)))
    difference = forms.operation("sub", (a, complement))
    return forms.operation("sub", (difference, forms.constant(1)))


def by_or_alone(forms: Forms, a: int, b: int) -> int:
    """a | b, which is no sum"""
    return forms.operation("or", (a, b))


class OtherAddition(Forms):
    """Forms in which every sum of two words is written in another way."""

    def __init__(self, addition: Addition) -> None:
        super().__init__()
        self.addition: Addition | None = addition

    def operation(self, name: str, args: tuple[int, ...]) -> int:
        if name != "add" or self.addition is None:
            return super().operation(name, args)
        addition, self.addition = self.addition, None
        try:
            return addition(self, *args)
        finally:
            self.addition = addition


def two_hashes(addition: Addition) -> tuple[Forms, int, int, int]:
    """The hash with other additions, as it is defined, and the word that is hashed."""
    forms = OtherAddition(addition)
    word = forms.leaf("mixed", 3)
    other = hash_word(forms, word)
    forms.addition = None
    return forms, other, hash_word(forms, word), word


@pytest.mark.parametrize(
    "addition", [pytest.param(by_or_and, marks=pytest.mark.long), by_complement]
)
def test_a_hash_with_other_additions_is_the_same_function(addition: Addition) -> None:
    forms, other, defined, word = two_hashes(addition)
    assert other != defined
    expect_same_function(forms, other, defined, word)


def test_another_function_is_not_the_same() -> None:
    forms, other, defined, word = two_hashes(by_or_alone)
    with pytest.raises(UndecidedError, match="not proved"):
        expect_same_function(forms, other, defined, word)


def test_a_function_that_differs_on_one_word_in_four_billion_is_not_the_same() -> None:
    forms = Forms()
    word = forms.leaf("mixed", 0)
    hit = forms.operation("eq", (word, forms.constant(0x12345678)))
    other = forms.xor((hash_word(forms, word), hit))
    with pytest.raises(UndecidedError, match="not proved"):
        expect_same_function(forms, other, hash_word(forms, word), word)


def test_without_the_solver_the_answer_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "slotweave.check.definition.solver", None)
    with pytest.raises(UndecidedError, match=r"install slotweave\[prove\]"):
        expect_same_function(*two_hashes(by_or_and))


def test_forms_of_other_leaves_are_not_compared() -> None:
    forms = Forms()
    word, other = forms.leaf("mixed", 3), forms.leaf("mixed", 2)
    with pytest.raises(UndecidedError, match="beside"):
        expect_same_function(forms, forms.xor((word, other)), word, word)


def test_a_form_of_very_many_parts_is_not_compared() -> None:
    forms = Forms()
    word = form = forms.leaf("mixed", 0)
    for number in range(MAX_PARTS):
        form = forms.operation("or", (form, forms.constant(number + 2)))
    with pytest.raises(UndecidedError, match="parts"):
        expect_same_function(forms, form, word, word)


def test_the_solver_takes_what_two_forms_share_for_any_word() -> None:
    forms = Forms()
    a, b = (
        forms.leaf("value", 0),
        forms.operation("shr", (forms.leaf("value", 1), forms.constant(3))),
    )
    assert proved_equal(forms, by_or_and(forms, a, b), forms.operation("add", (a, b)))
    assert not proved_equal(forms, by_or_alone(forms, a, b), forms.operation("add", (a, b)))
    small = forms.operation("lt", (b, forms.constant(1 << 29)))
    assert proved_equal(forms, small, forms.constant(1)), "b is shared with nothing, and shifted"
