"""The result of an operation on words within ranges lies within the range said of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.value_ranges import ANY, OF_ITSELF, below, hull, result_range
from slotweave.isa import OPERATIONS, WORD_MASK
from slotweave.isa.codegen import word_function

NAMES = [op.name for op in OPERATIONS.values() if op.meaning is not None]
SMALL = st.integers(0, 40)
EDGES = st.sampled_from([0, 1, 31, 32, WORD_MASK - 1, WORD_MASK, 1 << 31])


@st.composite
def words_in_ranges(draw: st.DrawFn) -> tuple[int, tuple[int, int]]:
    low, word, high = sorted(draw(SMALL | EDGES) for _ in range(3))
    return word, (low, high)


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_results_lie_in_the_range_of_their_operation(name, data):
    operation = OPERATIONS[name]
    operands = [data.draw(words_in_ranges()) for _ in range(operation.arity + operation.immediate)]
    try:
        word = word_function(name)(*(word for word, _range in operands))
    except ZeroDivisionError:
        return
    low, high = result_range(name, [around for _word, around in operands])
    assert low <= word <= high


@pytest.mark.parametrize("name", sorted(OF_ITSELF))
@given(SMALL | EDGES)
def test_operations_on_a_word_and_itself_lie_in_their_range(name, word):
    low, high = OF_ITSELF[name]
    assert low <= word_function(name)(word, word) <= high


def test_ranges_are_as_narrow_as_kernels_need_them():
    index = (0, 10)
    doubled = result_range("multiply_add", [index, (2, 2), (1, 2)])
    assert doubled == (1, 22)
    assert result_range("lt", [(11, 22), (11, 11)]) == (0, 0)
    assert result_range("add", [(5, 6), (WORD_MASK, WORD_MASK)]) == (4, 5)
    assert result_range("and", [ANY, (1, 1)]) == (0, 1)
    assert result_range("and", [(5, 6), (WORD_MASK, WORD_MASK)]) == (5, 6)
    assert result_range("and", [(15, 15), (5, 6)]) == (5, 6)
    assert result_range("xor", [(0, 0), (5, 6)]) == (5, 6)
    assert result_range("or", [(5, 6), (0, 0)]) == (5, 6)
    assert below((0, 22), (11, 11)) == (0, 10)
    assert hull((1, 2), (7, 9)) == (1, 9)
