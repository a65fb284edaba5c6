"""`bench kernels`: rows of kernels in both forms, what they come to, and what refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slotweave.anatomy.spill_counts import spill_counts
from slotweave.bench.kernels import LoopRow, Row, measured_kernels, suite_json, suite_lines
from slotweave.bounds import best_bound
from slotweave.driver.compile import compile_job, lowered_of
from slotweave.driver.job import Job
from slotweave.frontend.kernel import Kernel
from slotweave.kernels.hashes.murmur import MURMUR
from slotweave.kernels.numeric.fir import FIR
from slotweave.kernels.numeric.iir import IIR
from slotweave.kernels.searching.bitonic import BITONIC
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


@pytest.mark.parametrize(
    ("kernel", "most"),
    [(FIR, 1.01), (BITONIC, 1.03), pytest.param(MURMUR, 1.1, marks=pytest.mark.long)],
    ids=["fir", "bitonic-sort", "murmur3"],
)  # fmt: skip
def test_little_scratch_costs_few_cycles(kernel: Kernel, most: float) -> None:
    """None marks items; `minimal` has 64 words, fewer than a schedule by longest paths asks for."""
    row = next(measured_kernels([kernel], [MINIMAL]))
    assert row.form == "unrolled"
    assert row.bound < row.cycles <= most * row.bound


@pytest.mark.long
def test_the_bound_of_what_spills_is_that_of_what_was_written() -> None:
    job = Job(MURMUR, {"n": 64, "words": 4}, "graph", MURMUR.plan("unrolled", {}, "graph"), MINIMAL)
    result = compile_job(job)
    block = result.block
    assert spill_counts(block.fitted.graph)["made_anew"] > 0
    assert block.bounds == lowered_of(job).ladder
    assert best_bound(block.bounds).cycles < best_bound(block.fitted.lowered.ladder).cycles


@pytest.mark.long
def test_the_command_prints_the_table() -> None:
    answer = slotweave("bench", "kernels", "--machine", "minimal")
    assert answer.code == 0
    assert "geometric mean of cycles over bound, unrolled" in answer.out
