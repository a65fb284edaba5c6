"""Cycles by the slots of one engine, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slotweave.views.palette import ENGINE_COLOURS
from slotweave.views.svg.elements import IDLE, INNER, LEFT, Picture, rect, text

_TALL = 150.0


def curves_picture(
    curves: Mapping[str, Sequence[tuple[int, int]]], own: Mapping[str, int]
) -> Picture:
    """A panel for each engine: its slots to the right, cycles upwards; a ring at its own slots."""
    most = max((takes for curve in curves.values() for _slots, takes in curve), default=1)
    wide = INNER / max(len(curves), 1)
    shapes = [text(LEFT - 8, 10, f"{most:,}", "end", 11), text(LEFT - 8, _TALL, "0", "end", 11)]
    for number, (engine, curve) in enumerate(curves.items()):
        left, colour = LEFT + number * wide, ENGINE_COLOURS[number % len(ENGINE_COLOURS)]
        shapes.append(rect(left, 0, wide - 14, _TALL, IDLE))
        first, last = curve[0][0], curve[-1][0]
        points = [(left + 8 + (wide - 32) * slots / last, _TALL - (_TALL - 22) * takes / most)
                  for slots, takes in curve]  # fmt: skip
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        shapes.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (slots, takes), (x, y) in zip(curve, points, strict=True):
            if slots == own.get(engine):
                shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
                shapes.append(text(x, y - 8, f"{takes:,}", "middle", 10))
        shapes.append(text(left + 4, _TALL + 14, f"{engine}: {first} to {last} slots", size=11))
    title = "Cycles of the same operations with other numbers of slots of one engine"
    return Picture(title, _TALL + 18, shapes)
