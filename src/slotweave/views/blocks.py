"""The picture of slots by cycles for a terminal: half blocks in colour, letters without.

A column is a span of cycles, a row of half blocks a slot (or several: an engine with many slots is
drawn in fewer rows). What is used is drawn in the colour of its engine, from below; above it the
cause of most idle slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from rich.text import Text

from slotweave.anatomy.causes.idle_causes import IDLE_CAUSES, IdleSlots
from slotweave.anatomy.timeline import Timeline
from slotweave.views.palette import ENGINE_COLOURS
from slotweave.views.parts import IDLE_CAUSE_NAMES

#: Darker than those of engines, so that what is used stands out.
CAUSE_COLOURS = ("#d55e00", "#9a9320", "#a04070", "#00664b", "#8a6000", "#31668a", "#4a4a4a")
#: Without colours: how full, and a letter for each cause.
FULL = " ▁▂▃▄▅▆▇█"
CAUSE_LETTERS = "!jwmed."

_LABEL = 7
#: An engine is drawn in this many lines of two half blocks at most.
_LINES = 3


@dataclass(frozen=True)
class Picture:
    """Lines of text, and what their colours or letters mean."""

    lines: tuple[Text, ...]
    legend: Text


def block_picture(
    shown: Timeline, cycles: Sequence[int], width: int, span: tuple[int, int], coloured: bool
) -> Picture:
    """The cycles from span[0] up to before span[1] in `width` columns.

    `cycles` are those over before each bundle of the timeline, and in the end.
    """
    costs = np.flatnonzero(np.diff(np.asarray(cycles)))  # the bundle of each cycle
    first, end = span
    columns = max(1, min(width - _LABEL, end - first))
    edges = first + (end - first) * np.arange(columns + 1) // columns
    lines: list[Text] = []
    for number, (engine, slots) in enumerate(shown.machine.engines):
        if slots:
            used = np.array([len(b.get(engine, ())) for b in shown.program.bundles])[costs]
            idle = _idle_by_cycle(shown.idle[engine])[costs]
            rows = _Row(engine, slots, number, used, idle, edges)
            lines += rows.coloured() if coloured else rows.plain()
    met = sum(each.table()[costs][first:end].sum(axis=0) for each in shown.idle.values())
    causes = [cause for cause, slots in enumerate(np.atleast_1d(met).tolist()) if slots]
    return Picture((*lines, _axis(edges, columns)), _legend(causes, coloured))


@dataclass(frozen=True, eq=False)
class _Row:
    engine: str
    slots: int
    number: int
    used: NDArray[np.int64]
    idle: NDArray[np.int64]  # idle slots by cycle and cause
    edges: NDArray[np.int64]

    def _share(self) -> list[float]:
        """The part of the slots in use, by column."""
        sums = np.concatenate(([0], np.cumsum(self.used)))
        taken = sums[self.edges[1:]] - sums[self.edges[:-1]]
        shares: list[float] = (taken / (np.diff(self.edges) * self.slots)).tolist()
        return shares

    def _cause(self) -> list[int]:
        """The cause of most idle slots, by column."""
        sums = np.concatenate((np.zeros((1, len(IDLE_CAUSES)), int), np.cumsum(self.idle, axis=0)))
        most: list[int] = (sums[self.edges[1:]] - sums[self.edges[:-1]]).argmax(axis=1).tolist()
        return most

    def coloured(self) -> list[Text]:
        lines = min(_LINES, -(-self.slots // 2))
        halves = 2 * lines if self.slots > 1 else 1
        own = ENGINE_COLOURS[self.number % len(ENGINE_COLOURS)]
        filled = [round(share * halves) for share in self._share()]
        idle = [CAUSE_COLOURS[cause] for cause in self._cause()]
        texts = []
        for line in range(lines):
            text = Text(_label(self.engine if line == lines // 2 else ""))
            upper, lower = halves - 2 * line, halves - 2 * line - 1
            if halves == 1:
                upper = lower = 1
            pairs = [[own if count >= half else cause for half in (upper, lower)]
                     for count, cause in zip(filled, idle, strict=True)]  # fmt: skip
            for pair, same in groupby(pairs):
                text.append("▀" * len(list(same)), Style(color=pair[0], bgcolor=pair[1]))
            texts.append(text)
        return texts

    def plain(self) -> list[Text]:
        """How full, and below it why not fuller."""
        top = [FULL[int(share * (len(FULL) - 1))] for share in self._share()]
        pairs = zip(self._share(), self._cause(), strict=True)
        why = [" " if share >= 1 else CAUSE_LETTERS[cause] for share, cause in pairs]
        return [Text(_label(self.engine) + "".join(top)), Text(_label("") + "".join(why))]


def _idle_by_cycle(idle: IdleSlots) -> NDArray[np.int64]:
    """For each bundle the idle slots of each cause."""
    return idle.table()


def _label(name: str) -> str:
    return f"{name:<{_LABEL}}"


def _axis(edges: NDArray[np.int64], columns: int) -> Text:
    text, at = _label("cycle"), 0
    while at < columns:
        said = f"{int(edges[at]):,}"
        if at + len(said) > columns:
            break
        text += said + " " * (min(12, columns - at) - len(said))
        at += 12
    return Text(text.rstrip(), style="dim")


def _legend(causes: Sequence[int], coloured: bool) -> Text:
    """What is drawn: the causes that there are."""
    text, names = Text(), tuple(IDLE_CAUSE_NAMES.values())
    text.append("in use: the colour of the engine   idle:  " if coloured else "idle:  ", "dim")
    for cause in causes:
        mark, style = ("█ ", CAUSE_COLOURS[cause]) if coloured else (CAUSE_LETTERS[cause] + " ", "")
        text.append(mark, style)
        text.append(f"{names[cause]}   ", "dim")
    text.rstrip()
    return text
