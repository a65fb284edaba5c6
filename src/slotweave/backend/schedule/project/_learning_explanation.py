"""The hot loop of the search that learns: what a bound has risen for, as literals.

`s` is a `LearningState`; see `_learning_kernel`. Reasons are explained when they are asked for, by
what held before. A full cell of a profile is explained by users that have to run in that cycle
(pointwise explanations: Schutt, Feydy, Stuckey and Wallace, Constraints 16, 2011).
"""

# Numba reads the bodies: plain loops on arrays are the fast form here.
from __future__ import annotations

from numba import njit

from slotweave.backend.schedule.project._learning_propagation import PART

# isort: off
from slotweave.backend.schedule.project._learning_state import (
    AT, BOUND, BY_CLAUSE, BY_LAG, CAPACITY, CONFLICTS, COST, DURATION, FIRST, FROM, HIGH, LOW,
    MIRROR, NEED, NEW, OF, PLACE, REASON, RESOURCE, ROOM, ROOT, SCRATCH, SIZE, TOP, USED, USER,
    USERS, USERS_END, USER_UNITS, USES, USES_END,
)  # fmt: skip
# isort: on


@njit(forceinline=True, **PART)
def _users_of_cell(s, r, t, room, k, skip, at):  # type: ignore[no-untyped-def]
    """Add literals to the buffer, all true before place k of the trail, by which users of r but
    `skip` take more than `room` of it in t: rather those that the nogood has already."""
    n = s.tally
    left, others = room, 0
    for u in range(s.resource[r, USERS], s.resource[r, USERS_END]):
        j = s.user[u, USER]
        if j == skip:
            continue
        x = s.activity[j, LOW] + t - s.activity[j, DURATION] + 1
        y = s.activity[j, HIGH] - t
        if s.bound[2 * j, TOP] < x or s.bound[2 * j + 1, TOP] < y:
            continue
        x, y = max(x, s.bound[2 * j, FIRST]), max(y, s.bound[2 * j + 1, FIRST])
        at_x, at_y = s.literal[x, PLACE], s.literal[y, PLACE]
        if at_x >= k or at_y >= k:
            continue
        has_x, has_y = s.bound[2 * j, NEED], s.bound[2 * j + 1, NEED]
        free_x = at_x < n[ROOT] or (has_x >= x and s.literal[has_x, PLACE] < k)
        free_y = at_y < n[ROOT] or (has_y >= y and s.literal[has_y, PLACE] < k)
        if not (free_x and free_y):
            s.rows[SCRATCH, others] = u
            others += 1
            continue
        left -= s.user[u, USER_UNITS]
        at = _write(s, x, at_x, at)
        at = _write(s, y, at_y, at)
        if left < 0:
            return at
    for q in range(others):
        left -= s.user[s.rows[SCRATCH, q], USER_UNITS]
        if left < 0:
            others = q + 1
            break
    for q in range(others):
        u = s.rows[SCRATCH, q]
        if left + s.user[u, USER_UNITS] < 0:  # enough without it
            left += s.user[u, USER_UNITS]
            continue
        j = s.user[u, USER]
        x = max(s.activity[j, LOW] + t - s.activity[j, DURATION] + 1, s.bound[2 * j, FIRST])
        y = max(s.activity[j, HIGH] - t, s.bound[2 * j + 1, FIRST])
        at = _write(s, x, s.literal[x, PLACE], at)
        at = _write(s, y, s.literal[y, PLACE], at)
    return at


@njit(forceinline=True, **PART)
def _write(s, x, place, at):  # type: ignore[no-untyped-def]
    """Put literal x in the buffer, if it does not hold at the root anyway."""
    if place < s.tally[ROOT]:
        return at
    s.buffer[at] = x
    return at + 1


@njit(**PART)
def explain(s, reason, b, x, k, at):  # type: ignore[no-untyped-def]
    """Write literals to the buffer, all true before place k, from which x of bound b follows, or
    which contradict each other if b is -1; where they end."""
    kind, number = reason & 3, reason >> 2
    if kind == BY_CLAUSE:
        s.clause[number, USED] = s.tally[CONFLICTS]
        first = s.clause[number, AT]
        for q in range(first, first + s.clause[number, SIZE]):
            y = s.pool[q]
            of = s.literal[y, BOUND]
            if of != b:
                s.buffer[at] = s.bound[of, MIRROR] - y
                at += 1
        return at
    if kind == BY_LAG:
        y = x - s.lag[number, COST]
        if y > s.bound[s.lag[number, FROM], FIRST]:
            s.buffer[at] = y
            at += 1
        return at
    r = number // s.profile.shape[1]
    t = number - r * s.profile.shape[1]
    room, i = s.resource[r, CAPACITY], -1
    if b >= 0:
        i = b >> 1
        for u in range(s.activity[i, USES], s.activity[i, USES_END]):
            if s.use[u, RESOURCE] == r:
                room = s.use[u, ROOM]
        y = s.activity[i, HIGH] - t
        if not b & 1:
            y = s.activity[i, LOW] + t - s.activity[i, DURATION] + 1
        if y > s.bound[b, FIRST]:
            s.buffer[at] = y
            at += 1
    return _users_of_cell(s, r, t, room, k, i, at)


@njit(forceinline=True, **PART)
def explain_place(s, k, at):  # type: ignore[no-untyped-def]
    return explain(s, s.trail[k, REASON], s.trail[k, OF], s.trail[k, NEW], k, at)
