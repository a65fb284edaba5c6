"""The hot loops of iterative modulo scheduling: arrays in, arrays out, compiled by Numba.

`p` is a `ProjectArrays`. Row t % period of `used[r]` counts the units of resource r that all placed
activities take there (the modulo reservation table). `dist[a, b]` are the least cycles from the
start of a to that of b, with the shortest durations, `-FAR` where there is no chain; it may be
empty, then only the lags themselves are looked at. `heads` and `latest` bound the starts.

The most urgent activity that is not placed takes the first cycle of its window in which one of its
modes fits: from what the placed ones ask for, over `period` cycles at most. If there is none it is
placed all the same, later than it was before, and what is in its way is taken out again: those
whose lags it breaks, and the least urgent users of what it lacks. What was taken out becomes more
urgent. After `budget` placements the attempt ends.
"""

# Numba reads the bodies: plain loops on arrays are the fast form here.
from __future__ import annotations

import numpy as np
from numba import njit

from slotweave.base.numba_options import INNER

FAR = 1 << 40


@njit(cache=True)
def distances(n, before, after, length):  # type: ignore[no-untyped-def]
    """The longest chains between all pairs (Floyd and Warshall)."""
    dist = np.full((n, n), -FAR, np.int64)
    for a in range(n):
        dist[a, a] = 0
    for e in range(len(before)):
        dist[before[e], after[e]] = max(dist[before[e], after[e]], length[e])
    for k in range(n):
        for a in range(n):
            first = dist[a, k]
            if first > -FAR:
                for b in range(n):
                    second = dist[k, b]
                    if second > -FAR and first + second > dist[a, b]:
                        dist[a, b] = first + second
    return dist


@njit(**INNER)
def _add(p, used, m, start, period, sign):  # type: ignore[no-untyped-def]
    """Enter mode `m` at `start` into the table; how far it then exceeds a capacity at most."""
    excess = 0
    for u in range(p.use_offset[m], p.use_offset[m + 1]):
        r = p.use_resource[u]
        for t in range(start + p.use_first[u], start + p.use_first[u] + p.use_cycles[u]):
            used[r, t % period] += sign * p.use_units[u]
            excess = max(excess, used[r, t % period] - p.capacity[r])
    return excess


@njit(**INNER)
def _lag(p, e, before_mode, period):  # type: ignore[no-untyped-def]
    """Cycles from start to start that lag `e` asks for."""
    length = p.lag_length[e] - p.lag_distance[e] * period
    if p.lag_from_end[e]:
        length += p.duration[before_mode]
    return length


@njit(**INNER)
def _window(p, dist, a, start, mode, placed, period, low, high):  # type: ignore[no-untyped-def]
    """The starts of `a` between which no placed activity is in its way, with shortest durations."""
    if len(dist):
        for b in range(len(start)):
            if placed[b]:
                low = max(low, start[b] + dist[b, a])
                high = min(high, start[b] - dist[a, b])
    for k in range(p.into_offset[a], p.into_offset[a + 1]):
        e = p.into[k]
        b = p.lag_before[e]
        if placed[b] and b != a:
            low = max(low, start[b] + _lag(p, e, mode[b], period))
    return low, high


@njit(**INNER)
def _last_start(p, a, m, start, placed, period):  # type: ignore[no-untyped-def]
    """The last start of `a` in mode `m` that breaks no lag to a placed activity or to itself."""
    last = FAR
    for k in range(p.out_offset[a], p.out_offset[a + 1]):
        e = p.out[k]
        b = p.lag_after[e]
        if b == a or placed[b]:
            lag = _lag(p, e, m, period)
            if b != a:
                last = min(last, start[b] - lag)
            elif lag > 0:
                return -FAR
    return last


@njit(**INNER)
def _remove(p, used, a, start, mode, placed, users, period, weight):  # type: ignore[no-untyped-def]
    _add(p, used, mode[a], start[a], period, -1)
    placed[a] = False
    weight[a] += 1
    if p.choice[a] >= 0:
        users[p.choice[a]] -= 1


