"""The cycles of a program that a picture shows, as columns.

Cycles are drawn one by one up to COLUMNS of them; more share columns, whose heights are averages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.program import Slot
from slotweave.views.drawn import ReportProgram
from slotweave.views.svg.elements import Axis

COLUMNS = 900
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Span:
    """A program, and the cycles of it that are drawn, on an axis that may be longer."""

    program: ReportProgram
    first: int
    end: int
    axis: Axis

    @property
    def edges(self) -> Counts:
        """Where each column begins, and in the end where the last one ends."""
        columns = max(1, min(COLUMNS, self.end - self.first))
        found: Counts = self.first + (self.end - self.first) * np.arange(columns + 1) // columns
        return found

    @property
    def step(self) -> float:
        """Width of a column."""
        return (self.axis.x(self.end) - self.axis.x(self.first)) / (len(self.edges) - 1)

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.axis.x(self.first)

    @property
    def width(self) -> float:
        """Of all its cycles."""
        return (self.end - self.first) * self.axis.scale

    @cached_property
    def costs(self) -> Counts:
        """The bundle that costs each cycle."""
        found: Counts = np.flatnonzero(np.diff(np.asarray(self.program.cycles)))
        return found

    def slots(self, cycle: int, engine: str) -> tuple[Slot, ...]:
        """What an engine does in a cycle."""
        found: tuple[Slot, ...] = self.program.shown.program.bundles[self.costs[cycle]].get(
            engine, ()
        )
        return found

    def of_cycles(self, by_bundle: Counts) -> Counts:
        """What there is of each bundle, of each cycle."""
        found: Counts = by_bundle[self.costs]
        return found

    def means(self, by_bundle: Counts) -> NDArray[np.float64]:
        """The average of each column."""
        sums = np.concatenate(([0], np.cumsum(self.of_cycles(by_bundle))))
        edges = self.edges
        found: NDArray[np.float64] = (sums[edges[1:]] - sums[edges[:-1]]) / np.diff(edges)
        return found

    def used(self, engine: str) -> Counts:
        """Slots in use, by bundle."""
        return np.array([len(b.get(engine, ())) for b in self.program.shown.program.bundles])


def rounded(heights: NDArray[np.float64]) -> list[float]:
    """To a tenth of a pixel."""
    found: list[float] = np.round(heights, 1).tolist()
    return found
