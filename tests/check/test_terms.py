"""Hash-consed terms: what is made equal, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.check.symbolic.terms import Terms
from slotweave.isa import COMMUTATIVE, OPERATIONS, evaluate

WORDS = st.integers(0, 2**32 - 1)
PURE = sorted(name for name, op in OPERATIONS.items() if op.pure and op.arity)


@given(st.sampled_from(PURE), st.tuples(WORDS, WORDS, WORDS))
def test_operations_on_constants_are_their_values(name, words):
    operation = OPERATIONS[name]
    args = words[: operation.arity + operation.immediate]
    terms = Terms()
    term = terms.operation(name, tuple(terms.constant(word) for word in args))
    try:
        assert terms.known(term) == evaluate(operation, *args)
    except ZeroDivisionError:
        assert terms.known(term) is None


@pytest.mark.parametrize("name", [name for name in PURE if OPERATIONS[name].arity == 2])
def test_only_commutative_operands_change_places(name):
    terms = Terms()
    x, y = terms.make("input", 0), terms.make("input", 1)
    same = terms.operation(name, (x, y)) == terms.operation(name, (y, x))
    assert same is (name in COMMUTATIVE)


def test_the_factors_of_a_multiply_add_change_places_and_the_summand_does_not():
    terms = Terms()
    x, y, z = (terms.make("input", address) for address in range(3))
    found = terms.operation("multiply_add", (x, y, z))
    assert terms.operation("multiply_add", (y, x, z)) == found
    assert terms.operation("multiply_add", (x, z, y)) != found


def test_a_copy_of_a_word_is_the_word():
    terms = Terms()
    x, y = terms.make("input", 0), terms.make("input", 1)
    assert terms.operation("or", (x, x)) == x
    assert terms.operation("or", (x, y)) not in (x, y)


def test_equal_terms_are_made_once_and_behind_their_arguments():
    terms = Terms()
    x = terms.make("input", 0)
    once, again = (terms.operation("select", (x, x, terms.constant(1))) for _ in range(2))
    assert once == again
    assert len(terms) == 3
    assert max(terms[once].args) < once


def test_a_reader_sees_the_expression():
    terms = Terms()
    x = terms.make("input", 7)
    sum_ = terms.operation("sub", (x, terms.constant(5)))
    load = terms.make("load", 0, (sum_, terms.make("region", 0)))
    chosen = terms.operation("select", (x, load, terms.make("undefined")))
    assert terms.text(chosen) == "select(memory[7], load((memory[7] - 5)), undefined)"
    for _ in range(5):
        chosen = terms.operation("sub", (chosen, x))
    assert terms.text(chosen) == "((((... - memory[7]) - memory[7]) - memory[7]) - memory[7])"
