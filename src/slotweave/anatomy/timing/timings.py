"""The fewest cycles that were found for a program on machines with several numbers of slots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from slotweave.anatomy.timing.retiming import Groups
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.ir.program import Bundle, Program
from slotweave.machine import Machine
from slotweave.simulate.legality import costs_a_cycle

#: Most single extra slots tried one after the other.
_STEPS = 64

Slots = Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Timing:
    """A program that is timed with several numbers of slots.

    `own` are those of the machine. `known` has the slots and the cycles of a schedule that there is
    already, if there is one.
    """

    groups: Groups
    own: Slots
    known: tuple[Slots, int] | None = None

    def cycles(self, slots: Slots) -> int:
        """As few as were found with these slots, or on the way to them.

        The way leads from the slots that are the machine's own or fewer to `slots` by single slots.
        """
        found = []
        for at in self._way(slots):
            found.append(self.groups.retimed(at))
            if found[-1] == self.least:
                break
        if self.known and covers(slots, self.known[0]):
            found.append(self.known[1])
        return min(found)

    def prices(self, slots: Slots) -> dict[str, int]:
        """How many cycles fewer with one more slot of each engine."""
        now = self.cycles(slots)
        wider = ((engine, {**slots, engine: count + 1}) for engine, count in slots.items())
        return {engine: now - min(now, self.groups.retimed(more)) for engine, more in wider}

    @cached_property
    def least(self) -> int:
        """What no schedule of these groups is shorter than."""
        return self.groups.retimed(dict.fromkeys(self.own, self.groups.size))

    def _way(self, slots: Slots) -> Iterator[Slots]:
        at = {engine: min(count, self.own[engine]) for engine, count in slots.items()}
        yield at
        for engine, count in slots.items():
            steps = range(at[engine] + 1, min(count, at[engine] + _STEPS) + 1)
            for wider in (*steps, *((count,) if count > at[engine] + _STEPS else ())):
                at = {**at, engine: wider}
                yield at


@dataclass(frozen=True)
class Kept:
    """Bundles that stay as they are; `begin` is the first of them in the text."""

    bundles: Sequence[Bundle]
    begin: int

    def cycles(self, slots: Slots) -> int:
        """Raises NoSchedule (SW302) if there are fewer slots than a bundle fills."""
        for at, bundle in enumerate(self.bundles, self.begin):
            for engine, count in slots.items():
                if (used := len(bundle.get(engine, ()))) > count:
                    reason = (
                        "results are in flight where this bundle and those around it begin or end, "
                        f"so they stay as they are: the program needs {used} slots of {engine}, "
                        f"not {count}"
                    )
                    raise NoSchedule(Diagnostic("SW302", reason, bundle=at, engine=engine))
        return sum(map(costs_a_cycle, self.bundles))

    def prices(self, slots: Slots) -> dict[str, int]:
        """One more slot saves nothing."""
        return dict.fromkeys(slots, 0)


def covers(slots: Slots, needed: Slots) -> bool:
    """Are there as many slots of each engine?"""
    return all(slots[engine] >= count for engine, count in needed.items())


def most_slots(program: Program, machine: Machine) -> Slots:
    """The most slots of each engine in a bundle of `program`."""
    return {
        engine: max((len(bundle.get(engine, ())) for bundle in program.bundles), default=0)
        for engine in machine.slots
    }
