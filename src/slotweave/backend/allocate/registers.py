"""Registers for live ranges of a schedule that is fixed, by repeated first fit.

Ranges of one group lie at fixed distances from one another (the halves of a pair): a group has a
base, and the register of each of its ranges is base + offset. Two ranges that overlap share no
register. Colouring with some colours given is hard even for intervals (Marx, "Precoloring
extension on unit interval graphs", 2006), so groups are placed one after the other; one that finds
no room goes first in the next round (squeaky wheel: Joslin and Clements, 1999).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

#: Rounds after which no assignment is taken to exist.
_ROUNDS = 300


@dataclass(frozen=True, slots=True)
class LiveRange:
    """A value that is live from `first` to `last`, both included, in its group at `offset`."""

    first: int
    last: int
    group: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Where a group's base may be, the best place first."""

    bases: tuple[int, ...]


def allocate_registers(
    ranges: Sequence[LiveRange], groups: Sequence[Group]
) -> tuple[int, ...] | None:
    """The base of each group, None if no assignment was found."""
    members: defaultdict[int, list[LiveRange]] = defaultdict(list)
    for one in ranges:
        members[one.group].append(one)
    order = sorted(
        range(len(groups)),
        key=lambda group: (
            len(groups[group].bases),
            min((one.first for one in members[group]), default=0),
            group,
        ),
    )
    for _ in range(_ROUNDS):
        bases, failed = _placed(order, members, groups)
        if failed is None:
            return tuple(bases[group] for group in range(len(groups)))
        order.remove(failed)
        order.insert(0, failed)
    return None


def _placed(
    order: Sequence[int], members: dict[int, list[LiveRange]], groups: Sequence[Group]
) -> tuple[dict[int, int], int | None]:
    """Groups placed in this order, and the first that finds no room."""
    taken: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    bases: dict[int, int] = {}
    for group in order:
        rows = members.get(group, [])
        for base in groups[group].bases:
            if all(_is_free(taken[base + one.offset], one) for one in rows):
                break
        else:
            return bases, group
        bases[group] = base
        for one in rows:
            taken[base + one.offset].append((one.first, one.last))
    return bases, None


def _is_free(taken: Sequence[tuple[int, int]], one: LiveRange) -> bool:
    return all(last < one.first or one.last < first for first, last in taken)
