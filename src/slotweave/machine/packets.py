"""A machine of packets, as data: slots, limits with names, and what each opcode needs of them.

A packet is what issues in one cycle. Each of its operations takes one slot of those that its opcode
may take (a *slot set*), and units of limits that all of the packet share: words, stores. Nothing
here knows an instruction set; `hexagon` is one tenant, and a test has another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

SlotSet = frozenset[int]


@dataclass(frozen=True, slots=True)
class PacketNeeds:
    """What one operation takes of a packet: one slot of `slots`, and units of limits by name."""

    slots: SlotSet
    units: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class PacketMachine:
    """A machine of packets: its slots, and the limits that its packets share."""

    name: str
    slots: SlotSet
    limits: Mapping[str, int]

    def fits(self, packet: Collection[PacketNeeds]) -> bool:
        """Whether these operations can share a packet: a slot for each, and no limit exceeded."""
        sets = [one.slots for one in packet]
        matched = all(
            sum(each <= joined for each in sets) <= len(joined) for joined in slot_unions(sets)
        )
        totals = dict.fromkeys(self.limits, 0)
        for one in packet:
            for name, units in one.units:
                totals[name] += units
        return matched and all(totals[name] <= most for name, most in self.limits.items())


def slot_unions(sets: Collection[SlotSet]) -> list[SlotSet]:
    """All unions of these slot sets, each once, smallest first.

    Operations fit into slots exactly if, for each union of their sets, no more of them lie within
    it than it has slots (Hall, "On representatives of subsets", 1935).
    """
    found: set[SlotSet] = set()
    for each in set(sets):
        found |= {each} | {each | other for other in found}
    return sorted(found, key=lambda one: (len(one), sorted(one)))
