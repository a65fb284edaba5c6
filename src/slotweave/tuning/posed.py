"""The problem of a plan, ready for many schedules, and what a schedule of it is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

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

#: How many times as much a slot counts as one in the cycle before it, and the last cycles that are
#: looked at: all before them count for less than a thousandth of a cycle.
LATER, LAST_CYCLES = 1.4, 32

#: What all slots of an engine in a cycle are worth at least, in cycles: what no bound depends on
#: may be what an end waits for.
LEAST_WORTH = 0.1

#: `late` counts in parts of a cycle.
THOUSANDTHS = 1000


@dataclass(frozen=True)
class Score:
    """What a plan takes: cycles, the bound of its operations, and how busy its last cycles are.

    `late` says that in thousandths of a cycle: 0 if all slots of the last LAST_CYCLES cycles are,
    and less the fewer are. Less is better: in cycles first, then in `reach`.
    """

    cycles: int
    bound: int
    late: int = 0

    @property
    def reach(self) -> float:
        """The cycles of a schedule whose last LAST_CYCLES cycles are all busy, and which has as
        much to do there: later slots count more, by LATER each cycle."""
        return self.cycles + self.late / THOUSANDTHS

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
        late = _lateness(self.ready.forward, schedule) if self.ready is not None else 0
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


def _lateness(prepared: Prepared, schedule: Schedule) -> int:
    """How busy the last cycles are (see `Score`): the logarithm to the base LATER of what is done
    there, as a share of what could be.

    A slot is worth its price (of the slots bound); one without a price is worth something, too.
    """
    problem = prepared.problem
    size = len(schedule.mode)  # without barriers, which take no slots
    engines = problem.mode_engine[problem.mode_offset[:size] + schedule.mode]
    by_slot = np.repeat(engines, np.diff(schedule.cycle_offset))
    left = schedule.makespan - schedule.cycle  # 1 in the last cycle
    last = left <= LAST_CYCLES
    slots = np.array(problem.slots, np.float64)
    worth = np.maximum(prepared.prices, LEAST_WORTH / np.maximum(slots, 1))  # there may be none
    done = float((worth[by_slot[last]] * LATER ** -left[last].astype(np.float64)).sum())
    could_be = float((worth * slots).sum()) / (LATER - 1)  # of all cycles, a geometric series
    return round(THOUSANDTHS * log(done / could_be, LATER)) if done else 0
