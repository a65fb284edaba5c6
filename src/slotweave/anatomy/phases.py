"""Where in a straight program which work is done: head, body and tail, phases, slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from slotweave.anatomy.causes.placements import Placements
from slotweave.anatomy.item_groups import SHARED, ItemGroups
from slotweave.anatomy.words.slot_columns import Longs
from slotweave.ir.program import Program
from slotweave.isa.operations import LOADS, NO_EFFECT, STORES
from slotweave.machine import Machine
from slotweave.simulate.slots import SlotKind

#: In how many slices of equal length a program is shown.
SLICES = 8
WORK = ("constants", "loads", "arithmetic", "selects", "stores", "control")


@dataclass(frozen=True, slots=True)
class Spans:
    """Cycles before `engine` is first full, until it is last full, and after that."""

    engine: str
    head: int
    body: int
    tail: int

    def to_json(self) -> dict[str, Any]:
        return {"engine": self.engine, "head": self.head, "body": self.body, "tail": self.tail}


@dataclass(frozen=True, slots=True)
class Slice:
    """The operations of the cycles `first` to `last` by kind of work."""

    first: int
    last: int
    operations: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        return {"first": self.first, "last": self.last, "operations": dict(self.operations)}


@dataclass(frozen=True, slots=True)
class Phase:
    """A group of items at a stage: its first and last cycle, its operations by kind of work.

    What no single group can claim has neither group nor stage.
    """

    group: int | None
    stage: int | None
    first: int
    last: int
    operations: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        return {
            "group": self.group,
            "stage": self.stage,
            "first": self.first,
            "last": self.last,
            "operations": dict(self.operations),
        }


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How many groups of items, and how many different stages, are under way in a cycle on average.

    A group is under way from the first to the last operation of each of its stages, not between
    two of them.
    """

    groups: float
    stages: float

    def to_json(self) -> dict[str, float]:
        return {"groups": round(self.groups, 2), "stages": round(self.stages, 2)}


def under_way(of: Sequence[Phase], cycles: int) -> UnderWay:
    """How much of what `of` names overlaps in the `cycles` of a program."""
    spans: dict[int, list[tuple[int, int]]] = {}
    groups: dict[int, list[tuple[int, int]]] = {}
    for phase in of:
        if phase.group is not None and phase.stage is not None:
            spans.setdefault(phase.stage, []).append((phase.first, phase.last))
            groups.setdefault(phase.group, []).append((phase.first, phase.last))
    total = max(cycles, 1)
    return UnderWay(*(sum(map(_covered, each.values())) / total for each in (groups, spans)))


def _covered(spans: Sequence[tuple[int, int]]) -> int:
    """How many cycles lie in one of the spans, which have their ends."""
    count, end = 0, -1
    for first, last in sorted(spans):
        count += max(0, last - max(first - 1, end))
        end = max(end, last)
    return count


def head_body_tail(program: Program, machine: Machine, engine: str, cycles: Sequence[int]) -> Spans:
    """The spans of a program by when `engine` is full.

    `cycles` says how many cycles are over before each bundle, and in the end.
    """
    slots = machine.slots[engine]
    bundles = zip(cycles, program.bundles, strict=False)
    full = [cycle for cycle, bundle in bundles if slots and len(bundle.get(engine, ())) >= slots]
    size = cycles[-1]
    first, last = (full[0], full[-1]) if full else (size, size - 1)
    return Spans(engine, head=first, body=last - first + 1, tail=size - 1 - last)


def slices(placed: Placements, cycles: Sequence[int]) -> list[Slice]:
    """The operations of each slice of the cycles by kind of work; at most SLICES equal slices.

    `cycles` says how many cycles are over before each bundle, and in the end.
    """
    size = cycles[-1]
    count = min(SLICES, size)
    starts = [size * at // count for at in range(count)] + [size] if count else []
    at = np.searchsorted(starts, np.array(cycles)[placed.columns.bundle], "right") - 1
    counts = np.zeros((count, len(WORK)), np.int64)
    np.add.at(counts, (at, _works(placed)), 1)
    return [Slice(starts[i], starts[i + 1] - 1, _by_work(counts[i])) for i in range(count)]


def phases(placed: Placements, groups: ItemGroups, cycles: Sequence[int]) -> list[Phase]:
    """Each group of items at each stage: its first and last cycle, its operations by work.

    `cycles` says how many cycles are over before each bundle, and in the end.
    What no single group can claim comes first, with no group and no stage.
    """
    group, stage = np.array([groups.group, groups.stage], np.int64)
    stages = int(stage.max(initial=0)) + 1
    keys, begin, row = np.unique(
        (group - SHARED) * stages + stage, return_index=True, return_inverse=True
    )
    counts = np.zeros((len(keys), len(WORK)), np.int64)
    np.add.at(counts, (row, _works(placed)), 1)
    cycle = np.array(cycles)[placed.columns.bundle]  # never falls: the last one assigned is last
    last = np.zeros(len(keys), np.int64)
    last[row] = cycle
    rows = zip((keys // stages + SHARED).tolist(), (keys % stages).tolist(),
               cycle[begin].tolist(), last.tolist(), counts, strict=True)  # fmt: skip
    return [
        Phase(None, None, first, end, _by_work(work))
        if group == SHARED
        else Phase(group, stage, first, end, _by_work(work))
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
    if effect in (LOADS, STORES):
        return "loads" if effect is LOADS else "stores"
    return "arithmetic" if effect is NO_EFFECT else "control"
