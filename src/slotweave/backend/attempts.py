"""By which priorities, and how full scratch may be, a problem is scheduled: one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from slotweave.backend.schedule import BothWays, Pressure, Urgency, priorities, program_order
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
    """Priorities and pressures: those of `options` first, then program order."""
    problem = both.forward.problem
    by_plan = () if options.order == "program" else (_priorities(both, options),)
    for urgency in (*by_plan, program_order(problem)):
        for pressure in pressures(scratch):
            yield urgency, pressure


def _priorities(both: BothWays, options: ScheduleOptions) -> Urgency:
    problem = both.forward.problem
    if not options.due or not says_when_due(options, both):
        return priorities(problem, options)
    due: Urgency = np.array(options.due.split()[1:], dtype=np.float64)
    return -due / HUNDREDTHS


def says_when_due(options: ScheduleOptions, both: BothWays) -> bool:
    """Whether `options` say of each operation of this problem when it is due."""
    due, size = options.due, both.forward.problem.size
    return due.partition(" ")[0] == str(both.checksum) and due.count(" ") == size


def due_text(both: BothWays, due: NDArray[np.int64]) -> str:
    """What options say if each operation of this problem is due at those times, in hundredths of a
    cycle."""
    return " ".join(map(str, (both.checksum, *due.tolist())))


def pressures(scratch: int) -> list[Pressure]:
    """What is tried in `scratch` words, one after the other (see PRESSURES)."""
    return [
        Pressure(int(limit * scratch), int(reserve * scratch), slope * scratch / 1000)
        for limit, reserve, slope in PRESSURES
    ]
