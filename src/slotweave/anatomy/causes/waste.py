"""What a straight program could do without or elsewhere, and what its dataflow takes at least."""

from __future__ import annotations

from collections import Counter

import numpy as np

from slotweave.anatomy.causes.access_conflicts import MemoryWalk
from slotweave.anatomy.causes.placements import Placements
from slotweave.isa.operations import NO_EFFECT
from slotweave.machine import Machine


def movable(placed: Placements, machine: Machine) -> dict[str, dict[str, int]]:
    """engine -> other engine -> operations that could run there instead, lane by lane or whole."""
    counts: Counter[tuple[str, str]] = Counter()
    engines: dict[tuple[object, object], set[str]] = {}
    for mode in machine.modes:
        engines.setdefault((mode.operation, mode.shape), set()).add(mode.engine)
    columns = placed.columns
    used = np.bincount(columns.kind, minlength=len(columns.kinds)).tolist()
    for engine, kind, number in zip(columns.engines, columns.kinds, used, strict=True):
        form = kind.form
        for other in sorted(engines[form.operation, form.shape] - {engine}) if number else ():
            counts[engine, other] += number
    result: dict[str, dict[str, int]] = {}
    for (engine, other), number in sorted(counts.items()):
        result.setdefault(engine, {})[other] = number
    return result


def critical_path(placed: Placements) -> int:
    """Cycles of the longest chain of operands and memory order; scratch is never reused."""
    walk = MemoryWalk(placed.issued, placed.touched, placed.known)
    last = -1
    ready: list[int] = []  # when the result of each operation lands
    depth: dict[int, int] = {}  # of those that are ordered in memory
    beside: list[int] = []  # those of the same bundle, which accesses do not wait for
    for number, operation in enumerate(placed.issued):
        kind = operation.kind
        start = 0
        for maker in operation.producers:
            start = max(start, ready[maker])
        if kind.operation.effect is not NO_EFFECT and walk.ordered(number):
            if beside and placed.issued[beside[0]].bundle < operation.bundle:
                for other in beside:
                    walk.note(other, depth[other])
                beside = []
            edge = walk.edge(number)
            start = max(start, edge.earliest) if edge else start
            depth[number] = start
            beside.append(number)
        ready.append(start + kind.latency)
        last = max(last, start)
    return last + 1
