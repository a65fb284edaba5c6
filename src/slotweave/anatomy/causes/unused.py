"""Operations that a run could do without, as far as anybody can see.

Guarantee: a run that faults nowhere ends with the same words in what is output, and with the same
trace, if all of these operations are left out, or one of them with those that read its results. So
it does at each pause, if all of memory is output; under facts with regions memory is judged at the
end of the run alone. (What is left out might have faulted.)

A store is used if it goes to what is output, or if a load that comes later may read it, even one
whose result is not used: it may steer where something else is stored. One to output is not if later
stores write all of its words again, at addresses that are surely the same, before any load that may
read it or a pause; this is looked for where memory is written at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slotweave.anatomy.causes.access_conflicts import Touched
from slotweave.anatomy.words.issued import Issued
from slotweave.anatomy.words.known_accesses import KnownAccesses
from slotweave.isa.operations import LOADS, NO_EFFECT, STORES


@dataclass
class _Later:
    """What later operations do: which words loads may read and stores surely write, each with the
    first bundle that does, and the bases of the addresses of loads, by region.

    `pauses` are the bundles with pauses. `at_once`: what is stored lands before the next bundle.
    """

    pauses: Sequence[int]
    at_once: bool
    read: dict[_Word, int] = field(default_factory=dict)
    bases: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    written: dict[_Word, int] = field(default_factory=dict)

    def add_load(self, bundle: int, load: Touched) -> None:
        for region in load.regions:
            self.bases[region].add(load.base)
        self.read.update(dict.fromkeys(_words(load), bundle))

    def add_store(self, bundle: int, store: Touched) -> None:
        if self.at_once:
            self.written.update(dict.fromkeys(_words(store), bundle))

    def may_read(self, store: Touched) -> bool:
        """May a load read what `store` leaves?"""
        for region in store.regions:
            bases = self.bases.get(region, set())
            if len(bases) > (store.base in bases):
                return True
        words = [word for word in _words(store) if word in self.read]
        return any(self.read[word] <= self.written.get(word, _NEVER) for word in words)

    def is_left(self, bundle: int, store: Touched) -> bool:
        """Is a word that `store` writes in `bundle` there at a pause, or in the end?"""
        pause = bisect_left(self.pauses, bundle)
        shown = self.pauses[pause] if pause < len(self.pauses) else _NEVER - 1
        return any(not bundle < self.written.get(word, _NEVER) <= shown for word in _words(store))


#: A bundle that no run comes to.
_NEVER = 1 << 62

#: A region, a base, and the distance from it.
_Word = tuple[str, int, int]


def _words(touched: Touched) -> list[_Word]:
    return [(region, touched.base, word) for region in touched.regions for word in touched.words]


def unused_operations(
    issued: Sequence[Issued],
    makers: Sequence[tuple[int, ...]],
    touched: Mapping[int, Touched],
    known: KnownAccesses,
) -> frozenset[int]:
    """The operations of a straight program that are not used.

    Each reads the results of those of its `makers`, which come before it.
    """
    used = bytearray(len(issued))
    pauses = [one.bundle for one in issued if one.kind.operation.name == "pause"]
    at_once = all(one.kind.latency == 1 for one in issued if one.effect is STORES)
    later = _Later(pauses, at_once)
    for number in range(len(issued) - 1, -1, -1):
        operation = issued[number]
        effect = operation.effect
        if effect is STORES:
            access, words = known.get(operation.place), touched[number]
            output = access is None or access.output
            left = output and later.is_left(operation.bundle, words)
            used[number] = left or later.may_read(words)
        elif effect not in (NO_EFFECT, LOADS) and operation.kind.writes is None:
            used[number] = True
        elif effect is LOADS:
            later.add_load(operation.bundle, touched[number])
        if not used[number]:
            continue
        if effect is STORES:
            later.add_store(operation.bundle, touched[number])
        for maker in makers[number]:
            used[maker] = True
    return frozenset(number for number, one in enumerate(used) if not one)
