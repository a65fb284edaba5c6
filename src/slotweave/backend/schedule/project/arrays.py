"""A project as arrays, the form in which compiled loops read it.

Ragged columns are in compressed rows: row i of `x` is x[x_offset[i] : x_offset[i + 1]]. Lags keep
their numbers; `into` and `out` list, for each activity, the numbers of the lags that end and begin
in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.project import Project, Use

Longs = NDArray[np.int64]


class ProjectArrays(NamedTuple):
    """The columns; a named tuple, because compiled loops take one as it is."""

    capacity: Longs
    mode_offset: Longs  # rows: the modes of an activity
    duration: Longs  # by mode
    use_offset: Longs  # rows: the uses of a mode
    use_resource: Longs
    use_units: Longs
    use_first: Longs
    use_cycles: Longs
    choice: Longs  # by activity: the number of its choice from 0 on, or -1
    lag_before: Longs
    lag_after: Longs
    lag_length: Longs  # without durations
    lag_distance: Longs
    lag_from_end: Longs  # 1 or 0
    lag_only: Longs  # the mode in which it holds, counting through those of all; -1 for any
    chooses: Longs  # by activity: 1 if lags hold in some of its modes only
    into_offset: Longs
    into: Longs
    out_offset: Longs
    out: Longs

    @property
    def size(self) -> int:
        return len(self.mode_offset) - 1


def arrays_of(project: Project) -> ProjectArrays:
    """`project` as arrays."""
    activities, lags = project.activities, project.lags
    modes = [mode for activity in activities for mode in activity.modes]
    uses_of = [disjoint_uses(mode.uses) for mode in modes]
    uses = [use for row in uses_of for use in row]
    ties = sorted({activity.choice for activity in activities if activity.choice >= 0})
    number = {choice: place for place, choice in enumerate(ties)}
    after = longs(lag.after for lag in lags)
    before = longs(lag.before for lag in lags)
    mode_offset = _offsets([len(activity.modes) for activity in activities])
    owners = {lag.only[0] for lag in lags if lag.only is not None}
    into_offset, into = _rows(after, len(activities))
    out_offset, out = _rows(before, len(activities))
    return ProjectArrays(
        capacity=longs(resource.capacity for resource in project.resources),
        mode_offset=mode_offset,
        duration=longs(mode.duration for mode in modes),
        use_offset=_offsets([len(row) for row in uses_of]),
        use_resource=longs(use.resource for use in uses),
        use_units=longs(use.units for use in uses),
        use_first=longs(use.first for use in uses),
        use_cycles=longs(use.cycles for use in uses),
        choice=longs(number.get(activity.choice, -1) for activity in activities),
        lag_before=before,
        lag_after=after,
        lag_length=longs(lag.lag for lag in lags),
        lag_distance=longs(lag.distance for lag in lags),
        lag_from_end=longs(int(lag.from_end) for lag in lags),
        lag_only=longs(
            -1 if lag.only is None else int(mode_offset[lag.only[0]]) + lag.only[1] for lag in lags
        ),
        chooses=longs(int(number in owners) for number in range(len(activities))),
        into_offset=into_offset,
        into=into,
        out_offset=out_offset,
        out=out,
    )


def disjoint_uses(uses: Sequence[Use]) -> list[Use]:
    """The same units in each cycle, with no two uses of one resource in a cycle."""
    found = []
    for resource in sorted({use.resource for use in uses}):
        mine = [use for use in uses if use.resource == resource]
        cuts = sorted({end for use in mine for end in (use.first, use.first + use.cycles)})
        for first, end in pairwise(cuts):
            units = sum(u.units for u in mine if u.first <= first < u.first + u.cycles)
            if units:
                found.append(Use(resource, units, first, end - first))
    return found


def longs(values: Iterable[int]) -> Longs:
    """A column of 64-bit integers."""
    return np.fromiter(values, np.int64)


def _offsets(lengths: Sequence[int]) -> Longs:
    return np.concatenate(([0], np.cumsum(longs(lengths)))).astype(np.int64)


def _rows(keys: Longs, rows: int) -> tuple[Longs, Longs]:
    """Offsets of the rows, and the places of `keys` in the order of their rows."""
    offset = np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=rows))))
    return offset.astype(np.int64), np.argsort(keys, kind="stable").astype(np.int64)
