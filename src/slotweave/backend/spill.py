"""Fit a kernel into scratch, with values that leave it for a while where that is shorter.

Guarantees: what `fit_lowered` returns is legal, and never longer than what `fit` alone finds. A
turn schedules as if scratch were larger, splits the live ranges that are too much for the scratch
there is, and fits the graph that this gives; the shortest of a few turns is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence

from slotweave.backend.allocate import propose_splits
from slotweave.backend.fit import NOTHING_TO_GAIN, Effort, fit, is_scratch_full, search_fit
from slotweave.backend.fitted import Fitted
from slotweave.backend.lower import Lowered, reload_costs, split_ranges
from slotweave.base.budget import UNLIMITED
from slotweave.base.diagnostics import NoSchedule
from slotweave.bounds.slots import slots_bound
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.split import Split
from slotweave.machine import Machine

#: What is tried: the factor by which scratch is enlarged for scheduling, and the share of the
#: actual scratch that must suffice after splitting.
TURNS = ((1.3, 0.85), (1.5, 0.92), (1.5, 0.8))

#: What is tried after that for at most so many operations, which takes little time: in little
#: scratch a few words more or less decide.
FURTHER_TURNS = ((1.1, 1.0), (1.2, 0.9), (1.2, 0.8), (1.1, 0.8), (1.1, 0.7), (1.15, 0.9))
MOST_TURNED = 5_000


def fit_lowered(
    lowered: Lowered,
    options: ScheduleOptions,
    machine: Machine,
    effort: Effort = Effort.FAST,
) -> Fitted:
    """`lowered` scheduled and allocated, live ranges split if `options` allow it.

    It is the last one of `search_lowered`, and raises what that does.
    """
    best, _ = UNLIMITED.best(search_lowered(lowered, options, machine, effort))
    return best


def search_lowered(
    lowered: Lowered,
    options: ScheduleOptions,
    machine: Machine,
    effort: Effort = Effort.FAST,
    kept: Collection[str] = (),
) -> Iterator[Fitted | None]:
    """The shortest so far, after each attempt; None before any fits.

    The regions of memory that are `kept` hold at the end what the graph leaves in them.

    Raises NoSchedule as `search_fit` does, if splitting does not help either.
    """
    words = machine.scratch_words
    best, failure = yield from _shorter(None, lowered, options, words, effort)
    if options.spill:
        for split in split_in_turns(lowered, options, machine, best, kept=kept):
            best, _ = yield from _shorter(best, split, options, words, effort)
    if options.spill and _may_be_turned(lowered, best):
        for turn in FURTHER_TURNS:
            for split in split_in_turns(
                lowered, options, machine, best, (turn,), effort=effort, kept=kept
            ):
                best, _ = yield from _shorter(best, split, options, words, effort)
    if best is None:
        assert failure is not None
        raise failure


def _may_be_turned(lowered: Lowered, best: Fitted | None) -> bool:
    """Whether further turns take little time and may gain."""
    full = best is None or is_scratch_full(lowered.problem, best.allocation)
    return full and lowered.problem.size <= MOST_TURNED


def split_in_turns(
    lowered: Lowered,
    options: ScheduleOptions,
    machine: Machine,
    without: Fitted | None = None,
    turns: Sequence[tuple[float, float]] = TURNS,
    *,
    effort: Effort = Effort.FAST,
    kept: Collection[str] = (),
) -> Iterator[Lowered]:
    """`lowered` with live ranges split, one way in each turn; `without` is what there is without.

    `effort` goes into the schedules for more scratch. Turns that could not gain anything on that
    are left out, and those that ask for no splits.
    """
    problem, words = lowered.problem, machine.scratch_words
    least = slots_bound(problem).cycles
    costs = reload_costs(lowered, machine)
    seen: set[tuple[Split, ...]] = set()
    for larger, share in turns:
        if without is not None and without.schedule.makespan <= NOTHING_TO_GAIN * least:
            return
        try:
            roomy, _ = fit(lowered.graph, problem, options, int(larger * words), effort)
        except NoSchedule:
            continue
        if without is not None and without.schedule.makespan <= roomy.makespan:
            continue
        splits = propose_splits(problem, roomy, int(share * words), costs)
        if splits and splits not in seen:
            seen.add(splits)
            yield split_ranges(lowered, machine, splits, roomy, kept=kept)


def _shorter(
    best: Fitted | None, lowered: Lowered, options: ScheduleOptions, words: int, effort: Effort
) -> Generator[Fitted | None, None, tuple[Fitted | None, NoSchedule | None]]:
    """The shorter of `best` and what fits so far; at the end that, and why nothing fits, if so."""
    try:
        for found in search_fit(lowered.graph, lowered.problem, options, words, effort):
            if found and (best is None or found[0].makespan < best.schedule.makespan):
                best = Fitted(lowered, *found)
            yield best
    except NoSchedule as failure:
        return best, failure
    return best, None
