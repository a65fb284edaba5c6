"""Schedule and allocate in turn, until a schedule fits into scratch.

Guarantees: it ends, with a legal schedule and an allocation for it, or with NoSchedule (SW301) that
names the cycle, the live words, and what held them. The attempts go from the plan's priorities with
scratch nearly full to the order in which the kernel was written, with ever less in flight, and end
with one slot a cycle in that order. So a kernel that fits as it was written fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import Enum
from functools import partial

from slotweave.allocate import NoRoom, allocate
from slotweave.diagnostics import Diagnostic, NoSchedule
from slotweave.ir.allocation import Allocation
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule
from slotweave.schedule import (
    Pressure,
    ScratchFull,
    in_order_schedule,
    list_schedule,
    list_schedule_by,
    program_order,
)

#: What is tried with the plan's priorities, and then in program order, from all of scratch for
#: everybody to hardly anything for any but the item furthest on its way: (limit, reserve, slope) as
#: shares of scratch, the slope a thousand cycles.
PRESSURES = (
    (1.0, 0.06, 0.0), (1.0, 0.12, 1.0), (0.95, 0.15, 3.0), (0.9, 0.3, 10.0), (1.0, 1.0, 1000.0)
)  # fmt: skip

Attempt = Callable[[], Schedule | ScratchFull]


class Effort(Enum):
    """How much is tried: how many ways to stagger the items, the plan's own first."""

    FAST = (1.0,)
    DEFAULT = (1.0, 0.7, 0.85, 1.2, 1.6, 2.3, 3.3)
    MAX = (1.0, *(step / 20 for step in range(71) if step != 20))


def fit(
    graph: Graph,
    problem: Problem,
    options: ScheduleOptions,
    scratch_words: int,
    effort: Effort = Effort.FAST,
) -> tuple[Schedule, Allocation]:
    """The shortest schedule found that fits into `scratch_words`, with its allocation."""
    staggers = effort.value if options.stagger and not options.offsets else Effort.FAST.value
    found: list[tuple[Schedule, Allocation]] = []
    for factor in staggers:
        tried = replace(options, stagger=options.stagger * factor)
        found.append(_first_that_fits(graph, problem, tried, scratch_words))
    return min(found, key=lambda pair: pair[0].makespan)


def _first_that_fits(
    graph: Graph, problem: Problem, options: ScheduleOptions, scratch_words: int
) -> tuple[Schedule, Allocation]:
    """The first attempt's schedule that fits, with its allocation."""
    if options.method != "in-order":
        for attempt in _attempts(problem, options, scratch_words):
            schedule = attempt()
            if isinstance(schedule, ScratchFull):
                continue
            allocation = allocate(problem, schedule, scratch_words)
            if isinstance(allocation, Allocation):
                return schedule, allocation
    schedule = in_order_schedule(problem)
    allocation = allocate(problem, schedule, scratch_words)
    if isinstance(allocation, NoRoom):
        raise scratch_too_small(graph, problem, allocation, scratch_words)
    return schedule, allocation


def _attempts(problem: Problem, options: ScheduleOptions, scratch: int) -> Iterator[Attempt]:
    pressures = [
        Pressure(int(limit * scratch), int(reserve * scratch), slope * scratch / 1000)
        for limit, reserve, slope in PRESSURES
    ]
    for pressure in pressures:
        yield partial(list_schedule, problem, options, pressure)
    written = program_order(problem)
    for pressure in pressures:
        yield partial(list_schedule_by, problem, written, pressure)


def scratch_too_small(
    graph: Graph, problem: Problem, failure: NoRoom, scratch_words: int
) -> NoSchedule:
    """The error for a problem that does not fit: where, how many words, held by what."""
    holders = _holders(graph, problem, failure.holding)
    held = ", ".join(f"{words} words of {label}" for label, words in holders.most_common(6))
    more = "1 more was" if failure.wanted == 1 else f"{failure.wanted} more side by side were"
    reason = (
        f"even with one operation at a time, in cycle {failure.cycle} {failure.live} of"
        f" {scratch_words} scratch words were live and {more} wanted; held: {held or 'nothing'}."
        " To fit, fewer of these values must be live at once: more scratch, fewer constants or"
        " tables in registers, or a plan that keeps fewer items in flight"
    )
    return NoSchedule(Diagnostic("SW301", reason))


def _holders(graph: Graph, problem: Problem, storages: tuple[int, ...]) -> Counter[str]:
    """Live words by what they are: the stage (or operation) that made them."""
    maker: dict[int, int] = {}
    for op, storage in enumerate(problem.writes.tolist()):
        maker.setdefault(storage, op)
    words: Counter[str] = Counter()
    for storage in storages:
        node = graph.nodes[int(problem.nodes[maker[storage]])]
        words[f"{node.stage or 'the kernel'} ({node.op})"] += int(problem.storage_words[storage])
    return words
