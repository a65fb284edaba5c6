"""The hot loop of the search that learns: its clauses, which come and go.

`s` is a `LearningState`; see `_learning_kernel`. Of a clause the first two literals are watched.
"""

# Numba reads the bodies: plain loops on arrays are the fast form here.
from __future__ import annotations

from numba import njit

from slotweave.backend.schedule.project._learning_propagation import PART

# isort: off
from slotweave.backend.schedule.project._learning_state import (
    AT, BLOCKER, BOUND, CLAUSES, CONFLICTS, LEVELS, MIRROR, NEXT, POOL, SIZE, USED, WATCHES,
)  # fmt: skip
# isort: on

#: Clauses of so few levels are kept for good.
_FEW_LEVELS = 2
#: Ranks of clauses: 16 ages for each number of levels, up to 63 of these.
RANKS = 1_024


@njit(**PART)
def store(s, size, levels):  # type: ignore[no-untyped-def]
    """Keep the clause at the end of the pool; its number."""
    n = s.tally
    c = n[CLAUSES]
    s.clause[c, AT], s.clause[c, SIZE] = n[POOL], size
    s.clause[c, LEVELS], s.clause[c, USED] = levels, n[CONFLICTS]
    n[CLAUSES] += 1
    n[POOL] += size
    _attach(s, c)
    return c


@njit(**PART)
def _without_false(s, at, size, end):  # type: ignore[no-untyped-def]
    """Copy a clause in the pool to `end`, without literals that are false at the root; how many
    are left, -1 if one holds."""
    left = 0
    for q in range(at, at + size):
        x = s.pool[q]
        if s.truth[x] == 1:
            return -1
        if s.truth[x] == 0:
            s.pool[end + left] = x
            left += 1
    return left


@njit(forceinline=True, **PART)
def is_full(s):  # type: ignore[no-untyped-def]
    """Whether there is no room for another clause."""
    return s.tally[CLAUSES] + 1 >= len(s.clause) or s.tally[POOL] + len(s.bound) >= len(s.pool)


@njit(forceinline=True, **PART)
def _attach(s, c):  # type: ignore[no-untyped-def]
    for w in range(2):
        x = s.pool[s.clause[c, AT] + w]
        y = s.bound[s.literal[x, BOUND], MIRROR] - x
        s.watch[2 * (2 * c + w) + NEXT] = s.literal[y, WATCHES]
        s.watch[2 * (2 * c + w) + BLOCKER] = s.pool[s.clause[c, AT] + 1 - w]
        s.literal[y, WATCHES] = 2 * c + w


@njit(forceinline=True, **PART)
def _rank(s, c):  # type: ignore[no-untyped-def]
    age = (s.tally[CONFLICTS] - s.clause[c, USED]) >> 10
    return min(age, 15) * 64 + min(s.clause[c, LEVELS], 63)


@njit(**PART)
def reduce_clauses(s):  # type: ignore[no-untyped-def]
    """At the root: drop the worse half of the clauses, those that hold, and literals that never
    do."""
    n = s.tally
    clauses = n[CLAUSES]
    s.buffer[:RANKS] = 0
    for c in range(clauses):
        s.buffer[_rank(s, c)] += 1
    rank, left = 0, clauses // 2
    while rank < RANKS - 1 and left > 0:
        left -= s.buffer[rank]
        rank += 1
    s.literal[:, WATCHES] = -1
    n[CLAUSES] = n[POOL] = 0
    for c in range(clauses):
        if s.clause[c, LEVELS] > _FEW_LEVELS and _rank(s, c) > rank:
            continue
        size = _without_false(s, s.clause[c, AT], s.clause[c, SIZE], n[POOL])
        if size < 0:
            continue
        used = s.clause[c, USED]
        new = store(s, size, s.clause[c, LEVELS])
        s.clause[new, USED] = used
