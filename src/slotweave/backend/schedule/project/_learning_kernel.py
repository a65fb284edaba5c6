"""The hot loop of the search that learns, part two: conflicts are explained, and decisions made.

`s` is a `LearningState`. A conflict is a set of literals that cannot hold together. The last one of
its level is replaced by what it follows from until one is left of that level (the first unique
implication point: Marques-Silva and Sakallah, "GRASP", 1996); literals that follow from others of
the set are left out (Sörensson and Biere, "Minimizing learned clauses", SAT 2009). Of two literals
of one bound the stronger one is kept, from which the other follows. What is left is learned.

Decisions are on the literals that recent conflicts were about (Moskewicz et al., "Chaff", DAC
2001), restarts after Luby's sequence, and of the clauses the half is kept that had few levels and
was used of late (Audemard and Simon, "Predicting learnt clauses quality in modern SAT solvers",
IJCAI 2009).
"""

# Numba reads the bodies: plain loops on arrays are the fast form here.
from __future__ import annotations

from numba import njit

from slotweave.backend.schedule.project._learning_clauses import (
    is_full,
    reduce_clauses,
    store,
)
from slotweave.backend.schedule.project._learning_explanation import explain, explain_place
from slotweave.backend.schedule.project._learning_propagation import (
    FAST,
    PART,
    backtrack,
    propagate,
    push,
    rise,
    sift_up,
)

# isort: off
from slotweave.backend.schedule.project._learning_state import (
    ACTIVITIES, BOUND, BUMP, BY_CLAUSE, CONFLICTS, DECIDED, DIRTIES, DIRTY, FIRST, FOUND_AT, GROWTH,
    HEAP, IS_DIRTY, IS_SEEN, LEARNED, LEVEL, LOW, MARK, MARKS, MIRROR, NEED, NOW, OF, OLD, PHASE,
    PLACE, POOL, REASON, REDUCE_AT, RESTARTS, ROOT, SEEN, SEENS, STAMP, START, STEP, TOP, TRAIL,
    WHAT, WHERE, WHY,
)  # fmt: skip
# isort: on

#: What `search` answers.
REFUTED, FOUND, OPEN = 0, 1, 2
#: Conflicts until the first restart, by Luby's sequence, and until clauses are dropped.
_UNIT, _PATIENCE, _MORE_PATIENCE = 250, 4_000, 1_000
#: Conflicts after a schedule in which another is looked for near it in every second restart.
_HOPE = 200_000
#: How deep reasons of reasons are looked at for what is to be left out.
DEPTH = 60


@njit(forceinline=True, **PART)
def _need(s, end, start, open_):  # type: ignore[no-untyped-def]
    """Put the literals of the buffer, up to `end`, in the nogood; how many of it are of the level
    that begins at `start`, after `open_` were."""
    for q in range(end):
        x = s.buffer[q]
        b, k = s.literal[x, BOUND], s.literal[x, PLACE]
        old = s.bound[b, NEED]
        if k < s.tally[ROOT] or old >= x:
            continue
        if k >= start and (old < 0 or s.literal[old, PLACE] < start):
            open_ += 1
        if not s.bound[b, IS_SEEN]:
            s.bound[b, IS_SEEN] = 1
            s.rows[SEEN, s.tally[SEENS]] = b
            s.tally[SEENS] += 1
        s.bound[b, NEED] = x
        if b & 1:
            x = s.bound[b, MIRROR] - x
        s.score[x] += s.scale[BUMP]
        if s.score[x] > 1e100:
            for y in range(len(s.score)):
                s.score[y] *= 1e-100
            s.scale[BUMP] *= 1e-100
        if s.place[x] >= 0:
            sift_up(s, s.place[x])
    return open_


@njit(forceinline=True, **PART)
def _note(s, k, mark):  # type: ignore[no-untyped-def]
    if s.trail[k, MARK] == 0:
        s.marked[s.tally[MARKS]] = k
        s.tally[MARKS] += 1
    s.trail[k, MARK] = mark


