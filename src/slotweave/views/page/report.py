"""The report of one program, or of two on one axis of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from slotweave.anatomy.compare.program_diff import Numbering, ProgramDiff, diff_sides, side_of
from slotweave.anatomy.inspect import inspect_program
from slotweave.anatomy.timeline import Timeline, timeline
from slotweave.anatomy.timing.slot_curves import slot_curves
from slotweave.anatomy.unrolled import MOST_SHOWN, Unrolled, unrolled
from slotweave.anatomy.words.known_accesses import KnownAccesses
from slotweave.base.wording import plural
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.views.page.page import ReportProgram, Table, report_page

#: Longer programs are shown in part.
MOST_BUNDLES = 60_000
#: Bundles of the part that is shown of them.
PART = 4_000


@dataclass(frozen=True)
class Reported:
    """A program to report: under `facts`, called `name`; `span` are the cycles to show of it."""

    name: str
    program: Program
    machine: Machine
    facts: Facts
    span: tuple[int, int] | None = None
