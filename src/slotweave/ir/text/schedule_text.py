"""Schedules as text, one line an operation; `schedule_from_text(schedule_to_text(s)) == s`.

schedule operations=2 makespan=3
operation mode cycles
0 1 0,0,1,2
1 0 -
"""

from __future__ import annotations

from slotweave.ir.schedule import Schedule
from slotweave.ir.text.table_text import (
    RaggedColumn,
    TableReader,
    int_column,
    list_cell,
    table_text,
)

_COLUMNS = ("operation", "mode", "cycles")


def schedule_to_text(schedule: Schedule) -> str:
    """`schedule` as text."""
    modes, offset = schedule.mode.tolist(), schedule.cycle_offset.tolist()
    cycles = schedule.cycle.tolist()
    header = f"schedule operations={len(modes)} makespan={schedule.makespan}"
    rows = (
        f"{mode} {list_cell(cycles[offset[i] : offset[i + 1]])}" for i, mode in enumerate(modes)
    )
    return table_text((header,), _COLUMNS, rows)


def schedule_from_text(text: str, file: str = "") -> Schedule:
    """The schedule that `text` says. Raises InputError (SW213) naming the line."""
    reader = TableReader(text, file)
    operations, makespan = reader.header("schedule", "operations", "makespan")
    modes, cycles = [], RaggedColumn()
    for line in reader.rows(operations, *_COLUMNS):
        modes.append(line.integer(line.cells[1]))
        cycles.add(line.integers(line.cells[2]))
    reader.end()
    return Schedule(int_column(modes), cycles.offset, cycles.values, makespan)