@njit(**INNER)
def _clear_way(p, dist, used, a, start, mode, placed, users, urgency, period, weight):  # type: ignore[no-untyped-def]
    """Take out what the just placed `a` is in conflict with."""
    n = len(start)
    m, at = mode[a], start[a]
    for b in range(n):
        if not placed[b] or b == a:
            continue
        differs = (
            p.choice[a] >= 0
            and p.choice[a] == p.choice[b]
            and mode[b] - p.mode_offset[b] != m - p.mode_offset[a]
        )
        apart = len(dist) > 0 and (start[b] + dist[b, a] > at or at + dist[a, b] > start[b])
        if differs or apart:
            _remove(p, used, b, start, mode, placed, users, period, weight)
    for k in range(p.into_offset[a], p.into_offset[a + 1]):
        e = p.into[k]
        b = p.lag_before[e]
        if b != a and placed[b] and start[b] + _lag(p, e, mode[b], period) > at:
            _remove(p, used, b, start, mode, placed, users, period, weight)
    for k in range(p.out_offset[a], p.out_offset[a + 1]):
        e = p.out[k]
        b = p.lag_after[e]
        if b != a and placed[b] and at + _lag(p, e, m, period) > start[b]:
            _remove(p, used, b, start, mode, placed, users, period, weight)
    for u in range(p.use_offset[m], p.use_offset[m + 1]):
        r = p.use_resource[u]
        for t in range(at + p.use_first[u], at + p.use_first[u] + p.use_cycles[u]):
            row = t % period
            while used[r, row] > p.capacity[r]:
                chosen = -1
                for b in range(n):
                    if (
                        b != a
                        and placed[b]
                        and _takes(p, mode[b], start[b], r, row, period)
                        and (chosen < 0 or urgency[b] > urgency[chosen])
                    ):
                        chosen = b
                if chosen < 0:
                    return False  # it is in its own way
                _remove(p, used, chosen, start, mode, placed, users, period, weight)
    return True


@njit(**INNER)
def _takes(p, m, start, r, row, period):  # type: ignore[no-untyped-def]
    for u in range(p.use_offset[m], p.use_offset[m + 1]):
        if p.use_resource[u] == r:
            ahead = (row - start - p.use_first[u]) % period
            if ahead < p.use_cycles[u]:
                return True
    return False


@njit(cache=True)
def attempt(p, dist, heads, latest, period, urgency, is_swing, budget, seed, start, mode, weight):  # type: ignore[no-untyped-def]
    """Try to place all activities; the number of placements made, negative if in vain.

    The least `urgency` comes first. `start` and `mode` receive the schedule, `weight` how often
    each activity was taken out. With `is_swing` an activity only the successors of which are placed
    takes the last cycle that fits.
    """
    np.random.seed(seed)
    n = len(start)
    used = np.zeros((len(p.capacity), period), np.int64)
    placed = np.zeros(n, np.bool_)
    users = np.zeros(n + 1, np.int64)
    tied = np.zeros(n + 1, np.int64)
    before = np.full(n, -1, np.int64)
    last_start = np.zeros(np.diff(p.mode_offset).max() if n else 0, np.int64)
    left = n
    for step in range(budget):
        if left == 0:
            return step
        a = -1
        for b in range(n):
            if not placed[b] and (a < 0 or urgency[b] < urgency[a]):
                a = b
        low, high = _window(p, dist, a, start, mode, placed, period, heads[a], latest[a])
        c = p.choice[a]
        wanted = tied[c] if c >= 0 and users[c] > 0 else -1
        down = is_swing and high < latest[a] and low == heads[a]
        if down:
            first, last, move = high, max(low, high - period + 1) - 1, -1
        else:
            first, last, move = low, min(high, low + period - 1) + 1, 1
        chosen, at, base = -1, 0, p.mode_offset[a]
        if low <= high:
            for m in range(base, p.mode_offset[a + 1]):
                last_start[m - base] = _last_start(p, a, m, start, placed, period)
            for t in range(first, last, move):
                for m in range(base, p.mode_offset[a + 1]):
                    if (wanted >= 0 and m - base != wanted) or t > last_start[m - base]:
                        continue
                    if _add(p, used, m, t, period, 1) <= 0:
                        chosen, at = m, t
                        break
                    _add(p, used, m, t, period, -1)
                if chosen >= 0:
                    break
        if chosen < 0:
            count = p.mode_offset[a + 1] - base
            chosen = base + (np.random.randint(count) if count > 1 else 0)
            room = min(latest[a] - low + 1, period)
            if room > 0:
                at = max(low, before[a] + 1)
                if at >= low + room:
                    at = low + np.random.randint(room)
            else:
                at = heads[a] + np.random.randint(latest[a] - heads[a] + 1)
            _add(p, used, chosen, at, period, 1)
            start[a], mode[a], placed[a] = at, chosen, True
            if c >= 0:
                users[c] += 1
            if not _clear_way(
                p, dist, used, a, start, mode, placed, users, urgency, period, weight
            ) or at > _last_start(p, a, chosen, start, placed, period):
                _remove(p, used, a, start, mode, placed, users, period, weight)
            if c >= 0 and placed[a]:
                tied[c] = chosen - base
            left = 0
            for b in range(n):
                if not placed[b]:
                    left += 1
                    if weight[b] > 0:
                        urgency[b] -= 0.02 * np.random.random()
            before[a] = at
            continue
        start[a], mode[a], placed[a] = at, chosen, True
        before[a] = at
        left -= 1
        if c >= 0:
            users[c] += 1
            tied[c] = chosen - p.mode_offset[a]
    return budget if left == 0 else -budget
