"""Pictures of a kernel on many machines, as SVG text: heat maps, and cycles against cost.

A heat map has the first setting to the right and the second one downwards, and there is one for
each combination of the others. Darker is longer; a machine on which nothing fits is crossed out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from slotweave.anatomy.explored import Explored, Point
from slotweave.views.escaping import escape

_CELL_WIDTH, _CELL_HEIGHT, _LEFT, _TOP = 76, 34, 90, 46
_PLOT_WIDTH, _PLOT_HEIGHT = 560, 320
_COLOURS = {
    "alu": "#4477aa", "valu": "#228833", "load": "#ee6677", "store": "#aa3377", "flow": "#ccbb44",
    "scratch": "#66ccee", "latency": "#bbbbbb",
}  # fmt: skip
_OTHER = "#777777"


def heat_maps_svg(explored: Explored) -> str:
    """The heat maps of what was explored, one below the other."""
    names = list(explored.settings)
    across = names[0] if names else ""
    down = names[1] if len(names) > 1 else ""
    columns = explored.settings.get(across, [0])
    lines = explored.settings.get(down, [0])
    cycles = [point.cycles for point in explored.points if point.cycles is not None]
    shade = _shades(cycles)
    parts: list[str] = []
    top = 0
    for title, rows in _by_others(explored, names[2:]):
        parts.append(_text(_LEFT, top + 16, f"cycles; {title}" if title else "cycles", "start"))
        parts.append(_text(_LEFT, top + 34, across, "start"))
        parts.append(_text(_LEFT - 8, top + 34, down, "end"))
        for x, value in enumerate(columns):
            parts.append(_text(_LEFT + (x + 0.5) * _CELL_WIDTH, top + _TOP, str(value), "middle"))
        for y, value in enumerate(lines):
            if down:
                at = top + _TOP + 10 + (y + 0.65) * _CELL_HEIGHT
                parts.append(_text(_LEFT - 8, at, str(value), "end"))
            for x, wide in enumerate(columns):
                point = rows.get((wide, value) if down else (wide, 0))
                if point is not None:
                    left, head = _LEFT + x * _CELL_WIDTH, top + _TOP + 10 + y * _CELL_HEIGHT
                    parts += _cell(point, left, head, shade)
        top += _TOP + 24 + len(lines) * _CELL_HEIGHT
    return _svg(_LEFT + len(columns) * _CELL_WIDTH + 20, top, parts)


def cost_plot_svg(explored: Explored) -> str:
    """Cycles against cost, each machine a point in the colour of what binds it; the front a line.

    Empty if no costs are known.
    """
    known = [(point, point.cost, point.cycles) for point in explored.points
             if point.cycles is not None and point.cost is not None]  # fmt: skip
    if not known:
        return ""
    costs, lengths = [cost for _, cost, _ in known], [cycles for _, _, cycles in known]
    across = _scale(costs, 60, 60 + _PLOT_WIDTH)
    up = _scale(lengths, 30 + _PLOT_HEIGHT, 30)
    best = explored.front
    steps = " ".join(f"{across(cost):.1f},{up(cycles):.1f}"
                     for point, cost, cycles in sorted(known, key=lambda each: each[1])
                     if point in best)  # fmt: skip
    parts = [
        f'<polyline points="{steps}" fill="none" stroke="#222222" stroke-width="1.5"/>',
        _text(60, 18, "cycles against cost; the line is the Pareto front", "start"),
    ]
    for end in (min, max):
        cost, cycles = end(costs), end(lengths)
        parts.append(_text(across(cost), 50 + _PLOT_HEIGHT, f"{cost:g}", "middle"))
        parts.append(_text(52, up(cycles) + 4, f"{cycles:,}", "end"))
    for point, cost, cycles in known:
        told = f"{_setting(point)}: {cycles:,} cycles, cost {cost:g}, {point.binds}"
        parts.append(
            f'<circle cx="{across(cost):.1f}" cy="{up(cycles):.1f}" r="5" '
            f'fill="{_colour(point)}"><title>{escape(told)}</title></circle>'
        )
    parts += _legend([point for point, _, _ in known])
    return _svg(90 + _PLOT_WIDTH, 90 + _PLOT_HEIGHT, parts)


def _legend(rows: Sequence[Point]) -> Iterator[str]:
    left = 60.0
    for name in dict.fromkeys(point.binds for point in rows):
        colour = _COLOURS.get(name, _OTHER)
        at = 72 + _PLOT_HEIGHT
        yield f'<circle cx="{left:.0f}" cy="{at}" r="5" fill="{colour}"/>'
        yield _text(left + 10, at + 4, f"{name} binds", "start")
        left += 30 + 7.0 * len(f"{name} binds")


def _by_others(
    explored: Explored, others: Sequence[str]
) -> Iterator[tuple[str, dict[tuple[int, int], Point]]]:
    """The machines of each heat map by their two settings, and what the others are set to."""
    names = list(explored.settings)[:2]
    found: dict[str, dict[tuple[int, int], Point]] = {}
    for point in explored.points:
        title = ", ".join(f"{name} {point.change[name]}" for name in others)
        place = [point.change[name] for name in names] + [0, 0]
        found.setdefault(title, {})[place[0], place[1]] = point
    yield from found.items()


def _cell(point: Point, left: float, top: float, shade: Callable[[int], str]) -> Iterator[str]:
    width, height = _CELL_WIDTH - 3, _CELL_HEIGHT - 3
    cycles = point.cycles
    fill = "#ffffff" if cycles is None else shade(cycles)
    told = point.reason if cycles is None else f"{cycles:,} cycles, {point.binds} binds"
    yield (
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width}" height="{height}" fill="{fill}" '
        f'stroke="#cccccc"><title>{escape(f"{_setting(point)}: {told}")}</title></rect>'
    )
    if cycles is None:
        yield (
            f'<path d="M{left:.0f} {top:.0f} l{width} {height} m0 {-height} l{-width} {height}" '
            f'stroke="#aa3377"/>'
        )
        return
    yield _text(left + width / 2, top + 14, f"{cycles:,}", "middle")
    yield _text(left + width / 2, top + 27, point.binds, "middle", 10)


def _shades(cycles: Sequence[int]) -> Callable[[int], str]:
    least, most = min(cycles, default=0), max(cycles, default=0)

    def shade(value: int) -> str:
        share = (value - least) / max(1, most - least)
        return f"rgb({255 - int(150 * share)},{255 - int(110 * share)},{255 - int(40 * share)})"

    return shade


def _scale(values: Sequence[float], low: float, high: float) -> Callable[[float], float]:
    least, most = min(values), max(values)
    return lambda value: low + (high - low) * (value - least) / ((most - least) or 1)


def _colour(point: Point) -> str:
    return _COLOURS.get(point.binds, _OTHER)


def _setting(point: Point) -> str:
    return " ".join(f"{name}={value}" for name, value in point.change.items())


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
        f"{escape(text)}</text>"
    )


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="sans-serif">'
    )
    return "\n".join([head, *parts, "</svg>", ""])
