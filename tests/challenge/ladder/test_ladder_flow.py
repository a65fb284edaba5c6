"""Rungs that jump: their counters are those of a run, and their figures those of the plans."""

from __future__ import annotations

import numpy as np
import pytest

from slotweave.anatomy.executed import executed, slots_bound
from slotweave.anatomy.summaries.compiled import compiled_summary
from slotweave.backend.fit import Effort
from slotweave.challenge.export import challenge_source
from slotweave.challenge.ladder.ladder_flow import any_rung_summary, measured_runs, rung_run
from slotweave.challenge.ladder.ladder_table import ladder_markdown
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.plans.ladder_plans import RUNGS
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.machine import CHALLENGE

SHAPE = {"height": 4, "rounds": 9, "batch": 64}
BY_NAME = {rung.plan: rung for rung in RUNGS}


def compiled(name: str) -> Compiled:
    plan = TREE_HASH.plan(name, SHAPE, "values")
    return compile_job(
        Job(TREE_HASH, SHAPE, "values", plan, CHALLENGE, instances=1, effort=Effort.FAST)
    )


@pytest.fixture(scope="module")
def found() -> Compiled:
    return compiled("dedup-runtime")


def test_found_duplicates_are_read_once(found: Compiled) -> None:
    rung = any_rung_summary(BY_NAME["dedup-runtime"], found, rung_run(found), 147_734)
    loads = rung["counters"]["loads_by_level"]
    assert loads["0"] == 2  # the root, once in each of two walks, for all of 64 items
    assert loads["4"] == 64  # in the first walk only
    assert rung["counters"]["jumps"] > 9
    assert "| dedup-runtime |" in ladder_markdown([rung], [], [])
    assert rung["runs"]["one_path"] < rung["runs"]["random_median"] == rung["cycles"]


def test_idle_slots_stages_and_live_words_are_those_of_a_run(found: Compiled) -> None:
    rung = any_rung_summary(BY_NAME["dedup-runtime"], found, run := rung_run(found), None)
    for engine, use in rung["engines"].items():
        assert use["used"] + sum(rung["idle"][engine].values()) == use["slots"]
    assert rung["idle"]["valu"]["jump"] > rung["idle"]["valu"].get("scratch", 0)
    assert {"hash", "gather", "compare", "common node"} <= set(rung["stages"])
    assert max(rung["stages"].values()) <= run.cycles
    assert 0 < rung["counters"]["overlapping_bundles"] < run.cycles
    assert 0 < run.live.max() <= found.scratch_peak


def test_loops_run_alike_whatever_memory_holds() -> None:
    runs = measured_runs(compiled("hybrid-unroll"))
    assert runs["one_path"] == runs["random_median"]


def test_slots_are_counted_as_often_as_they_run(found: Compiled) -> None:
    memory = TREE_HASH.memory(SHAPE, "values", np.random.default_rng(1))
    run = executed(found.program, CHALLENGE, memory)
    in_text = sum(len(bundle.get("load", ())) for bundle in found.program.bundles)
    assert run.engines["load"].used > in_text
    assert run.engines["load"].slots == 2 * run.cycles
    assert slots_bound(run, CHALLENGE).cycles <= run.cycles


def test_the_summary_has_the_entries_of_any_other(found: Compiled) -> None:
    summary = compiled_summary(found).to_json()
    assert summary["cycles"] == found.cycles
    assert summary["bundles"] < summary["cycles"]
    assert summary["proved"]["program"] is True
    assert summary["jumps"]["cond_jump"] > 0
    assert summary["bound"]["cycles"] <= summary["cycles"]


def test_an_exported_program_that_jumps_does_not_say_how_many_cycles(found: Compiled) -> None:
    page = challenge_source(found.program)
    assert f"a batch of 64, in {len(found.program.bundles)} bundles." in page
