"""A kernel on many machines as a table, as lines, and as a page that works offline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from slotweave.base.wording import plural
from slotweave.views.exploration_svg import cost_plot_svg, heat_maps_svg

if TYPE_CHECKING:
    from rich.table import Table

Row = Mapping[str, Any]


def exploration_table(explored: Row) -> Table:
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


def exploration_lines(explored: Row) -> Iterator[str]:
    """What the table cannot hold: why machines do not fit, and the front."""
    for row in explored["machines"]:
        if row["cycles"] is None:
            yield f"{_setting(row)} does not fit: {row['reason']}"
    if explored["front"]:
        front = "; ".join(
            f"{_setting(row)}: {plural(row['cycles'], 'cycle')} for {row['cost']:g}"
            for row in explored["front"]
        )
        yield f"no other machine is both cheaper and faster: {front}"


def exploration_html(explored: Row) -> str:
    """A page with the table and both pictures, which fetches nothing."""
    title = f"{explored['kernel']} on {plural(len(explored['machines']), 'machine')}"
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


def exploration_svg(explored: Row) -> str:
    """The plot of cycles against cost, or the heat maps where no costs are known."""
    return cost_plot_svg(explored) or heat_maps_svg(explored)


def _headings(explored: Row) -> list[str]:
    engines = _engines(explored)
    costs = ["cost"] if _has_costs(explored) else []
    shares = [f"{name} busy" for name in engines]
    return [*explored["settings"], *costs, "cycles", "bound", "binds", *shares, ""]


def _cells(explored: Row) -> Iterator[list[str]]:
    engines, has_costs = _engines(explored), _has_costs(explored)
    front = [row["set"] for row in explored["front"]]
    for row in explored["machines"]:
        settings = [str(row["set"][name]) for name in explored["settings"]]
        costs = [f"{row['cost']:g}"] if has_costs else []
        if row["cycles"] is None:
            yield [*settings, *costs, "-", "-", "does not fit", *("" for _ in engines), ""]
            continue
        shares = [f"{100 * row['shares'][name]:.0f} %" for name in engines]
        found = [f"{row['cycles']:,}", f"{row['bound']:,}", row["binds"]]
        yield [*settings, *costs, *found, *shares, "front" if row["set"] in front else ""]


def _engines(explored: Row) -> list[str]:
    return next((list(row["shares"]) for row in explored["machines"] if row["shares"]), [])


def _has_costs(explored: Row) -> bool:
    return any(row["cost"] is not None for row in explored["machines"])


def _setting(row: Row) -> str:
    return " ".join(f"{name}={value}" for name, value in row["set"].items()) or "the machine"
