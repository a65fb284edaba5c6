"""The hot loops of list scheduling for projects: arrays in, arrays out, compiled by Numba.

`p` is a `ProjectArrays`. `used[r, t]` are the units of resource r in use in cycle t; `start` and
`mode` are by activity, `mode` counting through the modes of all activities. `tied[c]` is the number
within its activity of the mode that choice c has taken, -1 while it is open.

The serial scheme places the activities in an order that the lags keep, each in the mode and cycle
in which it ends first. Justification takes the activities of a schedule one by one, the last end
first, and moves each as late as all others let it, then, the first start first, as early: the
makespan never rises. Maximal lags bound both moves and so survive them.
"""

# Numba reads the bodies: plain loops on arrays are the fast form here.
from __future__ import annotations

import numpy as np
from numba import njit

from slotweave.base.numba_options import INNER

FAR = 1 << 40


@njit(**INNER)
def _fill(p, used, mode, start, sign):  # type: ignore[no-untyped-def]
    for u in range(p.use_offset[mode], p.use_offset[mode + 1]):
        begin = start + p.use_first[u]
        for t in range(begin, begin + p.use_cycles[u]):
            used[p.use_resource[u], t] += sign * p.use_units[u]


@njit(**INNER)
def _earliest(p, used, mode, low, high):  # type: ignore[no-untyped-def]
    """The first start from `low` to `high` at which `mode` fits; `high` + 1 if none."""
    start = low
    while start <= high:
        blocked = -1
        for u in range(p.use_offset[mode], p.use_offset[mode + 1]):
            r = p.use_resource[u]
            room = p.capacity[r] - p.use_units[u]
            begin = start + p.use_first[u]
            for t in range(begin + p.use_cycles[u] - 1, begin - 1, -1):
                if used[r, t] > room:
                    blocked = max(blocked, t + 1 - p.use_first[u])
                    break
        if blocked < 0:
            return start
        start = blocked
    return high + 1


@njit(**INNER)
def _latest(p, used, mode, low, high):  # type: ignore[no-untyped-def]
    """The last start from `low` to `high` at which `mode` fits; `low` - 1 if none."""
    start = high
    while start >= low:
        blocked = FAR
        for u in range(p.use_offset[mode], p.use_offset[mode + 1]):
            r = p.use_resource[u]
            room = p.capacity[r] - p.use_units[u]
            begin = start + p.use_first[u]
            for t in range(begin, begin + p.use_cycles[u]):
                if used[r, t] > room:
                    blocked = min(blocked, t - p.use_cycles[u] - p.use_first[u])
                    break
        if blocked == FAR:
            return start
        start = blocked
    return low - 1


@njit(**INNER)
def _holds(p, e, m, other):  # type: ignore[no-untyped-def]
    """Whether lag `e` asks for anything where its ends run in modes `m` and `other`."""
    only = p.lag_only[e]
    return only in (-1, m, other)


@njit(**INNER)
def _first_allowed(p, a, m, start, mode, placed):  # type: ignore[no-untyped-def]
    """The first start of `a` in mode `m` that the lags from placed activities allow."""
    low = 0
    for k in range(p.into_offset[a], p.into_offset[a + 1]):
        e = p.into[k]
        b = p.lag_before[e]
        if placed[b] and b != a and _holds(p, e, m, mode[b]):
            begin = start[b] + p.lag_length[e]
            if p.lag_from_end[e]:
                begin += p.duration[mode[b]]
            low = max(low, begin)
    return low


@njit(**INNER)
def _last_allowed(p, a, m, start, mode, placed, high):  # type: ignore[no-untyped-def]
    """The last start of `a` in mode `m` that the lags to placed activities allow."""
    for k in range(p.out_offset[a], p.out_offset[a + 1]):
        e = p.out[k]
        b = p.lag_after[e]
        if placed[b] and b != a and _holds(p, e, m, mode[b]):
            last = start[b] - p.lag_length[e]
            if p.lag_from_end[e]:
                last -= p.duration[m]
            high = min(high, last)
    return high


