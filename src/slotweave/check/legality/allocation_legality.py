"""Allocation legality: no live word is overwritten, and everything lies inside scratch.

A slot in cycle c whose mode has latency l lands at the end of cycle c + l - 1; all reads of a cycle
come before all landings. A storage occupies its words from its first landing on until its last
read, and at least until after its last landing: counted in ends of cycles, the half-open interval
[first landing, max(last read, last landing + 1)).

Guarantees, if no violation is returned for a legal schedule: each storage that is accessed has an
address, lies inside scratch, is written before it is read, and shares no word with another storage
in a moment in which both occupy it; and the peak is the largest number of words occupied at once.
Recomputes everything from Schedule and Problem; knows no allocator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.base.diagnostics import Diagnostic
from slotweave.check.legality.issue import Cycles, Issue, owners
from slotweave.ir.allocation import Allocation
from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule
from slotweave.ir.verify.schedule_verify import allocation_faults

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class _Occupancy:
    """From `first` landing to `stop`, by storage; `read` is the first cycle that reads it."""

    first: Cycles
    stop: Cycles
    read: Cycles

    @property
    def written(self) -> NDArray[np.bool_]:
        written: NDArray[np.bool_] = self.first != _NEVER
        return written


def allocation_violations(
    allocation: Allocation, schedule: Schedule, problem: Problem
) -> Iterator[Diagnostic]:
    """Where `allocation` is wrong (SW402) for a legal `schedule` of `problem`."""
    storages = len(problem.storage_words)
    if len(allocation.address) != storages:
        reason = f"{len(allocation.address)} addresses for {storages} storages"
        yield Diagnostic("SW402", reason)
        return
    malformed = list(allocation_faults(allocation))
    yield from malformed
    if malformed:
        return
    occupancy = _occupancy(Issue(schedule, problem), storages)
    yield from _reads_before_writes(occupancy)
    misplaced = list(_misplaced(allocation, problem, occupancy))
    yield from misplaced
    if not misplaced:
        yield from _shared_words(allocation, problem, occupancy)
    yield from _wrong_peak(allocation, problem, occupancy)


def _occupancy(issue: Issue, storages: int) -> _Occupancy:
    problem = issue.problem
    landing = issue.slot_cycle + issue.latency[issue.slot_operation] - 1
    target = problem.writes[issue.slot_operation]
    lands = target >= 0
    first = np.full(storages, _NEVER)
    stop = np.zeros(storages, dtype=np.int64)
    read = np.full(storages, _NEVER)
    np.minimum.at(first, target[lands], landing[lands])
    np.maximum.at(stop, target[lands], landing[lands] + 1)
    reader = owners(problem.read_offset)
    np.maximum.at(stop, problem.read, issue.last[reader])
    np.minimum.at(read, problem.read, issue.first[reader])
    zeros = _held_throughout(problem)
    first[zeros], stop[zeros] = -1, max(issue.schedule.makespan, int(stop.max(initial=0)))
    return _Occupancy(first, stop, read)


def _held_throughout(problem: Problem) -> NDArray[np.int64]:
    """The storages of zeros: what an operation writes that takes no slot and waits for nothing."""
    slots = np.maximum.reduceat(problem.mode_slots, problem.mode_offset[:-1])
    waits = np.diff(problem.pred_offset) > 0
    zeros: NDArray[np.int64] = problem.writes[(slots == 0) & ~waits & (problem.writes >= 0)]
    return zeros


def _reads_before_writes(occupancy: _Occupancy) -> Iterator[Diagnostic]:
    early = (occupancy.read != _NEVER) & (occupancy.read <= occupancy.first)
    for storage in np.flatnonzero(early).tolist():
        cycle = occupancy.read[storage]
        lands = "which is never written"
        if occupancy.written[storage]:
            lands = f"whose first write lands at the end of cycle {occupancy.first[storage]}"
        yield Diagnostic("SW402", f"cycle {cycle} reads storage {storage}, {lands}")


def _misplaced(
    allocation: Allocation, problem: Problem, occupancy: _Occupancy
) -> Iterator[Diagnostic]:
    """Accessed storages without an address, storages that reach past the end of scratch."""
    address = allocation.address.astype(np.int64)
    missing = occupancy.written & (address < 0)
    for storage in np.flatnonzero(missing).tolist():
        yield Diagnostic("SW402", f"storage {storage} is live and has no address")
    stop = address + problem.storage_words
    for storage in np.flatnonzero((address >= 0) & (stop > allocation.size)).tolist():
        yield Diagnostic(
            "SW402",
            f"storage {storage} lies at {address[storage]}..{stop[storage] - 1}, past the end of "
            f"{allocation.size} words of scratch",
        )


def _shared_words(
    allocation: Allocation, problem: Problem, occupancy: _Occupancy
) -> Iterator[Diagnostic]:
    """Each pair of storages found in one word at one time.

    Every storage is cut into its words; sorted by word and then by start, intervals that overlap
    stand side by side somewhere, if any do. A pair is reported once, at its lowest word.
    """
    used = np.flatnonzero(occupancy.written)
    words = problem.storage_words[used].astype(np.int64)
    storage = np.repeat(used, words)
    in_storage = np.arange(len(storage)) - np.repeat(np.cumsum(words) - words, words)
    word = allocation.address[storage] + in_storage
    order = np.lexsort((occupancy.first[storage], word))
    before, after = storage[order[:-1]], storage[order[1:]]
    same_word = word[order[:-1]] == word[order[1:]]
    clash = np.flatnonzero(same_word & (occupancy.first[after] < occupancy.stop[before]))
    reported: set[tuple[Any, Any]] = set()
    for index in clash.tolist():
        pair = before[index], after[index]
        if pair not in reported:
            reported.add(pair)
            yield _shared(pair, int(word[order[index]]), occupancy)


def _shared(pair: tuple[Any, Any], word: int, occupancy: _Occupancy) -> Diagnostic:
    holder, writer = pair
    return Diagnostic(
        "SW402",
        f"storage {writer} lands on scratch word {word} at the end of cycle "
        f"{occupancy.first[writer]}, while storage {holder} holds it until cycle "
        f"{occupancy.stop[holder]}",
    )


def _wrong_peak(
    allocation: Allocation, problem: Problem, occupancy: _Occupancy
) -> Iterator[Diagnostic]:
    used = np.flatnonzero(occupancy.written)
    words = problem.storage_words[used].astype(np.int64)
    moment = np.concatenate((occupancy.stop[used], occupancy.first[used]))
    change = np.concatenate((-words, words))
    live = np.cumsum(change[np.argsort(moment, kind="stable")])  # what ends makes room first
    peak = int(live.max(initial=0))
    if allocation.peak != peak:
        reason = f"a peak of {allocation.peak} words is claimed, {peak} are live at once"
        yield Diagnostic("SW402", reason)
