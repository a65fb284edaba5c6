"""Idle slots have the same causes whether a program was compiled, repacked or is inspected."""

from __future__ import annotations

import pytest

from slotweave.anatomy.given_words import GivenWords
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.summaries.compiled import compiled_summary
from slotweave.backend.fit import Effort
from slotweave.base.budget import Budget
from slotweave.challenge.ladder.ladder_flow import any_rung_summary, rung_run
from slotweave.challenge.tree_hash.plans.ladder_plans import RUNGS
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.machine import CHALLENGE
from slotweave.repacking import RepackOptions, repack
from slotweave.repacking.summary import repacked_summary
from support.tree_hash import compiled


def saxpy(k: Tracer) -> None:
    x = k.region("x", 0, 64, read_only=True)
    y = k.region("y", 64, 64, output=True)
    for first in range(0, 64, 8):
        y.vstore(first, 3 * x.vload(first) + y.vload(first))


def gathers_and_scatters(k: Tracer) -> None:
    a = k.region("a", 0, 64, read_only=True)
    b = k.region("b", 64, 64, output=True)
    for first in range(0, 32, 8):
        found = a.gather(a.vload(first) & 63)
        b.store(k.pack([first + lane for lane in range(8)]), found * 3 + 1)


def sums_in_a_loop(k: Tracer) -> None:
    x = k.region("x", 0, 64, read_only=True)
    y = k.region("y", 64, 64, output=True)
    at = k.variable(0)
    with k.loop(8):
        y.vstore(at.value, 3 * x.vload(at.value))
        at.value = at.value + 8
    y.store(0, y[1] + 1)


def one_of_two(k: Tracer) -> None:
    a = k.region("a", 0, 8, output=True)

    def work() -> None:
        word = a[1]
        for _ in range(9):
            word = word * word + 3
        a.store(1, word)

    k.branch((a[0] & 1) == 0, work, lambda: a.store(1, 5))
    a.store(2, a[3] * 7)


def made(function) -> Compiled:
    kernel = kernel_of_function(function, "k.py:f")
    plan = kernel.plan("default", {}, "graph")
    return compile_job(Job(kernel, {}, "graph", plan, CHALLENGE, instances=1))


STRAIGHT = [
    lambda: made(saxpy),
    lambda: made(gathers_and_scatters),
    lambda: compiled((3, 4, 32), instances=1),
    lambda: compiled((5, 6, 64), "full", instances=1),
]
LOOPS = [
    lambda: made(sums_in_a_loop),
    lambda: compiled((4, 9, 64), plan="hybrid-unroll", instances=1, effort=Effort.FAST),
]


@pytest.mark.parametrize("result", [*STRAIGHT, *LOOPS])
def test_compile_and_inspect_find_the_same_causes(result) -> None:
    found: Compiled = result()
    inspected = inspect_program(found.program, found.job.machine, found.job.facts)
    summary = compiled_summary(found)
    assert inspected.view is not None
    assert summary.idle == inspected.view.idle == inspected.to_json()["idle"]
    assert (summary.run is None) == inspected.straight


@pytest.mark.parametrize("result", [*STRAIGHT, *LOOPS, lambda: made(one_of_two)])
def test_used_and_idle_slots_are_all_slots_of_the_run(result) -> None:
    summary = compiled_summary(result())
    assert summary.idle is not None
    for engine, use in summary.engines.items():
        assert use.used + sum(summary.idle[engine].values()) == use.slots, engine


def test_where_a_jump_depends_on_data_the_causes_are_those_of_the_run_taken() -> None:
    summary = compiled_summary(made(one_of_two))
    assert summary.run is not None
    assert summary.idle is not None
    assert summary.idle["load"]["jump"], "the load after the branch waits for nothing else"
    entered = {block.entered for block in summary.run.blocks}
    assert entered == {0, 1}, "one side ran, one did not"
    for block in summary.run.blocks:
        slots = sum(sum(causes.values()) for causes in block.idle.values())
        assert (slots > 0) == (block.entered > 0)


def test_repack_and_inspect_find_the_same_causes() -> None:
    given = compiled((3, 4, 32), plan="packed", instances=1)
    facts = given.job.facts
    found = repack(given.program, CHALLENGE, facts, RepackOptions(instances=1),
                   budget=Budget(evaluations=1))  # fmt: skip
    inspected = inspect_program(found.program, CHALLENGE, facts)
    assert found.best is not None
    assert inspected.view is not None
    assert repacked_summary(found, "given", 0, GivenWords(None, (), 0)).idle == inspected.view.idle


@pytest.mark.parametrize("name", ["grouped", "hybrid-unroll"])
def test_a_rung_of_the_ladder_and_inspect_find_the_same_causes(name: str) -> None:
    found = compiled((4, 9, 64), plan=name, instances=1, effort=Effort.FAST)
    rung = next(each for each in RUNGS if each.plan == name)
    inspected = inspect_program(found.program, CHALLENGE, found.job.facts)
    assert inspected.view is not None
    assert any_rung_summary(rung, found, rung_run(found), None)["idle"] == inspected.view.idle
