"""The hot loop of list scheduling: arrays in, arrays out, compiled by Numba.

Data layout. Operations are numbered as in the Problem; ragged columns are compressed rows as
there, but edges are rows of *successors* here. `rank[i]` is the place of operation i in the
priority list (0 is the most urgent) and `by_rank` its inverse. Operations with the same list of
modes form a class; the ranks of the ready operations of each class are a set (`_ready_ranks`), and
`top[c]` is the smallest one of class c, or n if nothing of the class can be issued in this cycle
any more. Operations whose ready cycle lies ahead hang in a ring of linked lists, one list a cycle
(`ring_head`, `ring_next`; `now` is the list of cycle t). `free_mode[i]` is the mode of operation i
that takes no slots, or -1. No mode of an operation that has several takes fewer slots of engine e
than `least_moved[e]`.

Each cycle: release what becomes ready; go on with vector operations that are split over lanes;
then take the most urgent ready operation again and again, until no class has one that fits. An
operation takes the first of its modes that fits; if its engine is full, an operation placed there
in this cycle is moved to another of its modes, if that has room; else a split mode is started with
the slots that are left. Slots are committed at the end of the cycle, so moving costs nothing.

Scratch. `live` counts the words of storages that are written and not yet read for the last time.
The *leader* is the most urgent operation not yet begun. It and others of its item may lift `live`
up to `scratch_limit`; the rest leave `reserve` words for them, and `slope` words more for each
cycle by which they are less urgent. So what is furthest on its way finds room, as in the banker's
algorithm, and nothing is begun long before its time.

In a cycle only the first few of those that wait for scratch are looked at, for speed. If nothing
can move this way, all of them are, and the most urgent one that is ready leads. If still no
operation can ever move again the status says so.
"""

# Numba reads the bodies: plain loops on arrays are the fast form here.
from __future__ import annotations

import numpy as np
from numba import njit

from slotweave.backend.schedule._ready_ranks import no_ranks, put_in, smallest, take_out
from slotweave.base.numba_options import INNER

DONE, SCRATCH_FULL, CYCLIC = 0, 1, 2

#: How many operations of a class are looked at in a cycle when they wait for scratch.
PATIENCE = 24

#: How often on average an operation is looked at beyond that, before the search is given up.
SEARCHES = 64


@njit(**INNER)
def _find_mode(op, free, mode_offset, mode_engine, mode_slots):  # type: ignore[no-untyped-def]
    """The first mode of `op` that fits into the free slots of this cycle whole; -1 if none does."""
    for m in range(mode_offset[op], mode_offset[op + 1]):
        if free[mode_engine[m]] >= mode_slots[m]:
            return m
    return -1


@njit(**INNER)
def _has_room(free, least_moved):  # type: ignore[no-untyped-def]
    """Whether some engine may have a slot left for an operation that moves there."""
    room = False
    for e in range(len(free)):
        room |= free[e] >= least_moved[e]
    return room


@njit(**INNER)
def _make_room(  # type: ignore[no-untyped-def]
    op, free, placed, placed_count, chosen, mode_offset, mode_engine, mode_slots, least_moved
):
    """Move one operation placed in this cycle to another mode so that `op` fits; its mode or -1."""
    if not _has_room(free, least_moved):
        return -1
    for m in range(mode_offset[op], mode_offset[op + 1]):
        engine = mode_engine[m]
        # The least urgent one moves first: it was placed last.
        for p in range(placed_count - 1, -1, -1):
            other = placed[p]
            old = chosen[other]
            if mode_engine[old] != engine or free[engine] + mode_slots[old] < mode_slots[m]:
                continue
            for new in range(mode_offset[other], mode_offset[other + 1]):
                target = mode_engine[new]
                if target != engine and free[target] >= mode_slots[new]:
                    chosen[other] = new
                    free[engine] += mode_slots[old]
                    free[target] -= mode_slots[new]
                    return m
    return -1


