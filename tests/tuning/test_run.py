"""Searches with workers and a store: the same plans on any number, and gone on with when killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from slotweave.base.budget import Budget
from slotweave.extensions import kernels
from slotweave.machine import CHALLENGE
from slotweave.names import job
from slotweave.tuning.run import Keeping, best_of, proof_of_least, run, spec_of
from slotweave.tuning.score import Task
from slotweave.tuning.search import ROUND, State
from slotweave.tuning.store import Store

KERNEL = kernels()["tree-hash"]
SHAPE = {"height": 4, "rounds": 6, "batch": 32}
JOB = job("tree-hash", **SHAPE)
TASK = Task(KERNEL, CHALLENGE, SHAPE, "values")
SEEDS, EVALUATIONS = (3, 4), 3 * ROUND + 2


def searched(place: str, workers: int = 1, evaluations: int = EVALUATIONS) -> dict[int, State]:
    """The last states of a search in the store at `place`, in the study `s`."""
    store = Store(place)
    try:
        keeping = Keeping(store, store.begin("s", spec_of(JOB)))
        steps = run(TASK, JOB.plan, SEEDS, keeping, Budget(evaluations), workers)
        return dict(list(steps)[-1].states)
    finally:
        store.close()


@cache
def uninterrupted() -> dict[int, State]:
    return searched(":memory:")


@pytest.mark.parametrize("workers", [2, 3])
def test_the_plans_do_not_depend_on_the_number_of_workers(workers: int) -> None:
    assert searched(":memory:", workers) == uninterrupted()


def test_seeds_side_by_side_are_the_searches_of_each() -> None:
    store = Store(":memory:")
    for seed in SEEDS:
        steps = run(TASK, JOB.plan, [seed], Keeping(store, "s"), Budget(EVALUATIONS))
        assert list(steps)[-1].states == {seed: uninterrupted()[seed]}
    store.close()


def test_a_search_goes_on_in_another_run_with_other_workers(tmp_path: Path) -> None:
    place = str(tmp_path / "studies.db")
    searched(place, evaluations=ROUND + 3)
    searched(place, 2, evaluations=2 * ROUND)
    assert searched(place) == uninterrupted()


def test_every_plan_evaluated_is_kept(tmp_path: Path) -> None:
    place = str(tmp_path / "studies.db")
    states = searched(place, 2)
    store = Store(place)
    for seed, state in states.items():
        trials = list(store.trials("s", seed))
        assert [trial.number for trial in trials] == list(range(EVALUATIONS))
        cycles = [trial.score.cycles for trial in trials if trial.score is not None]
        assert state.best_score.cycles <= min(cycles)
    store.close()


def test_a_trial_that_was_kept_but_not_told_is_not_evaluated_again(tmp_path: Path) -> None:
    place = str(tmp_path / "studies.db")
    searched(place, evaluations=ROUND)
    behind = Store(place)
    first = searched(":memory:", evaluations=3)
    for seed, state in first.items():
        behind.keep("s", seed, state)
    evaluated: list[Any] = []
    keeping = Keeping(behind, "s")
    behind.keep_trial = lambda _study, trial: evaluated.append(trial)  # type: ignore[method-assign]
    list(run(TASK, JOB.plan, SEEDS, keeping, Budget(ROUND + 1)))
    assert sorted((trial.seed, trial.number) for trial in evaluated) == [(3, ROUND), (4, ROUND)]
    behind.close()


def test_the_best_of_seeds_alike_is_the_first() -> None:
    states = uninterrupted()
    best = best_of(states)
    assert all(
        states[best].best_score.cycles <= state.best_score.cycles for state in states.values()
    )


def killed_after(place: str, told: int, workers: int) -> dict[int, int]:
    """A search in a process that is killed once it has said how often it told of; the evaluations
    of each seed that it had told of by then."""
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()

    def work() -> None:
        mine.close()
        store = Store(place)
        keeping = Keeping(store, store.begin("s", spec_of(JOB)))
        with closing(run(TASK, JOB.plan, SEEDS, keeping, Budget(EVALUATIONS), workers)) as steps:
            for step in steps:
                theirs.send((step.seed, step.state.evaluations))
        os._exit(0)

    process = context.Process(target=work)
    process.start()
    theirs.close()
    seen: dict[int, int] = {}
    try:
        for _ in range(told):
            seed, evaluations = mine.recv()
            seen[seed] = evaluations
    except EOFError:
        pass  # it came to its end
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return seen


def kill_again_and_again(place: str, times: int) -> None:
    """Each time a little further, each time what was told of is still there."""
    for number in range(times):
        seen = killed_after(place, 2 + number % 5, 1 + number % 2)
        store = Store(place)
        kept = {search.seed: search.evaluations for search in store.searches("s")}
        for seed, evaluations in seen.items():
            assert kept[seed] >= evaluations
            numbers = [trial.number for trial in store.trials("s", seed)]
            assert numbers[:evaluations] == list(range(evaluations))
        store.close()


def test_a_search_that_is_killed_loses_nothing_but_what_was_under_way(tmp_path: Path) -> None:
    place = str(tmp_path / "studies.db")
    kill_again_and_again(place, 4)
    assert searched(place, 2) == uninterrupted()


@pytest.mark.long
def test_a_search_that_is_killed_fifty_times_comes_to_the_same(tmp_path: Path) -> None:
    place = str(tmp_path / "studies.db")
    kill_again_and_again(place, 50)
    assert searched(place, 2) == uninterrupted()


def test_a_search_ends_where_no_plan_takes_fewer_cycles() -> None:
    """Whose operations are always the same, and whose schedule is as short as their bound."""
    kernel = kernels()["saxpy"]
    assert kernel.vary is None
    wanted = job("saxpy", n=16)
    task = Task(kernel, CHALLENGE, dict(wanted.parameters), wanted.contract)
    store = Store(":memory:")
    keeping = Keeping(store, store.begin("s", spec_of(wanted)))
    (only,) = run(task, wanted.plan, SEEDS, keeping, Budget(EVALUATIONS))
    store.close()
    assert only.proof
    assert only.state.evaluations == 0
    assert not proof_of_least(TASK, uninterrupted()[SEEDS[0]]), "its plans differ in operations"
