"""A schedule of a project as SVG text: time to the right, a band for each resource.

A band has a row for each unit of its resource. In a project without repetition an activity keeps
its units while it holds them. Of a modulo schedule one period is drawn, in which all iterations
share the units: each cell is one cycle's use, darker the later its stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slotweave.ir.project import Project, ProjectSchedule
from slotweave.views.escaping import escape

_LEFT, _TOP, _GAP, _WIDTH = 90, 30, 10, 900
#: Heights of a band: at most, and of a row of one unit at least and at most.
_BAND, _LEAST_ROW, _MOST_ROW = 120.0, 2.0, 14.0
_COLOURS = ("#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#aa3377", "#bbbbbb")


@dataclass(frozen=True, slots=True)
class _Block:
    """Units `low` .. `low` + `units` - 1 of a resource, for some cycles, of one activity."""

    activity: int
    begin: int
    cycles: int
    low: int
    units: int
    stage: int


def gantt_svg(project: Project, schedule: ProjectSchedule) -> str:
    """The picture of `schedule`."""
    span = max(1, schedule.period or schedule.makespan(project))
    parts: list[str] = []
    top = _TOP
    for number, resource in enumerate(project.resources):
        row = min(_MOST_ROW, max(_LEAST_ROW, _BAND / max(resource.capacity, 1)))
        height = row * resource.capacity
        parts.append(_text(_LEFT - 8, top + height / 2 + 4, resource.name, "end"))
        parts.append(_rect(_LEFT, top, _WIDTH, height, "#f2f2f2"))
        for block in _blocks(project, schedule, number):
            parts.append(_drawn(block, project, span, top, row))
        top += int(height) + _GAP
    parts += _marks(span, top)
    what = "makespan" if schedule.period is None else f"period {schedule.period}, makespan"
    title = f"{what} {schedule.makespan(project)}: {project.size} activities"
    return _svg(top + 30, [_text(_LEFT, 18, title, "start"), *parts])


def _blocks(project: Project, schedule: ProjectSchedule, resource: int) -> Iterator[_Block]:
    """What an activity holds, on rows of units that are free then."""
    uses = sorted(
        (start + use.first, number, use.cycles, use.units, start)
        for number, (start, mode) in enumerate(zip(schedule.starts, schedule.modes, strict=True))
        for use in project.activities[number].modes[mode].uses
        if use.resource == resource
    )
    if schedule.period is None:
        yield from _kept_rows(uses, project.resources[resource].capacity)
        return
    filled = [0] * schedule.period
    for begin, number, cycles, units, start in uses:
        for cycle in range(begin, begin + cycles):
            row = cycle % schedule.period
            stage = start // schedule.period
            yield _Block(number, row, 1, filled[row], units, stage)
            filled[row] += units


def _kept_rows(uses: list[tuple[int, int, int, int, int]], capacity: int) -> Iterator[_Block]:
    free_at = [0] * capacity
    for begin, number, cycles, units, _start in uses:
        free = [row for row in range(capacity) if free_at[row] <= begin][:units]
        for row in free:
            free_at[row] = begin + cycles
        for low, count in _runs(free):
            yield _Block(number, begin, cycles, low, count, 0)


def _runs(rows: list[int]) -> Iterator[tuple[int, int]]:
    """Rising numbers as runs: where each begins and how long it is."""
    begin = 0
    for place in range(1, len(rows) + 1):
        if place == len(rows) or rows[place] != rows[place - 1] + 1:
            yield rows[begin], place - begin
            begin = place


def _drawn(block: _Block, project: Project, span: int, top: int, row: float) -> str:
    scale = _WIDTH / span
    name = project.activities[block.activity].name
    x, y = _LEFT + block.begin * scale, top + block.low * row
    width, height = max(block.cycles * scale - 0.5, 0.5), block.units * row - 0.3
    label = f"activity {name}: cycles {block.begin} to {block.begin + block.cycles - 1}"
    if block.stage:
        label += f", stage {block.stage}"
    colour = _COLOURS[block.activity % len(_COLOURS)]
    shade = 1.0 if not block.stage else max(0.4, 1.0 - 0.15 * block.stage)
    shown = _rect(x, y, width, height, colour, shade, label)
    if width > 7 * len(name) and height > 9:
        shown += _text(x + width / 2, y + height / 2 + 3, name, "middle", 9)
    return shown


def _marks(span: int, top: int) -> Iterator[str]:
    """Cycles below the bands."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if span / s <= 25)
    for cycle in range(0, span + 1, step):
        x = _LEFT + cycle * _WIDTH / span
        yield f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{top}" stroke="#ddd"/>'
        yield _text(x, top + 14, f"{cycle:,}", "middle", 9)


def _rect(
    x: float, y: float, width: float, height: float, fill: str, shade: float = 1.0, label: str = ""
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 0.5):.1f}"'
    if not label:
        return f'<rect {place} fill="{fill}"/>'
    inner = f"<title>{escape(label)}</title>"
    return f'<rect {place} fill="{fill}" fill-opacity="{shade:.2f}">{inner}</rect>'


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(text)}</text>"


def _svg(height: int, parts: list[str]) -> str:
    width = _LEFT + _WIDTH + 30
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif">'
    )
    ground = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return "\n".join((head, ground, *parts, "</svg>")) + "\n"
