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
    AT, BECAUSE, BOUND, BY_CLAUSE, BY_LAG, CAPACITY, CONFLICTS, COST, COUNTED, COUNTS, DURATION,
    FIRST, FROM, HIGH, IF, LEVEL, LEVELS, LOW, MIRROR, NEED, NEW, OF, PLACE, REASON, RESOURCE, ROOM,
    ROOT, SCRATCH, SIZE, TO, TOP, USED, USER, USERS, USERS_END, USER_UNITS, USES, USES_END,
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


@njit(forceinline=True, **PART)
def _count_levels(s, c, b):  # type: ignore[no-untyped-def]
    """Of a clause that has raised bound b, how many levels the others are of, if that is less."""
    s.tally[COUNTS] += 1
    levels = 0
    for q in range(s.clause[c, AT], s.clause[c, AT] + s.clause[c, SIZE]):
        y = s.pool[q]
        of = s.literal[y, BOUND]
        if of != b:
            level = s.trail[s.literal[s.bound[of, MIRROR] - y, PLACE], LEVEL]
            if s.level[level, COUNTED] != s.tally[COUNTS]:
                s.level[level, COUNTED] = s.tally[COUNTS]
                levels += 1
    s.clause[c, LEVELS] = min(s.clause[c, LEVELS], levels)


@njit(forceinline=True, **PART)
def _lag(s, e, b, x, k, at):  # type: ignore[no-untyped-def]
    """The literals for a rise by lag e: of its end, or of the opposite of the order that it needs.

    The latter follows from both ends; how much of each is a choice, and what the nogood has is
    taken."""
    order, of = s.lag[e, IF], s.lag[e, FROM]
    if order < 0 or order != b ^ 1:
        y = x - s.lag[e, COST]
        if order >= 0:
            s.buffer[at] = s.bound[order, FIRST] + 1
            at += 1
    else:
        other, least = s.lag[e, TO], s.trail[k, BECAUSE]
        y, has = least - s.lag[e, COST], s.bound[of, NEED]
        if has > y and s.literal[has, PLACE] < k:
            y = has
        z = s.bound[other, MIRROR] - y - s.lag[e, COST]
        if z > s.bound[other ^ 1, FIRST]:
            s.buffer[at] = z
            at += 1
    if y > s.bound[of, FIRST]:
        s.buffer[at] = y
        at += 1
    return at


@njit(**PART)
def explain(s, reason, b, x, k, at):  # type: ignore[no-untyped-def]
    """Write literals to the buffer, all true before place k, from which x of bound b follows, or
    which contradict each other if b is -1; where they end."""
    kind, number = reason & 3, reason >> 2
    if kind == BY_CLAUSE:
        s.clause[number, USED] = s.tally[CONFLICTS]
        _count_levels(s, number, b)
        first = s.clause[number, AT]
        for q in range(first, first + s.clause[number, SIZE]):
            y = s.pool[q]
            of = s.literal[y, BOUND]
            if of != b:
                s.buffer[at] = s.bound[of, MIRROR] - y
                at += 1
        return at
    if kind == BY_LAG:
        return _lag(s, number, b, x, k, at)
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
