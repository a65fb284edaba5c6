"""What a straight program could do without or elsewhere, and what its dataflow takes at least."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from math import inf

import numpy as np

from slotweave.anatomy.causes.access_conflicts import MemoryWalk
from slotweave.anatomy.causes.placements import Placements
from slotweave.isa.operations import LOADS, NO_EFFECT
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
    """Cycles of the longest chain of operands and memory order; scratch is never reused.

    In memory, loads have their order where they read, all else where it lands.
    """
    return _Depths(placed).longest()


class _Depths:
    """The first cycle of each operation, from those before it in memory and among operands."""

    def __init__(self, placed: Placements) -> None:
        self._issued, self._columns = placed.issued, placed.columns
        self._walk = MemoryWalk(placed.issued, placed.touched, placed.known)
        self._ready = [0] * len(placed.issued)  # when the result of each operation lands
        self._in_flight: dict[int, list[int]] = {}  # landing -> operations, as issued
        self._pauses: tuple[list[int], list[int]] = ([], [])  # bundles, and what comes after them
        self._last = -1

    def longest(self) -> int:
        """How many cycles pass until the last of them."""
        ready = self._ready
        ordered = self._ordered()
        reached = -1  # the bundle before which all has landed that does
        rows = zip(self._issued, self._columns.latencies, strict=True)
        for number, (operation, latency) in enumerate(rows):
            if self._in_flight and operation.bundle > reached:
                reached = operation.bundle
                self._land(reached)
            if not ordered[number]:
                start = 0
                for maker in operation.producers:
                    if ready[maker] > start:
                        start = ready[maker]
                if start > self._last:
                    self._last = start
            elif operation.effect is LOADS:
                start = self._start(number)
                self._walk.note(number, start)
            else:
                self._in_flight.setdefault(operation.lands, []).append(number)
                continue
            ready[number] = start + latency
        self._land(inf)
        return self._last + 1

    def _ordered(self) -> bytearray:
        """Of each operation whether it has an order in memory."""
        ordered = bytearray(len(self._issued))
        for number in self._columns.numbers(lambda kind: kind.operation.effect is not NO_EFFECT):
            ordered[number] = self._walk.ordered(number)
        return ordered

    def _land(self, until: float) -> None:
        """What lands until then; those that land at once do not wait for each other."""
        for time in sorted(time for time in self._in_flight if time <= until):
            landing = self._in_flight.pop(time)
            starts = [self._start(number) for number in landing]
            for number, start in zip(landing, starts, strict=True):
                operation = self._issued[number]
                if operation.kind.operation.name == "pause":  # of what is issued after it alone
                    bundles, after = self._pauses
                    bundles.append(operation.bundle)
                    after.append(start + 1)
                elif not operation.kind.breaks:  # nothing comes after a halt
                    self._walk.note(number, start)

    def _start(self, number: int) -> int:
        """The first cycle of one that has an order in memory."""
        operation = self._issued[number]
        start = max([self._ready[maker] for maker in operation.producers], default=0)
        edge = self._walk.edge(number)
        start = max(start, edge.earliest) if edge else start
        bundles, after = self._pauses
        passed = bisect_left(bundles, operation.bundle) if bundles else 0
        start = max(start, after[passed - 1]) if passed else start
        self._last = max(self._last, start)
        return start
