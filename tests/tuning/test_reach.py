"""How far a schedule reaches: its cycles if its end is full, less if it is not."""

from __future__ import annotations

from functools import cache

import numpy as np

from slotweave.backend.schedule import BothWays, prepare
from slotweave.ir.schedule import Schedule
from slotweave.tuning.posed import Posed, Score
from strategies.problems import Op, problem_of

#: The slots of an engine of two that every operation takes, and of one that few take.
WORK, OTHER = ((0, 1, 1),), ((1, 1, 1),)


@cache
def posed(others: int) -> Posed:
    """100 operations for an engine of two slots, and a few for another one of one slot."""
    operations = [Op(WORK) for _ in range(100)] + [Op(OTHER) for _ in range(others)]
    problem = problem_of(operations, engines=(("valu", 2), ("store", 1)))
    return Posed("", problem, 50, BothWays(prepare(problem)), (), None)


def scored(cycles: list[int], others: list[int]) -> Score:
    """The score of the schedule that has its operations in these cycles."""
    cycle = np.array(cycles + others, np.int32)
    modes, offset = np.zeros(len(cycle), np.int32), np.arange(len(cycle) + 1, dtype=np.int32)
    return posed(len(others)).scored(Schedule(modes, offset, cycle, 1 + int(cycle.max())))


FULL = [number // 2 for number in range(100)]


def test_a_schedule_that_is_full_until_its_end_reaches_its_cycles():
    found = scored(FULL, list(range(50)))
    assert (found.cycles, found.reach) == (50, 50.0)


def test_it_reaches_less_far_the_emptier_its_end_is_and_the_earlier_its_idle_slots_fall():
    others = list(range(40))
    full = scored(FULL, others)
    moved = scored([*FULL[:-1], 0], others)
    further = scored([*FULL[:-2], 49, 50], others)
    assert moved.reach < full.reach < further.reach < 51
    assert scored([*FULL[:90], 0, *FULL[91:]], others).reach > moved.reach


def test_slots_on_which_no_bound_depends_count_too():
    assert scored(FULL, [10]).reach < scored(FULL, [48]).reach < scored(FULL, [49]).reach


def test_what_ends_early_counts_for_nothing():
    assert scored(FULL, [2]) == scored(FULL, [12])


def test_nothing_to_do_reaches_nowhere():
    problem = problem_of([], engines=(("valu", 2),))
    none = Posed("", problem, 0, BothWays(prepare(problem)), (), None)
    empty = np.zeros(0, np.int32)
    assert none.scored(Schedule(empty, np.zeros(1, np.int32), empty, 0)) == Score(0, 0)


def test_an_engine_without_slots_counts_for_nothing():
    problem = problem_of([Op(WORK) for _ in range(4)], engines=(("valu", 2), ("flow", 0)))
    made = Posed("", problem, 2, BothWays(prepare(problem)), (), None)
    cycle, offset = np.array([0, 0, 1, 1], np.int32), np.arange(5, dtype=np.int32)
    found = made.scored(Schedule(np.zeros(4, np.int32), offset, cycle, 2))
    more = problem_of([Op(WORK) for _ in range(4)], engines=(("valu", 2),))
    alone = Posed("", more, 2, BothWays(prepare(more)), (), None)
    assert found == alone.scored(Schedule(np.zeros(4, np.int32), offset, cycle, 2))
