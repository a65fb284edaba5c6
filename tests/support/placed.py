"""What holds each operation of a program, from its text and facts alone."""

from __future__ import annotations

from slotweave.anatomy.causes.placements import Placements, placements
from slotweave.anatomy.unrolled import unrolled
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine


def placed_under(program: Program, machine: Machine, facts: Facts = NOTHING_KNOWN) -> Placements:
    run = unrolled(program, machine, facts)
    return placements(run.program, machine, run.known)
