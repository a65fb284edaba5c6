"""The words of a straight program given out anew, all of them in turn.

Guarantees: after renaming each read still finds the value that it found before, in listing order; a
word is not written before the last read of the value that was in it; and among the words that are
free the one that has rested longest is taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

#: The words that each operation of a bundle reads and writes.
Touched = tuple[list[int], list[int]]


def in_turn(bundles: Sequence[Sequence[Touched]], size: int) -> list[list[Touched]] | None:
    """`bundles` on the words 0 .. size - 1; None if some bundle needs more at once.

    All reads of a bundle come before its writes.
    """
    values, last, unwritten = _values(bundles)
    if len(unwritten) > size:
        return None
    place: dict[int, int] = dict(zip(unwritten, range(size), strict=False))
    free: deque[int] = deque(range(len(unwritten), size))
    renamed = []
    for at, bundle in enumerate(values):
        fresh = {value for _reads, writes in bundle for value in writes}
        used = {value for reads, _writes in bundle for value in reads}
        ending = [place[value] for value in sorted(used) if last[value] == at]
        for value in sorted(fresh):
            if free:
                place[value] = free.popleft()
            elif ending:
                place[value] = ending.pop(0)
            else:
                return None
        free.extend(ending)
        free.extend(place[value] for value in sorted(fresh) if last[value] == at)
        renamed.append([
            ([place[value] for value in reads], [place[value] for value in writes])
            for reads, writes in bundle
        ])  # fmt: skip
    return renamed


def words_needed(bundles: Sequence[Sequence[Touched]]) -> int:
    """The fewest words for which `in_turn` finds room."""
    if in_turn(bundles, 0) is not None:
        return 0
    low, high = 0, 1
    while in_turn(bundles, high) is None:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if in_turn(bundles, middle) is None:
            low = middle
        else:
            high = middle
    return high


def _values(
    bundles: Sequence[Sequence[Touched]],
) -> tuple[list[list[tuple[list[int], list[int]]]], dict[int, int], list[int]]:
    """`bundles` on numbers of values, and the last bundle that needs each value.

    The values that are read before anything is written to their words come last: they are there
    from the start.

    A value that nobody reads is needed in the bundle that writes it; two writes of one bundle to a
    word make one value.
    """
    now: dict[int, int] = {}
    last: dict[int, int] = {}
    unwritten: list[int] = []
    count = 0
    numbered = []
    for at, bundle in enumerate(bundles):
        reads: list[list[int]] = []
        for read, _written in bundle:
            for word in read:
                if word not in now:
                    unwritten.append(count)
                    now[word], count = count, count + 1
            reads.append([now[word] for word in read])
        last.update((value, at) for row in reads for value in row)
        made: dict[int, int] = {}
        for _read, written in bundle:
            for word in written:
                if word not in made:
                    made[word], count = count, count + 1
        last.update((value, at) for value in made.values())
        writes = [[made[word] for word in written] for _read, written in bundle]
        now.update(made)
        numbered.append(list(zip(reads, writes, strict=True)))
    return numbered, last, unwritten
