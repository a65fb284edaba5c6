"""What `diff` finds, drawn: the slots of two programs on one axis, by what both compute."""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.anatomy.compare.program_diff import ProgramDiff
from slotweave.anatomy.inspect import inspect_and_place
from slotweave.ir.facts import Facts
from slotweave.views.drawn import program_drawn
from slotweave.views.svg.matched import counterparts
from slotweave.views.svg.program_svg import program_svg


def diff_svg(diff: ProgramDiff, names: tuple[str, str], facts: Sequence[Facts]) -> str:
    """The picture of `diff`, of programs called `names` about which `facts` are known."""
    drawn = []
    for side, name, known in zip((diff.a, diff.b), names, facts, strict=True):
        found, run = inspect_and_place(side.program, side.machine, known)
        assert run is not None  # a program whose run is not known has no diff
        drawn.append(program_drawn(name, side.machine, found, run))
    first, second = drawn
    heading = (
        f"{first.name}: {diff.a.cycles:,} cycles; {second.name}: {diff.b.cycles:,} cycles; "
        f"{len(diff.matches):,} results computed by both"
    )
    return program_svg(heading, drawn, wanted=["match"], match=counterparts(diff, first, second))
