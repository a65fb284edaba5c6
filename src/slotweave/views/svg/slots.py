"""Pictures of every slot by cycles: what is in use lies at the bottom of its engine's band.

Slots are drawn one by one up to ONE_BY_ONE cycles, slot 0 lowest; of more the band shows parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slotweave.anatomy.causes.idle_causes import IDLE_CAUSES
from slotweave.machine import Machine
from slotweave.views.palette import MATCHED, USED, cause_colour
from slotweave.views.parts import IDLE_CAUSE_NAMES
from slotweave.views.svg.elements import (
    AXIS,
    IDLE,
    LEFT,
    Picture,
    legend,
    rect,
    steps,
    text,
)
from slotweave.views.svg.matched import ALONE, REGROUPED
from slotweave.views.svg.span import Counts, Span, rounded

ONE_BY_ONE = 60
#: What is drawn in a slot of some cycle: its colour and a text that fits if it is wide enough.
Cell = tuple[str, str]


@dataclass(frozen=True)
class Band:
    """Where the slots of an engine are drawn: from `top` on, each `row` high."""

    engine: str
    slots: int
    top: float
    row: float

    @property
    def height(self) -> float:
        return self.row * self.slots

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def y(self, slot: int) -> float:
        """The top of a slot."""
        return self.bottom - (slot + 1) * self.row

    def label(self) -> str:
        return text(LEFT - 8, self.top + self.height / 2 + 4, self.engine, "end", 11)


def bands(machine: Machine, one_by_one: bool) -> list[Band]:
    """The bands of all engines with slots, one below the other."""
    found, top = [], 0.0
    for name, slots in machine.engines:
        if slots:
            height = max(16.0, (15.0 if one_by_one else 10.0) * slots)
            found.append(Band(name, slots, top, height / slots))
            top += height + 4
    return found


def slots_picture(span: Span) -> Picture:
    """Each engine's slots: in use, grey, and above it those that are idle, by cause."""
    one_by_one = span.end - span.first <= ONE_BY_ONE
    shapes, met = [], np.zeros(len(IDLE_CAUSES), np.int64)
    colours = [USED, *map(cause_colour, IDLE_CAUSES)]
    drawn = bands(span.program.shown.machine, one_by_one)
    for band in drawn:
        shapes.append(band.label())
        counts = _causes(span, band.engine)
        met += counts.sum(axis=0)
        if one_by_one:
            shapes += _cells(span, band, _idle_cells(span, band, counts))
        else:
            idle = _by_column(span, counts) / band.slots
            parts = np.concatenate((1 - idle.sum(axis=1)[:, None], idle), axis=1)
            shapes += _layers(span, band, parts, colours)
    told = [(USED, "in use")]
    told += [(cause_colour(cause), IDLE_CAUSE_NAMES[cause])
             for cause, slots in zip(IDLE_CAUSES, met.tolist(), strict=True) if slots]  # fmt: skip
    return _with_legend("Slots: in use, and why the others are idle", span, drawn, shapes, told)


def match_picture(span: Span, counterpart: Sequence[int]) -> Picture:
    """Each engine's slots: what both of two programs compute below what only this one does.

    `counterpart` has for each operation the one of the other program, ALONE or REGROUPED.
    """
    one_by_one = span.end - span.first <= ONE_BY_ONE
    shown = span.program.shown
    kinds = {REGROUPED: 1, ALONE: 2}
    places = zip(shown.placed.columns.places, counterpart, strict=True)
    kind_at = {place: kinds.get(other, 0) for place, other in places}
    colours = [colour for colour, _said in MATCHED]
    drawn, shapes = bands(shown.machine, one_by_one), []
    for band in drawn:
        shapes.append(band.label())
        shapes.append(rect(span.left, band.top, span.width, band.height, IDLE))
        if one_by_one:
            shapes += _cells(span, band, _match_cells(span, band, kind_at))
        else:
            counts = np.zeros((len(shown.program.bundles), len(colours)), np.int64)
            for (bundle, engine, _slot), kind in kind_at.items():
                if engine == band.engine:
                    counts[bundle, kind] += 1
            by_cycle = span.of_cycles(counts)[span.first : span.end]
            shapes += _layers(span, band, _by_column(span, by_cycle) / band.slots, colours)
    return _with_legend("Slots by what both programs compute", span, drawn, shapes, MATCHED)


def _with_legend(
    title: str,
    span: Span,
    drawn: Sequence[Band],
    shapes: Sequence[str],
    told: Sequence[tuple[str, str]],
) -> Picture:
    bottom = drawn[-1].bottom if drawn else 0.0
    below = [*span.axis.marks(bottom + 2), *legend(told, bottom + 4 + AXIS)]
    return Picture(title, bottom + 4 + AXIS + 14, [*shapes, *below])


def _causes(span: Span, engine: str) -> Counts:
    """For each cycle of the span the idle slots of each cause."""
    return span.of_cycles(span.program.shown.idle[engine].table())[span.first : span.end]


def _by_column(span: Span, by_cycle: Counts) -> NDArray[np.float64]:
    """Averages of each column, of counts for each cycle of the span."""
    sums = np.concatenate((np.zeros((1, by_cycle.shape[1]), int), np.cumsum(by_cycle, axis=0)))
    edges = span.edges - span.first
    found: NDArray[np.float64] = (sums[edges[1:]] - sums[edges[:-1]]) / np.diff(edges)[:, None]
    return found


def _layers(
    span: Span, band: Band, parts: NDArray[np.float64], colours: Sequence[str]
) -> Iterator[str]:
    """Parts of a band above each other, the first lowest; each is drawn over the ones above."""
    tops = np.cumsum(parts, axis=1)
    for number in reversed(range(len(colours))):
        if parts[:, number].any():
            layer = np.where(parts[:, number] > 0, tops[:, number], 0)
            heights = rounded(layer * band.height)
            yield steps(heights, span.left, span.step, band.bottom, colours[number])


def _cells(span: Span, band: Band, of: Callable[[int], Sequence[Cell]]) -> Iterator[str]:
    """A few cycles, slot by slot, from the first one up: what `of` has for a cycle."""
    width = span.axis.scale
    for cycle in range(span.first, span.end):
        x = span.axis.x(cycle)
        for slot, (colour, said) in enumerate(of(cycle)):
            y = band.y(slot)
            yield rect(x, y, width - 0.8, band.row - 1, colour)
            if said and width > 7 * len(said):
                yield text(x + 3, y + band.row - 4, said, size=10)


def _idle_cells(span: Span, band: Band, counts: Counts) -> Callable[[int], Sequence[Cell]]:
    def cells(cycle: int) -> Sequence[Cell]:
        found = [(USED, str(slot[0])) for slot in span.slots(cycle, band.engine)]
        for cause, idle in enumerate(counts[cycle - span.first].tolist()):
            found += [(cause_colour(IDLE_CAUSES[cause]), "")] * idle
        return found

    return cells


def _match_cells(
    span: Span, band: Band, kind_at: dict[tuple[int, str, int], int]
) -> Callable[[int], Sequence[Cell]]:
    def cells(cycle: int) -> Sequence[Cell]:
        bundle, engine = int(span.costs[cycle]), band.engine
        return [(MATCHED[kind_at[bundle, engine, slot]][0], str(written[0]))
                for slot, written in enumerate(span.slots(cycle, engine))]  # fmt: skip

    return cells
