"""A timeline as the columns that the page's script reads: numbers as bytes in base 64."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.anatomy.phases import work_of
from slotweave.anatomy.timeline import Timeline
from slotweave.anatomy.words.slot_columns import SlotColumns
from slotweave.simulate.slots import SlotKind

Numbers = NDArray[Any] | Sequence[int]


def packed(numbers: Numbers, kind: str = "<i4") -> str:
    """The numbers as little-endian bytes of this kind, in base 64."""
    return b64encode(np.asarray(numbers).astype(kind).tobytes()).decode("ascii")


def timeline_columns(shown: Timeline, cycles: Sequence[int]) -> dict[str, Any]:
    """The columns of the operations; bundles go by the `cycles` that are over before each.

    `cycles` has one entry more than there are bundles: all cycles.
    """
    columns, placed, machine = shown.placed.columns, shown.placed, shown.machine
    at = np.asarray(cycles, np.int64)
    engine_of = {name: number for number, name in enumerate(machine.slots)}
    engines = np.array([engine_of[name] for name in columns.engines])
    values = shown.values
    table = [values.word, values.words, at[values.first], at[values.last] + 1, values.maker]
    inside = _bundle_of_cycle(at)
    return {
        "engines": [[name, slots] for name, slots in machine.engines],
        "cycles": int(at[-1]),
        "scratch": machine.scratch_words,
        "kinds": [_kind(kind) for kind in columns.kinds],
        "time": packed(at[columns.bundle]),
        "engine": packed(engines[columns.kind], "u1"),
        "slot": packed([place[2] for place in columns.places], "u1"),
        "kind": packed(columns.kind, "<u2"),
        **_operands(columns),
        "group": packed(shown.groups.group),
        "stage": packed(shown.groups.stage),
        "free": packed(at[np.minimum(placed.free, columns.bundle)]),
        "preds": packed(shown.waits.offset),
        "pred": packed(shown.waits.source),
        "held": packed(shown.waits.cause, "u1"),
        "idle": {name: packed(slots.rest[inside], "u1") for name, slots in shown.idle.items()},
        "movers": {name: packed(slots.free[inside], "<u2") for name, slots in shown.idle.items()},
        "jumps": {name: packed(slots.jump[inside], "<u2") for name, slots in shown.idle.items()},
        "next": {name: packed(found[inside]) for name, found in shown.next_up.items()},
        "live": packed(placed.live[inside]),
        "value": packed(np.stack(table, axis=1).ravel()),
        "names": [[address, *name] for address, name in sorted(shown.program.names.items())],
    }  # fmt: skip


def _bundle_of_cycle(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bundle that costs each cycle."""
    found: NDArray[np.int64] = np.flatnonzero(np.diff(at))
    return found


def _kind(kind: SlotKind) -> list[Any]:
    """The mnemonic, the kind of work, and a bit for each operand that is a scratch address."""
    operands = [*kind.reads, *([kind.writes] if kind.writes else [])]
    return [kind.form.mnemonic, work_of(kind), sum({1 << (operand[0] - 1) for operand in operands})]


def _operands(columns: SlotColumns) -> dict[str, str]:
    rows = [slot[1:] for slot in columns.slots]
    return {
        "arg": packed([word & 0xFFFFFFFF for row in rows for word in row], "<u4"),
        "args": packed([len(row) for row in rows], "u1"),
    }
