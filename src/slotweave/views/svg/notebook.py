"""The picture of a program that a notebook shows beside the numbers."""

from __future__ import annotations

from slotweave.anatomy.headline import headline
from slotweave.anatomy.inspect import inspect_and_place
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.views.drawn import program_drawn
from slotweave.views.svg.program_svg import program_svg

#: Longer programs are not drawn: nobody waits for the answer of a notebook's cell.
_MOST_SLOTS = 50_000
_PICTURES = ("slots", "groups")


def notebook_picture(program: Program, machine: Machine, facts: Facts) -> str:
    """SVG, or "" for a program that is too long, that has no cycle, or whose run is not known."""
    if not program.bundles or program.slots > _MOST_SLOTS:
        return ""
    found, run = inspect_and_place(program, machine, facts)
    if run is None or not found.cycles:
        return ""
    shown = program_drawn("program", machine, found, run)
    return program_svg(headline(found), [shown], wanted=_PICTURES)