@njit(**INNER)
def _place(p, used, a, start, mode, tied, placed, noise, horizon):  # type: ignore[no-untyped-def]
    """Place `a` where it ends first; whether there is room for it.

    With some `noise` each mode's end is perturbed by up to that many cycles.
    """
    best_end = float(FAR)
    c = p.choice[a]
    for m in range(p.mode_offset[a], p.mode_offset[a + 1]):
        if c >= 0 and tied[c] >= 0 and tied[c] != m - p.mode_offset[a]:
            continue
        low = _first_allowed(p, a, m, start, mode, placed)
        high = _last_allowed(p, a, m, start, mode, placed, horizon)
        at = _earliest(p, used, m, low, high)
        if at > high:
            continue
        end = float(at + p.duration[m])
        if noise > 0.0:
            end += noise * np.random.random()
        if end < best_end:
            best_end = end
            start[a] = at
            mode[a] = m
    if best_end == float(FAR):
        return False
    if c >= 0:
        tied[c] = mode[a] - p.mode_offset[a]
    placed[a] = True
    _fill(p, used, mode[a], start[a], 1)
    return True


@njit(**INNER)
def serial(p, priority, waits, noise, horizon):  # type: ignore[no-untyped-def]
    """The serial scheme, the least priority first of those whose predecessors are placed.

    `waits[a]` counts the lags into `a` from others that hold in all modes. Returns whether all
    could be placed.
    """
    n = len(priority)
    used = np.zeros((len(p.capacity), horizon * 2 + 2), np.int64)
    start = np.zeros(n, np.int64)
    mode = np.zeros(n, np.int64)
    placed = np.zeros(n, np.bool_)
    tied = np.full(n, -1, np.int64)
    left = waits.copy()
    for _ in range(n):
        chosen = -1
        for a in range(n):
            if not placed[a] and left[a] == 0 and (chosen < 0 or priority[a] < priority[chosen]):
                chosen = a
        if chosen < 0 or not _place(p, used, chosen, start, mode, tied, placed, noise, horizon):
            return False, start, mode, used
        for k in range(p.out_offset[chosen], p.out_offset[chosen + 1]):
            b = p.lag_after[p.out[k]]
            if b != chosen and p.lag_only[p.out[k]] < 0:
                left[b] -= 1
    return True, start, mode, used


@njit(**INNER)
def order_by(keys):  # type: ignore[no-untyped-def]
    """The places of `keys` from the least on, by merging runs (NumPy's sort compiles slowly)."""
    n = len(keys)
    order, spare = np.arange(n), np.empty(n, np.int64)
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            i, j = low, min(low + width, n)
            middle, high = j, min(low + 2 * width, n)
            for k in range(low, high):
                if i < middle and (j >= high or keys[order[i]] <= keys[order[j]]):
                    spare[k] = order[i]
                    i += 1
                else:
                    spare[k] = order[j]
                    j += 1
        order, spare = spare, order
        width *= 2
    return order


@njit(**INNER)
def makespan_of(p, start, mode):  # type: ignore[no-untyped-def]
    last = 0
    for a in range(len(start)):
        last = max(last, start[a] + p.duration[mode[a]])
    return last


@njit(**INNER)
def justify(p, used, start, mode, makespan):  # type: ignore[no-untyped-def]
    """One pass to the right and one to the left, in place; the makespan that comes of it."""
    n = len(start)
    all_placed = np.ones(n, np.bool_)
    ends = np.empty(n, np.int64)
    for a in range(n):
        ends[a] = -(start[a] + p.duration[mode[a]])
    for a in order_by(ends):
        _move_right(p, used, a, start, mode, all_placed, makespan)
    for a in order_by(start):
        _move_left(p, used, a, start, mode, all_placed)
    return makespan_of(p, start, mode)


@njit(**INNER)
def _move_right(p, used, a, start, mode, all_placed, makespan):  # type: ignore[no-untyped-def]
    """Move `a` where it starts last, in another mode if lags hold in some of its modes only."""
    was = mode[a]
    first, last = was, was + 1
    if p.chooses[a] and p.choice[a] < 0:
        first, last = p.mode_offset[a], p.mode_offset[a + 1]
    at, chosen = start[a], was
    _fill(p, used, was, start[a], -1)
    for m in range(first, last):
        high = _last_allowed(p, a, m, start, mode, all_placed, makespan - p.duration[m])
        if high > at:
            low = max(at, _first_allowed(p, a, m, start, mode, all_placed))
            found = _latest(p, used, m, low, high)
            if found >= low and found > at:
                at, chosen = found, m
    start[a], mode[a] = at, chosen
    _fill(p, used, chosen, at, 1)


