"""A program as it runs: its bundles in the order of the run, without jumps."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from slotweave.ir.facts import Facts
from slotweave.ir.program import Bundle, Program, Slot
from slotweave.lift import Ran, lift_counting
from slotweave.machine import Machine
from slotweave.report.live_scratch import JUMPS, is_straight


def unrolled(program: Program, machine: Machine, facts: Facts) -> Program:
    """`program` itself if it runs straight through, else the bundles that it runs under `facts`.

    Raises CheckFailed for what the machine refuses, InputError (SW219) where a jump depends on
    data. Bundles that cost no cycle are left out where there are jumps.
    """
    if is_straight(program):
        return program
    ran = lift_counting(program, machine, facts, record=True).ran
    bundles = [
        _bundle(program.bundles[bundle], list(slots))
        for (_cycle, bundle), slots in groupby(ran, key=lambda one: (one.cycle, one.bundle))
    ]
    return replace(program, bundles=tuple(bundles))


def _bundle(bundle: Bundle, ran: list[Ran]) -> Bundle:
    """The slots of one bundle that ran; an engine without any still costs the cycle."""
    kept: dict[str, tuple[Slot, ...]] = {one.engine: () for one in ran}
    for one in ran:
        slot = bundle[one.engine][one.slot]
        if slot[0] not in JUMPS:
            kept[one.engine] = (*kept[one.engine], slot)
    return kept
