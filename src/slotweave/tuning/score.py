"""What a plan is worth: scheduled as `compile` would, without emitting or checking anything."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from operator import attrgetter
from typing import Any, TypeVar

from slotweave.backend.fit import (
    Effort,
    Stepping,
    allocated,
    first_allocated,
    first_attempt,
    fit,
    next_step,
    passes_after,
    stepping,
)
from slotweave.backend.lower import Lowered
from slotweave.backend.schedule import mirrored_schedule
from slotweave.base.collecting import uncollected
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.base.recent import keep
from slotweave.driver.compile import lowered_of
from slotweave.driver.job import Job
from slotweave.driver.job_memory import JobMemory
from slotweave.frontend.kernel import Kernel
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.schedule import Schedule
from slotweave.machine import Machine
from slotweave.parallel import SharedValues
from slotweave.rewrite import GroupMemory
from slotweave.tuning.posed import Posed, Score, pose, problem_key

_Value = TypeVar("_Value")

#: Problems kept at a time, and schedules: many candidates differ from the current plan, or from the
#: best one, in their schedule only, and several searches may run side by side.
PROBLEMS_KEPT, SCHEDULES_KEPT = 16, 32

#: Blocks of candidates that are kept, whatever is kept of them.
BLOCKS_KEPT = 64

#: Problems posed between collections of garbage. Tracing leaves some cycles; commands and whoever
#: calls `uncollected` keep the collector from looking for them, and a search would grow.
POSED_BETWEEN_COLLECTIONS = 256

#: By which share of its cycles a pass of forward-backward improvement shortens a schedule, at most,
#: for as many passes as are left: on the judged kernel nine in ten of those that end within the
#: limit stay below.
GAIN_OF_PASS = 0.0026


@dataclass(frozen=True)
class Begun:
    """What all plans that differ in the seed of their passes begin with: the first schedule, and
    the mirrored one with which the first pass begins (None without passes)."""

    first: Stepping
    mirrored: Schedule | None


@dataclass(frozen=True)
class Task:
    """What a plan is wanted for; problems are `shared` by the processes that look for it."""

    kernel: Kernel
    machine: Machine
    parameters: Mapping[str, int]
    contract: str
    shared: SharedValues | None = field(default=None, repr=False, compare=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False, compare=False)
    _recent: OrderedDict[str, Posed] = field(default_factory=OrderedDict, repr=False, compare=False)
    _steps: OrderedDict[tuple[str, ScheduleOptions], Stepping] = field(
        default_factory=OrderedDict, repr=False, compare=False
    )
    _blocks: OrderedDict[Hashable, tuple[Plan, Plan, Any]] = field(
        default_factory=OrderedDict, repr=False, compare=False
    )
    _begun: OrderedDict[tuple[str, ScheduleOptions], Begun] = field(
        default_factory=OrderedDict, repr=False, compare=False
    )

    def kept_block(
        self, number: Hashable, current: Plan, leading: Plan, make: Callable[[], _Value]
    ) -> _Value:
        """What `make` makes of two plans for a block of candidates; the last ones are kept."""
        known = self._blocks.get(number)
        if known is None or known[0] is not current or known[1] is not leading:
            known = current, leading, make()
        keep(self._blocks, number, known, BLOCKS_KEPT)
        found: _Value = known[2]
        return found

    @cached_property
    def _memory(self) -> JobMemory:
        return JobMemory(GroupMemory(self.machine))

    def posed(self, plan: Plan) -> Posed:
        """The problem of `plan`, whatever its priorities; the last few are kept.

        What another process has posed is not posed again. Otherwise strands and groups of items
        that are as they were in one of the last plans are not traced and rewritten again.
        """
        key = problem_key(plan)
        posed = self._recent.get(key) or self._from_others(key)
        if posed is None:
            posed = self._made(key, plan)
            if self.shared is not None and posed.ready is not None:
                self.shared.put(key, posed.to_share)
        keep(self._recent, key, posed, PROBLEMS_KEPT)
        return posed

    def _from_others(self, key: str) -> Posed | None:
        found: Posed | None = None if self.shared is None else self.shared.get(key)
        return found

    def _made(self, key: str, plan: Plan) -> Posed:
        job = Job(self.kernel, self.parameters, self.contract, plan, self.machine)
        with uncollected():
            posed = pose(key, lowered_of(job, self._memory), plan.schedule)
        if next(self._numbers) % POSED_BETWEEN_COLLECTIONS == 0:
            gc.collect()
        return posed

    def lowered(self, plan: Plan) -> Lowered:
        """What the problem of `plan` was made of."""
        posed = self.posed(plan)
        if posed.lowered is None:
            posed = self._made(posed.key, plan)
            keep(self._recent, posed.key, posed, PROBLEMS_KEPT)
        assert posed.lowered is not None  # this process has just lowered it
        return posed.lowered

    def begun(self, posed: Posed, held: ScheduleOptions) -> Begun | None:
        """How plans of these options begin, whatever their seed; the last few are kept.

        None if `compile` may take another way than its first attempt.
        """
        assert posed.ready is not None  # passes belong to list schedules
        key = (
            posed.key,
            replace(held, seed=held.seed if held.noise else 0, passes=min(held.passes, 1)),
        )
        found = self._begun.get(key)
        if found is None:
            problem, words = posed.problem, self.machine.scratch_words
            first = first_attempt(problem, posed.ready, held, words)
            if first is None:
                return None
            passes = held.passes > 0
            mirrored = mirrored_schedule(posed.ready, first.schedule) if passes else None
            found = Begun(first, mirrored)
        keep(self._begun, key, found, SCHEDULES_KEPT)
        return found

    def after_steps(self, posed: Posed, held: ScheduleOptions) -> Stepping | None:
        """The schedule after the steps of `held`; the last few are kept.

        None if it is not the first attempt that such a plan takes.
        """
        assert posed.ready is not None  # steps belong to list schedules
        problem_key, steps = posed.key, held.steps
        known = len(steps)  # of these the schedule is known
        while known and (problem_key, replace(held, steps=steps[:known])) not in self._steps:
            known -= 1
        begun = replace(held, steps=steps[:known])
        found = self._steps.get((problem_key, begun)) or stepping(
            posed.problem, posed.ready, begun, self.machine.scratch_words
        )
        for seed in steps[known:]:
            found = found and (next_step(posed.ready, found, seed) or found)
        if found is not None:
            keep(self._steps, (problem_key, replace(held, steps=steps)), found, SCHEDULES_KEPT)
        return found


def score(task: Task, plan: Plan, limit: int | None = None) -> Score:
    """Schedule `plan` as it says. Raises NoSchedule if it does not fit, InputError if it is bad.

    A plan that will hardly take `limit` cycles or fewer is given up: its score is that of what was
    found until then, of more cycles than that, and it is not allocated. So is a plan whose last
    step makes its schedule reach further, and no shorter: nobody takes it.
    """
    posed = task.posed(plan)
    if posed.ready is None:
        return _fitted(task, posed, plan)
    if plan.schedule.steps and (plan.schedule.offsets or plan.schedule.due):
        found = _stepped(task, posed, plan)
    else:
        found = _passed(task, posed, plan, limit)
    return found or _fitted(task, posed, plan)


def _fitted(task: Task, posed: Posed, plan: Plan) -> Score:
    """The score of what `compile` comes to."""
    graph, words = task.lowered(plan).graph, task.machine.scratch_words
    schedule, _ = fit(graph, posed.problem, plan.schedule, words, Effort.FAST, posed.ready)
    return posed.scored(schedule)


def _passed(task: Task, posed: Posed, plan: Plan, limit: int | None) -> Score | None:
    """The score after all passes, or some of them; None if `compile` may try something else."""
    problem, words, held = posed.problem, task.machine.scratch_words, plan.schedule
    assert posed.ready is not None
    begun = None if held.steps else task.begun(posed, held)
    if begun is None:
        return None
    tried: list[Stepping] = []
    passes = passes_after(posed.ready, begun.first, held, begun.mirrored)
    for number, each in enumerate(passes):
        tried.append(each)
        shortest = min(tried, key=attrgetter("cycles"))
        left = held.passes - number
        if limit is None or number < min(1, held.passes):
            continue  # before the first pass a schedule says little of what passes make of it
        if shortest.cycles > limit * (1 + GAIN_OF_PASS * left):
            return posed.scored(shortest.schedule)
    fitted = first_allocated(problem, sorted(tried, key=attrgetter("cycles")), words)
    return None if fitted is None else posed.scored(fitted[0])


def _stepped(task: Task, posed: Posed, plan: Plan) -> Score | None:
    """The score after the last step; None if `compile` may take another way there."""
    problem, words = posed.problem, task.machine.scratch_words
    steps = plan.schedule.steps
    before = task.after_steps(posed, replace(plan.schedule, steps=steps[:-1]))
    if before is None:
        return None
    assert posed.ready is not None
    after = next_step(posed.ready, before, steps[-1])
    if after is None:
        raise no_room("the last step finds scratch full")
    found, last = posed.scored(after.schedule), posed.scored(before.schedule)
    if found.reach > last.reach and found.cycles >= last.cycles:
        return found  # nobody takes it
    if allocated(problem, after, words) is None:
        raise no_room("the schedule after the last step finds no scratch words")
    return found


def no_room(reason: str) -> NoSchedule:
    """What is raised where a schedule does not fit into scratch."""
    return NoSchedule(Diagnostic("SW301", reason))
