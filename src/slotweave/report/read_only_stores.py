"""Stores to memory that the facts call read-only: the facts are not those of the program."""

from __future__ import annotations

from slotweave.check.symbolic_memory import MemoryMap
from slotweave.diagnostics import Diagnostic, SlotweaveError
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.isa import Effect
from slotweave.lift import lift_counting
from slotweave.machine import Machine
from slotweave.simulate.slots import slot_kinds


def read_only_store(program: Program, machine: Machine, facts: Facts) -> Diagnostic | None:
    """The first store of a run of which all words lie in a region that is read-only, if any.

    None is found in a program that has no graph, because its jumps depend on data or it is refused.
    """
    inputs = [region for region in facts.regions if region.read_only and region.length]
    if not inputs:
        return None
    try:
        lifted = lift_counting(program, machine, facts)
    except SlotweaveError:
        return None
    kinds = slot_kinds(machine)
    for (ran, engine, slot), access in lifted.accesses.items():
        bundle = lifted.path[ran]
        kind = kinds[engine][program.bundles[bundle][engine][slot][0]]
        if kind.operation.effect is not Effect.STORE:
            continue
        last = access.high + access.width - 1
        if any(region.start <= access.low and last < region.stop for region in inputs):
            place = MemoryMap(facts.regions, lifted.graph.memory_words).place(access.low)
            where = place if access.low == access.high else f"the region of {place}"
            reason = f"a store goes to {where}, which is read-only under these facts"
            return Diagnostic("SW404", reason, bundle=bundle, engine=engine, slot=slot)
    return None
