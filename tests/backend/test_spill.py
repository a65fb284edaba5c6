"""Values leave scratch where that is shorter, or where nothing fits otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slotweave.anatomy.spill_counts import spill_counts
from slotweave.backend.fit import is_scratch_full
from slotweave.backend.lower import Lowered, lower
from slotweave.backend.spill import fit_lowered, search_lowered, split_in_turns
from slotweave.base.diagnostics import NoSchedule
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.check.legality.allocation_legality import allocation_violations
from slotweave.check.legality.schedule_legality import schedule_violations
from slotweave.driver.compiled import Compiled
from slotweave.frontend.trace import trace
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.verify.graph_verify import graph_faults
from slotweave.kernels.numeric.fir import FIR
from slotweave.machine import CHALLENGE, MINIMAL, Machine
from support.examples import a_share
from support.tree_hash import compiled, parameters

SHAPE = (3, 4, 96)
OPTIONS = ScheduleOptions(window=4, windows_open=2, spill=True)


def with_scratch(words: int) -> Machine:
    return replace(CHALLENGE, scratch_words=words)


def lowered(contract: str = "values") -> Lowered:
    plan = TREE_HASH.plan("multi-batch", parameters(*SHAPE), contract)
    return lower(trace(TREE_HASH, parameters(*SHAPE), contract, plan, CHALLENGE), CHALLENGE)


def in_scratch(words: int, contract: str = "values", spill: bool = True) -> Compiled:
    plan = TREE_HASH.plan("multi-batch", parameters(*SHAPE), contract)
    plan = replace(plan, schedule=replace(OPTIONS, spill=spill))
    return compiled(SHAPE, contract, plan, with_scratch(words), instances=5)


@pytest.mark.parametrize("contract", a_share(["values", "full", "any-start"], 2))
def test_a_program_that_spills_is_proved_and_verified(contract: str) -> None:
    """`full` and `any-start` leave no index free, so values wait in words to be overwritten."""
    result = in_scratch(250, contract)
    counts = spill_counts(result.block.fitted.graph)
    assert counts["spills"] > 0
    assert counts["reloads"] >= counts["spills"]
    assert result.equivalence.answer is True
    assert result.block.fitted.allocation.peak <= 250


def test_spilling_fits_where_nothing_else_does_and_is_never_longer() -> None:
    with pytest.raises(NoSchedule, match="SW301"):
        in_scratch(150, spill=False)
    assert in_scratch(150).block.fitted.allocation.peak <= 150
    assert in_scratch(250).cycles < in_scratch(250, spill=False).cycles


@pytest.mark.parametrize("words", [300, 320])
def test_spilling_gains_also_where_what_fits_leaves_words_free(words: int) -> None:
    """What fits is then an attempt that was kept from using all of scratch."""
    machine, problem = with_scratch(words), lowered()
    without = fit_lowered(problem, replace(OPTIONS, spill=False), machine)
    assert not is_scratch_full(problem.problem, without.allocation)
    assert fit_lowered(problem, OPTIONS, machine).cycles < without.cycles


def test_constants_leave_scratch_too_and_need_no_memory() -> None:
    graph = in_scratch(330).block.fitted.graph
    assert spill_counts(graph)["made_anew"] > 0
    again = [node for node in graph.nodes if node.stage == "rematerialise"]
    assert {node.region for node in again} == {""}


def test_with_room_for_all_nothing_is_split() -> None:
    whole = lowered()
    assert fit_lowered(whole, OPTIONS, CHALLENGE).lowered is whole


@pytest.mark.parametrize("contract", ["values", "any-start"])
def test_each_way_to_split_gives_a_sound_graph_and_legal_schedules(contract: str) -> None:
    whole, machine = lowered(contract), with_scratch(220)
    turns = list(split_in_turns(whole, OPTIONS, machine))
    assert len(turns) > 1
    for split in turns:
        assert list(graph_faults(split.graph)) == []
        try:
            fitted = fit_lowered(split, replace(OPTIONS, spill=False), machine)
        except NoSchedule:
            continue
        assert list(schedule_violations(fitted.schedule, split.problem)) == []
        violations = allocation_violations(fitted.allocation, fitted.schedule, split.problem)
        assert list(violations) == []


def test_splitting_is_deterministic() -> None:
    one, two = (list(split_in_turns(lowered(), OPTIONS, with_scratch(220))) for _ in range(2))
    assert [split.graph for split in one] == [split.graph for split in two]


@pytest.mark.long
def test_turns_of_splitting_are_searched_like_all_else_and_nothing_found_gets_longer() -> None:
    machine = with_scratch(250)
    found = list(search_lowered(whole := lowered(), OPTIONS, machine))
    unsplit = list(search_lowered(whole, replace(OPTIONS, spill=False), machine))
    assert found[: len(unsplit)] == unsplit
    spans = [each.schedule.makespan for each in found if each is not None]
    assert spans == sorted(spans, reverse=True)
    assert spans[-1] < unsplit[-1].schedule.makespan
    assert fit_lowered(whole, OPTIONS, machine).schedule == found[-1].schedule


def test_a_loaded_word_that_was_broadcast_is_no_constant() -> None:
    """Of the vectors of `fir` some hold a coefficient, which is loaded: it cannot be made again."""
    values = {"n": 64, "taps": 8}
    plan = FIR.plan("unrolled", values, "graph")
    whole = lower(trace(FIR, values, "graph", plan, MINIMAL), MINIMAL)
    turns = list(split_in_turns(whole, plan.schedule, MINIMAL, turns=((1.5, 0.8), (1.5, 0.6))))
    assert turns
    for split in turns:
        assert list(graph_faults(split.graph)) == []
