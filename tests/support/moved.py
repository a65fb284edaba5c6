"""Programs with one slot somewhere else, or without some: advice that is taken."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from slotweave.ir.program import Bundle, Program
from slotweave.machine import Machine

#: Bundle, engine, slot.
Place = tuple[int, str, int]


def moved(program: Program, place: Place, bundle: int) -> Program:
    """`program` with the slot at `place` the last of its engine in `bundle`."""
    at, engine, position = place
    slot = program.bundles[at][engine][position]
    bundles = list(without(program, [place]).bundles)
    row = bundles[bundle]
    bundles[bundle] = {**row, engine: (*row.get(engine, ()), slot)}
    return replace(program, bundles=tuple(bundles))


def without(program: Program, places: Collection[Place]) -> Program:
    """`program` without the slots at `places`; each bundle costs what it did."""
    gone = set(places)
    return replace(program, bundles=tuple(
        {
            engine: tuple(
                slot for position, slot in enumerate(slots) if (at, engine, position) not in gone
            )
            for engine, slots in bundle.items()
        }
        for at, bundle in enumerate(program.bundles)
    ))  # fmt: skip


def wider(machine: Machine) -> Machine:
    """`machine` with one more slot for each engine."""
    return replace(machine, engines=tuple((name, count + 1) for name, count in machine.engines))


def has_room(bundle: Bundle, engine: str, machine: Machine) -> bool:
    """Has a bundle that costs a cycle a free slot?"""
    costs = any(name != "debug" for name in bundle)
    return costs and len(bundle.get(engine, ())) < machine.slots[engine]
