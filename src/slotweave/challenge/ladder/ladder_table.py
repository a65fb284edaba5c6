"""The rungs of the ladder as tables: for the terminal, and in Markdown for the documentation.

Both are made from the JSON form of the rungs alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from slotweave.views.narrow import with_whole_numbers
from slotweave.views.parts import IDLE_CAUSE_NAMES

Rungs = Sequence[Mapping[str, Any]]

_HEADINGS = ("rung", "cycles", "one path", "speed-up", "projected", "bound", "alu valu load flow %",
             "scratch", "bundles", "passes")  # fmt: skip
_COUNTER_HEADINGS = ("rung", "tree loads", "of them levels 0-3", "row loads", "jumps",
                     "overlapping", "vectors alive", "batches alive", "live words",
                     "spills")  # fmt: skip

_EFFECT_HEADINGS = ("rung", "what it changes", "against", "its cycles", "cycles", "times as fast")

_BATCH_COLUMNS = {
    "batches": "batches", "cycles": "cycles", "peak": "peak",
    "words_at_speed": "fewest words, as fast", "fewest_words": "fewest words",
    "cycles_there": "cycles there", "fewest_spilling": "fewest, spilling",
    "cycles_spilling": "cycles there", "spills": "spills", "made_anew": "recomputed",
}  # fmt: skip
_WORDS_COLUMNS = {
    "words": "words", "cycles": "cycles", "cycles_spilling": "cycles, spilling",
    "spills": "spills", "reloads": "reloads", "made_anew": "recomputed",
}  # fmt: skip

_STAGE_HEADINGS = ("rung", "cycles in which a stage has slots")
#: As many stages are listed of a rung.
_MOST_STAGES = 9

_IDLE_HEADINGS = ("rung", f"idle % of alu: {', '.join(IDLE_CAUSE_NAMES.values())}",
                  "of valu", "of load")  # fmt: skip

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
                   counters["batches_alive"], round(rung["live"]["mean"]),
                   counters["spills"])  # fmt: skip
        rows.append((rung["name"], *map(_number, numbers)))
    return rows


def effect_rows(rungs: Rungs) -> list[tuple[str, ...]]:
    """What each rung changes, and what that does to the cycles of the rung it changes."""
    cycles = {rung["name"]: rung["cycles"] for rung in rungs}
    rows: list[tuple[str, ...]] = []
    for rung in rungs:
        before = cycles.get(rung["against"])
        times = f"{before / rung['cycles']:.2f}" if before else "–"
        text = (rung["name"], rung["changes"], rung["against"] or "–")
        rows.append((*text, _number(before), _number(rung["cycles"]), times))
    return rows


def _all_tables(
    rungs: Rungs, batches: Rungs, spilling: Rungs
) -> Iterator[tuple[str, Sequence[str], Sequence[Sequence[str]]]]:
    """Title, headings and rows of each table that has rows to show."""
    yield "cycles", _HEADINGS, ladder_rows(rungs)
    yield "effects", _EFFECT_HEADINGS, effect_rows(rungs)
    yield "counters", _COUNTER_HEADINGS, counter_rows(rungs)
    yield "idle slots", _IDLE_HEADINGS, [(rung["name"], *_idle(rung)) for rung in rungs]
    yield "stages", _STAGE_HEADINGS, stage_rows(rungs)
    if batches:
        yield "batches at once", tuple(_BATCH_COLUMNS.values()), _rows(batches, _BATCH_COLUMNS)
    if spilling:
        yield "two batches", tuple(_WORDS_COLUMNS.values()), _rows(spilling, _WORDS_COLUMNS)


def ladder_view(rungs: Rungs, batches: Rungs, spilling: Rungs) -> Sequence[Table]:
    """All tables for a terminal."""
    return [_table(*table) for table in _all_tables(rungs, batches, spilling)]


def _rows(found: Rungs, columns: Mapping[str, str]) -> list[list[str]]:
    return [[_number(row.get(key)) for key in columns] for row in found]


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, box=None, padding=(0, 2, 0, 0), header_style="bold",
                  title_justify="left")  # fmt: skip
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=not number)
    for row in rows:
        table.add_row(*row)
    return with_whole_numbers(table)


def ladder_markdown(rungs: Rungs, batches: Rungs, spilling: Rungs) -> str:
    """All tables in Markdown."""
    tables = _all_tables(rungs, batches, spilling)
    return "\n\n".join(_markdown(headings, rows) for _title, headings, rows in tables)


def stage_rows(rungs: Rungs) -> list[tuple[str, str]]:
    """The stages that have slots in most cycles, for each rung."""
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
        causes, slots = rung["idle"].get(engine, {}), rung["engines"][engine]["slots"]
        shares = (100 * causes.get(cause, 0) / slots for cause in IDLE_CAUSE_NAMES)
        cells.append(" ".join(f"{share:.0f}" for share in shares))
    return cells


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|---" + "|---:" * (len(headings) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
