"""The problem of a plan, ready for many schedules, and what a schedule of it is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from slotweave.backend.fit import made_ready
from slotweave.backend.lower import Lowered
from slotweave.backend.schedule import BothWays, Prepared
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule
from slotweave.ir.text.plan_json import plan_to_json
from slotweave.tuning.carry import Labels, labels_of

#: What a cycle of the bound is worth: it says how near plans are to fewer cycles.
WORTH_OF_BOUND = 0.2

#: The last cycles of a schedule, in which it runs dry; a schedule in which they were full would
#: have as many cycles less as there is room for work in them, which is counted in thousandths.
LATE_CYCLES, THOUSANDTHS = 8, 1000


@dataclass(frozen=True)
class Score:
    """What a plan takes: cycles, the bound of its operations, and the work in the last cycles.

    `late` is that work in thousandths of a cycle, the slots of each engine at the prices of the
    slots bound. Less is better: in cycles first, then in `reach`.
    """

    cycles: int
    bound: int
    late: int = 0

    @property
    def reach(self) -> float:
        """The cycles until the last ones, and the work in these."""
        return self.cycles - LATE_CYCLES + self.late / THOUSANDTHS

    @property
    def cost(self) -> float:
        """What speaks for and against the plan when it is to be changed further."""
        return self.reach + WORTH_OF_BOUND * self.bound

    def __lt__(self, other: Score) -> bool:
        return (self.cycles, self.reach) < (other.cycles, other.reach)


@dataclass(frozen=True, eq=False)
class Posed:
    """A plan's problem, and the bound of its operations in cycles.

    `key` is the same for all plans of one problem. List schedules need what is `ready` for them,
    and `labels`, what each operation of the problem as it is scheduled does. The graph is in
    `lowered`, which only the process has that posed the problem.
    """

    key: str
    problem: Problem
    bound: int
    ready: BothWays | None
    labels: Labels
    lowered: Lowered | None

    @property
    def to_share(self) -> Posed:
        """This without what only other methods than list scheduling need: half of its size, and
        what takes longest to pass on."""
        return replace(self, lowered=None)

    def scored(self, schedule: Schedule) -> Score:
        """The score of one of its schedules."""
        late = _late_work(self.ready.forward, schedule) if self.ready is not None else 0
        return Score(schedule.makespan, self.bound, late)


def problem_key(plan: Plan) -> str:
    """What two plans of one problem have in common."""
    held = plan.schedule
    shaping = ScheduleOptions(
        method=held.method, modes=held.modes, stages_open=held.stages_open,
        window=held.window, windows_open=held.windows_open, outright=held.outright,
        derived=held.derived, zeros=held.zeros,
    )  # fmt: skip
    return plan_to_json(Plan("", plan.kernel, plan.rewrite, shaping, plan.choices), indent=None)


def pose(key: str, lowered: Lowered, options: ScheduleOptions) -> Posed:
    """The problem that was lowered, ready for schedules by `options`."""
    slots = next(bound for bound in lowered.ladder if bound.name == "slots")
    if options.method != "list":
        return Posed(key, lowered.problem, slots.cycles, None, (), lowered)
    ready = made_ready(lowered.graph, lowered.problem, options)
    labels = labels_of(lowered.graph, ready.forward.problem)
    return Posed(key, lowered.problem, slots.cycles, ready, labels, lowered)


def _late_work(prepared: Prepared, schedule: Schedule) -> int:
    """The work in the last cycles in thousandths of a cycle."""
    problem = prepared.problem
    size = len(schedule.mode)  # without barriers, which take no slots
    engines = problem.mode_engine[problem.mode_offset[:size] + schedule.mode]
    by_slot = np.repeat(engines, np.diff(schedule.cycle_offset))
    late = by_slot[schedule.cycle >= schedule.makespan - LATE_CYCLES]
    return round(THOUSANDTHS * float(prepared.prices[late].sum()))
