"""What a straight program could do without or elsewhere, and what its dataflow takes at least."""

from __future__ import annotations

from collections import Counter

from slotweave.isa.operations import Effect
from slotweave.machine import Machine
from slotweave.report.access_conflicts import MemoryWalk
from slotweave.report.placements import Placements


def unused_results(placed: Placements) -> frozenset[int]:
    """Operations whose results reach no store, trace or jump."""
    needed = {
        number
        for number, operation in enumerate(placed.issued)
        if operation.effect not in (Effect.NONE, Effect.LOAD) and not operation.written
    }
    for number in range(len(placed.issued) - 1, -1, -1):
        if number in needed:
            needed.update(placed.issued[number].producers)
    return frozenset(range(len(placed.issued))) - needed


def movable(placed: Placements, machine: Machine) -> dict[str, dict[str, int]]:
    """engine -> other engine -> operations that could run there instead, lane by lane or whole."""
    counts: Counter[tuple[str, str]] = Counter()
    engines: dict[tuple[object, object], set[str]] = {}
    for mode in machine.modes:
        engines.setdefault((mode.operation, mode.shape), set()).add(mode.engine)
    for operation in placed.issued:
        form = operation.kind.form
        for other in sorted(engines[form.operation, form.shape] - {operation.engine}):
            counts[operation.engine, other] += 1
    result: dict[str, dict[str, int]] = {}
    for (engine, other), number in sorted(counts.items()):
        result.setdefault(engine, {})[other] = number
    return result


def critical_path(placed: Placements) -> int:
    """Cycles of the longest chain of operands and memory order; scratch is never reused."""
    walk = MemoryWalk(placed.issued, placed.values, placed.known)
    depth: list[int] = []
    beside: list[int] = []  # those of the same bundle, which accesses do not wait for
    for number, operation in enumerate(placed.issued):
        if beside and placed.issued[beside[0]].bundle < operation.bundle:
            for other in beside:
                walk.note(other, depth[other])
            beside = []
        start = max([depth[m] + placed.issued[m].kind.latency for m in operation.producers] or [0])
        if walk.ordered(number):
            edge = walk.edge(number)
            start = max(start, edge.earliest) if edge else start
            beside.append(number)
        depth.append(start)
    return max(depth, default=-1) + 1
