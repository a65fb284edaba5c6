"""Allocation legality: separate words pass, each kind of lie is found, a slow twin agrees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.ir.allocation import Allocation
from slotweave.ir.problem import DATA, Problem
from slotweave.ir.schedule import Schedule
from strategies.problems import (
    Op,
    ints,
    legal_schedules,
    mode_of,
    problem_of,
    problems,
    schedule_of,
    separate_allocation,
)

# Storage 0 (four words) lands at the end of cycle 0 and is last read in cycle 3. Storage 1 (one
# word) lands at the end of cycle 3 and is never read. Storage 2 is written and read by nobody.
PROBLEM = problem_of([Op(writes=0), Op(after=((0, DATA, 0),), writes=1, reads=(0,))], [4, 1, 1])
SCHEDULE = schedule_of([[0], [3]])


def found(
    addresses: list[int],
    peak: int = 4,
    size: int = 8,
    problem: Problem = PROBLEM,
    schedule: Schedule = SCHEDULE,
) -> list[str]:
    allocation = Allocation(ints(addresses), peak, size)
    return [str(v) for v in allocation_violations(allocation, schedule, problem)]


def test_a_word_may_be_written_in_the_cycle_of_its_last_read():
    assert found([2, 3, -1]) == []


def test_a_word_that_is_overwritten_while_it_is_live_is_reported():
    early = problem_of([Op(writes=0), Op(writes=1), Op(after=((0, DATA, 0),), reads=(0,))], [4, 1])
    (shared,) = found([2, 3], 5, 8, early, schedule_of([[0], [1], [3]]))
    assert shared == (
        "SW402 storage 1 lands on scratch word 3 at the end of cycle 1, "
        "while storage 0 holds it until cycle 3"
    )


def test_a_pair_of_storages_is_reported_once():
    pair = problem_of([Op(writes=0), Op(writes=1), Op(after=((0, DATA, 0),), reads=(0,))], [4, 4])
    (shared,) = found([2, 4], 8, 8, pair, schedule_of([[0], [1], [3]]))
    assert "scratch word 4" in shared


def test_two_results_nobody_reads_may_not_land_together():
    pair = problem_of([Op(writes=0), Op(writes=1)], [1, 1], [("alu", 2)])
    assert found([5, 5], 1, 8, pair, schedule_of([[0], [1]])) == []
    (shared,) = found([5, 5], 2, 8, pair, schedule_of([[0], [0]]))
    assert "storage 1 lands on scratch word 5 at the end of cycle 0" in shared


def test_latency_delays_the_landing():
    slow = problem_of(
        [Op(((0, 1, 3),), writes=0), Op(writes=1), Op(after=((1, DATA, 0),), reads=(1,))],
        [1, 1],
        [("alu", 2)],
    )
    assert found([5, 5], 1, 8, slow, schedule_of([[0], [0], [2]])) == []
    assert len(found([5, 5], 2, 8, slow, schedule_of([[0], [0], [3]]))) == 1


def test_the_words_of_a_split_operation_are_held_from_the_first_slot_on():
    split = problem_of(
        [Op(((0, 3, 1),), writes=0), Op(writes=1), Op(after=((1, DATA, 0),), reads=(1,))],
        [3, 1],
        [("alu", 2)],
    )
    assert len(found([0, 2], 4, 8, split, schedule_of([[0, 1, 5], [2], [4]]))) == 1


def test_a_late_write_behind_the_last_read_still_holds_its_words():
    late = problem_of(
        [Op(writes=0), Op(after=((0, DATA, 0),), reads=(0,)), Op(writes=0), Op(writes=1)], [1, 1]
    )
    assert len(found([0, 0], 2, 8, late, schedule_of([[0], [1], [3], [2]]))) == 1


@pytest.mark.parametrize(
    ("addresses", "peak", "size", "reason"),
    [
        ([0, -1, -1], 4, 8, "storage 1 is live and has no address"),
        ([5, 0, -1], 4, 8, "storage 0 lies at 5..8, past the end of 8 words of scratch"),
        ([0, 8, -1], 4, 8, "SW501 storages-are-within"),
        ([0, 0, -1], 9, 8, "SW501 storages-are-within"),
        ([0, 4, -1], 5, 8, "a peak of 5 words is claimed, 4 are live at once"),
        ([0, 4, -1], 3, 8, "a peak of 3 words is claimed, 4 are live at once"),
        ([0, 4], 4, 8, "2 addresses for 3 storages"),
    ],
)
def test_an_address_or_a_peak_that_is_wrong_is_reported(addresses, peak, size, reason):
    (violation,) = found(addresses, peak, size)
    assert reason in violation


def test_a_read_before_anything_landed_is_reported():
    (early,) = found([0, 4, -1], 4, 8, PROBLEM, schedule_of([[3], [3]]))[:1]
    assert early == ("SW402 cycle 3 reads storage 0, whose first write lands at the end of cycle 3")
    never = replace(PROBLEM, writes=ints([-1, 1]))
    (unwritten,) = found([-1, 4, -1], 1, 8, never)
    assert unwritten == "SW402 cycle 3 reads storage 0, which is never written"


def occupied_slowly(addresses: list[int], schedule: Schedule, problem: Problem) -> tuple[bool, int]:
    """(is a word held by two storages at the end of a cycle?, the most words held at once)."""
    rows = [row.tolist() for row in np.split(schedule.cycle, schedule.cycle_offset[1:-1])]
    reads = np.split(problem.read, problem.read_offset[1:-1])
    held: dict[int, set[int]] = {}
    for storage in range(len(problem.storage_words)):
        landings = [
            cycle + mode_of(problem, i, int(schedule.mode[i]))[2] - 1
            for i in range(problem.size)
            if problem.writes[i] == storage
            for cycle in rows[i]
        ]
        last_reads = [max(rows[i]) for i in range(problem.size) if storage in reads[i].tolist()]
        if landings:
            held[storage] = set(range(min(landings), max([*last_reads, max(landings) + 1])))
    moments = set().union(*held.values()) if held else set()
    shared, peak = False, 0
    for moment in moments:
        words = [
            addresses[storage] + k
            for storage, span in held.items()
            if moment in span
            for k in range(problem.storage_words[storage])
        ]
        shared |= len(set(words)) < len(words)
        peak = max(peak, len(words))
    return shared, peak


CASES = problems().flatmap(lambda p: st.tuples(st.just(p), legal_schedules(p)))


@given(CASES)
def test_storages_in_words_of_their_own_never_clash(case):
    problem, schedule = case
    addresses = separate_allocation(problem, 0)
    _shared, peak = occupied_slowly(addresses.address.tolist(), schedule, problem)
    allocation = replace(addresses, peak=peak)
    assert list(allocation_violations(allocation, schedule, problem)) == []


@given(CASES, st.data())
def test_a_slow_twin_finds_the_same_clashes_and_the_same_peak(case, data):
    problem, schedule = case
    count = len(problem.storage_words)
    addresses = data.draw(st.lists(st.integers(0, 8), min_size=count, max_size=count))
    allocation = Allocation(ints(addresses), 0, 12)
    messages = [v.message for v in allocation_violations(allocation, schedule, problem)]
    shared, peak = occupied_slowly(addresses, schedule, problem)
    assert any("lands on scratch word" in message for message in messages) is shared
    claims = [message for message in messages if "peak" in message]
    expected = f"a peak of 0 words is claimed, {peak} are live at once"
    assert claims == ([expected] if peak else [])


def test_many_storages_are_checked():
    count = 100_000
    every = np.arange(count)
    many = problem_of([Op()])
    many = replace(
        many,
        nodes=every, items=every, writes=every.astype(np.int32),
        mode_offset=np.arange(count + 1), mode_engine=np.zeros(count, np.int32),
        mode_slots=np.ones(count, np.int32), mode_latency=np.ones(count, np.int32),
        mode_source=np.zeros(count, np.int32),
        pred_offset=np.zeros(count + 1, np.int32), read_offset=np.zeros(count + 1, np.int32),
        storage_words=np.full(count, 8, np.int32),
    )  # fmt: skip
    schedule = Schedule(np.zeros(count, np.int32), np.arange(count + 1), every, count)
    legal = Allocation(np.zeros(count, np.int32), 8, 8)
    assert list(allocation_violations(legal, schedule, many)) == []
    together = every.copy()
    together[70_000] = 69_999
    clash = replace(schedule, cycle=together)
    (shared, peak) = allocation_violations(legal, clash, many)
    assert "storage 70000 lands on scratch word 0 at the end of cycle 69999" in shared.message
    assert "16 are live at once" in peak.message
