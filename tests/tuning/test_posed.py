"""Problems that one process has posed, and others score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

import slotweave.tuning.score as scoring
from slotweave.base.diagnostics import NoSchedule
from slotweave.extensions import kernels
from slotweave.ir.plan import Plan
from slotweave.machine import CHALLENGE
from slotweave.parallel import SharedValues
from slotweave.tuning.answers import Asked, evaluated, text_of
from slotweave.tuning.posed import problem_key
from slotweave.tuning.score import Task, score
from slotweave.tuning.search import start

KERNEL = kernels()["tree-hash"]
SHAPE = {"height": 6, "rounds": 9, "batch": 64}


@pytest.fixture
def shared() -> Iterator[SharedValues]:
    made = SharedValues()
    yield made
    made.close()


def task(shared: SharedValues | None = None) -> Task:
    return Task(KERNEL, CHALLENGE, SHAPE, "values", shared)


def default() -> Plan:
    return KERNEL.plan("default", SHAPE, "values")


def test_what_others_have_posed_is_scored_alike_without_posing_it(
    shared: SharedValues, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passes, steps, and a schedule that is carried to other choices."""
    begun = start(task(), default(), 0).best
    exceptions = [{"rounds": [5], "groups": [3], "way": "arithmetic"}]
    choices = MappingProxyType({**begun.choices, "bias_but": exceptions})
    units = tuple(
        Asked(text_of(replace(begun, schedule=replace(begun.schedule, seed=seed))))
        for seed in range(3)
    )
    units += tuple(Asked(text_of(begun), step=seed) for seed in range(3))
    units += (Asked(text_of(replace(begun, choices=choices)), None, text_of(begun), 2),)
    expected = evaluated(task(), units)
    assert evaluated(task(shared), units) == expected

    def never(*_arguments: object) -> None:
        raise AssertionError("it is posed again")

    monkeypatch.setattr(scoring, "lowered_of", never)
    assert evaluated(task(shared), units) == expected


def test_what_needs_the_graph_is_lowered_again(shared: SharedValues) -> None:
    """Where the first attempt finds no room, other ones look at the graph, too."""
    small = replace(CHALLENGE, scratch_words=400)
    plan = default()
    first, second = (Task(KERNEL, small, SHAPE, "values", shared) for _ in range(2))
    found = []
    for each in (first, second, Task(KERNEL, small, SHAPE, "values")):
        try:
            found.append(score(each, plan))
        except NoSchedule as refused:
            found.append(refused.diagnostic)
    assert found[0] == found[1] == found[2]
    posed = second.posed(plan)
    assert np.array_equal(second.lowered(plan).problem.pred, posed.problem.pred)
    assert first.lowered(plan).ladder == second.lowered(plan).ladder


def test_plans_of_one_problem_have_one_key() -> None:
    plan = default()
    held = plan.schedule
    assert problem_key(replace(plan, schedule=replace(held, seed=5, passes=3))) == problem_key(plan)
    assert problem_key(replace(plan, schedule=replace(held, window=2))) != problem_key(plan)