@njit(**PART)
def _follows(s, place):  # type: ignore[no-untyped-def]
    """Whether what came to hold there follows from literals of the nogood that did before."""
    if s.trail[place, REASON] & 3 == DECIDED:
        return False
    depth, end = 0, explain_place(s, place, 0)
    s.frame[0, 0], s.frame[0, 1], s.frame[0, 2] = place, 0, end
    while depth >= 0:
        k, at, end = s.frame[depth, 0], s.frame[depth, 1], s.frame[depth, 2]
        if at == end:
            _note(s, k, 1)
            depth -= 1
            continue
        x = s.buffer[at]
        s.frame[depth, 1] = at + 1
        q, need = s.literal[x, PLACE], s.bound[s.literal[x, BOUND], NEED]
        if q < s.tally[ROOT] or s.trail[q, MARK] == 1:
            continue
        if need >= x and s.literal[need, PLACE] < k:
            continue
        is_alone = s.level[s.trail[q, LEVEL], STAMP] != s.tally[CONFLICTS]  # at its level
        is_open = s.trail[q, MARK] != 2 and s.trail[q, REASON] & 3 != DECIDED
        if is_alone or not is_open or depth + 1 == DEPTH:
            for d in range(depth + 1):
                _note(s, s.frame[d, 0], 2)
            return False
        depth += 1
        s.frame[depth, 0], s.frame[depth, 1] = q, end
        s.frame[depth, 2] = explain_place(s, q, end)
    return True


@njit(**PART)
def _analyse(s):  # type: ignore[no-untyped-def]
    """Learn from a conflict, and go back to where that says something; False if nothing is left."""
    n = s.tally
    n[CONFLICTS] += 1
    n[SEENS] = n[MARKS] = 0
    b = n[WHERE]
    end = explain(s, n[WHY], b, n[WHAT], n[TRAIL], 0)
    if b >= 0:
        s.buffer[end] = s.bound[b, MIRROR] - n[WHAT]
        end += 1
    last = -1
    for q in range(end):
        last = max(last, s.literal[s.buffer[q], PLACE])
    if last < n[ROOT]:
        return False
    if s.trail[last, LEVEL] < n[NOW]:
        backtrack(s, s.trail[last, LEVEL])
    start = s.level[n[NOW], START]
    open_ = _need(s, end, start, 0)
    k = n[TRAIL] - 1
    while True:
        b = s.trail[k, OF]
        x = s.bound[b, NEED]
        if x > s.trail[k, OLD]:
            if open_ == 1:
                break
            s.bound[b, NEED] = -1
            end = explain(s, s.trail[k, REASON], b, x, k, 0)
            open_ = _need(s, end, start, open_ - 1)
        k -= 1
    s.rows[LEARNED, 0] = s.bound[b, MIRROR] - x
    size = _minimise(s, b)
    return _learn(s, size)


@njit(**PART)
def _minimise(s, last):  # type: ignore[no-untyped-def]
    """Write the literals of the nogood but that of bound `last` after it; how many there are."""
    n = s.tally
    for q in range(n[SEENS]):
        x = s.bound[s.rows[SEEN, q], NEED]
        if x >= 0:
            s.level[s.trail[s.literal[x, PLACE], LEVEL], STAMP] = n[CONFLICTS]
    size = 1
    for q in range(n[SEENS]):
        b = s.rows[SEEN, q]
        x = s.bound[b, NEED]
        if x >= 0 and b != last and not _follows(s, s.literal[x, PLACE]):
            s.rows[LEARNED, size] = x
            size += 1
    for q in range(n[MARKS]):
        s.trail[s.marked[q], MARK] = 0
    for q in range(n[SEENS]):
        s.bound[s.rows[SEEN, q], NEED] = -1
        s.bound[s.rows[SEEN, q], IS_SEEN] = 0
    return size


@njit(**PART)
def _learn(s, size):  # type: ignore[no-untyped-def]
    n = s.tally
    learned = s.rows[LEARNED]
    levels, back, place = 1, 0, 1
    for q in range(1, size):
        level = s.trail[s.literal[learned[q], PLACE], LEVEL]
        if level > back:
            back, place = level, q
        if s.level[level, STAMP] != -n[CONFLICTS]:
            s.level[level, STAMP] = -n[CONFLICTS]
            levels += 1
    for q in range(1, size):
        learned[q] = s.bound[s.literal[learned[q], BOUND], MIRROR] - learned[q]
    backtrack(s, back)
    s.scale[BUMP] *= s.scale[GROWTH]
    x = learned[0]
    if size == 1:
        return rise(s, s.literal[x, BOUND], x, DECIDED)
    learned[1], learned[place] = learned[place], learned[1]
    for q in range(size):
        s.pool[n[POOL] + q] = learned[q]
    c = store(s, size, levels)
    return rise(s, s.literal[x, BOUND], x, c * 4 + BY_CLAUSE)


