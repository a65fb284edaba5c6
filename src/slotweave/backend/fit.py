"""Schedule and allocate in turn, until a schedule fits into scratch.

Guarantees: it ends, with a legal schedule and an allocation for it, or with NoSchedule (SW301) that
names the cycle, the live words, and what held them. The attempts go from the plan's priorities with
scratch nearly full to the order in which the kernel was written, with ever less in flight, and end
with one slot a cycle in that order. So a kernel that fits as it was written fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from operator import attrgetter

import numpy as np

from slotweave.analysis.liveness import live_ranges, live_words
from slotweave.backend.allocate import NoRoom, allocate
from slotweave.backend.attempts import attempts, says_when_due
from slotweave.backend.schedule import (
    BothWays,
    Pressure,
    ScratchFull,
    Urgency,
    changed_schedule,
    improved_lists,
    in_order_schedule,
    prepare,
    run_list,
    without_barriers,
)
from slotweave.backend.schedule.held_back import held_back
from slotweave.backend.schedule.output_groups import grouped_by_output
from slotweave.base.budget import UNLIMITED
from slotweave.ir.allocation import Allocation
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule

#: Operations scheduled in all before a search for something shorter ends: it bounds the time.
MOST_SCHEDULED = 4_000_000

#: An attempt at most NEAR_BOUND times as long as the slots bound is taken without comparing others.
#: Otherwise attempts are compared until MOST_COMPARED operations have been scheduled, and the best
#: IMPROVED of them are improved.
NEAR_BOUND = 1.1
MOST_COMPARED, IMPROVED = 1_000_000, 2


#: Without items, if more than this share of scratch is in use, operations are staggered by the
#: outputs that they serve, by these factors of what the work before them takes. A schedule at most
#: NOTHING_TO_GAIN times as long as the slots bound is left as it is.
MOST_FREE = 0.94
GROUPS_APART = (1.0, 0.8, 0.25, 4.0, 0.5, 1.25, 0.9, 1.1, 2.0, 0.65, 1.6, 10.0)
NOTHING_TO_GAIN = 1.01

#: Staggers that are tried beyond that while no schedule is NEAR_BOUND.
MOST_FURTHER = 4


class Effort(Enum):
    """How much is tried: ways to stagger the items, the plan's own first, and passes for each."""

    FAST = ((1.0,), 0)
    DEFAULT = ((1.0, 0.8, 1.25, 0.9, 1.1, 0.65, 1.6, 0.95, 1.05, 2.3, 3.3), 8)
    MAX = ((1.0, *(step / 20 for step in range(8, 71) if step != 20)), 40)


#: A schedule that fits into scratch, with its allocation.
Fit = tuple[Schedule, Allocation]


def fit(
    graph: Graph,
    problem: Problem,
    options: ScheduleOptions,
    scratch_words: int,
    effort: Effort = Effort.FAST,
    ready: BothWays | None = None,
) -> Fit:
    """The shortest schedule found that fits into `scratch_words`, with its allocation.

    It is the last one of `search_fit`, and raises what that does.
    """
    best, _ = UNLIMITED.best(search_fit(graph, problem, options, scratch_words, effort, ready))
    return best


def search_fit(
    graph: Graph,
    problem: Problem,
    options: ScheduleOptions,
    scratch_words: int,
    effort: Effort = Effort.FAST,
    ready: BothWays | None = None,
) -> Iterator[Fit | None]:
    """The shortest so far that fits into `scratch_words`, after each attempt; None before any does.

    A plan with offsets or in program order is replayed as it says; otherwise `effort` says what
    else is tried. `ready` is what `made_ready` makes of the same arguments, if it is at hand.
    Raises NoSchedule: SW301 if nothing fits, SW307 if `options` contradict the order
    that the operations need.
    """
    if options.method == "in-order":
        yield _in_order(graph, problem, scratch_words)
        return
    both = ready or made_ready(graph, problem, options)
    best: Fit | None = None
    near = NEAR_BOUND * both.forward.least_cycles
    if options.due and not says_when_due(options, both):
        within = _of_another_problem(problem, options, effort)
        options = within[-1]
    else:
        within = _variants(problem, options, effort)
    further = _further_staggers(problem, options, effort)
    for number, tried in enumerate((*within, *further)):
        if number >= len(within) and best is not None and best[0].makespan <= near:
            break
        for found in _each_attempt(problem, both, tried, scratch_words):
            if found is not None and (best is None or found[0].makespan < best[0].makespan):
                best = found
            yield best
    if _scratch_may_cost(problem, both, best) and not _is_replayed(options):
        for found in _by_groups(graph, problem, options, scratch_words, effort):
            if found is not None and (best is None or found[0].makespan < best[0].makespan):
                best = found
            yield best
    if best is None:
        yield _in_order(graph, problem, scratch_words)


def _scratch_may_cost(problem: Problem, both: BothWays, best: Fit | None) -> bool:
    """Whether what no item marks as its own might be shorter if less of it were under way."""
    if problem.items.max(initial=-1) >= 0:
        return False
    if best is None:
        return True
    is_long = best[0].makespan > NOTHING_TO_GAIN * both.forward.least_cycles
    return is_long and is_scratch_full(problem, best[1])


