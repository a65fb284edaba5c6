"""The solver's reading of a meaning is the reading that everything else executes."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.isa import OPERATIONS, WORD_MASK, Expr, Operation, evaluate
from slotweave.isa.codegen import argument_names
from slotweave.isa.evaluate import evaluate_wide
from slotweave.isa.expression import argument, constant, where
from support.examples import examples

z3 = pytest.importorskip("z3")
smt = pytest.importorskip("slotweave.isa.smt")

VALUED = [operation for operation in OPERATIONS.values() if operation.meaning is not None]
CORNERS = (0, 1, 2, 31, 32, 33, 0x7FFFFFFF, 0x80000000, WORD_MASK - 1, WORD_MASK)

words = st.one_of(st.sampled_from(CORNERS), st.integers(0, WORD_MASK))


def numerals(args: tuple[int, ...]) -> list[object]:
    return [z3.BitVecVal(word, 32) for word in args]


def word_of(expr: Expr, args: tuple[int, ...]) -> int:
    """The word that the solver computes."""
    return int(z3.simplify(smt.word_term(expr, numerals(args))).as_long())


def truth_of(expr: Expr, args: tuple[int, ...]) -> bool:
    return bool(z3.is_true(z3.simplify(smt.truth_term(expr, numerals(args)))))


@pytest.mark.parametrize("operation", VALUED, ids=lambda operation: operation.name)
def test_every_operation_is_read_as_it_is_evaluated(operation: Operation) -> None:
    arity = len(argument_names(operation))
    random = Random(operation.name)
    corners = list(itertools.product(CORNERS, repeat=arity))
    cases = random.sample(corners, min(len(corners), 100))
    cases += [tuple(random.getrandbits(32) for _ in range(arity)) for _ in range(50)]
    assert operation.meaning is not None
    for args in cases:
        if operation.defined_if is not None:
            defined = bool(evaluate_wide(operation.defined_if, args))
            assert truth_of(operation.defined_if, args) == defined
            if not defined:
                continue
        assert word_of(operation.meaning, args) == evaluate(operation, *args), args


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> Expr:
    """Expressions over two words that never divide by zero and shift by less than 64."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        leaf = st.builds(argument, st.integers(0, 1)) | st.builds(constant, words)
        return draw(leaf)
    left, right = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    match draw(
        st.sampled_from(["+", "-", "*", "&", "|", "^", "<", "==", "?", "/", "%", "<<", ">>"])
    ):
        case "?":
            return where(draw(expressions(depth - 1)), left, right)
        case "/":
            return left // (right | 1)
        case "%":
            return left % (right | 1)
        case "<<":
            return left << (right & 63)
        case ">>":
            return left >> (right & 63)
        case op:
            return Expr(op, (left, right))


@examples(400)
@given(expressions(), words, words)
def test_expressions_of_any_form_are_read_as_they_are_evaluated(expr: Expr, a: int, b: int) -> None:
    wide = evaluate_wide(expr, (a, b))
    assert word_of(expr, (a, b)) == wide & WORD_MASK
    assert truth_of(expr, (a, b)) == (wide != 0)


def test_a_product_and_a_sum_stay_as_narrow_as_a_word() -> None:
    meaning = OPERATIONS["multiply_add"].meaning
    assert meaning is not None
    term = smt.word_term(meaning, [z3.BitVec(name, 32) for name in "abc"])
    assert term.decl().kind() == z3.Z3_OP_BADD
    assert [child.size() for child in term.children()] == [32, 32]


def test_carries_reach_what_needs_them_exactly() -> None:
    a, b = argument(0), argument(1)
    assert word_of((a + b) // constant(2), (WORD_MASK, WORD_MASK)) == WORD_MASK
    assert word_of((a * b) >> constant(32), (WORD_MASK, WORD_MASK)) == WORD_MASK - 1
    assert word_of((a - b) >> constant(63), (0, 1)) == 1
    assert truth_of(a * b, (2**31, 2))
    assert not truth_of((a * b).less_than(a), (2**31, 2))


def test_a_constant_beyond_a_word_is_compared_as_it_is() -> None:
    """Z3 cuts a literal to the width beside it: then no word would be below 2**32 (`findings/`)."""
    word, beyond = argument(0), constant(WORD_MASK + 1)
    unknown = [z3.BitVec("word", 32)]
    for impossible in (
        z3.Not(smt.truth_term(word.less_than(beyond), unknown)),
        smt.truth_term(beyond.less_than(word), unknown),
        smt.truth_term(Expr("==", (word, beyond)), unknown),
    ):
        solver = z3.Solver()
        solver.add(impossible)
        assert solver.check() == z3.unsat
