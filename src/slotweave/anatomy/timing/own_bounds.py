"""The slots of a straight program as a scheduling problem: each on its engine, in any order.

Kept are the words that pass through scratch from slot to slot and, of each access to memory, the
latest access that it must stay after; scratch itself is not: words may be renamed. So the program
is one of the problem's schedules, and a bound of it is one "for these slots, each on its engine".
"""

from __future__ import annotations

import numpy as np

from slotweave.anatomy.causes.placements import Placements
from slotweave.anatomy.timing.storage_free import storage_free_problem
from slotweave.anatomy.words.edges import NO_SOURCE
from slotweave.anatomy.words.slot_columns import Longs
from slotweave.bounds import Bound
from slotweave.bounds.heads_and_tails import heads_and_tails_bound
from slotweave.ir.problem import DATA, ORDER, Ints, Problem
from slotweave.machine import Machine


def own_slots_bound(placed: Placements, machine: Machine) -> Bound:
    """Below how many cycles the slots of the program cannot be placed again: heads and tails."""
    return heads_and_tails_bound(own_slots_problem(placed, machine))


def own_slots_problem(placed: Placements, machine: Machine) -> Problem:
    """The problem; operations are numbered as `placed.columns` has them, with one mode each."""
    columns = placed.columns
    size = columns.size
    engine_of = {name: number for number, name in enumerate(machine.slots)}
    engine = np.array([engine_of[name] for name in columns.engines], np.int32)
    latency = np.array([kind.latency for kind in columns.kinds], np.int32)
    modes = np.stack([engine[columns.kind], np.ones(size, np.int32), latency[columns.kind]], axis=1)
    offset = np.arange(size + 1, dtype=np.int32)
    return storage_free_problem(machine, (offset, modes), _edges(placed))


def _edges(placed: Placements) -> tuple[Ints, Ints]:
    """The first edge of each operation, and (predecessor, kind, lag) of all, in that order."""
    columns, size = placed.columns, max(1, placed.columns.size)
    read = placed.maker != NO_SOURCE
    memory = placed.edges["memory"]
    known = np.flatnonzero(memory.source != NO_SOURCE)
    # A store in flight stays after a load that is issued later and reads before it lands. Such an
    # edge says next to nothing, and may lead back to what comes before.
    ordered = known[columns.bundle[memory.source[known]] <= columns.bundle[known]]
    before = memory.source[ordered]
    passed = np.sort(columns.reads.owner[read] * size + placed.maker[read])  # by both
    passed = passed[np.diff(passed, prepend=-1) > 0]  # each once
    pairs = np.concatenate([passed, ordered * size + before])
    lag = np.concatenate([np.zeros_like(passed), memory.earliest[ordered] - columns.bundle[before]])
    kind = np.repeat([DATA, ORDER], [len(passed), len(ordered)])
    by_operation = np.argsort(pairs, kind="stable")
    pairs = pairs[by_operation]
    table = np.stack([pairs % size, kind[by_operation], lag[by_operation]], axis=1)
    offset: Longs = np.searchsorted(pairs // size, np.arange(columns.size + 1))
    return offset.astype(np.int32), table.astype(np.int32)
