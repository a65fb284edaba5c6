"""Where a program accesses memory as it runs: as far as facts and its own arithmetic say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slotweave.lift import Access, Lifted, Partition

#: Bundle, engine, slot.
Place = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class KnownAccess:
    """A load or store in `region`, which may be several side by side; from `first` on if known.

    Is it judged what is in the region at the end (`output`)?
    """

    region: str
    read_only: bool
    output: bool
    first: int | None


#: Of the loads and stores that run and lie in one region each.
KnownAccesses = Mapping[Place, KnownAccess]


def lifted_accesses(lifted: Lifted) -> KnownAccesses:
    """What is known of each load and store of the run; its bundle is the place in the run.

    Regions that accesses do not keep apart are one, and parts of a region that no computed address
    mixes are several (see `lift`): accesses in two of them have no word in common that is used.
    """
    found = {}
    judged: dict[Access, KnownAccess | None] = {}
    for place, access in lifted.accesses.items():
        if access not in judged:
            judged[access] = _in_one_region(lifted.apart, access)
        if (known := judged[access]) is not None:
            found[place] = known
    return found


def _in_one_region(partition: Partition, access: Access) -> KnownAccess | None:
    """What is known of `access` if one region holds all its words."""
    covering = partition.covering(access.low, access.high + access.width - 1)
    if len(covering) != 1:
        return None
    first = access.low if access.low == access.high else None
    return KnownAccess(covering[0].name, covering[0].read_only, covering[0].output, first)
