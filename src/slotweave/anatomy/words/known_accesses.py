"""Where a program accesses memory as it runs: as far as facts and its own arithmetic say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slotweave.lift import Access, Lifted, Partition

#: Bundle, engine, slot.
Place = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class KnownAccess:
    """A load or store in `regions`, each of which may be several side by side; from `first` on if
    known.

    `regions` has the region of each of its words, or the one of all of them. Is it judged what is
    in one of them at the end (`output`)?
    """

    regions: tuple[str, ...]
    read_only: bool
    output: bool
    first: int | None

    def region(self, word: int) -> str:
        """The region of one of its words, counted from its first one."""
        return self.regions[word if len(self.regions) > 1 else 0]


#: Of the loads and stores that run: of all of them, or of none.
KnownAccesses = Mapping[Place, KnownAccess]


def lifted_accesses(lifted: Lifted) -> KnownAccesses:
    """What is known of each load and store of the run; its bundle is the place in the run.

    Regions that accesses do not keep apart are one, and parts of a region that no computed address
    mixes are several (see `lift`): accesses in two of them have no word in common that is used.
    Only an access at a known address lies in more than one.
    """
    found = {}
    judged: dict[Access, KnownAccess] = {}
    for place, access in lifted.accesses.items():
        if access not in judged:
            judged[access] = _known(lifted.apart, access)
        found[place] = judged[access]
    return found


def _known(partition: Partition, access: Access) -> KnownAccess:
    last = access.high + access.width - 1
    covering = partition.covering(access.low, last)
    regions = tuple([region.name for region in covering])
    if len(regions) > 1:
        regions = tuple(
            [partition.covering(word, word)[0].name for word in range(access.low, last + 1)]
        )
    return KnownAccess(
        regions,
        all(region.read_only for region in covering),
        any(region.output for region in covering),
        access.low if access.low == access.high else None,
    )
