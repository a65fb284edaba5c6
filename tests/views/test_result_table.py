"""The table of a result: what a person reads, made from the JSON form."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from slotweave.views.result_table import result_view
from slotweave.views.summary import summary_of
from support.tree_hash import compiled


@pytest.fixture(scope="module")
def summary() -> dict[str, Any]:
    return summary_of(compiled((3, 4, 16), instances=3))


def shown(summary: dict[str, Any]) -> str:
    console = Console(file=StringIO(), width=120)
    console.print(result_view(summary))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_table_names_cycles_bound_gap_scratch_and_checks(summary: dict[str, Any]) -> None:
    lines = {line.split("  ")[0]: line for line in shown(summary).splitlines() if line}
    assert f"{summary['cycles']:,}" in lines["cycles"]
    bound = f"{summary['bound']['cycles']:,} for the operations of this plan: "
    assert f"{bound}{summary['bound']['why']}" in lines["lower bound"]
    gap = summary["cycles"] - summary["bound"]["cycles"]
    assert f"{gap:,} cycle{'' if gap == 1 else 's'}" in lines["gap"]
    assert f"{summary['scratch']['peak']:,} of 1,536 words allocated at" in lines["scratch"]
    assert "agrees with the reference on 3 random and 8 directed inputs" in lines["verified"]
    assert "program does what its kernel says: yes" in lines["proved"]


@pytest.mark.parametrize(
    ("entries", "bound", "scratch"),
    [
        ({}, "for the operations of this plan: w", "5 of 9 words allocated at the peak"),
        ({"jumps": {"jump": 1}}, "for one run of these slots, each on its engine: w", "allocated"),
        ({"before": 9}, "for this variant of the program alone: w", "still to be read"),
        (
            {"before": 7, "way": "unchanged"},
            "for the variants that were tried: w",
            "still to be read",
        ),
    ],
)
def test_bound_and_scratch_say_what_they_are_of(
    entries: dict[str, Any], bound: str, scratch: str
) -> None:
    common = {
        "cycles": 7, "bound": {"cycles": 6, "name": "load", "why": "w"}, "engines": {},
        "bundles": 3, "scratch": {"peak": 5, "size": 9},
    }  # fmt: skip
    text = shown({**common, **entries})
    assert f"6 {bound}" in text
    assert scratch in text


def test_used_and_idle_slots_of_an_engine_are_all_of_them(summary: dict[str, Any]) -> None:
    text = shown(summary)
    heading = next(line for line in text.splitlines() if line.startswith("engine"))
    assert heading.split()[-6:] == ["not", "ready", "held", "back", "no", "work"]
    for name, engine in summary["engines"].items():
        row = next(line for line in text.splitlines() if line.startswith(name))
        used, slots, *idle = (int(cell.replace(",", "")) for cell in row.split()[-5:])
        assert (used, slots) == (engine["used"], engine["slots"])
        assert used + sum(idle) == slots


def test_what_a_result_does_not_say_is_left_out(summary: dict[str, Any]) -> None:
    kept = {key: summary[key] for key in ("cycles", "engines")}
    text = shown(kept)
    assert text.startswith("program\n")
    for word in ("lower bound", "scratch", "verified", "proved", "waiting", "Idle"):
        assert word not in text


def test_a_wrong_result_is_not_called_right(summary: dict[str, Any]) -> None:
    text = shown({**summary, "verified": {"instances": 3, "mismatches": 1}})
    assert "1 of 3 random inputs gave a wrong result" in text


def test_a_schedule_as_short_as_its_bound_says_so(summary: dict[str, Any]) -> None:
    bound = {**summary["bound"], "cycles": summary["cycles"]}
    said = "none: no schedule is shorter for"
    bounded = {**summary, "bound": bound}
    assert f"{said} the operations of this plan" in shown(bounded)
    jumps = shown({**bounded, "jumps": {"jump": 1}})
    assert f"{said} one run of these slots, each on its engine" in jumps
