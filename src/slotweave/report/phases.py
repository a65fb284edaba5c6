"""Where in a straight program which work is done: its head, body and tail, and equal spans."""

from __future__ import annotations

from collections import Counter
from typing import Any

from slotweave.ir.program import Program
from slotweave.isa.operations import Effect
from slotweave.machine import Machine
from slotweave.report.issued import Issued
from slotweave.report.placements import Placements

#: In how many spans of equal length a program is shown.
SPANS = 8
WORK = ("constants", "loads", "arithmetic", "selects", "stores", "control")


def head_body_tail(program: Program, machine: Machine, engine: str) -> dict[str, Any]:
    """Bundles before `engine` is first full, until it is last full, and behind that."""
    slots = machine.slots[engine]
    bundles = enumerate(program.bundles)
    full = [number for number, bundle in bundles if slots and len(bundle.get(engine, ())) >= slots]
    size = len(program.bundles)
    first, last = (full[0], full[-1]) if full else (size, size - 1)
    return {"engine": engine, "head": first, "body": last - first + 1, "tail": size - 1 - last}


def phases(placed: Placements, bundles: int) -> list[dict[str, Any]]:
    """The operations of each span of bundles by kind of work; at most SPANS spans."""
    spans = min(SPANS, bundles)
    starts = [bundles * span // spans for span in range(spans)] + [bundles] if spans else []
    counts: list[Counter[str]] = [Counter() for _ in range(spans)]
    at = 0
    for operation in placed.issued:
        while operation.bundle >= starts[at + 1]:
            at += 1
        counts[at][work_of(operation)] += 1
    return [
        {
            "first": starts[span],
            "last": starts[span + 1] - 1,
            "operations": {work: counts[span][work] for work in WORK if counts[span][work]},
        }
        for span in range(spans)
    ]


def work_of(operation: Issued) -> str:
    """The kind of work, one of WORK."""
    name = operation.kind.operation.name
    if name in ("const", "select"):
        return "constants" if name == "const" else "selects"
    if operation.effect in (Effect.LOAD, Effect.STORE):
        return "loads" if operation.effect is Effect.LOAD else "stores"
    return "arithmetic" if operation.effect is Effect.NONE else "control"
