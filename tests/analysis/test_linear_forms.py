"""Sums of multiples of words: they hold for all words, and say more than intervals."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.linear_forms import (
    Form,
    Linear,
    atom,
    bits_of,
    narrowed,
    negated_bit,
    range_of,
)
from slotweave.analysis.value_ranges import ANY, BIT, Range
from slotweave.isa import OPERATIONS, WORD_MASK
from slotweave.isa.codegen import word_function

OPS = ("add", "sub", "mul", "multiply_add", "shl", "select", "xor", "and", "eq", "lt", "shr",
       "add_immediate", "or", "div", "mod")  # fmt: skip
SMALL = st.sampled_from([0, 1, 2, 7, WORD_MASK, WORD_MASK - 5, 1 << 31])
Word = tuple[int, int, Range, Form]  # its name, its value, and what is known of it


@st.composite
def computed_words(draw: st.DrawFn) -> list[Word]:
    """Words computed from a few bits, small numbers and constants, one from the other."""
    words: list[Word] = []
    for name in range(6):
        low = draw(SMALL)
        high = min(WORD_MASK, low + draw(st.sampled_from([0, 1, 1, 5])))
        words.append((name, draw(st.integers(low, high)), (low, high), atom(name, (low, high))))
    for name in range(6, 26):
        op = draw(st.sampled_from(OPS))
        count = OPERATIONS[op].arity + OPERATIONS[op].immediate
        args = [words[draw(st.integers(0, len(words) - 1))] for _ in range(count)]
        try:
            value = word_function(op)(*(value for _name, value, _known, _form in args))
        except ZeroDivisionError:
            continue
        known, form = narrowed(op, [form for *_, form in args], [known for *_, known, _ in args])
        words.append((name, value, known, form or atom(name, known)))
    return words


@given(computed_words())
def test_a_word_is_in_its_range_and_in_that_of_its_sum(words: list[Word]) -> None:
    for _name, value, (low, high), form in words:
        assert low <= value <= high
        if form is not None:
            least, most = range_of(form)
            assert least <= value <= most


@given(computed_words())
def test_a_word_is_the_sum_that_is_said_of_it(words: list[Word]) -> None:
    values = {name: value for name, value, _known, _form in words}
    for _name, value, _known, form in words:
        if form is not None:
            total = form.base + sum(factor * values[name] for name, factor, _ in form.terms)
            assert total & WORD_MASK == value


def known(op: str, *forms: Any) -> Range:
    return narrowed(op, forms, [range_of(form) for form in forms])[0]


BIT_A, BIT_B = Linear(0, ((0, 1, BIT),)), Linear(0, ((1, 1, BIT),))


def test_a_difference_may_be_negative_on_the_way() -> None:
    minus_two = Linear(WORD_MASK - 1)
    _range, down = narrowed("mul", [BIT_A, minus_two], [BIT, (WORD_MASK - 1, WORD_MASK - 1)])
    assert down is not None
    assert range_of(down) == ANY  # 0 or -2
    assert range_of(Linear(2, down.terms)) == (0, 2)
    assert known("add", down, Linear(40)) == (38, 40)


def test_what_depends_on_the_same_bit_is_added_for_it() -> None:
    _range, path = narrowed("multiply_add", [BIT_A, Linear(2), BIT_B], [BIT, (2, 2), BIT])
    assert path is not None
    assert range_of(path) == (0, 3)
    assert known("sub", path, BIT_A) == (0, 2)


def test_a_select_between_constants_is_a_multiple_of_its_condition() -> None:
    assert narrowed("select", [BIT_A, Linear(9), Linear(4)], [BIT, (9, 9), (4, 4)])[1] == Linear(
        4, ((0, 5, BIT),)
    )


def test_the_other_bit_is_one_less_this_one() -> None:
    other = Linear(1, ((0, -1, BIT),))
    for op, word in (("xor", Linear(1)), ("eq", Linear(0))):
        assert narrowed(op, [BIT_A, word], [BIT, range_of(word)]) == (BIT, other)


def test_a_narrower_interval_is_not_given_up_for_a_sum() -> None:
    wide = Linear(0, ((0, 1, (0, 100)),))
    assert narrowed("add", [wide, Linear(1)], [(0, 5), (1, 1)]) == ((1, 6), None)


def test_what_a_known_condition_takes_is_that_sum() -> None:
    assert narrowed("select", [Linear(1), BIT_A, Linear(7)], [(1, 1), BIT, (7, 7)])[1] == BIT_A
    assert narrowed("select", [Linear(0), BIT_A, BIT_B], [(0, 0), BIT, BIT])[1] == BIT_B


def test_bits_of_a_sum_are_told_apart_by_their_weight() -> None:
    total = Linear(10, ((0, 1, BIT), (1, -4, BIT)))
    assert list(bits_of(total, (6, 11))) == [(1, -4), (0, 1)]
    assert list(bits_of(total, (7, 11))) == []  # the bits alone do not keep it there
    assert list(bits_of(Linear(10, ((0, 1, BIT), (1, -1, BIT))), (9, 11))) == []
    assert list(bits_of(Linear(10, ((0, 1, (0, 2)),)), (10, 12))) == []


def test_a_mask_that_keeps_all_bits_of_a_word_leaves_its_sum() -> None:
    index = Linear(3, ((0, 2, BIT), (1, 1, BIT)))  # 3 to 6
    for mask in (7, WORD_MASK):
        assert narrowed("and", [index, Linear(mask)], [(3, 6), (mask, mask)]) == ((3, 6), index)
    assert narrowed("and", [index, Linear(3)], [(3, 6), (3, 3)]) == ((0, 3), None)
    assert narrowed("mod", [index, Linear(7)], [(3, 6), (7, 7)]) == ((3, 6), index)
    assert narrowed("mod", [index, Linear(6)], [(3, 6), (6, 6)])[1] is None
    assert narrowed("xor", [index, Linear(0)], [(3, 6), (0, 0)]) == ((3, 6), index)
    assert narrowed("or", [Linear(0), index], [(0, 0), (3, 6)]) == ((3, 6), index)


def test_a_constant_behind_the_mask_of_a_bit_is_the_bit_times_it() -> None:
    _range, mask = narrowed("sub", [Linear(0), BIT_A], [(0, 0), BIT])
    assert negated_bit(mask) == 0
    assert negated_bit(BIT_A) is None
    assert narrowed("and", [mask, Linear(10)], [ANY, (10, 10)]) == (
        (0, 10),
        Linear(0, ((0, 10, BIT),)),
    )
