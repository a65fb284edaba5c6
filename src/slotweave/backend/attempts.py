"""By which priorities, and how full scratch may be, a problem is scheduled: one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from slotweave.backend.schedule import BothWays, Pressure, Urgency, priorities, program_order
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import Problem

#: What is tried with the plan's priorities, and then in program order, from all of scratch for
#: everybody to hardly anything for any but the item furthest on its way: (limit, reserve, slope) as
#: shares of scratch, the slope a thousand cycles.
PRESSURES = (
    (1.0, 0.06, 0.0), (1.0, 0.12, 1.0), (0.95, 0.15, 3.0), (0.9, 0.3, 10.0), (1.0, 1.0, 1000.0)
)  # fmt: skip

#: What the numbers of `due` count: parts of a cycle.
HUNDREDTHS = 100


def attempts(
    both: BothWays, options: ScheduleOptions, scratch: int
) -> Iterator[tuple[Urgency, Pressure]]:
    """Priorities and pressures: those of `options` first, then program order."""
    problem = both.forward.problem
    by_plan = () if options.order == "program" else (_priorities(both, options),)
    for urgency in (*by_plan, program_order(problem)):
        for pressure in pressures(scratch):
            yield urgency, pressure


def _priorities(both: BothWays, options: ScheduleOptions) -> Urgency:
    problem = both.forward.problem
    if not says_when_due(options, problem):
        return priorities(problem, options)
    due: Urgency = np.array(options.due.split(), dtype=np.float64)
    return -due / HUNDREDTHS


def says_when_due(options: ScheduleOptions, problem: Problem) -> bool:
    """Whether `options` say of each operation when it is due.

    They say nothing of a problem with more operations or fewer: that of other choices, or of
    another machine.
    """
    return bool(options.due) and options.due.count(" ") + 1 == problem.size


def pressures(scratch: int) -> list[Pressure]:
    """What is tried in `scratch` words, one after the other (see PRESSURES)."""
    return [
        Pressure(int(limit * scratch), int(reserve * scratch), slope * scratch / 1000)
        for limit, reserve, slope in PRESSURES
    ]
