"""What a run leaves behind, as lines."""

from __future__ import annotations

import numpy as np

from slotweave.simulate.run import RunState
from slotweave.views.run_text import run_lines


def lines(before: list[int], after: list[int], trace: tuple[int, ...] = ()) -> list[str]:
    words = np.array(after, dtype=np.uint32)
    return list(run_lines(12, RunState.STOPPED, 11, trace, before, words))


def test_a_run_that_changes_nothing_says_how_it_ended() -> None:
    assert lines([1, 2], [1, 2]) == ["12 cycles, stopped at bundle 11"]
    assert lines([], [], (5, 7)) == ["12 cycles, stopped at bundle 11", "trace: 5 7"]


def test_changed_words_are_shown_by_spans() -> None:
    said = lines([0] * 30, [0, 9, *[0] * 8, *range(1, 11), *[0] * 10])
    assert said[1:] == [
        "11 words of memory changed:", "  1: 9", "  10..19: 1 2 3 4 5 6 7 8 ...",
    ]  # fmt: skip


def test_the_first_of_many_spans_are_shown() -> None:
    said = lines([0] * 12, [1, 0] * 6)
    assert said[1] == "6 words of memory changed:"
    assert said[-1] == "  and 2 more spans"
