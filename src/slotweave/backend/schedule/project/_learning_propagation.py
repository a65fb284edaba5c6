"""The hot loop of the search that learns, part one: bounds are raised, and lowered again.

`s` is a `LearningState`. Lags and learned clauses are propagated first, then the profile of the
compulsory parts: where that of a resource leaves too little room in a cycle, an activity that would
run in it starts after it, or ends before (Schutt, Feydy, Stuckey and Wallace, "Explaining the
cumulative propagator", Constraints 16, 2011, whose explanations are by single cycles).
"""

# Numba reads the bodies: plain loops on arrays are the fast form here.
from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from slotweave.base.numba_options import INNER

# isort: off
from slotweave.backend.schedule.project._learning_state import (
    AT, BECAUSE, BEGIN, BLOCKER, BOUND, BY_CELL, BY_CLAUSE, BY_LAG, CAPACITY, COST,
    DIRTIES, DIRTY, DONE, DURATION, END, FIRST, FROM, HEAP, HIGH, IF, IS_DIRTY, IS_PENDING, LAGS,
    LAGS_END, LEVEL, LOW, MIRROR, NEW, NEXT, NOW, OF, OLD, PENDING, PENDINGS, PHASE, PLACE, REASON,
    RESOURCE, ROOM, SIZE, START, TO, TOP, TRAIL, UNITS, USER, USERS, USERS_END, USER_UNITS, USES,
    USES_END, WATCHES, WHAT, WHERE, WHY,
)  # fmt: skip
# isort: on

#: Nothing is allocated here, so that arrays need no counts of references (`_nrt`), which would take
#: half of the time.
FAST: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
#: Of functions that compiled functions alone call.
PART: dict[str, Any] = FAST | INNER


@njit(forceinline=True, **PART)
def place(i):  # type: ignore[no-untyped-def]
    """An index that is not negative, so that no code is made that counts from the end."""
    return np.uint64(i)


@njit(forceinline=True, **PART)
def sift_up(s, i):  # type: ignore[no-untyped-def]
    x = s.heap[i]
    score = s.score[x]
    while i > 0:
        above = (i - 1) >> 1
        y = s.heap[above]
        if s.score[y] >= score:
            break
        s.heap[i] = y
        s.place[y] = i
        i = above
    s.heap[i] = x
    s.place[x] = i


@njit(forceinline=True, **PART)
def push(s, x):  # type: ignore[no-untyped-def]
    if s.place[x] < 0:
        i = s.tally[HEAP]
        s.heap[i] = x
        s.tally[HEAP] = i + 1
        sift_up(s, i)


@njit(forceinline=True, **PART)
def rise(s, b, x, reason):  # type: ignore[no-untyped-def]
    """Raise bound b to literal x above its top; False, and `WHY`, where that cannot be."""
    n = s.tally
    if s.bound[b ^ 1, TOP] >= s.bound[b, MIRROR] - x:
        n[WHY], n[WHERE], n[WHAT] = reason, b, x
        return False
    k, old = n[TRAIL], s.bound[b, TOP]
    s.trail[k, OF] = b
    s.trail[k, OLD] = old
    s.trail[k, NEW] = x
    s.trail[k, LEVEL] = n[NOW]
    s.trail[k, REASON] = reason
    mirror = s.bound[b, MIRROR]
    for y in range(old + 1, x + 1):
        s.literal[y, PLACE] = k
        s.truth[place(y)] = 1
        s.truth[place(mirror - y)] = -1
    s.bound[b, TOP] = x
    n[TRAIL] = k + 1
    return True


@njit(forceinline=True, **PART)
def _update_profile(s, i):  # type: ignore[no-untyped-def]
    """Put the compulsory part of i in the profile in place of the one that is there."""
    old_begin, old_end = s.activity[i, BEGIN], s.activity[i, END]
    begin = s.activity[i, HIGH] - s.bound[2 * i + 1, TOP]
    end = s.bound[2 * i, TOP] - s.activity[i, LOW] + s.activity[i, DURATION]
    if begin >= end:
        begin = end = 0
    if old_begin == begin and old_end == end:
        return
    for u in range(s.activity[i, USES], s.activity[i, USES_END]):
        r, units = s.use[u, RESOURCE], s.use[u, UNITS]
        for t in range(old_begin, old_end):
            if t < begin or t >= end:
                s.profile[r, t] -= units
        for t in range(begin, end):
            if t < old_begin or t >= old_end:
                s.profile[r, t] += units
    s.activity[i, BEGIN] = begin
    s.activity[i, END] = end


