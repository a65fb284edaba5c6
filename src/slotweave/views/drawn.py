"""A program as the pictures of it show it, in whole or in part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePath

from slotweave.anatomy.causes.placements import Placements
from slotweave.anatomy.findings import Finding
from slotweave.anatomy.inspection import Inspection
from slotweave.anatomy.phases import Phase
from slotweave.anatomy.timeline import Timeline, timeline
from slotweave.anatomy.unrolled import Unrolled
from slotweave.ir.program import Program
from slotweave.machine import DEBUG_ENGINE, Machine

#: The line of the kernel of each operation (-1: none), the names of these lines, and their texts,
#: which may be none.
KernelLines = tuple[Sequence[int], Sequence[str], Sequence[str]]
NO_KERNEL_LINES: KernelLines = ((), (), ())


@dataclass(frozen=True)
class Overview:
    """All of a program that is shown in part: the `part` (first cycle, end) of `cycles`.

    `shares` has for each engine the part of its slots in use, from 0 to 255, by column.
    """

    cycles: int
    part: tuple[int, int]
    shares: Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class ReportProgram:
    """A program on the page.

    `ladder` are lower bounds (name, cycles, reason); `what_if` has for each engine the cycles by
    its number of slots; `phases` (group, stage, first, last) as `inspect` has them; `cycles` those
    that are over before each bundle, and in the end; `lines` the lines of the kernel; `about` says
    what it is, `findings` why it is as long as it is, and `commands` what to type next.
    """

    name: str
    shown: Timeline
    cycles: Sequence[int]
    ladder: Sequence[tuple[str, int, str]]
    phases: Sequence[tuple[int | None, int | None, int, int]]
    spans: tuple[int, int] | None
    what_if: Mapping[str, Sequence[tuple[int, int]]] | None = None
    overview: Overview | None = None
    lines: KernelLines = NO_KERNEL_LINES
    findings: Sequence[Finding] = ()
    about: str = ""
    commands: Sequence[str] = ()


def program_drawn(
    name: str, machine: Machine, found: Inspection, run: tuple[Unrolled, Placements]
) -> ReportProgram:
    """What was inspected as its pictures show it. Its run, and so its `view`, must be known."""
    (ran, placed), view = run, found.view
    assert view is not None
    return ReportProgram(
        short_name(name),
        timeline(ran.program, machine, placed),
        ran.cycles,
        [(rung.name, rung.cycles, rung.why) for rung in found.ladder],
        phase_rows(view.phases),
        (view.spans.head, view.spans.body) if view.spans.body else None,
    )


def kernel_lines(program: Program, path: Sequence[int]) -> KernelLines:
    """The lines of the operations of the bundles that run, whose places in the text are `path`."""
    lines = program.lines
    if len(lines.slots) != program.slots:
        return NO_KERNEL_LINES
    first = list(accumulate((sum(map(len, b.values())) for b in program.bundles), initial=0))
    slots: list[int] = []
    for bundle in path:
        at = first[bundle]
        for engine, row in program.bundles[bundle].items():
            slots += () if engine == DEBUG_ENGINE else lines.slots[at : at + len(row)]
            at += len(row)
    return slots, lines.texts, lines.sources


def phase_rows(of: Sequence[Phase]) -> list[tuple[int | None, int | None, int, int]]:
    """Group, stage, first and last cycle of each phase."""
    return [(phase.group, phase.stage, phase.first, phase.last) for phase in of]


def short_name(name: str) -> str:
    """The last part of the path to a file."""
    return PurePath(name).name or name
