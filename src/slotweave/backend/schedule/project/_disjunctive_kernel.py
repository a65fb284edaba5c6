"""The hot loop of tabu search where resources take one activity at a time, compiled by Numba.

Arrays as in `DisjunctiveArrays`. `mode[a]` counts through the modes of all activities; mode m runs
on `machine[m]` (-1: on none) for `duration[m]` cycles. `ahead[a]` and `behind[a]` are the
activities before and after `a` on its machine, -1 for none. Heads are earliest starts, tails the
longest way from an end to the end of all. `order` is a topological order of lags and sequences.

A move takes a critical activity out and puts it back, perhaps in another mode, where by the heads
and tails of the rest the way through it is shortest; positions between those that could end in a
cycle are looked at alone (Mastrolilli and Gambardella, Journal of Scheduling 3, 2000).
"""

# Numba reads the bodies: plain loops on arrays are the fast form here.
from __future__ import annotations

import numpy as np
from numba import njit

from slotweave.base.numba_options import INNER

FAR = 1 << 40


@njit(nogil=True, **INNER)
def _sort(p, ahead, behind, waiting, order):  # type: ignore[no-untyped-def]
    """Fill `order`; whether there is one."""
    n = len(ahead)
    filled = 0
    for a in range(n):
        waiting[a] = p.into_offset[a + 1] - p.into_offset[a] + (1 if ahead[a] >= 0 else 0)
        if waiting[a] == 0:
            order[filled] = a
            filled += 1
    done = 0
    while done < filled:
        a = order[done]
        done += 1
        for k in range(p.out_offset[a], p.out_offset[a + 1]):
            b = p.out_activity[k]
            waiting[b] -= 1
            if waiting[b] == 0:
                order[filled] = b
                filled += 1
        b = behind[a]
        if b >= 0:
            waiting[b] -= 1
            if waiting[b] == 0:
                order[filled] = b
                filled += 1
    return filled == n


@njit(nogil=True, **INNER)
def _lengths(p, mode, ahead, behind, order, heads, tails, out, at):  # type: ignore[no-untyped-def]
    """Heads and tails along `order`, `out` (-1: nobody) being off its machine and of no duration.

    It stands at `at` in the order; heads before it and tails after it must be there already.
    Returns the longest way.
    """
    n = len(order)
    longest = 0
    for i in range(max(at, 0), n):
        a = order[i]
        head = 0
        for k in range(p.into_offset[a], p.into_offset[a + 1]):
            b = p.into_activity[k]
            d = 0 if b == out else p.duration[mode[b]]
            head = max(head, heads[b] + d + p.into_lag[k])
        b = ahead[a]
        if b >= 0 and a != out:
            if b == out:
                b = ahead[out]
            if b >= 0:
                head = max(head, heads[b] + p.duration[mode[b]])
        heads[a] = head
    for i in range(at if at >= 0 else n - 1, -1, -1):
        a = order[i]
        tail = 0
        for k in range(p.out_offset[a], p.out_offset[a + 1]):
            b = p.out_activity[k]
            d = 0 if b == out else p.duration[mode[b]]
            tail = max(tail, tails[b] + d + p.out_lag[k])
        b = behind[a]
        if b >= 0 and a != out:
            if b == out:
                b = behind[out]
            if b >= 0:
                tail = max(tail, tails[b] + p.duration[mode[b]])
        tails[a] = tail
    for a in range(n):
        d = 0 if a == out else p.duration[mode[a]]
        longest = max(longest, heads[a] + d + tails[a])
    return longest


@njit(nogil=True, **INNER)
def _critical_path(p, mode, ahead, heads, tails, makespan, path):  # type: ignore[no-untyped-def]
    """Fill `path` with a longest way, from its end, chosen at random; how long it is."""
    n = len(mode)
    at, seen = -1, 0
    for a in range(n):
        if tails[a] == 0 and heads[a] + p.duration[mode[a]] == makespan:
            seen += 1
            if np.random.randint(seen) == 0:
                at = a
    count = 0
    while at >= 0 and count < n:
        path[count] = at
        count += 1
        came, seen = -1, 0
        for k in range(p.into_offset[at], p.into_offset[at + 1]):
            b = p.into_activity[k]
            if heads[b] + p.duration[mode[b]] + p.into_lag[k] == heads[at]:
                seen += 1
                if np.random.randint(seen) == 0:
                    came = b
        b = ahead[at]
        if b >= 0 and heads[b] + p.duration[mode[b]] == heads[at]:
            seen += 1
            if np.random.randint(seen) == 0:
                came = b
        at = came if heads[at] > 0 else -1
    return count


@njit(nogil=True, **INNER)
def _take_out(a, machine, first, ahead, behind):  # type: ignore[no-untyped-def]
    if machine < 0:
        return
    b, c = ahead[a], behind[a]
    if b >= 0:
        behind[b] = c
    else:
        first[machine] = c
    if c >= 0:
        ahead[c] = b
    ahead[a] = behind[a] = -1


