"""Reads of scratch words that nothing has written before.

Such a word is 0 on the machine, but strict mode refuses the read (SW109), unless the program calls
the word `=0`. Words are counted operand by operand and lane by lane, in each bundle as often as it
runs; the first one is the one that strict mode names. Debug slots read nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from slotweave.anatomy.words.edges import NO_SOURCE
from slotweave.anatomy.words.live_scratch import is_straight
from slotweave.anatomy.words.scratch_flow import scratch_flow
from slotweave.anatomy.words.slot_columns import Longs, SlotColumns, slot_columns
from slotweave.base.diagnostics import Diagnostic, SlotweaveError
from slotweave.ir.facts import Facts
from slotweave.ir.program import Program
from slotweave.lift import MAX_BUNDLES, lift_counting
from slotweave.machine import Machine
from slotweave.simulate import faults


@dataclass(frozen=True, slots=True)
class UnwrittenRead:
    """A slot that reads scratch word `word`, which nothing has written before."""

    bundle: int
    engine: str
    slot: int
    word: int


@dataclass(frozen=True, slots=True)
class NeverWritten:
    """How many words are read that nothing has written before, and where that happens first."""

    reads: int
    first: UnwrittenRead | None


def never_written(
    program: Program, machine: Machine, facts: Facts, max_bundles: int = MAX_BUNDLES
) -> NeverWritten | None:
    """What `program`, which must be legal on `machine`, reads in a run from its first bundle on.

    None if that is not known: the program jumps, and cannot be lifted under `facts` or runs for
    more than `max_bundles` bundles.
    """
    if is_straight(program):
        columns = slot_columns(program, machine)
        maker = scratch_flow(columns).maker
        return unwritten_in_columns(columns, maker, range(columns.bundles), program.zeros)
    return _unwritten_in_run(program, machine, facts, max_bundles)


def unwritten_in_columns(
    columns: SlotColumns, maker: Longs, path: Sequence[int], zeros: Collection[int]
) -> NeverWritten:
    """The same of a straight or unrolled program.

    `maker` has the operation that wrote each word it reads, `path` the bundle of the text that each
    of its bundles is.
    """
    reads = columns.reads
    runs = columns.bundle[reads.owner] <= _last_bundle(columns)
    rows = np.flatnonzero((maker == NO_SOURCE) & runs & ~np.isin(reads.word, [*zeros]))
    if not len(rows):
        return NeverWritten(0, None)
    at, engine, slot = columns.places[reads.owner[rows[0]]]
    first = UnwrittenRead(path[at], engine, slot, int(reads.word[rows[0]]))
    return NeverWritten(len(rows), first)


def _last_bundle(columns: SlotColumns) -> int:
    """The bundle after which none runs: the first with a halt, if there is one."""
    halts = [number for number, kind in enumerate(columns.kinds) if kind.operation.name == "halt"]
    return int(columns.bundle[np.isin(columns.kind, halts)].min(initial=columns.bundles))


def _unwritten_in_run(
    program: Program, machine: Machine, facts: Facts, max_bundles: int
) -> NeverWritten | None:
    try:
        ran = lift_counting(program, machine, facts, max_bundles, record=True).ran
    except SlotweaveError:
        return None
    reads = [
        UnwrittenRead(one.bundle, one.engine, one.slot, word)
        for one in ran
        for word in one.unwritten
        if word not in program.zeros
    ]
    return NeverWritten(len(reads), reads[0] if reads else None)


def never_written_json(found: NeverWritten | None) -> dict[str, Any] | None:
    """`found` in the JSON form of a result."""
    return None if found is None else asdict(found)


def never_written_diagnostic(found: NeverWritten | None, file: str) -> Diagnostic | None:
    """What to say of `found` in `file`, if anything is read so."""
    if found is None or found.first is None:
        return None
    first = found.first
    code, fault = faults.never_written(first.word)
    count = "the only such read" if found.reads == 1 else f"the first of {found.reads:,} such reads"
    judged = "taken as 0, as on the machine; strict mode refuses it, --compatible allows it"
    message = f"{fault}, {count} ({judged})"
    return Diagnostic(code, message, file, None, first.bundle, first.engine, first.slot)
