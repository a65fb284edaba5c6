"""Pictures of the ladder as SVG text: bars of cycles, and a timeline for each rung.

SVG is written as text: a few rectangles and labels. The bars have a logarithmic scale, with the
thresholds of the challenge as lines. All timelines have the same scale in cycles per pixel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slotweave.challenge.ladder.ladder import THRESHOLDS
from slotweave.challenge.ladder.rung_run import RungRun
from slotweave.machine import Machine
from slotweave.views.escaping import escape
from slotweave.views.palette import ENGINE_COLOURS

_WIDTH, _BAR, _LEFT = 900, 26, 120
_LOWEST, _HIGHEST = 500.0, 200_000.0
#: Where the bars begin, below the labels of the thresholds in their rows.
_TOP, _LABEL_ROWS = 66, 5

#: Timelines: cycles a column, the columns drawn at most, and the height of an engine's row.
CYCLES_A_COLUMN, _MOST_COLUMNS, _ROW = 10, 560, 22
_AXIS = 54  # where the columns begin
_COLOURS = dict(zip(("alu", "valu", "load", "store", "flow"), ENGINE_COLOURS, strict=False))
_LIVE, _CYCLES = "#777777", ENGINE_COLOURS[0]


def ladder_plot(rungs: Sequence[Mapping[str, Any]]) -> str:
    """Bars of the cycles of each rung."""
    height = _TOP + _BAR * len(rungs) + 10
    return _svg(_WIDTH, height, [*_threshold_lines(height), *_bars(rungs)])


def _threshold_lines(height: int) -> Iterator[str]:
    """Lines at the thresholds; labels that would touch the last one go a row higher."""
    row, last = 0, -np.inf
    for limit in sorted(THRESHOLDS):
        x = _place(limit)
        row = (row + 1) % _LABEL_ROWS if x - last < 40 else 0
        last = x
        y = _TOP - 8 - 11 * row
        yield f'<line x1="{x:.1f}" y1="{y + 2}" x2="{x:.1f}" y2="{height - 6}" stroke="#bbb"/>'
        yield _text(x, y, f"{limit:,}", "middle", 9)


def _bars(rungs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, rung in enumerate(rungs):
        y = _TOP + _BAR * number
        length = _place(rung["cycles"]) - _LEFT
        yield _text(_LEFT - 6, y + 15, rung["name"], "end", 12)
        yield (
            f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="{_BAR - 6}" fill="{_CYCLES}"/>'
        )
        yield _text(_LEFT + length + 4, y + 15, f"{rung['cycles']:,}", "start", 12)


def _place(cycles: float) -> float:
    share = (log10(max(cycles, _LOWEST)) - log10(_LOWEST)) / (log10(_HIGHEST) - log10(_LOWEST))
    return _LEFT + share * (_WIDTH - _LEFT - 70)


def timeline(name: str, run: RungRun, machine: Machine) -> str:
    """How busy each engine is along the cycles, and how full scratch: a column for a few of them.

    A column is as high as the share of slots used, or of scratch words live. What is longer than
    the widest picture is cut.
    """
    columns = min(-(-run.cycles // CYCLES_A_COLUMN), _MOST_COLUMNS)
    rows = [
        (engine, _COLOURS[engine], _means(run.slots[engine], width, columns))
        for engine, width in machine.engines
        if engine in _COLOURS
    ]
    rows.append(("scratch", _LIVE, _means(run.live, machine.scratch_words, columns)))
    parts = [_text(4, 14, _heading(name, run.cycles), "start", 12)]
    for number, (label, colour, shares) in enumerate(rows):
        bottom = 24 + _ROW * (number + 1)
        parts.append(_text(_AXIS - 6, bottom - 6, label, "end", 10))
        parts.append(f'<rect x="{_AXIS}" y="{bottom - _ROW + 4}" width="{columns}" '
                     f'height="{_ROW - 4}" fill="#eeeeee"/>')  # fmt: skip
        parts.append(_steps(shares, bottom, colour))
    bottom = 24 + _ROW * len(rows)
    parts += _cycle_marks(bottom)
    return _svg(_AXIS + _MOST_COLUMNS + 14, bottom + 20, parts)


def _cycle_marks(bottom: int) -> Iterator[str]:
    """A scale of cycles below the rows, the same in all pictures."""
    for cycle in range(0, CYCLES_A_COLUMN * _MOST_COLUMNS, 1000):
        x = _AXIS + cycle // CYCLES_A_COLUMN
        yield f'<line x1="{x}" y1="{bottom}" x2="{x}" y2="{bottom + 4}" stroke="#777777"/>'
        yield _text(x, bottom + 14, f"{cycle:,}", "middle", 9)


def _heading(name: str, cycles: int) -> str:
    cut = cycles > CYCLES_A_COLUMN * _MOST_COLUMNS
    shown = f", the first {CYCLES_A_COLUMN * _MOST_COLUMNS:,} shown" if cut else ""
    return f"{name}: {cycles:,} cycles{shown}"


def _means(amounts: NDArray[np.int64], most: int, columns: int) -> list[float]:
    """The mean share of `most` in each column; the last one may hold fewer cycles."""
    column = np.arange(len(amounts)) // CYCLES_A_COLUMN
    total = np.bincount(column, weights=amounts, minlength=columns)[:columns]
    cycles = np.bincount(column, minlength=columns)[:columns]
    shares: list[float] = (total / (most * cycles.clip(min=1))).tolist()
    return shares


def _steps(shares: Sequence[float], bottom: int, colour: str) -> str:
    """A filled outline with one step for each share."""
    height = _ROW - 4
    path = [f"M{_AXIS} {bottom}"]
    for column, share in enumerate(shares):
        path.append(f"V{bottom - share * height:.1f}H{_AXIS + column + 1}")
    return f'<path d="{"".join(path)}V{bottom}Z" fill="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str, size: int) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" font-size="{size}" text-anchor="{anchor}" stroke="#fff" '
        f'stroke-width="3" paint-order="stroke">{escape(text)}</text>'
    )


def _svg(width: int, height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif">'
    )
    ground = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return "\n".join((head, ground, *parts, "</svg>")) + "\n"
