"""The page as text: the template with its style, its script and the data."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from slotweave.views.drawn import ReportProgram
from slotweave.views.page.columns import packed, timeline_columns
from slotweave.views.palette import (
    ENGINE_COLOURS,
    HELD,
    MATCHED,
    USED,
    cause_colour,
    cause_in_brief,
    cause_meaning,
)
from slotweave.views.parts import IDLE_CAUSE_NAMES

#: One script, in this order.
_SCRIPTS = (
    "model.js",
    "view.js",
    "slots.js",
    "series.js",
    "kernel.js",
    "cursor.js",
    "keys.js",
    "start.js",
)

#: Caption, headings, rows.
Table = tuple[str, Sequence[str], Sequence[Sequence[Any]]]


def report_page(
    title: str,
    sentence: str,
    programs: Sequence[ReportProgram],
    tables: Sequence[Table] = (),
    match: tuple[Sequence[int], Sequence[int]] | None = None,
    sampled: str | None = None,
) -> str:
    """The text of the page.

    `match` has for each operation of both of two programs its counterpart (`views.svg.matched`).
    `sampled` says what of the program is left out, if anything is.
    """
    data = {
        "sentence": sentence,
        "programs": [_program(each) for each in programs],
        "match": None if match is None else [packed(each) for each in match],
        "matched": MATCHED,
        "tables": [list(table) for table in tables],
        "sampled": sampled,
        "causes": [
            [name, cause_meaning(cause), cause_colour(cause), cause_in_brief(cause)]
            for cause, name in IDLE_CAUSE_NAMES.items()
        ],
        "hues": ENGINE_COLOURS,
        "used": USED,
        "held": [colour for colour, _dashes, _said in HELD.values()],
    }
    parts = {
        "TITLE": html.escape(title),
        "STYLE": _part("page.css"),
        "SCRIPT": "".join(map(_part, _SCRIPTS)),
        # `<` in a string could end the script element or begin a comment in it
        "DATA": json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
    }
    page = _part("page.html")
    before, *rest = page.split("/*")
    found = [before]
    for piece in rest:
        name, text = piece.split("*/", 1)
        found += [parts[name], text]
    return "".join(found)


def _part(name: str) -> str:
    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")


def _program(one: ReportProgram) -> dict[str, Any]:
    columns = timeline_columns(one.shown, one.cycles)
    of_operation, texts, sources = one.lines
    size = one.shown.placed.columns.size
    return {
        "name": one.name,
        "ladder": [list(rung) for rung in one.ladder],
        "findings": [[each.what, each.cure] for each in one.findings],
        "about": one.about,
        "commands": list(one.commands),
        "phases": [list(phase) for phase in one.phases],
        "spans": one.spans,
        "overview": None
        if one.overview is None
        else {
            "cycles": one.overview.cycles,
            "part": one.overview.part,
            "shares": {name: packed(row, "u1") for name, row in one.overview.shares.items()},
        },
        "what_if": one.what_if,
        "line": packed(of_operation if len(of_operation) else [-1] * size),
        "lines": list(texts),
        "sources": list(sources),
        **columns,
    }
