"""A plan whose schedule is carried over from one with other choices, and then improved by steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from slotweave.backend.attempts import HUNDREDTHS, due_text
from slotweave.backend.fit import Stepping, allocated, next_step
from slotweave.backend.schedule.forward_backward import AT_AN_END, MOVES_ITEMS
from slotweave.base.diagnostics import InputError, NoSchedule
from slotweave.ir.plan import Plan
from slotweave.tuning.carry import carried_times
from slotweave.tuning.posed import Score
from slotweave.tuning.score import Task, no_room, score

#: How often a step moves items, and how often one of the others is a change at one end of the
#: schedule: in between, few slots are free.
SHARE_MOVING_ITEMS, SHARE_AT_AN_END = 0.4, 0.75

#: A carried schedule that has more cycles than the one before by more than this is given up.
HOPELESS = 3


class Carried:
    """The schedule of one plan carried to the choices of another, and changed step by step.

    A step is kept if the schedule does not reach further by it; the seed of the other plan's
    schedule says which steps are tried.
    """

    def __init__(self, task: Task, before: Plan, plan: Plan) -> None:
        """Raises NoSchedule if the schedule of `before`, or what it is carried to, does not fit."""
        self.task, self.posed = task, task.posed(plan)
        self._rng = np.random.default_rng(plan.schedule.seed)
        self._tried = 0
        old = task.posed(before)
        start = None if old.ready is None else task.after_steps(old, before.schedule)
        if start is None or old.ready is None or self.posed.ready is None:
            raise no_room("nothing can be carried from a plan that is no single attempt")
        self._longest = start.schedule.makespan + HOPELESS
        due = carried_times(
            old.ready.forward.problem, old.labels, _hundredths(start),
            self.posed.ready.forward.problem, self.posed.labels,
        )  # fmt: skip
        held = replace(plan.schedule, due=due_text(self.posed.ready, due), steps=())
        at = task.after_steps(self.posed, held)
        if at is None:
            raise no_room("the carried schedule finds scratch full")
        self._plan, self._at = replace(plan, schedule=held), at
        self._fits: Stepping | None = None  # the last one that was allocated

    def after(self, steps: int) -> tuple[Score, Plan]:
        """The score, and the plan, after that many steps in all; no fewer than before.

        Raises NoSchedule if there are no scratch words for it.
        """
        ready = self.posed.ready
        assert ready is not None
        found = self.posed.scored(self._at.schedule)
        hopeless = found.cycles > self._longest
        while self._tried < steps and not hopeless:
            self._tried += 1
            seed = drawn_step(self._rng)
            after = next_step(ready, self._at, seed)
            if after is None or self.posed.scored(after.schedule).reach > found.reach:
                continue
            self._at, found = after, self.posed.scored(after.schedule)
            held = self._plan.schedule
            kept = replace(held, steps=(*held.steps, seed))
            self._plan = replace(self._plan, schedule=kept)
        if self._fits is not self._at:
            problem, words = self.posed.problem, self.task.machine.scratch_words
            if allocated(problem, self._at, words) is None:
                raise no_room("the carried schedule finds no scratch words")
            self._fits = self._at
        return found, self._plan


def carried_plan(task: Task, before: Plan, plan: Plan, steps: int) -> Plan:
    """`plan` with the schedule of `before` carried over and improved by so many steps, if that is
    shorter than its own, or its own does not fit; itself otherwise.

    Nothing is carried from a plan that is no single problem: one that jumps, or cannot be used.
    """
    drawn = replace(plan.schedule, due="", steps=())
    try:
        task.posed(before)
    except InputError:
        return plan
    try:
        found, carried = Carried(task, before, replace(plan, schedule=drawn)).after(steps)
    except NoSchedule:
        return plan
    try:
        return carried if found < score(task, plan) else plan
    except NoSchedule:
        return carried


def _hundredths(at: Stepping) -> NDArray[np.int64]:
    """When each operation is due by the priorities of a schedule, the most urgent one at 0."""
    due: NDArray[np.int64] = np.rint((at.urgency.max() - at.urgency) * HUNDREDTHS).astype(np.int64)
    return due


def drawn_step(rng: np.random.Generator) -> int:
    """The seed of a step: it moves items, or mostly changes one end of the schedule."""
    step = int(rng.integers(AT_AN_END))
    if rng.random() < SHARE_MOVING_ITEMS:
        return step + MOVES_ITEMS
    return step + (AT_AN_END if rng.random() < SHARE_AT_AN_END else 0)
