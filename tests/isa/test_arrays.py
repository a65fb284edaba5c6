"""Operations on arrays are the operations, element by element."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.isa import OPERATIONS, WORD_MASK, evaluate
from slotweave.isa.arrays import array_function

WORDS = st.integers(0, WORD_MASK) | st.integers(0, 40)
COMPUTING = sorted(name for name, operation in OPERATIONS.items() if operation.meaning is not None)


@pytest.mark.parametrize("name", COMPUTING)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=5))
def test_an_array_function_is_the_operation(name: str, rows: list[tuple[int, int, int]]) -> None:
    operation = OPERATIONS[name]
    count = operation.arity + operation.immediate
    args = [[row[i] for row in rows] for i in range(count)]
    arrays = [np.array(column, dtype=np.uint64) for column in args]
    try:
        wanted = [evaluate(operation, *row) for row in zip(*args, strict=True)]
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            array_function(name)(*arrays)
    else:
        assert array_function(name)(*arrays).tolist() == wanted


def test_what_has_no_meaning_has_no_array_function() -> None:
    with pytest.raises(ValueError, match="load has no value of its own"):
        array_function("load")