@njit(**PART)
def backtrack(s, level):  # type: ignore[no-untyped-def]
    """Take back all that was decided after `level`, and what came of it."""
    n = s.tally
    k, end, dirties = n[TRAIL], s.level[level + 1, START], n[DIRTIES]
    while k > end:
        k -= 1
        b, old, new = s.trail[k, OF], s.trail[k, OLD], s.trail[k, NEW]
        i = b >> 1
        if not s.activity[i, IS_DIRTY]:
            s.activity[i, IS_DIRTY] = 1
            s.rows[DIRTY, dirties] = i
            dirties += 1
            s.activity[i, PHASE] = s.bound[2 * i, TOP] - s.activity[i, LOW]
        s.bound[b, TOP] = old
        mirror = s.bound[b, MIRROR]
        for x in range(old + 1, new + 1):
            s.truth[place(x)] = s.truth[place(mirror - x)] = 0
            push(s, mirror - x if b & 1 else x)
    for q in range(dirties):
        i = s.rows[DIRTY, q]
        s.activity[i, IS_DIRTY] = 0
        _update_profile(s, i)
    for q in range(n[PENDINGS]):
        s.activity[s.rows[PENDING, q], IS_PENDING] = 0
    n[DIRTIES] = n[PENDINGS] = 0
    n[TRAIL] = n[DONE] = end
    n[NOW] = level


@njit(**PART)
def propagate(s):  # type: ignore[no-untyped-def]
    """Raise bounds until nothing follows any more; False at a conflict, of which `WHY` tells."""
    n = s.tally
    while True:
        while n[DONE] < n[TRAIL]:
            k = n[DONE]
            n[DONE] = k + 1
            b = s.trail[k, OF]
            if not _follow_lags(s, b):
                return False
            for x in range(s.trail[k, OLD] + 1, s.trail[k, NEW] + 1):
                if s.literal[x, WATCHES] >= 0 and not _look_at_clauses(s, b, x):
                    return False
            if not s.activity[b >> 1, IS_DIRTY]:
                s.activity[b >> 1, IS_DIRTY] = 1
                s.rows[DIRTY, n[DIRTIES]] = b >> 1
                n[DIRTIES] += 1
        for q in range(n[DIRTIES]):
            i = s.rows[DIRTY, q]
            s.activity[i, IS_DIRTY] = 0
            if not _take_profile(s, i):
                for other in range(q + 1, n[DIRTIES]):
                    s.activity[s.rows[DIRTY, other], IS_DIRTY] = 0
                n[DIRTIES] = 0
                return False
        n[DIRTIES] = 0
        while n[PENDINGS] and n[DONE] == n[TRAIL]:
            n[PENDINGS] -= 1
            i = s.rows[PENDING, n[PENDINGS]]
            s.activity[i, IS_PENDING] = 0
            if not _push_later(s, i) or not _push_earlier(s, i):
                return False
        if n[DONE] == n[TRAIL]:
            return True


@njit(forceinline=True, **PART)
def _follow_lags(s, b):  # type: ignore[no-untyped-def]
    """Raise what the lags from bound b ask for, and those that hold if it has risen; decide orders
    whose lags from it cannot hold."""
    for e in range(s.bound[b, LAGS], s.bound[b, LAGS_END]):
        order = s.lag[e, IF]
        if order >= 0 and s.bound[order, TOP] == s.bound[order, FIRST]:
            if s.bound[order ^ 1, TOP] == s.bound[order ^ 1, FIRST]:
                _exclude_order(s, e, order)
            continue
        other = s.lag[e, TO]
        x = s.bound[s.lag[e, FROM], TOP] + s.lag[e, COST]
        if x > s.bound[other, TOP]:
            least = s.bound[other, MIRROR] - s.bound[other ^ 1, TOP]  # that cannot be
            if not rise(s, other, min(x, least), e * 4 + BY_LAG):
                return False
    return True


@njit(forceinline=True, **PART)
def _exclude_order(s, e, order):  # type: ignore[no-untyped-def]
    """Decide for the opposite of an open order, if its lag e cannot hold."""
    other = s.lag[e, TO]
    least = s.bound[other, MIRROR] - s.bound[other ^ 1, TOP]  # that cannot be
    if s.bound[s.lag[e, FROM], TOP] + s.lag[e, COST] >= least:
        s.trail[s.tally[TRAIL], BECAUSE] = least
        rise(s, order ^ 1, s.bound[order ^ 1, FIRST] + 1, e * 4 + BY_LAG)