@njit(**INNER)
def _move_left(p, used, a, start, mode, all_placed):  # type: ignore[no-untyped-def]
    """Move `a` where it ends first, in another mode if that is no choice with others."""
    was = mode[a]
    end = start[a] + p.duration[was]
    first, last = p.mode_offset[a], p.mode_offset[a + 1]
    if p.choice[a] >= 0:
        first, last = was, was + 1
    _fill(p, used, was, start[a], -1)
    at, chosen = start[a], was
    for m in range(first, last):
        low = _first_allowed(p, a, m, start, mode, all_placed)
        high = _last_allowed(p, a, m, start, mode, all_placed, end - p.duration[m])
        found = _earliest(p, used, m, low, high)
        if found <= high and found + p.duration[m] < end:
            end = found + p.duration[m]
            at, chosen = found, m
    start[a], mode[a] = at, chosen
    _fill(p, used, chosen, at, 1)


@njit(**INNER)
def _draw_priorities(tails, pool, filled, priority):  # type: ignore[no-untyped-def]
    """By the tails; by a schedule of the pool, perturbed; or by one until a cut, then by another.

    Returns by how many cycles the ends of modes are to be perturbed.
    """
    n = len(tails)
    top = tails.max() if n else 0
    way = np.random.random()
    if filled < 2 or way < 0.1:
        spread = 0.0 if filled == 0 else np.random.random() ** 2
        for a in range(n):
            priority[a] = -tails[a] + spread * top * (np.random.random() - 0.5)
        return 0.0
    one, other = np.random.randint(filled), np.random.randint(filled)
    makespan = pool[one, 0, n]
    spread = 0.02 * makespan
    cut = makespan + 1.0
    if way < 0.6:
        cut = makespan * np.random.random()
    else:
        spread = makespan * (0.02 + 0.3 * np.random.random() ** 2)
    for a in range(n):
        begin = pool[one, 0, a]
        if begin >= cut:
            begin = makespan + pool[other, 0, a]
        priority[a] = begin + spread * (np.random.random() - 0.5)
    return 0.0 if np.random.random() < 0.5 else 0.05 * makespan * np.random.random()


@njit(cache=True)
def keep(pool, filled, start, mode, makespan):  # type: ignore[no-untyped-def]
    """Put a schedule in the pool, in the place of the longest if it is full; how many are there.

    The first is a shortest one. A schedule with the starts of another is not kept.
    """
    n = len(start)
    worst = 0
    for k in range(filled):
        if pool[k, 0, n] == makespan and (pool[k, 0, :n] == start).all():
            return filled
        if pool[k, 0, n] > pool[worst, 0, n]:
            worst = k
    if filled < len(pool):
        worst = filled
        filled += 1
    elif pool[worst, 0, n] < makespan:
        return filled
    pool[worst, 0, :n] = start
    pool[worst, 1, :n] = mode
    pool[worst, 0, n] = makespan
    if makespan < pool[0, 0, n]:
        spare = pool[0].copy()
        pool[0] = pool[worst]
        pool[worst] = spare
    return filled


@njit(cache=True)
def search(p, tails, waits, pool, filled, schedules, horizon, passes, seed):  # type: ignore[no-untyped-def]
    """That many schedules, each improved by `passes` double justifications at most.

    Of a pool, `filled` of its rows hold, by activity, starts and modes, and the makespan in the
    last column of the starts. Returns how many are filled then.
    """
    np.random.seed(seed)
    n = len(waits)
    priority = np.empty(n, np.float64)
    for _ in range(schedules):
        noise = _draw_priorities(tails, pool, filled, priority)
        fits, start, mode, used = serial(p, priority, waits, noise, horizon)
        if not fits:
            continue
        makespan = makespan_of(p, start, mode)
        for _pass in range(passes):
            shorter = justify(p, used, start, mode, makespan)
            if shorter >= makespan:
                break
            makespan = shorter
        filled = keep(pool, filled, start, mode, makespan)
    return filled
