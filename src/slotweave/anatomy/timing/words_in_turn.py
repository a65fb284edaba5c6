"""The words of a straight program allocated again, all of them in turn.

Guarantees: after renaming each read still finds the value that it found before, in listing order; a
word is not written before the last read of the value that was in it; and among the words that are
free the one that has rested longest is taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

#: The words that each operation of a bundle reads and writes.
Touched = tuple[Sequence[int], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Values:
    """Bundles on numbers of values; `last[v]` is the last bundle that needs value v.

    `unwritten` are values that are read before anything is written to their words: they are there
    from the start. A value that nobody reads is needed in the bundle that writes it; two writes of
    one bundle to a word make one value.
    """

    bundles: Sequence[Sequence[Touched]]
    last: Sequence[int]
    unwritten: Sequence[int]

    def needed(self) -> int:
        """The fewest words for which `in_turn` finds room."""
        most = held = len(self.unwritten)
        for at, bundle in enumerate(self.bundles):
            used, fresh = _touched(bundle)
            held -= sum(self.last[value] == at for value in used)
            most = max(most, held + len(fresh))
            held += sum(self.last[value] > at for value in fresh)
        return most

    def in_turn(self, size: int) -> list[list[Touched]] | None:
        """The bundles on the words 0 .. size - 1; None if some bundle needs more at once.

        All reads of a bundle come before its writes.
        """
        last = self.last
        if len(self.unwritten) > size:
            return None
        place = [-1] * len(last)
        for word, value in enumerate(self.unwritten):
            place[value] = word
        free: deque[int] = deque(range(len(self.unwritten), size))
        renamed: list[list[Touched]] = []
        for at, bundle in enumerate(self.bundles):
            used, fresh = _touched(bundle)
            ending = [place[value] for value in used if last[value] == at]
            taken = 0
            for value in fresh:
                if free:
                    place[value] = free.popleft()
                elif taken < len(ending):
                    place[value], taken = ending[taken], taken + 1
                else:
                    return None
            free.extend(ending[taken:])
            free.extend([place[value] for value in fresh if last[value] == at])
            renamed.append([
                ([place[value] for value in reads], [place[value] for value in writes])
                for reads, writes in bundle
            ])  # fmt: skip
        return renamed


def _touched(bundle: Sequence[Touched]) -> tuple[list[int], list[int]]:
    """The values that a bundle reads, and those that it makes; rising."""
    if len(bundle) == 1:
        reads, writes = bundle[0]
        return sorted(set(reads)), sorted(set(writes))
    used = {value for reads, _writes in bundle for value in reads}
    return sorted(used), sorted({value for _reads, writes in bundle for value in writes})


def values_of(bundles: Sequence[Sequence[Touched]]) -> Values:
    """`bundles` on numbers of values."""
    now: dict[int, int] = {}
    last: list[int] = []
    unwritten: list[int] = []
    numbered = []
    for at, bundle in enumerate(bundles):
        reads: list[list[int]] = []
        for read, _written in bundle:
            for word in read:
                if word not in now:
                    now[word] = len(last)
                    unwritten.append(len(last))
                    last.append(at)
            reads.append([now[word] for word in read])
        for row in reads:
            for value in row:
                last[value] = at
        made: dict[int, int] = {}
        for _read, written in bundle:
            for word in written:
                if word not in made:
                    made[word] = len(last)
                    last.append(at)
        writes = [[made[word] for word in written] for _read, written in bundle]
        now.update(made)
        numbered.append(list(zip(reads, writes, strict=True)))
    return Values(numbered, last, unwritten)
