"""Operations of a machine of packets as a Project: the cycle of an activity is its packet.

A slot set becomes the resources of its unions (`machine.packets.slot_unions`): an operation takes a
unit of each union that holds all its slots. That is as strict as giving it a slot, and has no modes
for schedulers to choose among. Operations that have to share a packet are one activity with the
needs of all. Another mode is another way to issue the same activity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from slotweave.ir.project import Activity, ActivityMode, Lag, Project, Resource, Use
from slotweave.machine.packets import PacketMachine, PacketNeeds, SlotSet, slot_unions


@dataclass(frozen=True, slots=True)
class PacketActivity:
    """Operations that share a packet, and the ways to issue them: in each the needs of all."""

    name: str
    ways: tuple[tuple[PacketNeeds, ...], ...]


def packet_project(
    machine: PacketMachine, activities: Sequence[PacketActivity], lags: Sequence[Lag]
) -> Project:
    """The project whose makespan is the number of packets; `lags` count packets."""
    sets = [one.slots for each in activities for way in each.ways for one in way]
    unions = slot_unions([*sets, machine.slots])
    resources = [Resource(_slots_text(union), len(union)) for union in unions]
    resources += [Resource(name, most) for name, most in machine.limits.items()]
    number = {name: len(unions) + place for place, name in enumerate(machine.limits)}

    def mode(way: tuple[PacketNeeds, ...]) -> ActivityMode:
        units: Counter[int] = Counter()
        for one in way:
            units.update(k for k, union in enumerate(unions) if one.slots <= union)
            for name, amount in one.units:
                units[number[name]] += amount
        uses = tuple(Use(k, amount, 0, 1) for k, amount in sorted(units.items()) if amount)
        return ActivityMode(1, uses)

    made = tuple(Activity(one.name, tuple(mode(way) for way in one.ways)) for one in activities)
    return Project(tuple(resources), made, tuple(lags))


def all_slots(project: Project) -> int:
    """The number of the resource that is all slots of the machine, in a project made here."""
    named = [k for k, one in enumerate(project.resources) if one.name.startswith("slot")]
    return max(named, key=lambda k: project.resources[k].capacity)


def _slots_text(slots: SlotSet) -> str:
    """`slots 0, 1`."""
    return f"{'slot' if len(slots) == 1 else 'slots'} {', '.join(map(str, sorted(slots)))}"