@njit(forceinline=True, **PART)
def _look_at_clauses(s, b, x):  # type: ignore[no-untyped-def]
    """Now that x of bound b holds, its negation is false: the clauses that watch that one."""
    false = s.bound[b, MIRROR] - x
    before, w = -1, s.literal[x, WATCHES]
    while w >= 0:
        following = s.watch[place(2 * w + NEXT)]
        if s.truth[place(s.watch[place(2 * w + BLOCKER)])] == 1:
            before, w = w, following
            continue
        c = w >> 1
        at = s.clause[place(c), AT]
        y = s.pool[place(at)]
        if y == false:
            y = s.pool[place(at + 1)]
            s.pool[place(at)] = y
            s.pool[place(at + 1)] = false
        if s.truth[place(y)] == 1:
            s.watch[place(2 * w + BLOCKER)] = y
            before, w = w, following
            continue
        is_moved = False
        for q in range(at + 2, at + s.clause[place(c), SIZE]):
            z = s.pool[place(q)]
            if s.truth[place(z)] >= 0:
                against = s.bound[s.literal[z, BOUND], MIRROR] - z
                s.pool[place(q)] = false
                s.pool[place(at + 1)] = z
                if before < 0:
                    s.literal[x, WATCHES] = following
                else:
                    s.watch[place(2 * before + NEXT)] = following
                s.watch[place(2 * w + NEXT)] = s.literal[against, WATCHES]
                s.watch[place(2 * w + BLOCKER)] = y
                s.literal[against, WATCHES] = w
                is_moved = True
                break
        if not is_moved:
            if not rise(s, s.literal[y, BOUND], y, c * 4 + BY_CLAUSE):
                return False
            before = w
        w = following
    return True


@njit(forceinline=True, **PART)
def _await(s, i):  # type: ignore[no-untyped-def]
    if not s.activity[i, IS_PENDING]:
        s.activity[i, IS_PENDING] = 1
        s.rows[PENDING, s.tally[PENDINGS]] = i
        s.tally[PENDINGS] += 1


@njit(forceinline=True, **PART)
def _take_profile(s, i):  # type: ignore[no-untyped-def]
    """Put i in the profile, and note who may have to move for it; False if a cell is too full."""
    if s.activity[i, USES] == s.activity[i, USES_END]:
        return True
    _await(s, i)
    begin, end = s.activity[i, BEGIN], s.activity[i, END]
    _update_profile(s, i)
    low, high = s.activity[i, BEGIN], s.activity[i, END]
    if low == begin and high == end:
        return True
    if begin < end and begin == low:
        low = end
    elif begin < end and end == high:
        high = begin
    if low >= high:
        return True
    for u in range(s.activity[i, USES], s.activity[i, USES_END]):
        r = s.use[u, RESOURCE]
        fullest = low
        for t in range(low, high):
            if s.profile[r, t] > s.profile[r, fullest]:
                fullest = t
        room = s.resource[r, CAPACITY] - s.profile[r, fullest]
        if room < 0:
            n = s.tally
            n[WHY], n[WHERE] = (r * s.profile.shape[1] + fullest) * 4 + BY_CELL, -1
            return False
        for v in range(s.resource[r, USERS], s.resource[r, USERS_END]):
            if s.user[v, USER_UNITS] <= room:
                break
            j = s.user[v, USER]
            first = s.bound[2 * j, TOP] - s.activity[j, LOW]
            last = s.activity[j, HIGH] - s.bound[2 * j + 1, TOP]
            long = s.activity[j, DURATION]
            is_near = low < first + long and first < high
            if first < last and (is_near or (low < last + long and last < high)):
                _await(s, j)
    return True


@njit(forceinline=True, **PART)
def _push_later(s, i):  # type: ignore[no-untyped-def]
    """Push the earliest start of i over cells in which there is no room for it."""
    long, low, cells = s.activity[i, DURATION], s.activity[i, LOW], s.profile.shape[1]
    first = s.bound[2 * i, TOP] - low
    last = s.activity[i, HIGH] - s.bound[2 * i + 1, TOP]
    again = first < last
    while again:
        again = False
        for u in range(s.activity[i, USES], s.activity[i, USES_END]):
            r, room = s.use[u, RESOURCE], s.use[u, ROOM]
            t = min(first + long, last) - 1
            while t >= first:
                if s.profile[r, t] > room:
                    never = s.bound[2 * i, MIRROR] - s.bound[2 * i + 1, FIRST]
                    if not rise(s, 2 * i, min(low + t + 1, never), (r * cells + t) * 4 + BY_CELL):
                        return False
                    first = t + 1
                    again = True
                    t = min(first + long, last)
                t -= 1
    return True


@njit(forceinline=True, **PART)
def _push_earlier(s, i):  # type: ignore[no-untyped-def]
    """Push the latest start of i before cells in which there is no room for it."""
    long, high, cells = s.activity[i, DURATION], s.activity[i, HIGH], s.profile.shape[1]
    first = s.bound[2 * i, TOP] - s.activity[i, LOW]
    last = high - s.bound[2 * i + 1, TOP]
    b = 2 * i + 1
    again = first < last
    while again:
        again = False
        for u in range(s.activity[i, USES], s.activity[i, USES_END]):
            r, room = s.use[u, RESOURCE], s.use[u, ROOM]
            t = max(first + long, last)
            while t < last + long:
                if s.profile[r, t] > room:
                    never = s.bound[b, MIRROR] - s.bound[2 * i, FIRST]
                    if not rise(s, b, min(high - t + long, never), (r * cells + t) * 4 + BY_CELL):
                        return False
                    last = t - long
                    again = True
                    t = max(first + long, last) - 1
                t += 1
    return True
