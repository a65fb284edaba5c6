"""The rungs of the ladder: plans that add one idea after another, from scalar to the best.

Each is a plan like any other: choices of the kernel and options of the scheduler. `RUNGS` says of
each what it changes, against which other one, and what was projected before anything was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slotweave.challenge.tree_hash.tables.memory_map import RECORD_WORDS, Table, tables_fit
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.ir.plan import Plan, ScheduleOptions

#: Vectors that go together in a batch: 48 items on a machine of eight lanes.
BATCH = 6

#: `multi-batch` has smaller ones, 32 items each: eight of them are the judged instance.
SMALL_BATCH, BATCHES_OPEN = 4, 8

LANES = 8


@dataclass(frozen=True, slots=True)
class Rung:
    """A plan of the ladder; `against` names the one that it changes, `projected` its cycles."""

    plan: str
    changes: str
    against: str = ""
    projected: str = ""


RUNGS = (
    Rung("scalar", "one item, one operation a cycle; every value through memory", "", "147,734"),
    Rung("packed", "the same dataflow on vectors, one after the other", "scalar"),
    Rung("grouped", "six vectors in step, in registers over all rounds", "packed", "4,997"),
    Rung("cross-engine", "neighbouring stages share bundles, vector work may go to alu", "grouped"),
    Rung("multi-batch", "eight batches of four vectors at once, in any stage", "cross-engine"),
    Rung("dedup-static", "levels 0 to 3 by selects among preloaded nodes", "multi-batch", "4,250"),
    Rung("dedup-runtime", "duplicates found while running, their loads jumped over", "grouped"),
    Rung("hybrid-unroll", "loops over groups and rounds, two kinds of rounds", "grouped", "3,750"),
    Rung("relayout", "records of a node and its children, built at run time", "dedup-static"),
    Rung("multi-stage", "everything combined, and rewriting", "relayout", "1,600 to 2,200"),
)  # fmt: skip

_SELECTS = ["select"] * 4 + ["gather"]

_SCHEDULES = {
    "packed": ScheduleOptions(order="program", modes="first", stages_open=1),
    "grouped": ScheduleOptions(order="program", modes="first", stages_open=1),
    "cross-engine": ScheduleOptions(order="program", stages_open=2),
    "multi-batch": ScheduleOptions(window=SMALL_BATCH, windows_open=BATCHES_OPEN, spill=True),
    "dedup-static": ScheduleOptions(stagger=40.0),
    "relayout": ScheduleOptions(stagger=20.0),
}

LADDER_PLAN_NAMES = tuple(_SCHEDULES)


def ladder_plan(name: str, shape: Shape) -> Plan:
    """The plan of the rung called `name`, one of LADDER_PLAN_NAMES, for this shape."""
    choices: dict[str, Any]
    if name == "packed":
        choices = {"style": "grouped", "together": 1, "kept": False}
    elif name == "dedup-static":
        choices = {"style": "vector", "levels": _SELECTS, "bias": "arithmetic"}
    elif name == "relayout":
        choices = _records(shape)
    else:
        together = SMALL_BATCH if name == "multi-batch" else BATCH
        choices = {"style": "grouped", "together": together}
    return Plan(name, "tree-hash", rewrite=False, schedule=_SCHEDULES[name],
                choices=choices)  # fmt: skip


def _records(shape: Shape) -> dict[str, Any]:
    """Records at the deepest two levels, two apart, that have room; gathers where they end."""
    tables: list[int] = []
    for depth in (6, 4):
        wanted = [Table(other, RECORD_WORDS) for other in (*tables, depth)]
        if depth < shape.height and tables_fit(wanted, shape, LANES):
            tables.append(depth)
    levels = _SELECTS + ["gather"] * 10
    for depth in tables:
        levels[depth] = "record"
    return {"style": "vector", "levels": levels, "tables": tables, "children": "both",
            "bias": "select"}  # fmt: skip
