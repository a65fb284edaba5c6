"""What `explain` says of a program: of its bundles if it is straight, else as it runs, or of its
straight parts if no run is known."""

from __future__ import annotations

from collections.abc import Callable

from slotweave.anatomy.causes.explanation import Explanation
from slotweave.anatomy.causes.why_here import explain_bundle, explain_cycle, explain_part
from slotweave.anatomy.straight_part import part_at
from slotweave.anatomy.unrolled import MOST_SHOWN, unrolled, up_to_halt
from slotweave.anatomy.words.live_scratch import is_straight
from slotweave.base.diagnostics import InputError
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine

#: A cycle or a bundle, an engine, a slot of it.
At = tuple[int, str | None, int | None]

#: The place that is asked for, given how many there are and a sentence that says so.
Asked = Callable[[int, str], At]


def explain_place(program: Program, machine: Machine, facts: Facts, asked: Asked) -> Explanation:
    """Of a bundle of `program` if it is straight, else of a cycle of its run; if that is not known,
    of a bundle in its straight part.

    Raises what `asked` raises for a place that there is not, and InputError (SW219) if there is
    neither a run nor a straight part.
    """
    if is_straight(program):
        return explain_bundle(program, machine, *_asked_of_straight(program, asked), facts)
    try:
        run = unrolled(program, machine, facts, MOST_SHOWN)
    except InputError as refusal:
        if refusal.diagnostic.code != "SW219":
            raise
        bundles = len(program.bundles)
        most = f"the program has {bundles:,} bundles, from 0 on, and its run is not known"
        at = asked(bundles, most)
        return explain_part(part_at(program, machine, at[0]), machine, *at)
    cycles = run.cycles[-1]
    return explain_cycle(run, machine, *asked(cycles, f"the run has {cycles:,} cycles, from 0 on"))


def _asked_of_straight(program: Program, asked: Asked) -> At:
    bundles = len(up_to_halt(program).bundles)
    most = f"the program has {len(program.bundles):,} bundles, from 0 on"
    if bundles < len(program.bundles):
        most = f"{most}, and halts in {bundles - 1:,}"
    return asked(bundles, most if bundles else "the program is empty, it has no bundle")
