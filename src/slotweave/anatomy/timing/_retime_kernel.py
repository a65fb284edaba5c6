"""The hot loop of timing a program again: arrays in, arrays out, compiled by Numba.

Data layout. Operations are numbered; `order` lists them by group, group g has the places
first[g] .. first[g + 1] - 1 of it and stays together: its operation i is issued `offset[i]` cycles
after the group. Groups of one bundle follow each other, bundle b has the groups
bundle_first[b] .. bundle_first[b + 1] - 1. `reads`, `writes`, `region` and `touched` are compressed
rows of scratch words, and of regions and words of memory, which have dense numbers.

Groups take, in their order, the first cycle that what they wait for allows and where their engines
have room. A bundle reads the state from before it, so what it does is noted after its last group.
Operations of one bundle that are `chained` are issued in their order, or at once.

Room. Groups that need the same slots have the same `need`; needs below `rows` remember in `skip`
from which cycle on to look further where there is no room, for room is never given back. So most
searches take a step or two. Need n asks for need_count[i] slots of need_engine[i] in the cycle
need_offset[i] of the group, for i from need_first[n] to need_first[n + 1] - 1.

Memory. An access waits for the latest one that it may alias: one of the same word; one at another
base in one of its regions, for which two such times of each region are kept, of two bases. `memory`
has the times of loads (row 0) and of stores (row 1): a load from its issue, a store from where it
lands.
"""

# Numba reads the bodies: plain loops on arrays are the fast form here.
from __future__ import annotations

import numpy as np
from numba import njit

from slotweave.anatomy.timing.access_codes import LOAD, STORE, TRACE
from slotweave.base.numba_options import INNER


@njit(**INNER)
def _find(skip, row, at):  # type: ignore[no-untyped-def]
    """The first cycle from `at` on that is not known to have no room."""
    while skip[row, at] != at:
        skip[row, at] = skip[row, skip[row, at]]
        at = skip[row, at]
    return at


@njit(**INNER)
def _fits(used, slots, needs, need, at):  # type: ignore[no-untyped-def]
    first, engine, offset, count = needs
    for i in range(first[need], first[need + 1]):
        if used[engine[i], at + offset[i]] + count[i] > slots[engine[i]]:
            return False
    return True


@njit(**INNER)
def _room(used, slots, skip, needs, need, at):  # type: ignore[no-untyped-def]
    """The first cycle from `at` on with room for a group of this need."""
    if need >= len(skip):
        while not _fits(used, slots, needs, need, at):
            at += 1
        return at
    at = _find(skip, need, at)
    while not _fits(used, slots, needs, need, at):
        skip[need, at] = at + 1
        at = _find(skip, need, at + 1)
    return at


@njit(**INNER)
def _latest(memory, row, op):  # type: ignore[no-untyped-def]
    """The latest time of row `row` (0 loads, 1 stores) that the access `op` may alias; -1: none."""
    region_first, region, base, touched_first, touched, by_word, by_base, any_base = memory
    latest = -1
    for i in range(region_first[op], region_first[op + 1]):
        for pair in range(2):
            if any_base[row, region[i], pair] != base[op]:
                latest = max(latest, by_base[row, region[i], pair])
    for i in range(touched_first[op], touched_first[op + 1]):
        latest = max(latest, by_word[row, touched[i]])
    return latest


@njit(**INNER)
def _note(memory, row, op, time):  # type: ignore[no-untyped-def]
    """The access `op` counts from `time` on."""
    region_first, region, base, touched_first, touched, by_word, by_base, any_base = memory
    for i in range(touched_first[op], touched_first[op + 1]):
        by_word[row, touched[i]] = max(by_word[row, touched[i]], time)
    for i in range(region_first[op], region_first[op + 1]):
        times, bases = by_base[row, region[i]], any_base[row, region[i]]
        if bases[0] == base[op]:
            times[0] = max(times[0], time)
        elif bases[1] == base[op]:
            times[1] = max(times[1], time)
        elif time > times[1]:
            times[1], bases[1] = time, base[op]
        if times[1] > times[0]:
            times[0], times[1] = times[1], times[0]
            bases[0], bases[1] = bases[1], bases[0]


@njit(cache=True)
def retime(  # type: ignore[no-untyped-def]
    bundle_first, first, order, offset, need, needs, engine, latency, breaks, access, chained,
    read_first, reads, write_first, writes, reuse, scratch_words,
    region_first, region, base, touched_first, touched, regions, memory_words,
    slots, horizon, rows,
):  # fmt: skip
    """The cycle of each operation."""
    landed, read = np.zeros(scratch_words, np.int64), np.full(scratch_words, -1, np.int64)
    by_word = np.full((2, memory_words), -1, np.int64)
    by_base = np.full((2, regions, 2), -1, np.int64)
    any_base = np.full((2, regions, 2), -1, np.int64)
    memory = (region_first, region, base, touched_first, touched, by_word, by_base, any_base)
    used = np.zeros((len(slots), horizon), np.int32)
    skip = np.empty((rows, horizon), np.int32)
    for row in range(rows):
        skip[row] = np.arange(horizon)
    issue = np.zeros(len(latency), np.int64)
    barrier, end, traced = 0, 0, -1
    for bundle in range(len(bundle_first) - 1):
        chain = 0
        for group in range(bundle_first[bundle], bundle_first[bundle + 1]):
            at = barrier
            for place in range(first[group], first[group + 1]):
                op = order[place]
                free = 0
                for i in range(read_first[op], read_first[op + 1]):
                    free = max(free, landed[reads[i]])
                if reuse:
                    for i in range(write_first[op], write_first[op + 1]):
                        busy = max(landed[writes[i]], read[writes[i]])
                        free = max(free, busy + 1 - latency[op])
                if access[op] == LOAD:
                    free = max(free, _latest(memory, 1, op))
                elif access[op] == STORE:
                    busy = max(_latest(memory, 0, op), _latest(memory, 1, op))
                    free = max(free, busy + 1 - latency[op])
                elif access[op] == TRACE:
                    free = max(free, traced + 1)
                if breaks[op]:
                    free = max(free, end - 1)
                if chained[op]:
                    free = max(free, chain)
                at = max(at, free - offset[op])
            at = _room(used, slots, skip, needs, need[group], at)
            for place in range(first[group], first[group + 1]):
                op = order[place]
                issue[op] = at + offset[op]
                used[engine[op], issue[op]] += 1
                end = max(end, issue[op] + 1)
                if chained[op]:
                    chain = max(chain, issue[op])
        places = range(first[bundle_first[bundle]], first[bundle_first[bundle + 1]])
        for place in places:  # what is there already may land later, if no word is used again
            op = order[place]
            for i in range(write_first[op], write_first[op + 1]):
                landed[writes[i]] = 0
        for place in places:
            op = order[place]
            if access[op] == LOAD:
                _note(memory, 0, op, issue[op])
            elif access[op] == STORE:
                _note(memory, 1, op, issue[op] + latency[op])
            elif access[op] == TRACE:
                traced = max(traced, issue[op])
            for i in range(read_first[op], read_first[op + 1]):
                read[reads[i]] = max(read[reads[i]], issue[op])
            for i in range(write_first[op], write_first[op + 1]):
                landed[writes[i]] = max(landed[writes[i]], issue[op] + latency[op])
            if breaks[op]:
                barrier = end
    return issue
