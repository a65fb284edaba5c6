"""Stores to memory that the facts call read-only: the facts are not those of the program."""

from __future__ import annotations

from slotweave.anatomy.unrolled import Unrolled, unrolled
from slotweave.base.diagnostics import Diagnostic, SlotweaveError
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.isa import Effect
from slotweave.machine import Machine
from slotweave.simulate.slots import slot_kinds


def read_only_store(program: Program, machine: Machine, facts: Facts) -> Diagnostic | None:
    """The first store of a run of which all words lie in a region that is read-only, if any.

    None is found in a program whose run is not known.
    """
    if not any(region.read_only for region in facts.regions):
        return None
    try:
        run = unrolled(program, machine, facts)
    except SlotweaveError:
        return None
    return read_only_store_of(run, machine, facts)


def read_only_store_of(run: Unrolled, machine: Machine, facts: Facts) -> Diagnostic | None:
    """The same of a run that is known."""
    inputs = [region for region in facts.regions if region.read_only and region.length]
    kinds = slot_kinds(machine)
    for (at, engine, slot), access in run.accesses.items() if inputs else ():
        kind = kinds[engine][run.program.bundles[at][engine][slot][0]]
        if kind.operation.effect is not Effect.STORE:
            continue
        last = access.high + access.width - 1
        if any(region.start <= access.low and last < region.stop for region in inputs):
            place = MemoryMap(facts.regions, last + 1).place(access.low)
            where = place if access.low == access.high else f"the region of {place}"
            reason = f"a store goes to {where}, which is read-only under these facts"
            return Diagnostic("SW404", reason, bundle=run.path[at], engine=engine, slot=slot)
    return None
