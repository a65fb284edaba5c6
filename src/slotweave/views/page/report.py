"""The report of one program, or of two on one axis of time."""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine

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