def is_scratch_full(problem: Problem, allocation: Allocation) -> bool:
    """Whether so much of scratch is in use that operations may have waited for some."""
    widest = int(problem.storage_words.max(initial=0))
    return allocation.peak + widest > MOST_FREE * allocation.size


def _by_groups(
    graph: Graph, problem: Problem, options: ScheduleOptions, scratch_words: int, effort: Effort
) -> Iterator[Fit | None]:
    """What attempts give that stagger the operations by the outputs that they serve."""
    grouped = grouped_by_output(problem)
    both = made_ready(graph, grouped.problem, options)
    rounds = max(1, MOST_SCHEDULED // max(1, problem.size))
    passes = max(options.passes, min(effort.value[1], rounds // (2 * len(GROUPS_APART))))
    shortest = NOTHING_TO_GAIN * both.forward.least_cycles
    for factor in GROUPS_APART[: max(1, rounds // 20)]:
        tried = replace(options, offsets=grouped.offsets(factor), passes=passes)
        for found in _each_attempt(grouped.problem, both, tried, scratch_words):
            yield found
            if found is not None and found[0].makespan <= shortest:
                return


def each_that_fits(
    graph: Graph, problem: Problem, options: ScheduleOptions, scratch_words: int
) -> Iterator[Fit]:
    """What every attempt by itself gives, short or not, where it fits into `scratch_words`."""
    both = made_ready(graph, problem, options)
    for urgency, pressure in attempts(both, options, scratch_words):
        first = run_list(both.forward, urgency, pressure)
        if isinstance(first, Schedule):
            unchanged = replace(options, passes=0)
            attempt = Stepping(first, urgency, pressure)
            found = _improved(problem, both, unchanged, scratch_words, attempt)
            yield from () if found is None else (found,)


def made_ready(graph: Graph, problem: Problem, options: ScheduleOptions) -> BothWays:
    """`problem` as list scheduling wants it: of `options` only what `held_back` reads counts."""
    return BothWays(prepare(held_back(graph, problem, options)))


def _variants(
    problem: Problem, options: ScheduleOptions, effort: Effort
) -> tuple[ScheduleOptions, ...]:
    """What is tried in any case."""
    if _is_replayed(options):
        return (options,)
    staggers, passes = effort.value
    rounds = max(1, MOST_SCHEDULED // max(1, problem.size))
    count = _staggers_tried(problem, options, effort)
    passes = max(options.passes, min(passes, rounds // (2 * count)))
    return tuple(
        replace(options, stagger=options.stagger * factor, passes=passes)
        for factor in staggers[:count]
    )


def _of_another_problem(
    problem: Problem, options: ScheduleOptions, effort: Effort
) -> tuple[ScheduleOptions, ...]:
    """What is tried if `options` say when the operations of another problem are due: their starting
    times, and then the usual staggers, as if there were none."""
    plain = replace(options, due="", steps=())
    spread = np.ptp(options.offsets) / max(1, len(options.offsets) - 1) if options.offsets else 0.0
    usual = replace(plain, offsets=(), stagger=options.stagger or round(float(spread), 1))
    tried = Effort.DEFAULT if effort is Effort.FAST else effort
    return (plain, *_variants(problem, usual, tried))


def _is_replayed(options: ScheduleOptions) -> bool:
    return bool(options.offsets or options.due) or options.order == "program"


def _passes(both: BothWays, options: ScheduleOptions) -> int:
    return 0 if options.due and says_when_due(options, both) else options.passes


def _staggers_tried(problem: Problem, options: ScheduleOptions, effort: Effort) -> int:
    staggers, _passes = effort.value
    rounds = max(1, MOST_SCHEDULED // max(1, problem.size))
    return min(len(staggers), max(1, rounds // 20)) if options.stagger else 1


def _further_staggers(
    problem: Problem, options: ScheduleOptions, effort: Effort
) -> Iterator[ScheduleOptions]:
    """What a long problem, for which few staggers are tried, is given while it is far from its
    bound: items further apart, which leaves fewer of them in scratch at once."""
    staggers, _passes = effort.value
    if _is_replayed(options) or not options.stagger:
        return
    left = staggers[_staggers_tried(problem, options, effort) :]
    for factor in sorted(factor for factor in left if factor > 1)[:MOST_FURTHER]:
        yield replace(options, stagger=options.stagger * factor)


def _each_attempt(
    problem: Problem, both: BothWays, options: ScheduleOptions, scratch_words: int
) -> Iterator[Fit | None]:
    """What attempts give: up to the first that fits, if it is as good as any; else of the best two.

    Less pressure is not always faster: what is let in early may stand in the way of all others. So
    attempts are compared, but only where scratch can have cost anything. While they are, they are
    not allocated, and give None.
    """
    slow: list[Stepping] = []
    most = max(1, MOST_COMPARED // max(1, both.forward.problem.size))
    for number, (urgency, pressure) in enumerate(attempts(both, options, scratch_words)):
        if slow and number >= most:
            break
        first, found = run_list(both.forward, urgency, pressure), None
        if isinstance(first, Schedule):
            attempt = Stepping(first, urgency, pressure)
            if _is_taken(problem, both, first, pressure):
                found = _improved(problem, both, options, scratch_words, attempt)
            slow.append(attempt)
        yield found
        if found is not None:
            return
    slow.sort(key=attrgetter("cycles"))
    fitting = 0
    for attempt in slow:
        yield (found := _improved(problem, both, options, scratch_words, attempt))
        fitting += found is not None
        if fitting == IMPROVED:
            return


def _was_free(problem: Problem, schedule: Schedule, pressure: Pressure) -> bool:
    """Whether `pressure` cannot have held anything back: fewer words were live than it allows."""
    ranges = live_ranges(problem, without_barriers(schedule, problem.size))
    peak = live_words(problem, ranges, schedule.makespan).max(initial=0)
    widest = problem.storage_words.max(initial=0)
    return pressure.slope == 0 and bool(peak + widest <= pressure.limit - pressure.reserve)


def _improved(
    problem: Problem, both: BothWays, options: ScheduleOptions, scratch_words: int, first: Stepping
) -> Fit | None:
    """The shortest schedule of the attempt, and of passes that improve it, that is allocated.

    With steps, the schedule after the last of them comes first.
    """
    tried = sorted(passes_after(both, first, options), key=attrgetter("cycles"))
    if options.steps:
        tried.insert(0, _after_steps(both, tried[0], options.steps))
    return first_allocated(problem, tried, scratch_words)


def _after_steps(both: BothWays, at: Stepping, steps: tuple[int, ...]) -> Stepping:
    """What comes of `at` step by step; one for which scratch is full changes nothing."""
    for seed in steps:
        at = next_step(both, at, seed) or at
    return at


@dataclass(frozen=True)
class Stepping:
    """A schedule to which more steps may be made, the priorities by which it was listed, and the
    pressure to keep to.

    It has what barriers add (see `held_back`).
    """

    schedule: Schedule
    urgency: Urgency
    pressure: Pressure

    @property
    def cycles(self) -> int:
        """Those of the schedule."""
        return self.schedule.makespan


def stepping(
    problem: Problem, both: BothWays, options: ScheduleOptions, scratch_words: int
) -> Stepping | None:
    """What steps after those of `options` begin with; None if `search_fit` may take another way
    than its first attempt."""
    first = first_attempt(problem, both, options, scratch_words)
    if first is None:
        return None
    shortest = min(passes_after(both, first, options), key=attrgetter("cycles"))
    return _after_steps(both, shortest, options.steps)


def first_attempt(
    problem: Problem, both: BothWays, options: ScheduleOptions, scratch_words: int
) -> Stepping | None:
    """What `search_fit` tries first with these options; None if it may then try something else."""
    urgency, pressure = next(attempts(both, options, scratch_words))
    first = run_list(both.forward, urgency, pressure)
    if isinstance(first, ScratchFull) or not _is_taken(problem, both, first, pressure):
        return None
    return Stepping(first, urgency, pressure)


def passes_after(
    both: BothWays, first: Stepping, options: ScheduleOptions, mirrored: Schedule | None = None
) -> Iterator[Stepping]:
    """`first`, and the schedule of each pass after it.

    `mirrored` is the mirrored schedule of `first`, if it is at hand.
    """
    yield first
    passes = _passes(both, options)
    more = improved_lists(both, first.schedule, first.pressure, passes, options.seed, mirrored)
    for schedule, urgency in more:
        yield Stepping(schedule, urgency, first.pressure)


def next_step(both: BothWays, before: Stepping, seed: int) -> Stepping | None:
    """After one more step; None if scratch is full."""
    listed = changed_schedule(both, (before.schedule, before.urgency), before.pressure, seed)
    return None if listed is None else Stepping(*listed, before.pressure)


def allocated(problem: Problem, at: Stepping, scratch_words: int) -> Fit | None:
    """The schedule with its allocation, if there is room for it."""
    cut = without_barriers(at.schedule, problem.size)
    allocation = allocate(problem, cut, scratch_words)
    return (cut, allocation) if isinstance(allocation, Allocation) else None


def first_allocated(problem: Problem, tried: Iterable[Stepping], scratch_words: int) -> Fit | None:
    """The first of these for which there is room, with its allocation."""
    fits = (allocated(problem, each, scratch_words) for each in tried)
    return next((found for found in fits if found is not None), None)


def _is_taken(problem: Problem, both: BothWays, schedule: Schedule, pressure: Pressure) -> bool:
    """Whether an attempt is taken without comparing others."""
    near = schedule.makespan <= NEAR_BOUND * both.forward.least_cycles
    return near or _was_free(problem, schedule, pressure)


def _in_order(graph: Graph, problem: Problem, scratch_words: int) -> Fit:
    schedule = in_order_schedule(problem)
    allocation = allocate(problem, schedule, scratch_words)
    if isinstance(allocation, NoRoom):
        from slotweave.backend.scratch_shortage import scratch_too_small  # mostly it fits

        raise scratch_too_small(graph, problem, allocation, scratch_words)
    return schedule, allocation
