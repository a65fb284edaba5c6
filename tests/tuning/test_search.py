"""Search over plans: never worse, repeatable, resumable, and right about what it found."""

from __future__ import annotations

import gc
from collections import Counter
from dataclasses import replace
from functools import cache, partial
from itertools import cycle, islice, pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from slotweave.backend.fit import Effort
from slotweave.backend.schedule.forward_backward import AT_AN_END
from slotweave.base.diagnostics import NoSchedule
from slotweave.challenge.tree_hash.plans.read_choices import read_choices
from slotweave.challenge.tree_hash.plans.vary import vary
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.driver.compile import compile_job
from slotweave.driver.job import Job
from slotweave.extensions import kernels
from slotweave.ir.graph import Node
from slotweave.ir.plan import Plan
from slotweave.ir.text.plan_json import plan_from_json, plan_to_json
from slotweave.machine import CHALLENGE
from slotweave.names import job
from slotweave.parallel import Serial
from slotweave.tuning.answers import evaluated
from slotweave.tuning.moves import BLOCK, CARRIED, CHOICES, Candidate, changes_choices, proposed
from slotweave.tuning.score import POSED_BETWEEN_COLLECTIONS, PROBLEMS_KEPT, SCHEDULES_KEPT
from slotweave.tuning.search import (
    AHEAD,
    LEAD_TEMPERATURE,
    ROUND,
    Score,
    State,
    Task,
    Trial,
    _after,
    score,
    search,
    search_all,
    start,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

KERNEL = kernels()["tree-hash"]
SHAPE = {"height": 6, "rounds": 9, "batch": 64}


def task_for(contract: str = "values") -> Task:
    return Task(KERNEL, CHALLENGE, SHAPE, contract)


def begun(seed: int = 0, contract: str = "values") -> State:
    plan = KERNEL.plan("default", SHAPE, contract)
    return start(task_for(contract), plan, seed)


def after(candidates: int, seed: int = 0, contract: str = "values") -> State:
    states = search(task_for(contract), begun(seed, contract), seed)
    return list(islice(states, candidates))[-1]


ANY_START = pytest.param("any-start", marks=pytest.mark.long)


@pytest.mark.parametrize("contract", ["values", "full", ANY_START])
def test_the_best_plan_is_never_longer_than_the_first(contract):
    first, last = begun(contract=contract), after(4, contract=contract)
    assert not first.best_score < last.best_score
    assert last.evaluations == 4


def test_the_same_seed_finds_the_same_plans():
    assert after(5, seed=3) == after(5, seed=3)


def test_a_search_goes_on_where_it_was_left():
    task, begin = task_for(), begun(1)
    states = list(islice(search(task, begin, 1), 6))
    resumed = list(islice(search(task, states[2], 1), 3))
    assert resumed == states[3:]


def test_a_found_plan_compiles_to_the_cycles_that_its_score_says():
    found = after(3)
    plan = plan_from_json(plan_to_json(found.best))
    for effort in (Effort.FAST, Effort.DEFAULT):
        result = compile_job(
            Job(KERNEL, SHAPE, "values", plan, CHALLENGE, instances=2, effort=effort)
        )
        assert result.cycles == found.best_score.cycles
    assert score(task_for(), plan) == found.best_score


def test_fewer_cycles_are_better_than_a_lower_bound():
    assert Score(90, 80) < Score(91, 70)
    assert Score(90, 70).cost < Score(90, 80).cost


def test_of_two_plans_alike_the_one_that_ends_emptier_is_better():
    assert Score(90, 80, late=100) < Score(90, 80, late=120)
    assert Score(90, 80, late=500) < Score(91, 80, late=100)


def test_varied_choices_are_choices_that_can_be_read():
    shape, plan = Shape.of(SHAPE), KERNEL.plan("default", SHAPE, "values")
    rng = np.random.default_rng(5)
    seen = set()
    for _ in range(40):
        plan = vary(plan, SHAPE, "values", rng)
        read_choices(plan, shape, "values", 8)
        seen.add(str(plan.choices))
    assert len(seen) > 10


def test_plans_without_choices_are_left_alone():
    rng = np.random.default_rng(0)
    for name, contract in (("scalar", "values"), ("default", "any-start")):
        plan = KERNEL.plan(name, SHAPE, contract)
        assert vary(plan, SHAPE, contract, rng) == plan


def test_a_search_begins_no_worse_than_compile_would_end():
    plan = KERNEL.plan("default", SHAPE, "values")
    compiled = compile_job(Job(KERNEL, SHAPE, "values", plan, CHALLENGE, instances=1))
    assert begun().best_score.cycles <= compiled.cycles


@cache
def first_best() -> Plan:
    """A plan with starting times."""
    return begun().best


def stepped(steps: int) -> Plan:
    """The same with that many steps, of all kinds in turn."""
    seeds = tuple(
        kind * AT_AN_END + number
        for number, kind in zip(range(steps), cycle(range(3)), strict=False)
    )
    schedule = replace(first_best().schedule, steps=seeds)
    return replace(first_best(), schedule=schedule)


@pytest.mark.long
def test_steps_are_scored_as_they_are_compiled_whoever_scored_those_before() -> None:
    """One task goes from step to step, another one begins with the last."""
    along = task_for()
    for count in (1, 2, 3):
        plan = stepped(count)
        try:
            found = score(along, plan)
        except NoSchedule:
            continue
        assert score(task_for(), plan) == found
        made = compile_job(Job(KERNEL, SHAPE, "values", plan, CHALLENGE, instances=1))
        before = score(along, stepped(count - 1)).cycles
        assert made.cycles == found.cycles or before < found.cycles


def test_neither_the_best_plan_nor_the_leading_one_gets_worse() -> None:
    """But for what temperature allows where choices are changed."""
    states = list(islice(search(task_for(), begun(), 0), 24))
    for before, after in pairwise(states):
        assert not before.best_score < after.best_score
        reach, reached = before.leading_score.reach, after.leading_score.reach
        carried = after.leading.schedule.due != before.leading.schedule.due
        assert reached <= reach + (5 * LEAD_TEMPERATURE if carried else 0)


def test_candidates_of_a_block_that_changes_choices_share_them() -> None:
    plan = first_best()
    blocks, moves = [], Counter[str]()
    for first in range(0, 40 * BLOCK, BLOCK):
        block = [proposed(task_for(), plan, plan, 0, first + at) for at in range(BLOCK)]
        moves.update(each.move for each in block)
        if block[0].move in (CHOICES, CARRIED):
            blocks.append(block)
            assert len({each.move for each in block}) == 1
            assert all(each.plan.choices == block[0].plan.choices for each in block)
        else:
            assert all(each.plan.choices == plan.choices for each in block)
        if block[0].move == CHOICES:
            assert len({each.plan.schedule.seed for each in block}) == BLOCK
        if block[0].move == CARRIED:
            assert all(each.plan == block[0].plan and each.before == plan for each in block)
            steps = [each.steps for each in block]
            assert steps == sorted(set(steps))
    assert 4 < len(blocks) < 16
    assert moves[CARRIED] > moves[CHOICES] > 0


def test_once_a_carried_plan_leads_hardly_anything_is_annealed() -> None:
    plan = first_best()
    carried = replace(plan, schedule=replace(plan.schedule, due="1 2"))
    for leading, least in ((plan, 0.5), (carried, 0.9)):
        moves = Counter(
            proposed(task_for(), plan, leading, 0, number).move for number in range(400)
        )
        assert (moves[CARRIED] + moves["step"]) / 400 > least
        assert sum(moves.values()) - moves[CARRIED] - moves["step"] > 0


@pytest.mark.parametrize(("workers", "units"), [(0, 1), (1, 1), (2, 1), (5, 3), (100, ROUND)])
def test_the_candidates_of_a_round_are_as_many_units_as_workers_need(
    workers: int, units: int
) -> None:
    """Two rounds are under way: half of the workers do each."""

    class Recorder(Serial):
        def __init__(self) -> None:
            super().__init__(partial(evaluated, task_for()))
            self.workers, self.rounds = workers, Counter[int]()

        def give(self, key: Hashable, unit: Any) -> None:
            super().give(key, unit)
            first = cast("tuple[int, tuple[int, ...]]", key)[1][0]
            if not changes_choices(task_for(), 0, first // BLOCK):
                self.rounds[first // ROUND] += 1

    crew = Recorder()
    states = [state for _seed, state in search_all(task_for(), {0: begun()}, crew, 6 * ROUND)]
    assert set(crew.rounds.values()) == {units}
    assert states[-1] == after(6 * ROUND)


def test_what_a_search_holds_does_not_grow_with_what_it_tries() -> None:
    """After any number of candidates: a few problems, a few schedules, and some rounds."""
    task = task_for()
    crew = Serial(partial(evaluated, task))
    for _seed, state in search_all(task, {0: begun()}, crew, 6 * ROUND):
        assert len(task._recent) <= PROBLEMS_KEPT
        assert len(task._steps) <= SCHEDULES_KEPT
        assert len(task._begun) <= SCHEDULES_KEPT
        assert len(crew._queue) <= (AHEAD + 1) * ROUND
        assert len(state.bases) == AHEAD + 1


def test_what_tracing_leaves_is_freed_though_the_collector_rests() -> None:
    shape = {"height": 2, "rounds": 2, "batch": 8}
    task, plan = Task(KERNEL, CHALLENGE, shape, "values"), KERNEL.plan("default", shape, "values")

    def nodes_after(posed: range) -> int:
        for window in posed:
            task.posed(replace(plan, schedule=replace(plan.schedule, window=10 + window)))
        return sum(isinstance(one, Node) for one in gc.get_objects())

    assert POSED_BETWEEN_COLLECTIONS > 4 * PROBLEMS_KEPT
    gc.disable()
    try:
        few = nodes_after(range(2 * PROBLEMS_KEPT))
        assert nodes_after(range(2 * PROBLEMS_KEPT, 4 * PROBLEMS_KEPT)) < 1.2 * few
    finally:
        gc.enable()


def test_a_plan_that_was_found_is_begun_with_as_it_was_found():
    """Another seed for the search does not undo what the seed of the plan is worth."""
    found = after(3).best
    begin = start(task_for(), found, 99)
    assert begin.current == found
    assert begin.best_score == score(task_for(), found)


def moved(number: int, plan: Plan) -> Plan:
    """`plan` with other starting times, so that nothing but passes makes its schedule."""
    offsets = tuple(round(each * (1 + number / 40), 1) for each in plan.schedule.offsets)
    return replace(plan, schedule=replace(plan.schedule, offsets=offsets, seed=number, steps=()))


def test_what_is_given_up_is_longer_than_the_limit_and_what_is_not_is_scored_as_ever() -> None:
    task, base = task_for(), first_best()
    plans = [moved(number, base) for number in range(12)]
    whole = [score(task, plan) for plan in plans]
    limit = sorted(each.cycles for each in whole)[len(whole) // 2]
    for plan, exact in zip(plans, whole, strict=True):
        found = score(task, plan, limit)
        assert found == exact or (found.cycles > limit and found.cycles >= exact.cycles)
        assert score(task, plan, exact.cycles - 1).cycles >= exact.cycles
        assert score(task, plan, 10 * exact.cycles) == exact


def test_what_has_more_cycles_than_the_limit_of_its_round_is_not_taken() -> None:
    """Even if it is no worse than the plan that is current by then, which may have grown."""
    state = begun()
    found = state.current_score
    strict = replace(state, bases=tuple(replace(b, limit=found.cycles - 1) for b in state.bases))
    trial = Trial(0, 0, Candidate(moved(1, state.current), "shift"), found)
    assert _after(state, trial).current == trial.candidate.plan
    assert _after(strict, trial).current == state.current


def test_changes_of_choices_are_given_out_long_before_their_round() -> None:
    """Nobody waits for them: while the first round is told, all are out that change choices before
    AHEAD rounds are over; of other candidates no more than two rounds are."""
    task, given = task_for(), {}

    class Watched(Serial):
        def give(self, key: Hashable, unit: Any) -> None:
            given[key] = unit
            super().give(key, unit)

    next(search_all(task, {0: begun()}, Watched(partial(evaluated, task))))
    numbers = {number for _seed, unit in given for number in unit}
    changing = {
        number for number in range((AHEAD + 1) * ROUND) if changes_choices(task, 0, number // BLOCK)
    }
    assert changing
    assert numbers == changing | set(range(2 * ROUND))


def horner(k, n=16):
    """A polynomial of degree 5 of each word, with coefficients from memory."""
    c = k.region("c", 0, 6, read_only=True)
    x = k.region("x", 6, n, output=True)
    for at in range(0, n, k.vector_length):
        v, total = x.vload(at), k.broadcast(c[0])
        for power in range(1, 6):
            total = total * v + k.broadcast(c[power])
        x.vstore(at, total)


def test_a_search_begins_with_constants_that_wait_for_no_other_where_that_is_shorter():
    """By the usual plan the address 0 is loaded after 6, of which it may be a sum: 11 cycles. From
    the zeros that scratch begins with a load can take it in the first cycle."""
    wanted = job(horner)
    task = Task(wanted.kernel, CHALLENGE, dict(wanted.parameters), wanted.contract)
    begun = start(task, wanted.plan, 0)
    assert score(task, wanted.plan).cycles == 11
    assert (begun.best_score.cycles, begun.best.schedule.zeros) == (9, True)
    assert start(task, begun.best, 0).best.schedule == begun.best.schedule
    loaded = replace(wanted.plan, schedule=replace(wanted.plan.schedule, outright=1))
    assert score(task, loaded).cycles == 10