@njit(nogil=True, **INNER)
def _put_in(a, machine, after, first, ahead, behind):  # type: ignore[no-untyped-def]
    """Put `a` on `machine` after `after`, -1 for the first place."""
    if machine < 0:
        return
    c = first[machine] if after < 0 else behind[after]
    ahead[a], behind[a] = after, c
    if after < 0:
        first[machine] = a
    else:
        behind[after] = a
    if c >= 0:
        ahead[c] = a


@njit(nogil=True, **INNER)
def _try_places(p, a, m, mode, first, ahead, behind, heads, tails, found):  # type: ignore[no-untyped-def]
    """The best place of `a` in mode `m`, by heads and tails without it.

    `found` receives the length of the way through it and the activity it comes after; places
    where it stood are not counted.
    """
    head = 0
    for k in range(p.into_offset[a], p.into_offset[a + 1]):
        b = p.into_activity[k]
        head = max(head, heads[b] + p.duration[mode[b]] + p.into_lag[k])
    tail = 0
    for k in range(p.out_offset[a], p.out_offset[a + 1]):
        b = p.out_activity[k]
        tail = max(tail, tails[b] + p.duration[mode[b]] + p.out_lag[k])
    d = p.duration[m]
    found[0], found[1] = FAR, -1
    if p.machine[m] < 0:
        found[0] = head + d + tail
        return
    here = p.machine[mode[a]] == p.machine[m]
    place = 0
    at_long, at_late = -1, FAR  # the last of long tail, the first that ends late
    b = first[p.machine[m]]
    while b >= 0:
        if b != a:
            if p.duration[mode[b]] + tails[b] > tail:
                at_long = place
            if at_late == FAR and heads[b] + p.duration[mode[b]] > head:
                at_late = place
            place += 1
        b = behind[b]
    low, high = min(at_late, at_long + 1), max(min(at_late, place), at_long + 1)
    place = 0
    b = first[p.machine[m]]
    before = -1
    while True:
        if b == a:
            b = behind[b]
            continue
        if low <= place <= high and not (here and m == mode[a] and before == ahead[a]):
            begin, end = head, tail
            if before >= 0:
                begin = max(begin, heads[before] + p.duration[mode[before]])
            if b >= 0:
                end = max(end, tails[b] + p.duration[mode[b]])
            if begin + d + end < found[0]:
                found[0], found[1] = begin + d + end, before
        if b < 0 or place > high:
            return
        before = b
        place += 1
        b = behind[b]


@njit(cache=True, nogil=True)
def tabu_search(p, mode, first, ahead, behind, best, iterations, seed):  # type: ignore[no-untyped-def]
    """That many moves from a schedule, in place; `best` keeps the shortest, if it is shorter.

    `best[0]` are its modes, `best[1]` its starts, the last entry of `best[1]` its makespan.
    """
    np.random.seed(seed)
    n = len(mode)
    waiting, order = np.empty(n, np.int64), np.empty(n, np.int64)
    path, place = np.empty(n, np.int64), np.empty(n, np.int64)
    heads, tails = np.zeros(n, np.int64), np.zeros(n, np.int64)
    heads_out, tails_out = np.zeros(n, np.int64), np.zeros(n, np.int64)
    forbidden = np.zeros(len(p.duration), np.int64)
    found = np.empty(2, np.int64)
    since = 0
    for step in range(iterations):
        if not _sort(p, ahead, behind, waiting, order):
            return False
        for i in range(n):
            place[order[i]] = i
        makespan = _lengths(p, mode, ahead, behind, order, heads, tails, -1, -1)
        since += 1
        if makespan < best[1, n]:
            best[0, :n] = mode
            best[1, :n] = heads
            best[1, n] = makespan
            since = 0
        value, chosen, to_mode, after = FAR, -1, -1, -1
        critical = _critical_path(p, mode, ahead, heads, tails, makespan, path)
        for i in range(critical):
            a = path[i]
            if p.duration[mode[a]] == 0:
                continue
            heads_out[:] = heads
            tails_out[:] = tails
            longest = _lengths(p, mode, ahead, behind, order, heads_out, tails_out, a, place[a])
            for m in range(p.mode_offset[a], p.mode_offset[a + 1]):
                _try_places(p, a, m, mode, first, ahead, behind, heads_out, tails_out, found)
                length = max(longest, found[0])
                if found[0] == FAR or (forbidden[m] > step and length >= best[1, n]):
                    continue
                if length < value or (length == value and np.random.random() < 0.3):
                    value, chosen, to_mode, after = length, a, m, found[1]
        if chosen < 0 or since > 4000:
            since = 0
            chosen = np.random.randint(n)
            count = p.mode_offset[chosen + 1] - p.mode_offset[chosen]
            heads_out[:] = heads
            tails_out[:] = tails
            _lengths(p, mode, ahead, behind, order, heads_out, tails_out, chosen, place[chosen])
            to_mode = p.mode_offset[chosen] + np.random.randint(count)
            _try_places(p, chosen, to_mode, mode, first, ahead, behind, heads_out, tails_out, found)
            after = found[1]
            if found[0] == FAR:
                continue
        forbidden[mode[chosen]] = step + 8 + np.random.randint(8) + critical // 3
        _take_out(chosen, p.machine[mode[chosen]], first, ahead, behind)
        mode[chosen] = to_mode
        _put_in(chosen, p.machine[to_mode], after, first, ahead, behind)
    return True
