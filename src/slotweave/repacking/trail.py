"""What a search has tried so far: each variant, each shorter schedule, and who is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from slotweave.base.wording import plural
from slotweave.repacking.graph_variants import GraphVariant
from slotweave.repacking.options import Listener
from slotweave.repacking.search import Found


@dataclass(frozen=True)
class Tried:
    """A variant: no schedule of it takes fewer cycles than `least`, the best one takes `cycles`.

    `cycles` is None if none was made, because `least` is no better than what was there.
    """

    name: str
    least: int
    cycles: int | None = None


@dataclass
class Trail:
    """One round of a search: `shortest` is the fewest cycles so far, `found` are the schedules,
    each shorter than the one before. `late`: something was abandoned, as its time was over."""

    shortest: int
    evaluations: int
    listen: Listener
    found: list[Found] = field(default_factory=list)
    tried: dict[str, Tried] = field(default_factory=dict)
    interrupted: bool = False
    late: bool = False

    def tell(self, what: str) -> None:
        self.listen(what, self.shortest, self.evaluations)

    def begin(self, variant: GraphVariant) -> None:
        """`variant` is looked at next."""
        self.tried[variant.way] = Tried(variant.way, variant.least)

    def note(self, found: Found | None) -> None:
        """One more evaluation was made, and this came of it."""
        self.evaluations += 1
        if found is not None:
            before = self.tried[found.variant.way]
            cycles = min(found.cycles, found.cycles if before.cycles is None else before.cycles)
            self.tried[before.name] = replace(before, cycles=cycles)
        if found is None or found.cycles >= self.shortest:
            self.tell("")
            return
        self.found.append(found)
        self.shortest = found.cycles
        self.tell(f"{found.variant.way}: {plural(found.cycles, 'cycle')}")
