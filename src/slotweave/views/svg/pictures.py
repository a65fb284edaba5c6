"""The pictures of a program over time: its engines, scratch, and groups of items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slotweave.views.palette import ENGINE_COLOURS, ramp
from slotweave.views.svg.elements import (
    AXIS,
    IDLE,
    INNER,
    LEFT,
    Picture,
    boxes,
    rect,
    steps,
    text,
)
from slotweave.views.svg.span import Span, rounded

_SHARED = "#8a8a8a"


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
        shapes.append(steps(rounded(share * 18), x, span.step, top + 18, colour))
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
        steps(rounded(live * 60), x, span.step, 60, "#009e73"),
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
    return Picture("Scratch: which value is at which address", tall + AXIS, shapes)


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
