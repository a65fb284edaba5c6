"""Which live ranges are split: those that free the most words for their slots, and no more."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.liveness import live_ranges, live_words
from slotweave.backend.allocate import propose_splits
from slotweave.backend.schedule import in_order_schedule
from slotweave.ir.problem import DATA, Problem
from strategies.problems import Op, problem_of, problems


def after(*ops: int) -> tuple[tuple[int, int, int], ...]:
    return tuple((op, DATA, 0) for op in ops)


def two_values(words: tuple[int, int], between: int = 20) -> Problem:
    """Two storages that nobody reads for so many cycles, then one operation both."""
    wait = [Op() for _ in range(between)]
    read = Op(after=after(0, 1, 1 + between), reads=(0, 1))
    return problem_of([Op(writes=0), Op(writes=1), *wait, read], words)


def storages(problem: Problem, words: int, cost: list[int]) -> list[int]:
    splits = propose_splits(problem, in_order_schedule(problem), words, cost)
    return [split.storage for split in splits]


def test_nothing_is_split_where_all_fits() -> None:
    assert storages(two_values((8, 8)), 16, [1, 1]) == []


def test_what_frees_the_most_words_for_its_slots_goes_first_and_then_it_is_enough() -> None:
    assert storages(two_values((8, 4)), 8, [3, 3]) == [0]
    assert storages(two_values((4, 8)), 8, [1, 3]) == [0]


def test_what_cannot_come_back_stays() -> None:
    assert storages(two_values((8, 8)), 0, [0, 1]) == [1]
    assert storages(two_values((8, 8)), 0, [0, 0]) == []


def test_a_value_used_again_at_once_stays() -> None:
    assert storages(two_values((8, 8), between=2), 0, [1, 1]) == []


def test_it_comes_back_for_its_later_readers_behind_something_they_wait_for() -> None:
    problem = two_values((8, 8))
    schedule = in_order_schedule(problem)
    (split, _other) = propose_splits(problem, schedule, 0, [1, 1])
    (reload,) = split.reloads
    assert (split.maker, reload.readers, reload.cycle) == (0, (22,), 22)
    assert reload.trigger == 1  # of the three it waits for, the last that ended cycles before it


@given(problems(12), st.integers(0, 12))
def test_readers_are_told_apart_and_no_more_is_split_than_needed(problem, words) -> None:
    schedule = in_order_schedule(problem)
    writers = np.bincount(problem.writes[problem.writes >= 0], minlength=len(problem.storage_words))
    cost = (writers == 1).astype(int).tolist()
    splits = propose_splits(problem, schedule, words, cost)
    live = live_words(problem, live_ranges(problem, schedule), schedule.makespan)
    assert not splits or live.max(initial=0) > words
    for split in splits:
        assert problem.writes[split.maker] == split.storage
        back = [reader for reload in split.reloads for reader in reload.readers]
        assert len(set(back)) == len(back)
        for reader in back:
            row = slice(problem.read_offset[reader], problem.read_offset[reader + 1])
            assert split.storage in problem.read[row]
