"""Where a program accesses memory as it runs, as far as facts about memory say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slotweave.ir.facts import Facts
from slotweave.ir.graph import Graph, Region
from slotweave.ir.program import Program, Slot
from slotweave.lift import Lifted, lift_counting
from slotweave.machine import Machine
from slotweave.simulate.slots import SlotKind, slot_kinds

#: Bundle, engine, slot.
Place = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class KnownAccess:
    """A load or store in `region`, which may be several side by side; from `first` on if known."""

    region: str
    read_only: bool
    first: int | None


#: Of the loads and stores that run, if anything is known of memory.
KnownAccesses = Mapping[Place, KnownAccess]


def known_accesses(program: Program, machine: Machine, facts: Facts) -> KnownAccesses:
    """What `facts` say of each load and store of a straight `program`; nothing if they say nothing.

    Regions that accesses do not keep apart are one (see `lift`). Raises CheckFailed if the program
    accesses memory past the end that the facts declare.
    """
    if not say_something(facts):
        return {}
    return lifted_accesses(lift_counting(program, machine, facts), program, machine)


def say_something(facts: Facts) -> bool:
    """Do `facts` tell accesses to memory apart?"""
    return bool(facts.regions or facts.words)


def lifted_accesses(lifted: Lifted, program: Program, machine: Machine) -> KnownAccesses:
    """What is known of each load and store of the run; its bundle is the place in the run."""
    kinds = slot_kinds(machine)
    found = {}
    for place, (low, high) in lifted.addresses.items():
        ran, engine, slot = place
        width = _width(kinds[engine], program.bundles[lifted.path[ran]][engine][slot])
        region = _region(lifted.graph, low, high + width - 1)
        if region is not None:
            first = low if low == high else None
            found[place] = KnownAccess(region.name, region.read_only, first)
    return found


def _width(kinds: Mapping[str, SlotKind], slot: Slot) -> int:
    """How many words a load reads or a store writes."""
    kind = kinds[slot[0]]
    return len(kind.words_written(slot) or kind.words_read(slot)[1])


def _region(graph: Graph, lowest: int, highest: int) -> Region | None:
    """The one region of `graph` that holds these addresses; none if there are several."""
    for region in graph.regions:
        if region.start <= lowest < region.stop:
            return region if highest < region.stop or region is graph.regions[-1] else None
    return None
