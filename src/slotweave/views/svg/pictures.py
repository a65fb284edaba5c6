"""The pictures of a program over time: its slots, engines, scratch, and groups of items.

Cycles are drawn one by one up to COLUMNS of them; more share columns, whose heights are averages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slotweave.anatomy.causes.idle_causes import IDLE_CAUSES
from slotweave.views.drawn import ReportProgram
from slotweave.views.palette import ENGINE_COLOURS, USED, cause_colour, ramp
from slotweave.views.parts import IDLE_CAUSE_NAMES
from slotweave.views.svg.elements import (
    AXIS,
    IDLE,
    INNER,
    LEFT,
    Axis,
    Picture,
    boxes,
    legend,
    rect,
    steps,
    text,
)

COLUMNS = 900
#: Slots are drawn one by one, with their operations, up to so many cycles.
_ONE_BY_ONE = 60
_SHARED = "#8a8a8a"
_Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Span:
    """A program, and the cycles of it that are drawn, on an axis that may be longer."""

    program: ReportProgram
    first: int
    end: int
    axis: Axis

    @property
    def edges(self) -> _Counts:
        """Where each column begins, and in the end where the last one ends."""
        columns = max(1, min(COLUMNS, self.end - self.first))
        found: _Counts = self.first + (self.end - self.first) * np.arange(columns + 1) // columns
        return found

    @property
    def step(self) -> float:
        """Width of a column."""
        return (self.axis.x(self.end) - self.axis.x(self.first)) / (len(self.edges) - 1)

    def of_cycles(self, by_bundle: _Counts) -> _Counts:
        """What there is of each bundle, of each cycle."""
        costs = np.flatnonzero(np.diff(np.asarray(self.program.cycles)))
        found: _Counts = by_bundle[costs]
        return found

    def means(self, by_bundle: _Counts) -> NDArray[np.float64]:
        """The average of each column."""
        sums = np.concatenate(([0], np.cumsum(self.of_cycles(by_bundle))))
        edges = self.edges
        found: NDArray[np.float64] = (sums[edges[1:]] - sums[edges[:-1]]) / np.diff(edges)
        return found

    def used(self, engine: str) -> _Counts:
        """Slots in use, by bundle."""
        return np.array([len(b.get(engine, ())) for b in self.program.shown.program.bundles])


def slots_picture(span: Span) -> Picture:
    """Each engine's slots: in use, grey, and above it those that are idle, by cause."""
    engines = [(name, slots) for name, slots in span.program.shown.machine.engines if slots]
    one_by_one = span.end - span.first <= _ONE_BY_ONE
    top, shapes, met = 0.0, [], [0] * len(IDLE_CAUSES)
    for name, slots in engines:
        height = max(16.0, (15.0 if one_by_one else 10.0) * slots)
        shapes.append(text(LEFT - 8, top + height / 2 + 4, name, "end", 11))
        counts = _causes(span, name)
        met = [sum(pair) for pair in zip(met, counts.sum(axis=0).tolist(), strict=True)]
        if one_by_one:
            shapes += _cells(span, name, top, height / slots, counts)
        else:
            shapes += _layers(span, counts, slots, top + height, height)
        top += height + 4
    shapes += span.axis.marks(top - 2)
    colours = [(USED, "in use")]
    colours += [(cause_colour(cause), IDLE_CAUSE_NAMES[cause])
                for cause, slots in zip(IDLE_CAUSES, met, strict=True) if slots]  # fmt: skip
    shapes += legend(colours, top + AXIS)
    return Picture("Slots: in use, and why the others are idle", top + AXIS + 14, shapes)


def _causes(span: Span, engine: str) -> _Counts:
    """For each cycle of the span the idle slots of each cause."""
    return span.of_cycles(span.program.shown.idle[engine].table())[span.first : span.end]


def _layers(span: Span, counts: _Counts, slots: int, bottom: float, height: float) -> Iterator[str]:
    """What is used at the bottom, the causes above it; each drawn over the ones above."""
    sums = np.concatenate((np.zeros((1, len(IDLE_CAUSES)), int), np.cumsum(counts, axis=0)))
    edges = span.edges - span.first
    idle = (sums[edges[1:]] - sums[edges[:-1]]) / np.diff(edges)[:, None] / slots
    filled = 1 - idle.sum(axis=1)
    tops = filled[:, None] + np.cumsum(idle, axis=1)
    x = span.axis.x(span.first)
    for cause in reversed(range(len(IDLE_CAUSES))):
        if idle[:, cause].any():
            layer = np.where(idle[:, cause] > 0, tops[:, cause], 0)
            colour = cause_colour(IDLE_CAUSES[cause])
            yield steps(_rounded(layer * height), x, span.step, bottom, colour)
    yield steps(_rounded(filled * height), x, span.step, bottom, USED)


def _rounded(heights: NDArray[np.float64]) -> list[float]:
    rounded: list[float] = np.round(heights, 1).tolist()
    return rounded


def _cells(span: Span, engine: str, top: float, height: float, counts: _Counts) -> Iterator[str]:
    """A few cycles, slot by slot, with the operations."""
    shown, width = span.program.shown, span.axis.scale
    costs = np.flatnonzero(np.diff(np.asarray(span.program.cycles)))
    for cycle in range(span.first, span.end):
        slots = shown.program.bundles[costs[cycle]].get(engine, ())
        x = span.axis.x(cycle)
        for row, slot in enumerate(slots):
            y = top + row * height
            yield rect(x, y, width - 0.8, height - 1, USED)
            name = str(slot[0])
            if width > 7 * len(name):
                yield text(x + 3, y + height - 4, name, size=10)
        row = len(slots)
        for cause, idle in enumerate(counts[cycle - span.first].tolist()):
            if idle:
                y, colour = top + row * height, cause_colour(IDLE_CAUSES[cause])
                yield rect(x, y, width - 0.8, idle * height - 1, colour)
                row += idle


