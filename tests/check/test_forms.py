"""Normal forms: equal to the term they stand for, on all words; equal forms where it matters."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.check.definition.forms import Forms
from slotweave.isa import WORD_MASK
from slotweave.isa.codegen import word_function

WORDS = st.integers(0, WORD_MASK) | st.integers(0, 40) | st.integers(WORD_MASK - 2, WORD_MASK)
BINARY = ("add", "sub", "mul", "xor", "and", "or", "shl", "shr", "lt", "eq")

#: An expression: a leaf (kind, step), a constant, or an operation of expressions.
Expression = tuple[object, ...] | int
LEAVES = st.sampled_from([("value", 1), ("value", 2), ("parity", 1), ("state", 1), ("input", 9)])


def operations(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.tuples(st.sampled_from(BINARY), inner, inner),
        st.tuples(st.just("mod"), inner, st.sampled_from([1, 2, 3, 8])),
        st.tuples(st.sampled_from(["and", "mod"]), inner, st.sampled_from([1, 2])),
        st.tuples(st.sampled_from(["multiply_add", "select"]), inner, inner, inner),
    )


EXPRESSIONS = st.recursive(LEAVES | WORDS, operations, max_leaves=12)


def is_leaf(expression: Expression) -> bool:
    return isinstance(expression, tuple) and len(expression) == 2


def form_of(expression: Expression, forms: Forms) -> int:
    if isinstance(expression, int):
        return forms.constant(expression)
    name, *args = expression
    if is_leaf(expression):
        return forms.leaf(name, args[0])  # type: ignore[arg-type]
    return forms.operation(str(name), tuple(form_of(arg, forms) for arg in args))  # type: ignore[arg-type]


def word_of(expression: Expression, leaves: Mapping[object, int]) -> int:
    """What the expression is, operation by operation."""
    if isinstance(expression, int):
        return expression
    if is_leaf(expression):
        return leaves[expression]
    name, *args = expression
    return word_function(str(name))(*(word_of(arg, leaves) for arg in args))  # type: ignore[arg-type]


def word_of_form(root: int, forms: Forms, leaves: Mapping[object, int]) -> int:
    """What a form is, by what its kinds say."""
    words: dict[int, int] = {}
    for form in forms.cone(root):
        kind, value, args = forms[form]
        operands = [words[arg] for arg in args]
        if kind == "const":
            words[form] = value
        elif (kind, value) in leaves:
            words[form] = leaves[kind, value]
        elif kind == "xor":
            for operand in operands:
                value ^= operand
            words[form] = value
        elif kind == "sum":
            pairs = zip(operands[::2], operands[1::2], strict=True)
            words[form] = (value + sum(a * b for a, b in pairs)) & WORD_MASK
        else:
            words[form] = word_function(kind)(*operands)
    return words[root]


@given(EXPRESSIONS, WORDS, WORDS, WORDS, WORDS)
def test_a_form_is_equal_to_what_it_was_made_of(
    expression: Expression, first: int, second: int, state: int, word: int
) -> None:
    leaves = {
        ("value", 1): first,
        ("value", 2): second,
        ("parity", 1): first & 1,
        ("parity", 2): second & 1,
        ("state", 1): state,
        ("input", 9): word,
    }
    forms = Forms()
    form = form_of(expression, forms)
    assert word_of_form(form, forms, leaves) == word_of(expression, leaves)


X, Y = ("value", 1), ("input", 9)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("add", ("add", X, ("shl", X, 12)), 77), ("multiply_add", X, 4097, 77)),
        (("add", ("add", X, 5), ("shl", ("add", X, 5), 3)), ("multiply_add", 9, X, 45)),
        (("sub", X, Y), ("add", ("mul", Y, WORD_MASK), X)),
        (("xor", ("xor", X, 6), ("xor", Y, 5)), ("xor", Y, ("xor", 3, X))),
        (("xor", ("xor", X, Y), X), Y),
        (("shl", X, 32), 0),
        (("mod", ("xor", X, 6), 2), ("and", X, 1)),
        (("and", 1, ("xor", X, 7)), ("xor", ("parity", 1), 1)),
        (("select", 3, X, Y), X),
        (("select", ("parity", 1), Y, Y), Y),
        (("or", X, X), X),
    ],
)
def test_ways_of_writing_one_word_are_one_form(first: Expression, second: Expression) -> None:
    forms = Forms()
    assert form_of(first, forms) == form_of(second, forms)


def test_a_lookup_of_one_word_is_that_word() -> None:
    forms = Forms()
    state, word, other = forms.leaf("state", 1), forms.leaf("input", 1), forms.leaf("input", 2)
    assert forms.lookup(state, {7: word, 8: word}) == word
    assert forms.lookup(forms.constant(8), {7: word, 8: other}) == other
    assert forms[forms.lookup(state, {7: word, 8: other})].kind == "lookup"


def test_a_form_reads_as_what_it_is_about() -> None:
    forms = Forms()
    form = form_of(("xor", ("add", X, 3), ("shr", Y, 2)), forms)
    assert forms.text(form) in (
        "(sum(value 1, 1, 3) ^ shr(memory[9], 2))",
        "(shr(memory[9], 2) ^ sum(value 1, 1, 3))",
    )
    assert forms.text(form, 1) == "(... ^ ...)"
