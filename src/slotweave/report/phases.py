"""Where in a straight program which work is done: head, body and tail, phases, slices."""

from __future__ import annotations

from collections import Counter
from typing import Any

from slotweave.ir.program import Program
from slotweave.isa.operations import Effect
from slotweave.machine import Machine
from slotweave.report.issued import Issued
from slotweave.report.item_groups import SHARED, ItemGroups
from slotweave.report.placements import Placements

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
    counts: list[Counter[str]] = [Counter() for _ in range(count)]
    at = 0
    for operation in placed.issued:
        while operation.bundle >= starts[at + 1]:
            at += 1
        counts[at][work_of(operation)] += 1
    return [
        {"first": starts[i], "last": starts[i + 1] - 1, "operations": _by_work(counts[i])}
        for i in range(count)
    ]


def phases(placed: Placements, groups: ItemGroups) -> list[dict[str, Any]]:
    """Each group of items at each stage: its first and last bundle, its operations by work.

    What no single group can claim comes first, with no group and no stage.
    """
    counts: dict[tuple[int, int], Counter[str]] = {}
    first: dict[tuple[int, int], int] = {}
    last: dict[tuple[int, int], int] = {}
    for operation, group, stage in zip(placed.issued, groups.group, groups.stage, strict=True):
        key = (group, stage)
        counts.setdefault(key, Counter())[work_of(operation)] += 1
        first.setdefault(key, operation.bundle)
        last[key] = operation.bundle
    return [
        {
            "group": None if key[0] == SHARED else key[0],
            "stage": None if key[0] == SHARED else key[1],
            "first": first[key],
            "last": last[key],
            "operations": _by_work(counts[key]),
        }
        for key in sorted(counts)
    ]


def _by_work(counts: Counter[str]) -> dict[str, int]:
    return {work: counts[work] for work in WORK if counts[work]}


def work_of(operation: Issued) -> str:
    """The kind of work, one of WORK."""
    name = operation.kind.operation.name
    if name in ("const", "select"):
        return "constants" if name == "const" else "selects"
    if operation.effect in (Effect.LOAD, Effect.STORE):
        return "loads" if operation.effect is Effect.LOAD else "stores"
    return "arithmetic" if operation.effect is Effect.NONE else "control"
