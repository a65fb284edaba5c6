"""What each operation computes, by expected values and by every reading of its one meaning."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.isa import OPERATIONS, WORD_MASK, Operation, evaluate
from slotweave.isa.codegen import argument_names, numpy_source, word_function

TOP = WORD_MASK

#: The machine's definition, written a second time and without the package's own tools.
EXPECTED: dict[str, Callable[..., int]] = {
    "add": lambda a, b: (a + b) % 2**32,
    "sub": lambda a, b: (a - b) % 2**32,
    "mul": lambda a, b: (a * b) % 2**32,
    "div": lambda a, b: a // b,
    "cdiv": lambda a, b: -(-a // b),
    "xor": lambda a, b: a ^ b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "shl": lambda a, b: (a << b) % 2**32 if b < 32 else 0,
    "shr": lambda a, b: a >> b if b < 32 else 0,
    "mod": lambda a, b: a - (a // b) * b,
    "lt": lambda a, b: 1 if a < b else 0,
    "eq": lambda a, b: 1 if a == b else 0,
    "multiply_add": lambda a, b, c: (a * b + c) % 2**32,
    "select": lambda a, b, c: b if a != 0 else c,
    "broadcast": lambda a: a,
    "const": lambda imm: imm,
    "add_immediate": lambda a, imm: (a + imm) % 2**32,
}

VALUED = [operation for operation in OPERATIONS.values() if operation.meaning is not None]
CORNERS = (0, 1, 2, 5, 31, 32, 33, 0x7FFFFFFF, 0x80000000, 0x80000001, TOP - 1, TOP)

words = st.one_of(st.sampled_from(CORNERS), st.integers(0, TOP))
by_name = pytest.mark.parametrize("operation", VALUED, ids=lambda operation: operation.name)


def defined(operation: Operation, args: tuple[int, ...]) -> bool:
    return operation.name not in ("div", "cdiv", "mod") or args[1] != 0


def arities(operation: Operation) -> int:
    return len(argument_names(operation))


def corner_arguments(operation: Operation) -> list[tuple[int, ...]]:
    combinations = itertools.product(CORNERS, repeat=arities(operation))
    return [args for args in combinations if defined(operation, args)]


def test_every_operation_with_a_value_has_an_expected_one() -> None:
    assert {operation.name for operation in VALUED} == set(EXPECTED)


@by_name
def test_evaluation_gives_the_expected_word_on_corner_words(operation: Operation) -> None:
    for args in corner_arguments(operation):
        assert evaluate(operation, *args) == EXPECTED[operation.name](*args), args


@by_name
def test_the_compiled_function_agrees_on_corner_words(operation: Operation) -> None:
    function = word_function(operation.name)
    for args in corner_arguments(operation):
        assert function(*args) == EXPECTED[operation.name](*args), args


@given(st.sampled_from(VALUED), words, words, words)
def test_both_readings_agree_on_random_words(op: Operation, a: int, b: int, c: int) -> None:
    args = (a, b, c)[: arities(op)]
    if not defined(op, args):
        with pytest.raises(ZeroDivisionError):
            evaluate(op, *args)
        return
    expected = EXPECTED[op.name](*args)
    assert evaluate(op, *args) == expected
    assert word_function(op.name)(*args) == expected


def numpy_function(operation: Operation, where_function: str) -> Callable[..., object]:
    names = argument_names(operation)
    assert operation.meaning is not None
    source = numpy_source(operation.meaning, names, where_function)
    function: Callable[..., object] = eval(
        f"lambda {', '.join(names)}: ({source}) & uint64({WORD_MASK})",
        {"uint64": np.uint64, "where": np.where},
    )
    return function


def test_numpy_source_agrees_on_whole_arrays_of_corner_words() -> None:
    for operation in VALUED:
        arguments = corner_arguments(operation)
        columns = [np.array(column, dtype=np.uint64) for column in zip(*arguments, strict=True)]
        found = numpy_function(operation, "where")(*columns)
        expected = [EXPECTED[operation.name](*args) for args in arguments]
        assert np.asarray(found).tolist() == expected, operation.name


def test_numpy_source_with_python_conditionals_agrees_on_scalars() -> None:
    for operation in VALUED:
        function = numpy_function(operation, "")
        for args in corner_arguments(operation):
            with np.errstate(over="ignore"):
                found = function(*(np.uint64(word) for word in args))
            assert found == EXPECTED[operation.name](*args), (operation.name, args)


@pytest.mark.parametrize("name", ["div", "cdiv", "mod"])
@pytest.mark.parametrize("dividend", [0, 1, TOP])
def test_a_zero_divisor_is_not_defined(name: str, dividend: int) -> None:
    with pytest.raises(ZeroDivisionError):
        evaluate(OPERATIONS[name], dividend, 0)
    with pytest.raises(ZeroDivisionError):
        word_function(name)(dividend, 0)


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("shl", (1, 31), 0x80000000),
        ("shl", (TOP, 32), 0),
        ("shl", (1, TOP), 0),
        ("shr", (TOP, 31), 1),
        ("shr", (TOP, 32), 0),
        ("shr", (TOP, 0x80000000), 0),
        ("cdiv", (TOP, 1), TOP),
        ("cdiv", (TOP, TOP), 1),
        ("cdiv", (TOP, 2), 0x80000000),
        ("cdiv", (1, TOP), 1),
        ("cdiv", (0, TOP), 0),
        ("add", (TOP, 1), 0),
        ("sub", (0, 1), TOP),
        ("mul", (TOP, TOP), 1),
        ("multiply_add", (TOP, TOP, TOP), 0),
        ("lt", (0x80000000, 1), 0),
        ("select", (0x80000000, 7, 8), 7),
        ("add_immediate", (3, TOP), 2),
    ],
)
def test_the_extremes(name: str, args: tuple[int, ...], expected: int) -> None:
    assert evaluate(OPERATIONS[name], *args) == expected


@pytest.mark.parametrize("name", ["load", "vstore", "jump", "halt", "trace_write"])
def test_an_operation_without_a_value_cannot_be_evaluated(name: str) -> None:
    with pytest.raises(ValueError, match="has no value of its own"):
        evaluate(OPERATIONS[name], 0)
    with pytest.raises(ValueError, match="has no value of its own"):
        word_function(name)
