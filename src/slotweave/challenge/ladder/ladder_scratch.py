"""How much scratch a number of batches in registers at once takes, found by scheduling.

The plan `multi-batch` is scheduled with N batches open and ever less scratch, without
spilling and with it. N batches fit if a schedule in which N are on their way at
once is found and allocated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from slotweave.anatomy.spill_counts import spill_counts
from slotweave.backend.fit import each_that_fits
from slotweave.backend.fitted import Fitted
from slotweave.backend.lower import Lowered
from slotweave.backend.spill import TURNS, fit_lowered, split_in_turns
from slotweave.base.diagnostics import NoSchedule
from slotweave.challenge.ladder.stage_cycles import batches_alive
from slotweave.challenge.tree_hash.plans.ladder_plans import SMALL_BATCH
from slotweave.driver.certify import expect_fitted
from slotweave.driver.compile import lowered_of
from slotweave.driver.job import Job
from slotweave.ir.plan import ScheduleOptions
from slotweave.machine import Machine

#: How many batches at once are tried.
BATCHES = (2, 3, 4, 5, 6, 7, 8)

#: Up to this many times the cycles a schedule is as fast as another.
SPEED = 1.01

#: With spilling the fewest words are found to within this many.
STEP = 32

#: Words of scratch for which programs with and without spilling are compared.
WORDS = (160, 200, 240, 280, 340, 400)


@dataclass(frozen=True)
class _Task:
    """What is scheduled again and again."""

    lowered: Lowered
    options: ScheduleOptions
    machine: Machine

    def with_words(self, words: int) -> Machine:
        return replace(self.machine, scratch_words=words)


def batches_in_scratch(job: Job) -> Iterator[dict[str, Any]]:
    """For each number of batches: cycles and peak in all of scratch, and the fewest words.

    `fewest_words` comes from bisection: with one word fewer the batches are not found to fit, at
    whatever price; `words_at_speed` the same for schedules at most 1 % longer than in all of
    scratch. `fewest_spilling` is the same as the first with spilling, to STEP words. None where the
    batches do not fit, or the workload has fewer.
    """
    task = _task(job)
    for batches in BATCHES:
        yield _row(replace(task, options=replace(task.options, windows_open=batches)), batches)


def _row(task: _Task, batches: int) -> dict[str, Any]:
    found = _with_batches(task, batches, task.machine.scratch_words)
    if found is None:
        return {"batches": batches, "fewest_words": None, "peak": None, "cycles": None}

    def fits(words: int) -> Fitted | None:
        return _with_batches(task, batches, words)

    def fits_at_speed(words: int) -> Fitted | None:
        there = fits(words)
        near = found is not None and SPEED * found.schedule.makespan
        return there if there is not None and there.schedule.makespan <= near else None

    def fits_spilling(words: int) -> Fitted | None:
        return _spilling(task, batches, words * STEP)

    size = found.allocation.size
    words, least = _bisect(fits, found, size)
    at_speed, _ = _bisect(fits_at_speed, found, size)
    spilling, spilled = _bisect(fits_spilling, least, -(-words // STEP))
    return {
        "batches": batches, "cycles": found.schedule.makespan, "peak": found.allocation.peak,
        "words_at_speed": at_speed,
        "fewest_words": words, "cycles_there": least.schedule.makespan,
        "fewest_spilling": min(words, STEP * spilling),
        "cycles_spilling": spilled.schedule.makespan,
        **spill_counts(spilled.lowered.graph),
    }  # fmt: skip


def spilling_in_scratch(job: Job) -> Iterator[dict[str, Any]]:
    """For some amounts of scratch: cycles of two batches at once without spilling, and with it.

    None where nothing fits. Amounts that the machine does not have are left out.
    """
    task = _task(job)
    options = replace(task.options, windows_open=2)
    for words in WORDS:
        if words > job.machine.scratch_words:
            return
        machine, row = task.with_words(words), {"words": words}
        without = _fitted(task.lowered, replace(options, spill=False), machine)
        spilled = _fitted(task.lowered, options, machine)
        yield {
            **row,
            "cycles": without and without.schedule.makespan,
            "cycles_spilling": spilled and spilled.schedule.makespan,
            **(spill_counts(spilled.lowered.graph) if spilled else {}),
        }


def _fitted(lowered: Lowered, options: ScheduleOptions, machine: Machine) -> Fitted | None:
    try:
        found = fit_lowered(lowered, options, machine)
    except NoSchedule:
        return None
    expect_fitted(found)
    return found


def _task(job: Job) -> _Task:
    """The plan `multi-batch` of what `job` compiles, as it is lowered."""
    plan = job.kernel.plan("multi-batch", job.parameters, job.contract)
    lowered = lowered_of(replace(job, plan=replace(plan, rewrite=False)))
    return _Task(lowered, plan.schedule, job.machine)


def _bisect(fits: Callable[[int], Fitted | None], found: Fitted, enough: int) -> tuple[int, Fitted]:
    """The least number for which `fits` finds something, and what; for `enough` it is `found`."""
    too_few = 0
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        there = fits(middle)
        if there is None:
            too_few = middle
        else:
            enough, found = middle, there
    return enough, found


def _with_batches(task: _Task, batches: int, words: int) -> Fitted | None:
    """A checked schedule with `batches` at once in `words`; None if none is found."""
    return _of_batches(task.lowered, task.options, batches, words)


def _spilling(task: _Task, batches: int, words: int) -> Fitted | None:
    """The same with spilling, in the turn that spills the most."""
    machine = task.with_words(words)
    for split in split_in_turns(task.lowered, task.options, machine, turns=TURNS[-1:]):
        return _of_batches(split, task.options, batches, words)
    return None


def _of_batches(
    lowered: Lowered, options: ScheduleOptions, batches: int, words: int
) -> Fitted | None:
    """The shortest attempt that holds `batches` at once."""
    problem = lowered.problem
    attempts = each_that_fits(lowered.graph, problem, options, words)
    holding = [pair for pair in attempts if batches_alive(problem, pair[0], SMALL_BATCH) >= batches]
    if not holding:
        return None
    schedule, allocation = min(holding, key=lambda pair: pair[0].makespan)
    found = Fitted(lowered, schedule, allocation)
    expect_fitted(found)
    return found
