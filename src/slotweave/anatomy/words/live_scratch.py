"""How many words of scratch a program holds at once.

A value is live from the bundle in which it lands in its word until the last bundle that reads it.
That is known exactly for a program that runs straight through; where it jumps, each word that
it touches is counted as live throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slotweave.anatomy.words.scratch_flow import scratch_flow
from slotweave.anatomy.words.slot_columns import Longs, slot_columns
from slotweave.ir.program import Program
from slotweave.machine import Machine

#: Operations after which another bundle than the next one may run, and the run goes on.
JUMPS = frozenset({"jump", "jump_indirect", "cond_jump", "cond_jump_rel"})


def is_straight(program: Program) -> bool:
    """Does `program` run each of its bundles at most once, in listing order?"""
    return program.mnemonics.isdisjoint(JUMPS)


@dataclass(frozen=True, slots=True)
class LiveScratch:
    """Words live at the peak, on average over all bundles (to a tenth), and in the machine."""

    peak: int
    mean: float
    size: int

    def to_json(self) -> dict[str, float]:
        return {"peak": self.peak, "mean": self.mean, "size": self.size}


def live_scratch(live: Longs, machine: Machine) -> LiveScratch:
    """The words in use, of which `live` has the number in each bundle."""
    mean = round(float(live.mean()), 1) if len(live) else 0.0
    return LiveScratch(int(live.max(initial=0)), mean, machine.scratch_words)


def live_words(program: Program, machine: Machine) -> Longs:
    """The number of live words in each bundle; `program` must be legal on `machine`."""
    columns = slot_columns(program, machine)
    if is_straight(program):
        return scratch_flow(columns).live
    touched = np.union1d(columns.reads.word, columns.writes.word)
    return np.full(len(program.bundles), len(touched), np.int64)
