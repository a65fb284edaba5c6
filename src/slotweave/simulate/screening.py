"""Is a program surely legal? Asked of all slots of a kind at once, as columns.

Guarantee: the answer errs on one side only. If it is yes, `legality.static_faults` finds nothing.
If it is no, that has to look slot by slot.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.program import Program, Slot
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.slots import SlotKind, SlotKinds, slot_fault

#: Slots of one kind, and the bundle of each.
_Rows = tuple[list[Slot], list[int]]


def surely_legal(program: Program, machine: Machine, kinds: SlotKinds) -> bool:
    """Can every slot run, and do no two land in one word at once, all code taken as straight?"""
    tables: dict[str, dict[object, _Rows]] = {
        engine: {name: ([], []) for name in table} for engine, table in kinds.items()
    }
    for index, bundle in enumerate(program.bundles):
        for engine, slots in bundle.items():
            if engine == DEBUG_ENGINE:
                continue
            table = tables.get(engine)
            if table is None or len(slots) > machine.slots[engine]:
                return False
            for slot in slots:
                mnemonic = slot[0] if slot else None
                if type(mnemonic) is not str or mnemonic not in table:
                    return False
                same, bundles = table[mnemonic]
                same.append(slot)
                bundles.append(index)
    filled = [
        (kinds[engine], kinds[engine][str(name)], rows)
        for engine, table in tables.items()
        for name, rows in table.items()
        if rows[0]
    ]
    return all(_all_legal(*each) for each in filled) and not _may_write_twice(
        [(kind, rows) for _kinds, kind, rows in filled]
    )


def _all_legal(kinds: dict[str, SlotKind], kind: SlotKind, rows: _Rows) -> bool:
    """Whether `slot_fault` would pass all `rows` of `kind`."""
    slots, bundles = rows
    if kind.tied:
        return not any(map(slot_fault, [kinds] * len(slots), slots, bundles))
    if set(map(len, slots)) != {len(kind.ranges) + 1}:
        return False
    _names, *columns = zip(*slots, strict=True)
    return all(
        set(map(type, column)) == {int} and low <= min(column) and max(column) <= high
        for column, (low, high) in zip(columns, kind.ranges, strict=True)
    )


def _may_write_twice(rows_of_kinds: list[tuple[SlotKind, _Rows]]) -> bool:
    """Whether two words that are written are the same, at the same time."""
    keys = [_written(kind, *rows) for kind, rows in rows_of_kinds if kind.destination is not None]
    words = np.sort(np.concatenate(keys)) if keys else np.empty(0, dtype=np.int64)
    return bool((words[1:] == words[:-1]).any())


def _written(kind: SlotKind, slots: list[Slot], bundles: list[int]) -> NDArray[np.int64]:
    """A number for each word that each of the legal `slots` writes, and when it lands."""
    at, width, lane = kind.writes or (0, 0, False)
    first = np.array([slot[at] + slot[-1] if lane else slot[at] for slot in slots], dtype=np.int64)
    lands = np.array(bundles, dtype=np.int64) + kind.latency
    rows = lands * kind.scratch_words + first
    return (rows[:, np.newaxis] + np.arange(width)).ravel()
