"""Operations that a run could do without, as far as anybody can see.

Guarantee: a run that faults nowhere ends with the same words in what is output, and with the same
trace, if all of these operations are left out, or one of them with those that read its results. So
it does at each pause, if all of memory is output; under facts with regions memory is judged at the
end of the run alone. (What is left out might have faulted.)

A store is used if it goes to what is output, or if a load that is used and comes later may read it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slotweave.anatomy.causes.access_conflicts import Touched
from slotweave.anatomy.words.issued import Issued
from slotweave.anatomy.words.known_accesses import KnownAccesses
from slotweave.isa.operations import LOADS, NO_EFFECT, STORES


@dataclass
class _Loaded:
    """What later loads may read: words, and the bases of their addresses, by region."""

    words: set[tuple[str, int, int]] = field(default_factory=set)
    bases: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, load: Touched) -> None:
        for region in load.regions:
            self.bases[region].add(load.base)
            self.words.update((region, load.base, word) for word in load.words)

    def may_read(self, store: Touched) -> bool:
        return any(self._may_read(region, store) for region in store.regions)

    def _may_read(self, region: str, store: Touched) -> bool:
        bases = self.bases.get(region, set())
        if len(bases) > (store.base in bases):
            return True
        return any((region, store.base, word) in self.words for word in store.words)


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
    loaded = _Loaded()
    for number in range(len(issued) - 1, -1, -1):
        operation = issued[number]
        effect = operation.effect
        if effect is STORES:
            access = known.get(operation.place)
            output = access is None or access.output
            used[number] = output or loaded.may_read(touched[number])
        elif effect not in (NO_EFFECT, LOADS) and operation.kind.writes is None:
            used[number] = True
        if not used[number]:
            continue
        if effect is LOADS:
            loaded.add(touched[number])
        for maker in makers[number]:
            used[maker] = True
    return frozenset(number for number, one in enumerate(used) if not one)
