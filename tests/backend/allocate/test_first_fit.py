"""Allocation by live ranges: no word is shared, nothing lies outside, failures name the holders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.liveness import live_ranges
from slotweave.backend.allocate import NoRoom, _any_order_kernel, _first_fit_kernel, allocate
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.ir.allocation import Allocation
from slotweave.ir.problem import DATA, Problem
from slotweave.ir.schedule import Schedule
from strategies.problems import Op, ints, legal_schedules, problem_of, problems, schedule_of
from support.examples import examples

scheduled_problems = problems(16).flatmap(lambda p: st.tuples(st.just(p), legal_schedules(p)))


def words_held(problem: Problem, schedule: Schedule, address: list[int]) -> bool:
    """Whether each word has one owner in each cycle, found by filling in a table."""
    ranges = live_ranges(problem, schedule)
    owner: dict[tuple[int, int], int] = {}
    for storage, words in enumerate(problem.storage_words.tolist()):
        for cycle in range(int(ranges.first[storage]) + 1, int(ranges.last[storage]) + 1):
            for word in range(address[storage], address[storage] + words):
                if owner.setdefault((cycle, word), storage) != storage:
                    return False
    return True


@examples(80)
@given(scheduled_problems, st.integers(0, 24))
def test_no_word_is_shared_or_the_reason_is_given(case, scratch_words):
    problem, schedule = case
    found = allocate(problem, schedule, scratch_words)
    if isinstance(found, Allocation):
        assert list(allocation_violations(found, schedule, problem)) == []
        assert words_held(problem, schedule, found.address.tolist())
    else:
        held = sum(int(problem.storage_words[storage]) for storage in found.holding)
        assert held == found.live
        assert found.wanted in problem.storage_words


@examples(80)
@given(scheduled_problems)
def test_enough_scratch_for_all_values_always_does(case):
    problem, schedule = case
    scratch_words = int(problem.storage_words.sum())
    found = allocate(problem, schedule, scratch_words)
    assert isinstance(found, Allocation)
    assert found.size == scratch_words
    assert found.peak <= scratch_words


@examples(60)
@given(scheduled_problems)
def test_single_words_never_need_more_than_the_peak(case):
    problem, schedule = case
    problem = replace(problem, storage_words=np.ones_like(problem.storage_words))
    peak = allocate(problem, schedule, 1_000).peak
    assert isinstance(allocate(problem, schedule, peak), Allocation)
    if peak:
        assert isinstance(allocate(problem, schedule, peak - 1), NoRoom)


def _kept(words: list[int], spans: list[tuple[int, int]]) -> tuple[Problem, Schedule]:
    """One value a span: written in its first cycle, read in its last."""
    operations, rows = [], []
    for storage, (start, stop) in enumerate(spans):
        operations += [
            Op(writes=storage),
            Op(after=((2 * storage, DATA, 0),), reads=(storage,)),
        ]
        rows += [[start], [stop]]
    return problem_of(operations, words, [("alu", 99)]), schedule_of(rows)


def test_a_value_may_land_on_the_words_that_are_read_for_the_last_time():
    found = allocate(*_kept([4, 4], [(0, 2), (2, 3)]), 4)
    assert found == Allocation(ints([0, 0]), 4, 4)


def test_runs_lie_low_and_single_words_high():
    found = allocate(*_kept([4, 1, 4, 1], [(0, 3), (0, 3), (1, 3), (1, 3)]), 16)
    assert found == Allocation(ints([0, 15, 4, 14]), 10, 16)


def test_of_values_that_begin_together_the_largest_goes_first():
    found = allocate(*_kept([2, 8], [(0, 3), (0, 3)]), 10)
    assert found == Allocation(ints([8, 0]), 10, 10)


def test_a_value_that_finds_no_room_names_what_is_in_its_way():
    found = allocate(*_kept([4, 2, 4], [(0, 3), (1, 9), (2, 5)]), 8)
    assert found == NoRoom(cycle=2, wanted=4, live=6, holding=(0, 1))


def test_free_words_that_are_not_side_by_side_are_put_so_by_another_order():
    """In order of time four of eight words are free in cycle 3, two on either side of two."""
    problem, schedule = _kept([2, 2, 2, 4], [(0, 2), (0, 9), (1, 9), (3, 5)])
    found = allocate(problem, schedule, 8)
    assert found == Allocation(ints([0, 4, 6, 0]), 8, 8)
    assert list(allocation_violations(found, schedule, problem)) == []


def test_where_too_many_cells_would_be_tried_the_order_of_time_decides(monkeypatch):
    monkeypatch.setattr("slotweave.backend.allocate.first_fit.MOST_CELLS", 8)
    found = allocate(*_kept([2, 2, 2, 4], [(0, 2), (0, 9), (1, 9), (3, 5)]), 8)
    assert found == NoRoom(cycle=3, wanted=4, live=4, holding=(1, 2))


@examples(60)
@given(scheduled_problems)
def test_placed_in_any_order_no_word_is_shared(case):
    problem, schedule = case
    ranges = live_ranges(problem, schedule)
    used = np.flatnonzero(ranges.first >= 0).astype(np.int32)
    address, failed = _any_order_kernel.place_in_order(
        used[::-1].copy(), ranges.first, ranges.last, problem.storage_words, 12
    )
    wide = address >= 0
    assert (address[wide] + problem.storage_words[wide] <= 12).all()
    if failed < 0:
        assert words_held(problem, schedule, address.tolist())


def test_what_is_never_written_has_no_address():
    assert allocate(problem_of([Op()], [8]), schedule_of([[0]]), 4) == Allocation(ints([-1]), 0, 4)


def first_fit_word_by_word(
    first: list[int], last: list[int], words: list[int], size: int
) -> tuple[list[int], int]:
    """What the compiled sweep should give: addresses, and the storage without room (-1: none)."""
    order = sorted(range(len(words)), key=lambda s: (first[s], -words[s]))
    address = [-1] * len(words)
    for storage in order:
        taken: set[int] = set()
        for other, at in enumerate(address):
            if at >= 0 and last[other] > first[storage]:
                taken.update(range(at, at + words[other]))
        places = [
            at
            for at in range(size - words[storage] + 1)
            if taken.isdisjoint(range(at, at + words[storage]))
        ]
        if not places:
            return address, storage
        address[storage] = places[-1] if words[storage] == 1 else places[0]
    return address, -1


@examples(80)
@given(st.integers(0, 2**32 - 1), st.integers(0, 200), st.sampled_from([1, 2, 8, 70]))
def test_the_compiled_sweep_finds_the_places_that_a_slow_one_does(seed, size, widest):
    """Scratch of several entries of bits, runs that cross them, scratch that ends within one."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 60))
    first = rng.integers(0, 40, count).astype(np.int32)
    last = (first + rng.integers(1, 30, count)).astype(np.int32)
    words = np.where(rng.random(count) < 0.5, 1, rng.integers(1, widest + 1, count))
    words = words.astype(np.int32)
    order = np.lexsort((-words, first)).astype(np.int32)
    expiry = np.argsort(last, kind="stable").astype(np.int32)
    address, failed = _first_fit_kernel.first_fit(order, expiry, first, last, words, size)
    slow = first_fit_word_by_word(first.tolist(), last.tolist(), words.tolist(), size)
    assert (address.tolist(), failed) == slow
