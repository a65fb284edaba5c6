"""How much scratch a number of batches in registers at once takes, found by scheduling.

The plan `multi-batch` is scheduled with so many batches open and ever less scratch. A number of
batches fits if a schedule in which so many are on their way at once is found and allocated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slotweave.diagnostics import NoSchedule
from slotweave.fit import Effort, fit
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.trace import trace
from slotweave.ir.allocation import Allocation
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule
from slotweave.kernels.tree_hash.ladder_plans import SMALL_BATCH
from slotweave.lower import lower
from slotweave.machine import Machine
from slotweave.pipeline import check_compiled
from slotweave.report.stage_cycles import batches_alive

#: How many batches at once are tried.
BATCHES = (2, 3, 4, 5, 6, 7, 8)

#: Up to this many times the cycles a schedule is as fast as another.
SPEED = 1.01


@dataclass(frozen=True)
class Target:
    """What is compiled, and for what."""

    kernel: Kernel
    machine: Machine
    parameters: Mapping[str, int]
    contract: str


def batches_in_scratch(target: Target) -> Iterator[dict[str, Any]]:
    """For each number of batches: cycles and peak in all of scratch, and the fewest words.

    `fewest_words` comes from bisection: with one word fewer the batches are not found to fit, at
    whatever price; `words_at_speed` the same for schedules at most 1 % longer than in all of
    scratch. None where the batches do not fit, or the workload has fewer.
    """
    task = _task(target)
    for batches in BATCHES:
        found = _with_batches(task, batches, target.machine.scratch_words)
        if found is None:
            yield {"batches": batches, "fewest_words": None, "peak": None, "cycles": None}
            continue
        words, least = _bisect(task, batches, found, found[1].size, None)
        near = int(SPEED * found[0].makespan)
        at_speed, _ = _bisect(task, batches, found, found[1].size, near)
        yield {
            "batches": batches, "cycles": found[0].makespan, "peak": found[1].peak,
            "fewest_words": words, "cycles_there": least[0].makespan, "words_at_speed": at_speed,
        }  # fmt: skip


@dataclass(frozen=True)
class _Task:
    """What is scheduled again and again."""

    graph: Graph
    problem: Problem
    options: ScheduleOptions


Fitted = tuple[Schedule, Allocation]


def _task(target: Target) -> _Task:
    kernel, parameters, contract = target.kernel, target.parameters, target.contract
    plan = kernel.plan("multi-batch", parameters, contract)
    lowered = lower(trace(kernel, parameters, contract, plan, target.machine), target.machine)
    return _Task(lowered.graph, lowered.problem, plan.schedule)


def _bisect(
    task: _Task, batches: int, fits: Fitted, enough: int, most_cycles: int | None
) -> tuple[int, Fitted]:
    """The fewest words, and what fits into them; in `enough` words `fits` does."""
    too_few = 0
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        found = _with_batches(task, batches, middle)
        if found is None or (most_cycles is not None and found[0].makespan > most_cycles):
            too_few = middle
        else:
            enough, fits = middle, found
    return enough, fits


def _with_batches(task: _Task, batches: int, scratch_words: int) -> Fitted | None:
    """A checked schedule with so many batches at once in so much scratch; None if none is found."""
    options = replace(task.options, windows_open=batches)
    try:
        schedule, allocation = fit(task.graph, task.problem, options, scratch_words, Effort.FAST)
    except NoSchedule:
        return None
    if batches_alive(task.problem, schedule, SMALL_BATCH) < batches:
        return None
    check_compiled(task.problem, schedule, allocation)
    return schedule, allocation