@njit(forceinline=True, **PART)
def _pop(s):  # type: ignore[no-untyped-def]
    """The literal of the greatest score."""
    top, size = s.heap[0], s.tally[HEAP] - 1
    s.place[top] = -1
    s.tally[HEAP] = size
    if size:
        x, i = s.heap[size], 0
        while 2 * i + 1 < size:
            below = 2 * i + 1
            if below + 1 < size and s.score[s.heap[below + 1]] > s.score[s.heap[below]]:
                below += 1
            y = s.heap[below]
            if s.score[y] <= s.score[x]:
                break
            s.heap[i] = y
            s.place[y] = i
            i = below
        s.heap[i] = x
        s.place[x] = i
    return top


@njit(forceinline=True, **PART)
def _decide(s, is_early):  # type: ignore[no-untyped-def]
    """Open a level by a decision; False if all starts are known. Orders are to be as they were
    before; so are starts, or before the literal if `is_early`."""
    n = s.tally
    while n[HEAP]:
        x = _pop(s)
        b = s.literal[x, BOUND]
        if s.bound[b, TOP] >= x or s.bound[b ^ 1, TOP] >= s.bound[b, MIRROR] - x:
            continue
        i = b >> 1
        is_start = i < n[ACTIVITIES]
        if (is_early and is_start) or x - s.activity[i, LOW] > s.activity[i, PHASE]:
            b, x = b ^ 1, s.bound[b, MIRROR] - x
        n[NOW] += 1
        s.level[n[NOW], START] = n[TRAIL]
        rise(s, b, x, DECIDED)
        return True
    return False


@njit(cache=True, **FAST)
def luby(number):  # type: ignore[no-untyped-def]
    """1, 1, 2, 1, 1, 2, 4, ... from number 0 on."""
    size, power = 1, 0
    while size < number + 1:
        size, power = 2 * size + 1, power + 1
    while size - 1 != number:
        size, power = (size - 1) >> 1, power - 1
        number %= size
    return 1 << power


@njit(cache=True, **FAST)
def begin(s):  # type: ignore[no-untyped-def]
    """Before the first search: all may be decided on, and is to be looked at."""
    for x in range(len(s.literal)):
        b = s.literal[x, BOUND]
        if not b & 1 and s.bound[b, FIRST] < x < s.bound[b ^ 1, FIRST] - 1:
            push(s, x)
    for i in range(len(s.activity)):
        s.activity[i, IS_DIRTY] = 1
        s.rows[DIRTY, i] = i
    s.tally[DIRTIES] = len(s.activity)


@njit(cache=True, **FAST)
def lower_ends(s, less):  # type: ignore[no-untyped-def]
    """Let the latest starts be so much less than they were at the beginning; False if that cannot
    be."""
    if s.tally[NOW]:
        backtrack(s, 0)
    for b in range(1, 2 * s.tally[ACTIVITIES], 2):
        x = s.bound[b, FIRST] + less
        if x > s.bound[b, TOP] and not rise(s, b, x, DECIDED):
            return False
    return True


@njit(cache=True, **FAST)
def search(s, conflicts):  # type: ignore[no-untyped-def]
    """Search through so many conflicts from the root: FOUND, at whose schedule the state stays,
    REFUTED or OPEN."""
    n = s.tally
    last = n[CONFLICTS] + conflicts
    if n[NOW]:
        backtrack(s, 0)
    while True:
        n[ROOT] = 0
        if not propagate(s):
            return REFUTED
        n[ROOT] = n[TRAIL]
        if n[CONFLICTS] >= n[REDUCE_AT] or is_full(s):
            reduce_clauses(s)
            n[STEP] += _MORE_PATIENCE
            n[REDUCE_AT] = n[CONFLICTS] + _PATIENCE + n[STEP]
        if n[CONFLICTS] >= last:
            return OPEN
        is_early = n[RESTARTS] % 2 == 0 or n[CONFLICTS] - n[FOUND_AT] > _HOPE
        until = min(last, n[CONFLICTS] + _UNIT * luby(n[RESTARTS]))
        n[RESTARTS] += 1
        while n[CONFLICTS] < until:
            if propagate(s):
                if n[NOW] == 0:
                    n[ROOT] = n[TRAIL]
                if not _decide(s, is_early):
                    n[FOUND_AT] = n[CONFLICTS]
                    return FOUND
            elif n[NOW] == 0 or not _analyse(s):
                return REFUTED
            elif is_full(s):
                break
        if n[NOW]:
            backtrack(s, 0)
