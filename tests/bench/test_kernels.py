"""`bench kernels`: rows of kernels in both forms, what they come to, and what refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slotweave.bench.kernels import LoopRow, Row, measured_kernels, suite_json, suite_lines
from slotweave.kernels.numeric.iir import IIR
from slotweave.machine import CHALLENGE, MINIMAL
from support.command_line import slotweave


def test_a_kernel_is_measured_in_both_forms() -> None:
    unrolled, loop = measured_kernels([IIR], [CHALLENGE])
    assert (unrolled.form, loop.form) == ("unrolled", "loop")
    assert unrolled.bound <= unrolled.cycles < loop.cycles
    (found,) = loop.loops
    assert (found.period, found.bound, found.optimal) == (2, 2, "bound")


def test_a_machine_that_is_too_small_refuses_with_a_code() -> None:
    tiny = replace(MINIMAL, scratch_words=4)
    rows = list(measured_kernels([IIR], [tiny]))
    assert [row.refused[:5] for row in rows] == ["SW301", "SW301"]
    assert "SW301" in rows[0].said


ROWS = (
    Row("a", "m", "unrolled", 110, 100),
    Row("b", "m", "unrolled", 100, 100),
    Row("a", "m", "loop", 50, loops=(LoopRow("a.py:1", 2, 2, 3, "bound", ""),)),
    Row(
        "b",
        "m",
        "loop",
        60,
        loops=(
            LoopRow("b.py:1", 4, 3, 2, "solver", "most in the way: x", solver="optimal: refuted"),
        ),
    ),
    Row("c", "m", "loop", 60, loops=(LoopRow("c.py:1", None, 3, 0, "", "it runs once"),)),
    Row("d", "m", "loop", refused="SW301 too small: really"),
)


def test_the_rows_come_to_a_mean_and_a_count() -> None:
    suite = suite_json(ROWS)
    assert suite["geometric_mean"] == pytest.approx(1.1**0.5)
    assert suite["loops"] == {"pipelined": 2, "least": 1, "solver": 1, "plain": 1}


def test_each_loop_above_its_bound_is_listed_with_the_reason() -> None:
    lines = list(suite_lines(ROWS))
    assert "| a | m | unrolled | 110 | 100 | 10.0% |" in lines
    assert "| d | m | loop | - | SW301 too small | - |" in lines
    assert (
        "1 of 2 pipelined loops found at their least II, 1 more by CP-SAT; 1 not pipelined" in lines
    )
    assert "b on m, b.py:1: II 4 (least 3): most in the way: x; optimal: refuted" in lines
    assert "c on m, c.py:1: not pipelined: it runs once" in lines


@pytest.mark.long
def test_the_command_prints_the_table() -> None:
    answer = slotweave("bench", "kernels", "--machine", "minimal")
    assert answer.code == 0
    assert "geometric mean of cycles over bound, unrolled" in answer.out