@njit(cache=True)
def list_schedule_arrays(  # type: ignore[no-untyped-def]
    slots,
    mode_offset,
    mode_engine,
    mode_slots,
    mode_latency,
    free_mode,
    least_moved,
    pred_count,
    succ_offset,
    succ,
    succ_is_data,
    succ_lag,
    rank,
    by_rank,
    op_class,
    class_count,
    slot_offset,
    writes,
    read_offset,
    read,
    storage_words,
    storage_readers,
    items,
    urgency,
    scratch_limit,
    reserve,
    slope,
    horizon,
):
    """Schedule all operations; returns (status, makespan, peak, live, mode, slot_cycle, done).

    `slot_offset` gives each operation room for its widest mode in `slot_cycle`; `horizon` is larger
    than any latency or lag. On SCRATCH_FULL, `makespan` is the cycle of the deadlock.
    """
    n = len(rank)
    chosen = np.full(n, -1, np.int32)
    slot_cycle = np.full(slot_offset[n], -1, np.int32)
    waiting = pred_count.copy()
    ready_at = np.zeros(n, np.int64)
    ring_head = np.full(horizon, -1, np.int32)
    ring_next = np.full(n, -1, np.int32)
    in_ring = 0
    ready, full, low = no_ranks(class_count, n)
    top = np.full(class_count, n, np.int64)
    patience = np.zeros(class_count, np.int64)
    readers = storage_readers.copy()
    alive = np.zeros(len(storage_words), np.bool_)
    free = slots.copy()
    total_slots = 0
    for e in range(len(slots)):
        total_slots += slots[e]
    placed = np.zeros(total_slots + 1, np.int32)
    partial = np.zeros(len(slots), np.int32)  # the operation split over cycles, by engine
    partial[:] = -1
    partial_done = np.zeros(n, np.int32)
    blocked = np.zeros(n, np.int32)
    finished = np.zeros(n, np.int32)  # stack of operations whose last slot is known
    patience_limit = PATIENCE
    search_budget = SEARCHES * n
    live = 0
    peak = 0
    remaining = n
    pending = 0  # rank of the most urgent operation not yet begun
    t = 0
    now = 0
    makespan = 0
    for i in range(n):
        if waiting[i] == 0:
            ring_next[i] = ring_head[0]
            ring_head[0] = i
            in_ring += 1
    while remaining > 0:
        for e in range(len(slots)):
            free[e] = slots[e]
        blocked_count = 0
        finished_count = 0
        progress = False
        for e in range(len(slots)):
            op = partial[e]
            if op >= 0:
                m = chosen[op]
                while free[e] > 0 and partial_done[op] < mode_slots[m]:
                    slot_cycle[slot_offset[op] + partial_done[op]] = t
                    partial_done[op] += 1
                    free[e] -= 1
                progress = True
                if partial_done[op] == mode_slots[m]:
                    partial[e] = -1
                    finished[finished_count] = op
                    finished_count += 1
        for c in range(class_count):
            top[c] = smallest(ready, full, low, c, n)
            patience[c] = 0
        while pending < n and chosen[by_rank[pending]] >= 0:
            pending += 1
        leader = by_rank[min(pending, n - 1)]
        leader_waits = patience_limit > PATIENCE  # for operands: somebody else must lead
        passes = 0
        while True:
            # Finished operations let their successors go; some of these may be ready at once.
            while finished_count > 0:
                finished_count -= 1
                op = finished[finished_count]
                remaining -= 1
                m = chosen[op]
                if mode_slots[m] > 0 and t + 1 > makespan:
                    makespan = t + 1
                for r in range(read_offset[op], read_offset[op + 1]):
                    s = read[r]
                    readers[s] -= 1
                    if readers[s] == 0:
                        live -= storage_words[s]
                if writes[op] >= 0 and storage_readers[writes[op]] == 0 and alive[writes[op]]:
                    alive[writes[op]] = False
                    live -= storage_words[writes[op]]
                for j in range(succ_offset[op], succ_offset[op + 1]):
                    after = succ[j]
                    at = t + (mode_latency[m] if succ_is_data[j] else succ_lag[j])
                    if at > ready_at[after]:
                        ready_at[after] = at
                    waiting[after] -= 1
                    if waiting[after] == 0:
                        slot = now + max(ready_at[after] - t, 0)
                        if slot >= horizon:
                            slot -= horizon
                        ring_next[after] = ring_head[slot]
                        ring_head[slot] = after
                        in_ring += 1
            released = False
            while ring_head[now] >= 0:
                op = ring_head[now]
                ring_head[now] = ring_next[op]
                in_ring -= 1
                released = True
                m = free_mode[op]
                if m >= 0:
                    chosen[op] = m
                    if writes[op] >= 0 and not alive[writes[op]]:
                        alive[writes[op]] = True
                        live += storage_words[writes[op]]
                        peak = max(peak, live)
                    finished[finished_count] = op
                    finished_count += 1
                    progress = True
                    continue
                c = op_class[op]
                put_in(ready, full, low, c, rank[op])
                top[c] = min(top[c], rank[op]) if top[c] < n else smallest(ready, full, low, c, n)
            if finished_count > 0:
                continue
            if not released and passes > 0:
                break
            passes += 1
            placed_count = 0
            while True:
                best = n
                best_class = -1
                for c in range(class_count):
                    if top[c] < best:
                        best = top[c]
                        best_class = c
                if best_class < 0:
                    break
                op = by_rank[best]
                if leader_waits:
                    leader, leader_waits = op, False
                fresh = writes[op] >= 0 and not alive[writes[op]]
                growth = storage_words[writes[op]] if fresh else 0
                if growth > 0:
                    relief = 0
                    for r in range(read_offset[op], read_offset[op + 1]):
                        if readers[read[r]] == 1:
                            relief += storage_words[read[r]]
                    limit = scratch_limit
                    if op != leader and (items[op] < 0 or items[op] != items[leader]):
                        limit -= reserve + slope * (urgency[leader] - urgency[op])
                    if growth > relief and live + growth - relief > limit:
                        take_out(ready, full, best_class, best)
                        blocked[blocked_count] = op
                        blocked_count += 1
                        patience[best_class] += 1
                        top[best_class] = n
                        if patience[best_class] < patience_limit:
                            top[best_class] = smallest(ready, full, low, best_class, n)
                        continue
                m = _find_mode(op, free, mode_offset, mode_engine, mode_slots)
                if m < 0:
                    m = _make_room(
                        op, free, placed, placed_count, chosen,
                        mode_offset, mode_engine, mode_slots, least_moved,
                    )  # fmt: skip
                split = False
                if m < 0:
                    for k in range(mode_offset[op], mode_offset[op + 1]):
                        e = mode_engine[k]
                        if mode_slots[k] > 1 and free[e] > 0 and partial[e] < 0:
                            m = k
                            split = True
                            break
                if m < 0:
                    top[best_class] = n
                    continue
                take_out(ready, full, best_class, best)
                top[best_class] = smallest(ready, full, low, best_class, n)
                progress = True
                chosen[op] = m
                if fresh:
                    alive[writes[op]] = True
                    live += growth
                    if live > peak:
                        peak = live
                e = mode_engine[m]
                if split:
                    partial[e] = op
                    while free[e] > 0:
                        slot_cycle[slot_offset[op] + partial_done[op]] = t
                        partial_done[op] += 1
                        free[e] -= 1
                else:
                    free[e] -= mode_slots[m]
                    placed[placed_count] = op
                    placed_count += 1
            for p in range(placed_count):
                op = placed[p]
                for k in range(mode_slots[chosen[op]]):
                    slot_cycle[slot_offset[op] + k] = t
                finished[finished_count] = op
                finished_count += 1
            if finished_count == 0:
                break
        for b in range(blocked_count):
            c = op_class[blocked[b]]
            put_in(ready, full, low, c, rank[blocked[b]])
        if remaining > 0 and not progress and in_ring == 0:
            if patience_limit == PATIENCE and blocked_count > 0 and search_budget > 0:
                patience_limit = n + PATIENCE
                continue
            status = SCRATCH_FULL if blocked_count > 0 else CYCLIC
            return status, t, peak, live, chosen, slot_cycle, n - remaining
        if patience_limit > PATIENCE:
            search_budget -= blocked_count
            patience_limit = PATIENCE
        t += 1
        now = now + 1 if now + 1 < horizon else 0
    return DONE, makespan, peak, live, chosen, slot_cycle, n


