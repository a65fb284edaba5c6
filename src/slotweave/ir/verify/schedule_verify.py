"""Schedules, allocations and layouts are well formed, each for itself.

No faults guarantee, besides columns of the right shapes:

    modes-are-counted       modes are not negative
    slots-are-within        each slot is issued in a cycle 0 .. makespan - 1
    storages-are-within     addresses are words of scratch, or -1; the peak is no more than scratch
    words-have-places       a layout names words that the storages have

Whether a schedule or an allocation is right for a problem is for `check` to say.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.allocation import Allocation, Layout
from slotweave.ir.problem import Ints
from slotweave.ir.schedule import Schedule
from slotweave.ir.verify.invariants import column_faults, fault, first_index, row_faults, row_of


def schedule_faults(schedule: Schedule) -> Iterator[Diagnostic]:
    """The invariants that `schedule` breaks, the first breach of each."""
    operations, slots = len(schedule.mode), len(schedule.cycle)
    broken = [
        *column_faults(mode=(schedule.mode, operations), cycle=(schedule.cycle, slots)),
        *row_faults("cycle_offset", schedule.cycle_offset, operations, slots),
    ]
    yield from broken
    if broken:
        return
    operation = first_index(schedule.mode < 0)
    if operation is not None:
        reason = f"operation {operation} has mode {schedule.mode[operation]}"
        yield fault("modes-are-counted", reason)
    slot = first_index((schedule.cycle < 0) | (schedule.cycle >= schedule.makespan))
    if slot is not None:
        operation = row_of(schedule.cycle_offset, slot)
        yield fault(
            "slots-are-within",
            f"operation {operation} has a slot in cycle {schedule.cycle[slot]}, "
            f"outside a makespan of {schedule.makespan}",
        )


def allocation_faults(allocation: Allocation) -> Iterator[Diagnostic]:
    """The invariants that `allocation` breaks, the first breach of each."""
    broken = list(column_faults(address=(allocation.address, len(allocation.address))))
    yield from broken
    if broken:
        return
    address, size = allocation.address, allocation.size
    storage = first_index((address < -1) | (address >= size))
    if storage is not None:
        reason = f"storage {storage} lies at {address[storage]}, outside {size} words of scratch"
        yield fault("storages-are-within", reason)
    if not 0 <= allocation.peak <= size:
        yield fault("storages-are-within", f"a peak of {allocation.peak} in {size} words")


def layout_faults(layout: Layout, storage_words: Ints) -> Iterator[Diagnostic]:
    """The invariants that `layout` breaks, given the words of each storage."""
    words, nodes = len(layout.word), max(len(layout.offset) - 1, 0)
    broken = [
        *column_faults(storage=(layout.storage, words), word=(layout.word, words)),
        *row_faults("offset", layout.offset, nodes, words),
    ]
    yield from broken
    if broken:
        return
    known = (layout.storage >= 0) & (layout.storage < len(storage_words))
    length = np.zeros(words, dtype=np.int64)
    length[known] = storage_words[layout.storage[known]]
    entry = first_index((layout.word < 0) | (layout.word >= length))
    if entry is not None:
        yield fault(
            "words-have-places",
            f"node {row_of(layout.offset, entry)} has a word at "
            f"{layout.storage[entry]}.{layout.word[entry]}, which no storage has",
        )
