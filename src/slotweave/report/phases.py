"""Where in a straight program which work is done: head, body and tail, phases, slices."""

from __future__ import annotations

from typing import Any

import numpy as np

from slotweave.ir.program import Program
from slotweave.isa.operations import Effect
from slotweave.machine import Machine
from slotweave.report.item_groups import SHARED, ItemGroups
from slotweave.report.placements import Placements
from slotweave.report.slot_columns import Longs
from slotweave.simulate.slots import SlotKind

#: In how many slices of equal length a program is shown.
SLICES = 8
WORK = ("constants", "loads", "arithmetic", "selects", "stores", "control")


def head_body_tail(program: Program, machine: Machine, engine: str) -> dict[str, Any]:
    """Bundles before `engine` is first full, until it is last full, and behind that."""
    slots = machine.slots[engine]
    bundles = enumerate(program.bundles)
    full = [number for number, bundle in bundles if slots and len(bundle.get(engine, ())) >= slots]
    size = len(program.bundles)
    first, last = (full[0], full[-1]) if full else (size, size - 1)
    return {"engine": engine, "head": first, "body": last - first + 1, "tail": size - 1 - last}


def slices(placed: Placements, bundles: int) -> list[dict[str, Any]]:
    """The operations of each slice of bundles by kind of work; at most SLICES equal slices."""
    count = min(SLICES, bundles)
    starts = [bundles * at // count for at in range(count)] + [bundles] if count else []
    at = np.searchsorted(starts, placed.columns.bundle, "right") - 1
    counts = np.zeros((count, len(WORK)), np.int64)
    np.add.at(counts, (at, _works(placed)), 1)
    return [
        {"first": starts[i], "last": starts[i + 1] - 1, "operations": _by_work(counts[i])}
        for i in range(count)
    ]


def phases(placed: Placements, groups: ItemGroups) -> list[dict[str, Any]]:
    """Each group of items at each stage: its first and last bundle, its operations by work.

    What no single group can claim comes first, with no group and no stage.
    """
    group, stage = np.array([groups.group, groups.stage], np.int64)
    stages = int(stage.max(initial=0)) + 1
    keys, begin, row = np.unique(
        (group - SHARED) * stages + stage, return_index=True, return_inverse=True
    )
    counts = np.zeros((len(keys), len(WORK)), np.int64)
    np.add.at(counts, (row, _works(placed)), 1)
    bundle = placed.columns.bundle  # never falls, so the last one assigned is the last bundle
    last = np.zeros(len(keys), np.int64)
    last[row] = bundle
    rows = zip((keys // stages + SHARED).tolist(), (keys % stages).tolist(),
               bundle[begin].tolist(), last.tolist(), counts, strict=True)  # fmt: skip
    return [
        {
            "group": None if group == SHARED else group,
            "stage": None if group == SHARED else stage,
            "first": first,
            "last": end,
            "operations": _by_work(work),
        }
        for group, stage, first, end, work in rows
    ]


def _works(placed: Placements) -> Longs:
    """The kind of work of each operation, by its number in WORK."""
    columns = placed.columns
    return np.array([WORK.index(work_of(kind)) for kind in columns.kinds])[columns.kind]


def _by_work(counts: Longs) -> dict[str, int]:
    return {work: count for work, count in zip(WORK, counts.tolist(), strict=True) if count}


def work_of(kind: SlotKind) -> str:
    """The kind of work, one of WORK."""
    name, effect = kind.operation.name, kind.operation.effect
    if name in ("const", "select"):
        return "constants" if name == "const" else "selects"
    if effect in (Effect.LOAD, Effect.STORE):
        return "loads" if effect is Effect.LOAD else "stores"
    return "arithmetic" if effect is Effect.NONE else "control"
