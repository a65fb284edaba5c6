"""The rungs of the ladder as tables: for the terminal, and in Markdown for the documentation.

Both are made from the JSON form of the rungs alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

Rungs = Sequence[Mapping[str, Any]]

_HEADINGS = ("rung", "cycles", "one path", "speed-up", "projected", "bound", "alu valu load flow %",
             "scratch", "bundles", "passes")  # fmt: skip
_COUNTER_HEADINGS = ("rung", "tree loads", "of them levels 0-3", "row loads", "jumps",
                     "overlapping", "vectors alive", "batches alive", "spills")  # fmt: skip

_BATCH_KEYS = ("batches", "cycles", "peak", "words_at_speed", "fewest_words", "cycles_there")
_BATCH_HEADINGS = (
    "batches",
    "cycles",
    "peak",
    "fewest words, as fast",
    "fewest words",
    "cycles there",
)

_STAGE_HEADINGS = ("rung", "cycles in which a stage has slots")
#: As many stages are listed of a rung.
_MOST_STAGES = 9

_IDLE_HEADINGS = ("rung", "idle % of alu: waiting, held back, no work", "of valu", "of load")

_SHOWN_ENGINES = ("alu", "valu", "load", "flow")


def ladder_rows(rungs: Rungs) -> list[tuple[str, ...]]:
    """One row of text for each rung."""
    return [
        (
            rung["name"],
            f"{rung['cycles']:,}",
            _number(rung["runs"]["one_path"]),
            f"{rung['speedup']:.1f}" if rung["speedup"] else "–",
            rung["projected"] or "–",
            f"{rung['bound']['cycles']:,}",
            " ".join(_share(rung["engines"], name) for name in _SHOWN_ENGINES),
            f"{rung['scratch']['peak']:,}",
            f"{rung['bundles']:,}",
            f"{len(rung['thresholds'])} of 8",
        )
        for rung in rungs
    ]


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _share(engines: Mapping[str, Any], name: str) -> str:
    return f"{100 * engines[name]['share']:.0f}" if name in engines else "–"


def counter_rows(rungs: Rungs) -> list[tuple[str, ...]]:
    """One row of counters for each rung."""
    rows = []
    for rung in rungs:
        counters = rung["counters"]
        levels = counters["loads_by_level"]
        shared = sum(count for level, count in levels.items() if int(level) <= 3)
        numbers = (sum(levels.values()), shared, counters["tree_row_loads"], counters["jumps"],
                   counters["overlapping_bundles"], counters["vectors_alive"],
                   counters["batches_alive"], counters["spills"])  # fmt: skip
        rows.append((rung["name"], *map(_number, numbers)))
    return rows


def ladder_view(rungs: Rungs, batches: Rungs) -> Sequence[Table]:
    """Cycles, counters, stages and, if there are any, batches as tables for a terminal."""
    tables = [
        _table("cycles", _HEADINGS, ladder_rows(rungs)),
        _table("counters", _COUNTER_HEADINGS, counter_rows(rungs)),
        _table("stages", _STAGE_HEADINGS, stage_rows(rungs)),
    ]
    if batches:
        tables.append(_table("batches at once", _BATCH_HEADINGS, batch_rows(batches)))
    return tables


def batch_rows(batches: Rungs) -> list[list[str]]:
    """One row for each number of batches."""
    return [[_number(row.get(key)) for key in _BATCH_KEYS] for row in batches]


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, box=None, padding=(0, 2, 0, 0), header_style="bold",
                  title_justify="left")  # fmt: skip
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=not number)
    for row in rows:
        table.add_row(*row)
    return table


def ladder_markdown(rungs: Rungs, batches: Rungs) -> str:
    """Cycles, counters, idle slots by cause, stages and, if there are any, batches in Markdown."""
    idle = [(rung["name"], *_idle(rung)) for rung in rungs]
    tables = [
        _markdown(_HEADINGS, ladder_rows(rungs)),
        _markdown(_COUNTER_HEADINGS, counter_rows(rungs)),
        _markdown(_IDLE_HEADINGS, idle),
        _markdown(_STAGE_HEADINGS, stage_rows(rungs)),
    ]
    if batches:
        tables.append(_markdown(_BATCH_HEADINGS, batch_rows(batches)))
    return "\n\n".join(tables)


def stage_rows(rungs: Rungs) -> list[tuple[str, str]]:
    """The stages that have slots in most cycles, for each rung of one schedule."""
    rows = []
    for rung in rungs:
        stages = sorted(rung["stages"].items(), key=lambda stage: -stage[1])[:_MOST_STAGES]
        if stages:
            rows.append((rung["name"], ", ".join(f"{name} {cycles:,}" for name, cycles in stages)))
    return rows


def _idle(rung: Mapping[str, Any]) -> list[str]:
    """Idle slots by cause, in per cent of the slots of alu, valu and load."""
    cells = []
    for engine in ("alu", "valu", "load"):
        if engine not in rung["idle"]:  # a program that jumps has no one schedule to ask
            cells.append("–")
            continue
        causes, slots = rung["idle"][engine], rung["engines"][engine]["slots"]
        shares = (100 * causes.get(cause, 0) / slots
                  for cause in ("dependence", "scratch", "nothing"))  # fmt: skip
        cells.append(" ".join(f"{share:.0f}" for share in shares))
    return cells


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|---" + "|---:" * (len(headings) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
