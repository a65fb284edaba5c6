"""The rungs of the ladder are plans of any shape, and do what their names say on the judged one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import replace

import pytest

from slotweave.base.diagnostics import InputError, NoSchedule
from slotweave.challenge.tree_hash import TREE_HASH
from slotweave.challenge.tree_hash.plans.ladder_plans import LADDER_PLAN_NAMES, RUNGS
from slotweave.challenge.tree_hash.plans.rolled_plans import ROLLED_PLAN_NAMES
from slotweave.challenge.tree_hash.walks.grouped import windows_of
from slotweave.challenge.tree_hash.workload import CONTRACTS, Shape
from slotweave.driver.certify import verify_program
from slotweave.driver.compile import compile_job
from slotweave.driver.compiled import Compiled
from slotweave.driver.job import Job
from slotweave.frontend.trace import trace_flow
from slotweave.ir.plan import ScheduleOptions
from slotweave.machine import CHALLENGE
from support.tree_hash import compiled, parameters, plan_with

JUDGED = (10, 16, 256)


def stage_cycles(result: Compiled) -> dict[str, set[int]]:
    """The cycles in which each stage of the kernel has a slot."""
    cycles: dict[str, set[int]] = defaultdict(set)
    fitted = result.block.fitted
    offset, cycle = fitted.schedule.cycle_offset, fitted.schedule.cycle
    for operation, node in enumerate(fitted.problem.nodes.tolist()):
        stage = fitted.graph.nodes[node].stage
        if fitted.problem.items[operation] >= 0 and stage:
            cycles[stage].update(cycle[offset[operation] : offset[operation + 1]].tolist())
    return cycles


def test_every_rung_is_measured_against_one_that_exists() -> None:
    names = {rung.plan for rung in RUNGS}
    assert {rung.against for rung in RUNGS} <= names | {""}
    assert set(LADDER_PLAN_NAMES) < names


def test_grouped_is_the_program_of_the_analysis() -> None:
    result = compiled(JUDGED, plan="grouped", instances=2)
    assert abs(result.cycles - 4997) <= 0.1 * 4997
    stages = stage_cycles(result)
    assert set(stages) == {"read", "addresses", "gather", "xor", "hash", "index", "bounds", "write"}
    together = [cycle for cycles in stages.values() for cycle in cycles]
    assert len(together) == len(set(together)), "no bundle holds two stages"


@pytest.mark.long
def test_no_step_of_the_ladder_up_to_relayout_is_a_step_down() -> None:
    names = ("packed", "grouped", "cross-engine", "multi-batch", "dedup-static", "relayout")
    cycles = [compiled(JUDGED, plan=name, instances=1).cycles for name in names]
    assert cycles == sorted(cycles, reverse=True)


@pytest.mark.parametrize("batch", [1, 7, 9, 48, 49, 55, 100])
def test_windows_hold_every_vector_once_and_overlapping_ones_together(batch: int) -> None:
    windows = list(windows_of(Shape(3, 2, batch), 8, 2))
    numbers = [group.number for window in windows for group in window]
    assert numbers == list(range(len(numbers)))
    if batch > 8 and batch % 8:
        assert {numbers[-2], numbers[-1]} <= {group.number for group in windows[-1]}


@pytest.mark.parametrize("choices", [{"together": 0}, {"together": True}, {"kept": 1}])
def test_choices_that_mean_nothing_are_refused(choices: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"SW209 plan 'mine': '(together|kept)' must be"):
        compiled((3, 2, 8), plan=plan_with({"style": "grouped", **choices}))


def test_windows_in_an_order_that_the_kernel_does_not_allow_are_refused() -> None:
    """Two vectors that share items are both read before one of them is written."""
    plan = replace(plan_with({"style": "grouped"}), schedule=ScheduleOptions(windows_open=1))
    with pytest.raises(NoSchedule, match=r"SW307 .* leave more stages and windows open"):
        compiled((3, 2, 9), plan=plan)


#: What loops keep: items that start anywhere are refused (see test_rolled).
ROLLED_CONTRACTS = ("values", "judged", "full")

#: The judged shape, and one of another height and batch.
LONG_SHAPES = [JUDGED, (6, 16, 1000)]


@pytest.fixture(scope="module")
def programs() -> dict[Hashable, Compiled]:
    """Compiled programs by what was traced, for contracts by which the kernel writes the same."""
    return {}


@pytest.mark.long
@pytest.mark.parametrize("shape", LONG_SHAPES, ids=str)
@pytest.mark.parametrize("rung", [rung.plan for rung in RUNGS])
@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_rung_verifies_on_a_hundred_inputs(
    programs: dict[Hashable, Compiled],
    rung: str,
    contract: str,
    shape: tuple[int, int, int],
) -> None:
    """Of each contract that it keeps; a program is compiled once, and run for each of them."""
    if rung in ROLLED_PLAN_NAMES and contract not in ROLLED_CONTRACTS:
        return
    values = parameters(*shape)
    plan = TREE_HASH.plan(rung, values, contract)
    flow = trace_flow(TREE_HASH, values, contract, plan, CHALLENGE)
    graphs = tuple(block.graph.nodes for block in flow.blocks)
    key = (plan.name, plan.schedule, graphs)
    if key not in programs:
        programs[key] = compile_job(Job(TREE_HASH, values, contract, plan, CHALLENGE, instances=1))
    program = programs[key].program
    job = Job(TREE_HASH, values, contract, plan, CHALLENGE, instances=100)
    verified = verify_program(job, program)
    assert (verified.instances, verified.mismatches) == (100, 0)
