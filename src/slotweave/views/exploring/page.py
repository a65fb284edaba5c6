"""A kernel on many machines as a table, as lines, and as a page that works offline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from slotweave.anatomy.explored import Explored, Point
from slotweave.base.wording import EVERY_RUN, plural
from slotweave.views.escaping import escape
from slotweave.views.exploring.pictures import cost_plot_svg, heat_maps_svg

if TYPE_CHECKING:
    from rich.table import Table


def exploration_table(explored: Explored) -> Table:
    """A row for each machine; those of the front are marked. How busy engines are is left out."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    engines = _engines(explored)
    *headings, marks = _headings(explored)
    for heading in (*headings[: len(headings) - len(engines)], marks):
        left = heading in ("binds", marks)
        table.add_column(heading, justify="left" if left else "right", no_wrap=True)
    for cells in _cells(explored):
        table.add_row(*cells[: -1 - len(engines)], cells[-1])
    return table


def exploration_lines(explored: Explored) -> Iterator[str]:
    """What the table cannot hold: why machines do not fit, and the front."""
    for point in explored.points:
        if point.cycles is None:
            yield f"{_setting(point)} does not fit: {point.reason}"
    plans = Counter(point.plan for point in explored.points)
    if len(plans) > 1:
        told = ", ".join(f"{name} on {number:,}" for name, number in plans.items())
        yield f"the plan that is usual on each machine: {told}"
    for of in dict.fromkeys(point.cycles_of for point in explored.points if point.cycles):
        if of != EVERY_RUN:
            yield f"cycles: {of}"
    if explored.front:
        front = "; ".join(
            f"{_setting(point)}: {plural(point.cycles or 0, 'cycle')} for {point.cost:g}"
            for point in explored.front
        )
        yield f"no other machine is both cheaper and faster: {front}"


def exploration_html(explored: Explored) -> str:
    """A page with the table and both pictures, which fetches nothing."""
    title = f"{explored.kernel} on {plural(len(explored.points), 'machine')}"
    heads = "".join(f"<th>{escape(name)}</th>" for name in _headings(explored))
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for cells in _cells(explored)
    )
    lines = "\n".join(f"<p>{escape(line)}</p>" for line in exploration_lines(explored))
    style = (
        "body{font-family:sans-serif;margin:2em}td,th{padding:.2em .8em;text-align:right}"
        "tr:nth-child(even){background:#f4f4f4}"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{style}</style></head><body>\n<h1>{escape(title)}</h1>\n"
        f"{heat_maps_svg(explored)}{cost_plot_svg(explored)}"
        f"<table><tr>{heads}</tr>\n{rows}</table>\n{lines}\n</body></html>\n"
    )


def exploration_svg(explored: Explored) -> str:
    """The plot of cycles against cost, or the heat maps where no costs are known."""
    return cost_plot_svg(explored) or heat_maps_svg(explored)


def _headings(explored: Explored) -> list[str]:
    engines = _engines(explored)
    costs = ["cost"] if _has_costs(explored) else []
    shares = [f"{name} busy" for name in engines]
    return [*explored.settings, *costs, "cycles", "bound", "binds", *shares, ""]


def _cells(explored: Explored) -> Iterator[list[str]]:
    engines, has_costs = _engines(explored), _has_costs(explored)
    front = [point.change for point in explored.front]
    for point in explored.points:
        settings = [str(point.change[name]) for name in explored.settings]
        costs = [f"{point.cost:g}"] if has_costs else []
        if point.cycles is None or point.shares is None:
            yield [*settings, *costs, "-", "-", "does not fit", *("" for _ in engines), ""]
            continue
        shares = [f"{100 * point.shares[name]:.0f} %" for name in engines]
        found = [f"{point.cycles:,}", f"{point.bound:,}", point.binds]
        yield [*settings, *costs, *found, *shares, "front" if point.change in front else ""]


def _engines(explored: Explored) -> list[str]:
    return next((list(point.shares) for point in explored.points if point.shares), [])


def _has_costs(explored: Explored) -> bool:
    return any(point.cost is not None for point in explored.points)


def _setting(point: Point) -> str:
    return " ".join(f"{name}={value}" for name, value in point.change.items()) or "the machine"