@njit(cache=True)
def taken_cycles(chosen, mode_slots, slot_offset, slot_cycle):  # type: ignore[no-untyped-def]
    """The cycles of the slots that each operation takes, as compressed rows: offset, cycles."""
    n = len(chosen)
    offset = np.zeros(n + 1, np.int32)
    for i in range(n):
        offset[i + 1] = offset[i] + mode_slots[chosen[i]]
    cycle = np.empty(offset[n], np.int32)
    for i in range(n):
        for k in range(offset[i + 1] - offset[i]):
            cycle[offset[i] + k] = slot_cycle[slot_offset[i] + k]
    return offset, cycle


@njit(cache=True)
def urgencies(  # type: ignore[no-untyped-def]
    order, mode_offset, mode_latency, pred_offset, pred, pred_is_data, pred_lag, bias
):
    """Cycles from each operation's issue to the end, along the longest path, less its bias.

    The bias of a path is the largest of its operations' own (-inf for those that have none): what
    only a late item needs is late itself, and so is what a late item does for an early one. In
    `order` predecessors come first.
    """
    n = len(bias)
    # Of the most urgent path after each operation so far (at first none): what it is worth, the
    # cycles that it takes, and its bias.
    urgency = np.full(n, -np.inf)
    length = np.zeros(n)
    latest = np.full(n, -np.inf)
    for i in order[::-1]:
        if urgency[i] == -np.inf:
            fastest = mode_latency[mode_offset[i]]
            for m in range(mode_offset[i], mode_offset[i + 1]):
                fastest = min(fastest, mode_latency[m])
            length[i] = fastest
            latest[i] = bias[i]
            urgency[i] = length[i] - (bias[i] if bias[i] > -np.inf else 0.0)
        for j in range(pred_offset[i], pred_offset[i + 1]):
            p = pred[j]
            lag = mode_latency[mode_offset[p]]
            if pred_is_data[j]:
                for m in range(mode_offset[p], mode_offset[p + 1]):
                    lag = min(lag, mode_latency[m])
            else:
                lag = pred_lag[j]
            end = max(latest[i], bias[p])
            reached = length[i] + lag - (end if end > -np.inf else 0.0)
            if reached > urgency[p]:
                urgency[p] = reached
                length[p] = length[i] + lag
                latest[p] = end
    return urgency
