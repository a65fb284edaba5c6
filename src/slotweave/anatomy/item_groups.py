"""Which operations of a straight program work for the same items, and at which stage of the way.

Found from the dataflow alone. An operation works for the *ends* that it reaches: stores that no
load reads again, traces. A load that reads what was stored carries on from there. Ends with most of
their work in common are one group of items; an operation that works for more than one group is
shared by them, and so is what belongs to a group far smaller than the largest (a table written
beforehand, say).

The stage of an operation of a group counts how often the data that it works on came from
arithmetic to a *fetch*, a load or a select: 1 with the first one. In a walk through a table or a
tree that is the number of the step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from slotweave.anatomy.causes.placements import Placements
from slotweave.isa.operations import LOADS, STORES, TRACES

#: Ends that share work with this many others or fewer may become one group.
MOST_TOGETHER = 16
#: A group has at least the work of the largest by this.
LEAST_PART = 10
SHARED = -1

#: Numbers of ends; None are more than MOST_TOGETHER, too many for it to matter which.
_Ends = frozenset[int] | None


@dataclass(frozen=True)
class ItemGroups:
    """The group of each operation (SHARED: of several, or of none) and its stage (0 if shared)."""

    group: tuple[int, ...]
    stage: tuple[int, ...]


def item_groups(placed: Placements) -> ItemGroups:
    """Groups are numbered by their first end in the program."""
    makers = tuple(_makers(placed))
    reached = _ends_reached(placed, makers)
    work = Counter(reached)
    leader = _merged(work)
    group_of = {ends: _only_leader(ends, leader) for ends in work}
    group = [group_of[ends] for ends in reached]
    size = Counter(one for one in group if one != SHARED)
    least = max(size.values(), default=0) / LEAST_PART
    large = sorted(one for one, count in size.items() if count >= least)
    number = {one: at for at, one in enumerate(large)}
    named = tuple([number.get(one, SHARED) for one in group])
    return ItemGroups(named, _stages(placed, makers, named))


def _only_leader(ends: _Ends, leader: dict[int, int]) -> int:
    """The group to which all of `ends` belong; SHARED if they are of several, or none."""
    leaders = {leader[end] for end in ends or ()}
    return min(leaders) if len(leaders) == 1 else SHARED


def _makers(placed: Placements) -> Iterator[tuple[int, ...]]:
    """The operations whose results each one reads, from scratch or from memory."""
    stored: dict[tuple[str, int, int], int] = {}
    for number, operation in enumerate(placed.issued):
        makers = operation.producers
        effect = operation.kind.operation.effect
        if effect is LOADS or effect is STORES:
            where = placed.touched[number]
            keys = [(at, where.base, word) for at in where.regions for word in where.words]
            if effect is STORES:
                stored.update(dict.fromkeys(keys, number))
            else:
                read = {stored[key]: None for key in keys if key in stored}
                makers = (*makers, *(one for one in read if one not in makers))
        yield makers


def _ends_reached(placed: Placements, makers: tuple[tuple[int, ...], ...]) -> list[_Ends]:
    """For each operation the ends that it reaches, by their number in the program."""
    read = {maker for row in makers for maker in row}
    columns = placed.columns
    effects = [kind.operation.effect in (STORES, TRACES) for kind in columns.kinds]
    reached: list[_Ends] = [frozenset()] * len(makers)
    ends = 0
    for number in np.flatnonzero(np.array(effects)[columns.kind]).tolist():
        if number not in read:
            reached[number] = frozenset((ends,))
            ends += 1
    for number in range(len(makers) - 1, -1, -1):
        here = reached[number]
        if here is None or here:
            for maker in makers[number]:
                reached[maker] = _both(reached[maker], here)
    return reached


def _both(first: _Ends, second: _Ends) -> _Ends:
    if first is None or second is None:
        return None
    if first <= second:
        return second
    together = first | second
    return together if len(together) <= MOST_TOGETHER else None


def _merged(work: Counter[_Ends]) -> dict[int, int]:
    """end -> the first end of its group; `work` counts operations by the ends that they reach.

    Groups become one if more operations work for exactly them than for one of them alone.
    """
    leader = {end: end for ends in work for end in ends or ()}
    own = Counter({end: work[frozenset((end,))] for end in leader})

    def find(end: int) -> int:
        while leader[end] != end:
            end = leader[end]
        return end

    shared = [(ends, count) for ends, count in work.items() if ends and len(ends) >= 2]
    for ends, count in sorted(shared, key=lambda pair: (-pair[1], sorted(pair[0], reverse=True))):
        together = sorted({find(end) for end in ends})
        if count > min(own[end] for end in together) or len(together) == 1:
            own[together[0]] = count + sum(own[end] for end in together)
            leader.update(dict.fromkeys(together, together[0]))
    return {end: find(end) for end in leader}


def _stages(
    placed: Placements, makers: tuple[tuple[int, ...], ...], group: tuple[int, ...]
) -> tuple[int, ...]:
    stages: list[int] = []
    fetches = fetching(placed)
    for number, row in enumerate(makers):
        mine, fetches_now = group[number], fetches[number]
        stage = 0 if mine == SHARED else 1
        for maker in row if stage else ():
            if group[maker] == mine:
                stage = max(stage, stages[maker] + (fetches_now and not fetches[maker]))
        stages.append(stage)
    return tuple(stages)


def fetching(placed: Placements) -> list[bool]:
    """For each operation whether it is a load or a select."""
    columns = placed.columns
    kinds = [
        kind.operation.effect is LOADS or kind.operation.name == "select" for kind in columns.kinds
    ]
    result: list[bool] = np.array(kinds)[columns.kind].tolist()
    return result
