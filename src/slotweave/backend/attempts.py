"""By which priorities, and how full scratch may be, a problem is scheduled: one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from slotweave.backend.schedule import BothWays, Pressure, Urgency, priorities, program_order
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.ir.plan import ScheduleOptions

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
    """Priorities and pressures: those of `options` first, then program order.

    Raises InputError (SW209) if they say when the operations of another problem are due.
    """
    problem = both.forward.problem
    by_plan = () if options.order == "program" else (_priorities(both, options),)
    for urgency in (*by_plan, program_order(problem)):
        for pressure in pressures(scratch):
            yield urgency, pressure


def _priorities(both: BothWays, options: ScheduleOptions) -> Urgency:
    problem = both.forward.problem
    if not options.due:
        return priorities(problem, options)
    due: Urgency = np.array(options.due.split(), dtype=np.float64)
    if len(due) != problem.size:
        reason = (
            f"the plan says when {len(due):,} operations are due (schedule.due), but with its "
            f"choices there are {problem.size:,}; take `due` out, or compile what it was found for"
        )
        raise InputError(Diagnostic("SW209", reason))
    return -due / HUNDREDTHS


def pressures(scratch: int) -> list[Pressure]:
    """What is tried in `scratch` words, one after the other (see PRESSURES)."""
    return [
        Pressure(int(limit * scratch), int(reserve * scratch), slope * scratch / 1000)
        for limit, reserve, slope in PRESSURES
    ]
