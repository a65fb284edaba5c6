"""Below how many cycles no schedule of what a program computes can be."""

from __future__ import annotations

from slotweave.bound import Bound
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.report.dataflow_problem import dataflow_ladder
from slotweave.report.placements import placements
from slotweave.report.unrolled import MOST_SHOWN, unrolled


def program_bounds(program: Program, machine: Machine, facts: Facts) -> tuple[Bound, ...]:
    """The ladder of `program`, which must be legal on `machine`, as it runs under `facts`.

    Raises InputError (SW219) where a jump depends on data, or if it runs for too long to be shown.
    """
    run = unrolled(program, machine, facts, MOST_SHOWN)
    placed = placements(run.program, machine, run.known)
    return dataflow_ladder(placed, machine, run.times)
