"""Below how many cycles no schedule of what a program computes can be."""

from __future__ import annotations

from slotweave.anatomy.timing.dataflow_problem import dataflow_ladder
from slotweave.anatomy.unrolled import MOST_SHOWN
from slotweave.bounds import Bound
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.lift import lift_counting
from slotweave.machine import Machine


def program_bounds(program: Program, machine: Machine, facts: Facts) -> tuple[Bound, ...]:
    """The ladder of `program`, which must be legal on `machine`, as it runs under `facts`.

    They are bounds of the operations of the program whose results are used, each once, known words
    for free, placed again in any order on any engine: of the program itself, and of whatever
    `repack --no-rewrite` makes of it.

    Raises InputError (SW219) where a jump depends on data, or if it runs for too long to be shown:
    then its blocks have bounds (see `block_bounds`).
    """
    lifted = lift_counting(program, machine, facts, MOST_SHOWN, apart=True)
    return dataflow_ladder(lifted, machine)