def use_picture(span: Span) -> Picture:
    """How full each engine is."""
    top, shapes = 0.0, []
    for number, (name, slots) in enumerate(span.program.shown.machine.engines):
        if not slots:
            continue
        share = span.means(span.used(name)) / slots
        x = span.axis.x(span.first)
        shapes.append(text(LEFT - 8, top + 14, name, "end", 11))
        shapes.append(text(LEFT + INNER + 6, top + 14, f"{100 * share.mean():.0f} %", size=11))
        shapes.append(rect(x, top, span.step * len(share), 18, IDLE))
        colour = ENGINE_COLOURS[number % len(ENGINE_COLOURS)]
        shapes.append(steps(_rounded(share * 18), x, span.step, top + 18, colour))
        top += 22
    shapes += span.axis.marks(top - 2)
    return Picture("Use of each engine", top + AXIS, shapes)


def live_picture(span: Span) -> Picture:
    """The words of scratch that hold a value which is still read."""
    words = span.program.shown.machine.scratch_words
    live = span.means(span.program.shown.placed.live) / max(words, 1)
    x = span.axis.x(span.first)
    shapes = [
        rect(x, 0, span.step * len(live), 60, IDLE),
        steps(_rounded(live * 60), x, span.step, 60, "#009e73"),
        text(LEFT - 8, 10, f"{words:,}", "end", 11),
        text(LEFT - 8, 60, "0", "end", 11),
        *span.axis.marks(61),
    ]
    return Picture("Live words of scratch", 61 + AXIS, shapes)


def groups_picture(span: Span) -> Picture:
    """Which group of items is at which stage when."""
    phases = [phase for phase in span.program.phases if phase[0] is not None]
    groups = 1 + max((phase[0] or 0 for phase in phases), default=-1)
    stages = max((phase[1] or 0 for phase in phases), default=1)
    row = min(9.0, max(1.0, 200 / max(groups, 1)))
    by_stage: dict[int, list[tuple[float, float, float, float]]] = {}
    for group, stage, first, last in phases:
        begin, end = max(first, span.first), min(last + 1, span.end)
        if begin < end:
            x = span.axis.x(begin)
            box = (x, (group or 0) * row, max((end - begin) * span.axis.scale, 0.5), row * 0.85)
            by_stage.setdefault(stage or 0, []).append(box)
    tall = groups * row
    shapes = [boxes(of, ramp(stage / max(stages, 1))) for stage, of in sorted(by_stage.items())]
    shapes += [text(LEFT - 8, 9, "group 0", "end", 11), *span.axis.marks(tall)]
    if groups > 1:
        shapes.append(text(LEFT - 8, tall, f"{groups - 1}", "end", 11))
    title = f"Stage of each of {groups} groups of items, from dark (the first) to light"
    return Picture(title, tall + AXIS, shapes)


def scratch_picture(span: Span) -> Picture:
    """Which value lies in which words: addresses by cycles, coloured by stage."""
    shown, tall = span.program.shown, 180.0
    words, cycles = max(shown.machine.scratch_words, 1), np.asarray(span.program.cycles)
    values, groups = shown.values, shown.groups
    stages = max(max(groups.stage, default=1), 1)
    by_colour: dict[str, list[tuple[float, float, float, float]]] = {}
    rows = zip(values.word.tolist(), values.words.tolist(), cycles[values.first].tolist(),
               (cycles[values.last] + 1).tolist(), values.maker.tolist(), strict=True)  # fmt: skip
    for word, size, first, last, maker in rows:
        begin, end = max(first, span.first), min(last, span.end)
        if begin < end:
            own = groups.group[maker] >= 0
            colour = ramp(groups.stage[maker] / stages) if own else _SHARED
            width = max((end - begin) * span.axis.scale, 0.3)
            high = max(tall * size / words, 0.3)
            box = (span.axis.x(begin), tall * word / words, width, high)
            by_colour.setdefault(colour, []).append(box)
    wide = (span.end - span.first) * span.axis.scale
    shapes = [rect(span.axis.x(span.first), 0, wide, tall, IDLE)]
    shapes += [boxes(of, colour) for colour, of in by_colour.items()]
    shapes.append(text(LEFT - 8, 9, "word 0", "end", 11))
    shapes.append(text(LEFT - 8, tall, f"{words - 1:,}", "end", 11))
    shapes += span.axis.marks(tall)
    return Picture("Scratch: which value lies where", tall + AXIS, shapes)


def ladder_picture(ladder: Sequence[tuple[str, int]], cycles: int | None, most: int) -> Picture:
    """Lower bounds against what is taken; None: nothing is."""
    rows = [*ladder, *([] if cycles is None else [("this program", cycles)])]
    shapes = []
    for number, (name, takes) in enumerate(rows):
        y = 19.0 * number
        colour = ENGINE_COLOURS[5] if name == "this program" else ENGINE_COLOURS[0]
        left, inner = LEFT + 60, INNER - 60
        shapes.append(text(left - 8, y + 11, name, "end", 11))
        shapes.append(rect(left, y, inner, 13, IDLE))
        shapes.append(rect(left, y, inner * takes / max(most, 1), 13, colour))
        shapes.append(text(LEFT + INNER + 6, y + 11, f"{takes:,}", size=11))
    title = "Lower bounds" if cycles is None else "Lower bounds, and the cycles of this program"
    return Picture(title, 19.0 * len(rows), shapes)
