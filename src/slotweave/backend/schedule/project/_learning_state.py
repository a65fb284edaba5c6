"""The columns of the search that learns: one row for each activity, bound, literal and so on.

A *bound* is a lower bound: 2 i is that of the start of activity i, 2 i + 1 that of minus the start,
so its upper one. A *literal* says that one of them has at least some value; literals of a bound
have consecutive numbers, in the order of the values, the first of which holds from the beginning
and the last of which never does. So the greatest literal of a bound that holds (`TOP`) says all,
and the negation of literal x of bound b is literal `MIRROR` - x of bound b ^ 1.

The rows of activities after those of the project are *pairs* of activities that cannot run at the
same time, each with a start of its own: 1 if the first of the two is before the other, 0 if not.
So its bounds 2 p and 2 p + 1 are the two *orders*. A lag from an activity to the other one holds IF
a bound, an order, has risen.

The *trail* lists how the bounds have risen, with the reason of each rise: a learned clause, a lag,
a full cell of a resource's profile, or none (a decision).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]

#: Columns of `activity`. The start s is literal LOW + s of its lower bound, HIGH - s of its upper
#: one; BEGIN and END are the compulsory part that the profile has, PHASE a start it had before.
DURATION, LOW, HIGH, USES, USES_END, BEGIN, END, IS_DIRTY, IS_PENDING, PHASE = range(10)
#: Columns of `bound`; NEED is the literal that the nogood being learned has, -1 for none.
TOP, MIRROR, FIRST, NEED, LAGS, LAGS_END, IS_SEEN = range(7)
#: Columns of `literal`: its bound, where on the trail it came to hold, the watches to look at then.
BOUND, PLACE, WATCHES = range(3)
#: Columns of `trail`; MARK is 1 for what follows from the nogood, 2 for what does not;
#: BECAUSE, where a lag cannot hold, is the literal of its bound TO that it would ask for.
OF, OLD, NEW, LEVEL, REASON, MARK, BECAUSE = range(7)
#: Columns of `lag`: a rise of bound FROM to literal x raises bound TO to x + COST; IF is -1 where
#: that holds anyway. A lag is listed with the bound FROM, and again with IF.
TO, COST, FROM, IF = range(4)
#: Columns of `use` (by activity), `user` (by resource, the greatest first) and `resource`.
RESOURCE, UNITS, ROOM = range(3)
USER, USER_UNITS = range(2)
USERS, USERS_END, CAPACITY = range(3)
#: Columns of `clause`: its literals in `pool`, the levels it had, the conflict that last used it.
AT, SIZE, LEVELS, USED = range(4)
#: Columns of `watch` (2 c and 2 c + 1 are those of clause c), whose rows stand one after the other,
#: and of `level`: where on the trail it begins, the last conflict and the last count that came upon
#: it.
NEXT, BLOCKER = range(2)
START, STAMP, COUNTED = range(3)
#: Rows of `rows`: activities to be put in the profile, and to be pushed; bounds in the nogood;
#: users of a resource; the literals learned.
DIRTY, PENDING, SEEN, SCRATCH, LEARNED = range(5)
#: Places of `tally`.
(
    TRAIL, DONE, NOW, CLAUSES, POOL, WHY, WHERE, WHAT, DIRTIES, PENDINGS, HEAP, SEENS, CONFLICTS,
    ROOT, RESTARTS, REDUCE_AT, STEP, MARKS, FOUND_AT, ACTIVITIES, COUNTS,
) = range(21)  # fmt: skip
#: Places of `scale`: what a literal is bumped by, and how it grows.
BUMP, GROWTH = range(2)
#: Kinds of reasons, the lowest two bits; the rest is the clause, the lag or the cell.
BY_CLAUSE, BY_LAG, BY_CELL, DECIDED = range(4)


class LearningState(NamedTuple):
    """A search as far as it has come; compiled loops take it as it is, and change it."""

    activity: Ints
    bound: Ints
    literal: Ints
    truth: NDArray[np.int8]  # by literal: 1 if it holds, -1 if it does not, 0 if that is open
    trail: Ints
    lag: Ints
    use: Ints
    user: Ints
    resource: Ints
    profile: Ints  # by resource and cycle: the units that compulsory parts use
    clause: Ints
    watch: Ints
    pool: Ints
    level: Ints
    buffer: Ints
    frame: Ints
    rows: Ints
    marked: Ints
    score: NDArray[np.float64]  # by literal of a lower bound
    heap: Ints
    place: Ints  # by literal: where in the heap, -1 for nowhere
    scale: NDArray[np.float64]
    tally: NDArray[np.int64]
