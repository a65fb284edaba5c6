"""Every operation of a run at its place: what a picture of slots by cycles is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from slotweave.anatomy.causes.idle_causes import IdleSlots, idle_slots
from slotweave.anatomy.causes.placements import CAUSES, Placements
from slotweave.anatomy.item_groups import ItemGroups, item_groups
from slotweave.anatomy.words.edges import NO_SOURCE
from slotweave.anatomy.words.scratch_flow import NEVER_WRITTEN, scratch_flow
from slotweave.anatomy.words.slot_columns import Longs
from slotweave.ir.program import Program
from slotweave.machine import Machine


@dataclass(frozen=True, eq=False)
class Waits:
    """What operations wait for: those of operation i are rows offset[i] and on.

    `source` is the operation waited for, `cause` the place in CAUSES of what for.
    """

    offset: Longs
    source: Longs
    cause: Longs


@dataclass(frozen=True, eq=False)
class LiveValues:
    """Results in scratch, a row for each run of words: `words` from `word` on, written by `maker`.

    Live from the bundle `first`, in which it lands, to the end of `last`, the last to read it.
    """

    word: Longs
    words: Longs
    first: Longs
    last: Longs
    maker: Longs


@dataclass(frozen=True, eq=False)
class Timeline:
    """The operations of `placed` with what they wait for, and what each idle slot waits for.

    `idle` has for each engine the idle slots of each bundle with their causes, `next_up` the
    operation that could have come there next (NO_SOURCE: none is left): of those that stand later
    the one that is free first.
    """

    program: Program
    machine: Machine
    placed: Placements
    groups: ItemGroups
    waits: Waits
    values: LiveValues
    idle: Mapping[str, IdleSlots]
    next_up: Mapping[str, Longs]


def timeline(program: Program, machine: Machine, placed: Placements) -> Timeline:
    """The timeline of a straight program, which must be legal on `machine`."""
    return Timeline(
        program,
        machine,
        placed,
        item_groups(placed),
        _waits(placed),
        _live_values(placed),
        idle_slots(program, machine, placed),
        {engine: _next_up(placed, engine) for engine in machine.slots},
    )


def _waits(placed: Placements) -> Waits:
    """Operands, the access to memory waited for, and the word, where that is what holds longest."""
    columns = placed.columns
    read = placed.maker != NO_SOURCE
    rows = [np.stack([columns.reads.owner[read], placed.maker[read], np.zeros(read.sum(), int)])]
    before: Longs = np.maximum(placed.earliest["operand"], placed.earliest["memory"])
    for cause, binds in (("memory", None), ("scratch", placed.earliest["scratch"] > before)):
        source = placed.edges[cause].source
        there = np.flatnonzero((source != NO_SOURCE) & (True if binds is None else binds))
        rows.append(np.stack([there, source[there], np.full(len(there), CAUSES.index(cause))]))
    owner, source, cause_of = np.unique(np.concatenate(rows, axis=1), axis=1)
    offset = np.searchsorted(owner, np.arange(columns.size + 1))
    return Waits(offset, source, cause_of)


def _live_values(placed: Placements) -> LiveValues:
    columns = placed.columns
    read_from = scratch_flow(columns).read_from
    found = read_from != NEVER_WRITTEN
    last = np.full(len(columns.writes.word), -1, np.int64)
    np.maximum.at(last, read_from[found], columns.bundle[columns.reads.owner[found]])
    used = np.flatnonzero(last >= 0)
    maker, word, until = columns.writes.owner[used], columns.writes.word[used], last[used]
    order = np.lexsort((word, maker))
    maker, word, until = maker[order], word[order], until[order]
    joins = (np.diff(maker) == 0) & (np.diff(word) == 1) & (np.diff(until) == 0)
    begin = np.flatnonzero(np.concatenate([[True] * (len(word) > 0), ~joins]))
    words = np.diff(np.append(begin, len(word)))
    return LiveValues(word[begin], words, columns.lands[maker[begin]], until[begin], maker[begin])


def _next_up(placed: Placements, engine: str) -> Longs:
    """For each bundle the operation of `engine` that stands later and is free first."""
    columns = placed.columns
    of_engine = np.array([name == engine for name in columns.engines], bool)[columns.kind]
    works = np.array([not kind.breaks for kind in columns.kinds], bool)[columns.kind]
    mine = np.flatnonzero(of_engine & works)
    found = np.full(columns.bundles, NO_SOURCE, np.int64)
    if len(mine):
        free = placed.free[mine] * len(mine) + np.arange(len(mine))  # of equals the first
        soonest = np.minimum.accumulate(free[::-1])[::-1] % len(mine)
        at = np.searchsorted(columns.bundle[mine], np.arange(columns.bundles), "right")
        there = at < len(mine)
        found[there] = mine[soonest[at[there]]]
    return found
