"""The picture for terminals: how full each engine is, and why it is not fuller."""

from __future__ import annotations

from pathlib import Path

from slotweave.anatomy.causes.placements import placements
from slotweave.anatomy.timeline import timeline
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import CHALLENGE
from slotweave.views.blocks import CAUSE_LETTERS, block_picture
from support.command_line import assert_refused, slotweave

#: Two loads, then a sum that waits for them, then its store.
SMALL = Program(
    "challenge",
    (
        {"load": (("const", 0, 0), ("const", 1, 1))},
        {"load": (("load", 8, 0), ("load", 9, 1))},
        {"alu": (("+", 8, 8, 9),)},
        {"store": (("store", 0, 8),)},
    ),
)


def lines_of(program: Program, span: tuple[int, int], coloured: bool = False) -> list[str]:
    shown = timeline(program, CHALLENGE, placements(program, CHALLENGE, {}))
    picture = block_picture(shown, range(len(program.bundles) + 1), 60, span, coloured)
    return [line.plain for line in picture.lines]


def test_letters_say_how_full_and_why_not_fuller() -> None:
    rows = lines_of(SMALL, (0, 4))
    at = next(number for number, line in enumerate(rows) if line.startswith("load"))
    assert rows[at][7:] == "██  "
    assert rows[at + 1][7:] == "  .."
    store = next(number for number, line in enumerate(rows) if line.startswith("store"))
    assert rows[store][7:] == "   ▄"
    waits = rows[store + 1][7:10]
    assert set(waits) <= set(CAUSE_LETTERS) - {"."}, "work for the store is still to come"


def test_a_span_shows_its_cycles_alone() -> None:
    rows = lines_of(SMALL, (1, 3))
    assert all(len(line) <= 9 for line in rows[:-1])
    assert rows[-1].split() == ["cycle", "1"]


def test_a_column_of_several_cycles_is_their_average() -> None:
    long = Program("challenge", SMALL.bundles * 100)
    rows = lines_of(long, (0, 400))
    load = next(line for line in rows if line.startswith("load"))
    assert len(load) <= 60
    assert set(load[7:]) <= set("▃▄▅")


def test_in_colour_an_engine_has_a_line_for_two_slots_and_no_more_than_three() -> None:
    rows = lines_of(SMALL, (0, 4), coloured=True)
    assert len(rows) == 3 + 3 + 1 + 1 + 1 + 1
    assert all(set(line[7:]) == {"▀"} for line in rows[:-1])


def test_inspect_draws_where_it_is_asked_to(tmp_path: Path) -> None:
    file = tmp_path / "small.json"
    file.write_text(program_to_json(SMALL))
    legend = "idle:  d waiting   . no work\n"
    assert legend not in slotweave("inspect", file).out
    assert legend in slotweave("inspect", file, "--picture").out, "the causes that there are"
    assert "cycle  1" in slotweave("inspect", file, "--cycles", "1..2").out
    assert_refused(slotweave("inspect", file, "--cycles", "1..4"), "SW212", "cycles 0 to 3")
