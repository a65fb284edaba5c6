"""The tables of operations and forms fit together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.isa import (
    BINARY_SYMBOLS,
    COMMUTATIVE,
    FORMS,
    OPERATIONS,
    WORD_MASK,
    Role,
    Shape,
    evaluate,
    forms_of,
)
from slotweave.isa.expression import ARITY, Expr, argument, where

DESTINATIONS = {Role.DEST, Role.DEST_VECTOR, Role.DEST_LANE}
SOURCES = {Role.SOURCE, Role.SOURCE_VECTOR, Role.SOURCE_LANE}
words = st.integers(0, WORD_MASK)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.mnemonic}-{form.shape.value}")
def test_a_form_has_the_operands_of_its_operation(form) -> None:
    operation = OPERATIONS[form.operation]
    assert sum(role in SOURCES for role in form.roles) == operation.arity
    assert sum(role in DESTINATIONS for role in form.roles) == operation.has_result
    immediates = (Role.IMMEDIATE, Role.TARGET, Role.OFFSET)
    assert sum(role in immediates for role in form.roles) == operation.immediate


def test_no_two_forms_of_a_shape_share_a_mnemonic() -> None:
    written = [(form.mnemonic, form.shape) for form in FORMS]
    assert len(written) == len(set(written))


def test_the_canonical_form_comes_first() -> None:
    assert [form.mnemonic for form in forms_of("load", Shape.WORD)] == ["load", "load_offset"]
    assert forms_of("vload", Shape.WORD) == ()
    assert forms_of("no such operation", Shape.WORD) == ()


@given(st.sampled_from(sorted(COMMUTATIVE)), words, words)
def test_what_is_called_commutative_is(name: str, a: int, b: int) -> None:
    assert evaluate(OPERATIONS[name], a, b) == evaluate(OPERATIONS[name], b, a)


@pytest.mark.parametrize("name", sorted(set(BINARY_SYMBOLS) - COMMUTATIVE))
def test_what_is_not_called_commutative_is_not(name: str) -> None:
    assert evaluate(OPERATIONS[name], 7, 1) != evaluate(OPERATIONS[name], 1, 7)


def test_an_expression_with_the_wrong_number_of_operands_is_refused() -> None:
    with pytest.raises(ValueError, match=r"operator '\+' with 1 operands"):
        Expr("+", (argument(0),))
    with pytest.raises(ValueError, match="operator 'sqrt'"):
        Expr("sqrt", (argument(0),))


def test_an_expression_prints_as_arithmetic() -> None:
    a, b = argument(0), argument(1)
    assert str(where(b.less_than(32), a << (b & 31), 0)) == "((a << (b & 31)) if (b < 32) else 0)"
    assert str((a - b) // 3) == "((a - b) // 3)"


def operators(expr: Expr) -> set[str]:
    return {expr.op}.union(*(operators(child) for child in expr.args))


def test_meanings_use_only_operators_that_every_adapter_knows() -> None:
    meanings = [op.meaning for op in OPERATIONS.values() if op.meaning is not None]
    assert set().union(*(operators(meaning) for meaning in meanings)) <= set(ARITY)
