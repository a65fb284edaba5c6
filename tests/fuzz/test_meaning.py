"""The interpreter that fuzzing asks is held against values written down by hand."""

from __future__ import annotations

import pytest

from fuzz.meaning import MEANING, meaning_of
from fuzz.shrinking import smallest
from fuzz.statements import Statement, statements_from_text, statements_to_text
from fuzz.writing import MEMORY_WORDS, write_kernel
from slotweave.frontend.trace import trace_blocks
from slotweave.frontend.tracer import Tracer
from slotweave.ir.flow import Flow

TEXT = """\
loop 1 1
  binary 0 0 -2
  set 0 0
branch 1
  store 1 0 3 0 0
else
  trace 0
pause
load 2 0 3 0
trace 0
"""


def traced(text: str) -> Flow:
    def build(k: Tracer) -> None:
        write_kernel(k, statements_from_text(text))

    return trace_blocks(build, "hand", 4)


@pytest.mark.parametrize(
    ("condition", "stored", "trace"), [(7, 12, [12]), (0, 5, [12, 5])], ids=["yes", "no"]
)
def test_a_kernel_with_a_loop_a_branch_and_a_pause(
    condition: int, stored: int, trace: list[int]
) -> None:
    """Word variable 0 begins as a[0], 1 as a[1]; the loop runs twice; the store is to o[3]."""
    memory = [10, condition, *[5] * (MEMORY_WORDS - 2)]
    meaning = meaning_of(traced(TEXT), memory)
    expected = [*memory[:35], stored, *memory[36:]]
    assert (meaning.memory, meaning.trace, meaning.pauses) == (expected, trace, [expected])
    assert any(jumped for _, jumped in meaning.sides)


@pytest.mark.parametrize(
    ("op", "args", "value"),
    [("sub", (1, 2), -1), ("cdiv", (7, 2), 4), ("shl", (1, 32), 0), ("shr", (8, 1), 4),
     ("lt", (1, 2), 1), ("select", (0, 5, 6), 6), ("multiply_add", (2, 3, 4), 10)],
)  # fmt: skip
def test_the_meaning_of_an_operation(op: str, args: tuple[int, ...], value: int) -> None:
    assert MEANING[op](*args) == value


def test_statements_are_read_back_from_their_text() -> None:
    assert statements_to_text(statements_from_text(TEXT)) == TEXT


def test_the_smallest_statements_that_fail_are_found() -> None:
    def fails(statements: tuple[Statement, ...]) -> bool:
        text = statements_to_text(statements)
        return "store" in text and "branch" in text

    assert statements_to_text(smallest(statements_from_text(TEXT), fails)) == (
        "branch 0\n  store 0 0 0 0 0\nelse\n"
    )
