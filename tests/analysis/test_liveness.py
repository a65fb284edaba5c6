"""Live ranges and live words, against looking at each cycle."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slotweave.analysis.liveness import live_ranges, live_words
from slotweave.ir.problem import DATA, Problem
from slotweave.ir.schedule import Schedule
from strategies.problems import Op, legal_schedules, mode_of, problem_of, problems, schedule_of
from support.examples import examples


def live_slowly(problem: Problem, schedule: Schedule, storage: int) -> set[int]:
    """The cycles in which `storage` must be kept: once landed, up to the last read of it."""
    offset, reads = schedule.cycle_offset.tolist(), problem.read_offset.tolist()
    landings, uses = [], []
    for op in range(problem.size):
        cycles = schedule.cycle[offset[op] : offset[op + 1]].tolist()
        latency = mode_of(problem, op, int(schedule.mode[op]))[2]
        if problem.writes[op] == storage:
            landings += [cycle + latency - 1 for cycle in cycles]
        if storage in problem.read[reads[op] : reads[op + 1]].tolist():
            uses += cycles
    if not landings:
        return set()
    return set(range(min(landings) + 1, max(*uses, max(landings) + 1, 0) + 1))


@examples(80)
@given(problems(12).flatmap(lambda p: st.tuples(st.just(p), legal_schedules(p))))
def test_a_slow_twin_finds_the_same_cycles_and_words(case):
    problem, schedule = case
    ranges = live_ranges(problem, schedule)
    kept = [live_slowly(problem, schedule, s) for s in range(len(problem.storage_words))]
    for storage, cycles in enumerate(kept):
        first, last = int(ranges.first[storage]), int(ranges.last[storage])
        assert set(range(first + 1, last + 1)) == cycles
    words = problem.storage_words.tolist()
    assert live_words(problem, ranges, schedule.makespan).tolist() == [
        sum(words[storage] for storage, cycles in enumerate(kept) if cycle in cycles)
        for cycle in range(schedule.makespan + 1)
    ]


def test_a_value_is_live_after_it_lands_up_to_its_last_read():
    maker, user = Op(((0, 1, 3),), writes=0), Op(after=((0, DATA, 0),), reads=(0,))
    problem = problem_of([maker, user], [4], [("alu", 2)])
    ranges = live_ranges(problem, schedule_of([[1], [5]]))
    assert (ranges.first.tolist(), ranges.last.tolist()) == ([3], [5])
    assert live_words(problem, ranges, 6).tolist() == [0, 0, 0, 0, 4, 4, 0]


def test_what_takes_no_slot_is_live_throughout():
    zeros, user = Op(((-1, 0, 0),), writes=0), Op(((0, 1, 1),), ((0, DATA, 0),), -1, (0,))
    problem = problem_of([zeros, user, Op(((0, 1, 1),))], [8], [("alu", 1)])
    assert problem.zeros.tolist() == [0]
    ranges = live_ranges(problem, schedule_of([[], [0], [4]]))
    assert (ranges.first.tolist(), ranges.last.tolist()) == ([0], [5])


def test_a_split_result_is_live_from_its_first_lane_on():
    maker, user = Op(((0, 3, 1),), writes=0), Op(((0, 2, 1),), ((0, DATA, 0),), -1, (0,))
    problem = problem_of([maker, user], [3])
    ranges = live_ranges(problem, schedule_of([[0, 1, 2], [4, 6]]))
    assert (ranges.first.tolist(), ranges.last.tolist()) == ([0], [6])


def test_a_result_nobody_reads_is_kept_for_the_cycle_behind_its_landing():
    problem = problem_of([Op(writes=0)], [1])
    ranges = live_ranges(problem, schedule_of([[2]]))
    assert (ranges.first.tolist(), ranges.last.tolist()) == ([2], [3])


def test_a_storage_nobody_writes_is_never_live():
    ranges = live_ranges(problem_of([Op()], [1]), schedule_of([[0]]))
    assert (ranges.first.tolist(), ranges.last.tolist()) == ([-1], [-1])
