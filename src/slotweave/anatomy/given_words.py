"""What there is to say of the words of a program before it is repacked, found in one walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slotweave.anatomy.inspect import refuse_faults
from slotweave.anatomy.words.live_scratch import is_straight, live_words
from slotweave.anatomy.words.never_written import (
    NeverWritten,
    never_written,
    unwritten_in_columns,
)
from slotweave.anatomy.words.scratch_flow import scratch_flow
from slotweave.anatomy.words.slot_columns import slot_columns
from slotweave.base.diagnostics import Diagnostic
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine


@dataclass(frozen=True)
class GivenWords:
    """The reads of words that nothing has written (None: not known), the words that are written
    twice in a bundle, and the most words that are live at once."""

    unwritten: NeverWritten | None
    doubled: Sequence[Diagnostic]
    peak: int


def given_words(program: Program, machine: Machine, facts: Facts) -> GivenWords:
    """Those of `program` under `facts`. Raises CheckFailed for one that the machine cannot run."""
    doubled = refuse_faults(program, machine)
    if not is_straight(program):
        live = live_words(program, machine)
        unwritten = never_written(program, machine, facts)
    else:
        columns = slot_columns(program, machine)
        flow = scratch_flow(columns)
        live = flow.live
        unwritten = unwritten_in_columns(columns, flow.maker, range(columns.bundles), program.zeros)
    return GivenWords(unwritten, doubled, int(live.max(initial=0)))
