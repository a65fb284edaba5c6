"""Blocks with stalls in them: as projects of cycles, against counting stalls one by one."""

from __future__ import annotations

from itertools import product

import pytest

from slotweave.backend.schedule.exact import Outcome, run_model
from slotweave.check.legality.project_legality import project_violations
from slotweave.driver.solving.solve import Limits, Method, solve
from slotweave.hexagon.dependence.edges import dependences
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.problem import PacketProblem, packet_problem
from slotweave.hexagon.packing.repack import repack_block
from slotweave.hexagon.packing.stalls import (
    project_with_stalls,
    stall_cycles,
    with_stalls,
    without_stalls,
)
from slotweave.ir.project import ProjectSchedule
from support.hexagon.listings import block_of, largest

#: Loads, multiplications and what reads them, a store of a new value among it.
SMALL = [
    ["r1 = memw(r0+#0)"],
    ["r2 = mpyi(r1,r1)", "r7 = add(r3,#1)"],
    ["r4 = add(r2,r3)"],
    ["r5 = add(r4,#1)", "memw(r0+#4) = r5.new"],
]


def problem_of(packets: list[list[str]]) -> PacketProblem:
    found = dependences(block_of(*packets), version=67)
    assert found is not None
    return packet_problem(found)


def all_schedules(problem: PacketProblem, packets: int) -> list[ProjectSchedule]:
    """All legal schedules in which each of so many packets holds something."""
    project = problem.project
    modes = [range(len(one.modes)) for one in project.activities]
    return [
        schedule
        for starts in product(range(packets), repeat=project.size)
        if set(starts) == set(range(packets))
        for chosen in product(*modes)
        if not list(project_violations(schedule := ProjectSchedule(starts, chosen), project))
    ]


def test_a_schedule_with_stalls_takes_its_packets_and_stalls() -> None:
    problem = problem_of(SMALL)
    for schedule in (one for packets in (2, 3, 4) for one in all_schedules(problem, packets)):
        stalls = stall_cycles(schedule.starts, problem.waits)
        for allowed in range(4):
            project = project_with_stalls(problem, allowed)
            made = with_stalls(problem, schedule, allowed)
            assert not list(project_violations(made, project))
            packets = max(schedule.starts) + 1
            assert made.makespan(project) == packets + max(stalls, allowed)
            assert without_stalls(problem, made, max(stalls, allowed)) == schedule


@pytest.mark.parametrize("allowed", range(4))
def test_its_least_makespan_is_the_fewest_packets_that_stall_no_longer(allowed: int) -> None:
    pytest.importorskip("ortools", reason="exact scheduling needs ortools")
    problem = problem_of(SMALL)
    fewest = min(
        packets
        for packets in range(1, 7)
        for one in all_schedules(problem, packets)
        if stall_cycles(one.starts, problem.waits) <= allowed
    )
    solution = solve(project_with_stalls(problem, allowed), Method.AUTO, Limits(workers=1))
    assert solution.makespan == fewest + allowed


def test_all_searches_of_a_block_share_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ortools", reason="exact scheduling needs ortools")
    spent = []

    def run(*args: object) -> Outcome:
        outcome = run_model(*args)
        spent.append(outcome.work)
        return outcome

    monkeypatch.setattr("slotweave.driver.solving.makespan.run_model", run)
    for rule in NoWorse:
        spent.clear()
        repack_block(largest("chacha2"), Limits(workers=1, work=0.2), no_worse=rule)
        assert len(spent) > 1
        assert 0.05 < sum(spent) < 0.25


def test_a_cycle_in_which_nothing_may_stall_is_filled() -> None:
    packets = [
        ["r1 = memw(r0+#0)", "r2 = add(r9,#1)"],
        ["r3 = add(r9,#2)"],
        ["r4 = add(r9,#3)"],
        ["r5 = memw(r1+#0)"],
    ]
    problem = problem_of(packets)
    short = ProjectSchedule((0, 0, 0, 0, 1), (0,) * 5)
    assert stall_cycles(short.starts, problem.waits) == 1
    filled = without_stalls(problem, with_stalls(problem, short, 0), 0)
    assert not list(project_violations(filled, problem.project))
    assert max(filled.starts) + 1 == 3
    assert stall_cycles(filled.starts, problem.waits) == 0
    found = repack_block(block_of(*packets), Limits(workers=1, work=1.0))
    assert (found.packets, found.after, found.stalls) == (2, 3, 0)
