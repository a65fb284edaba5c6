"""Pictures as SVG: they show what the program has, slot by slot, and are files of their own."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from slotweave.anatomy.inspect import inspect_and_place
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.program import Program
from slotweave.ir.text.program_files import program_to_json
from slotweave.machine import CHALLENGE
from slotweave.views.drawn import ReportProgram, program_drawn
from slotweave.views.palette import USED, cause_colour
from slotweave.views.svg.elements import INNER, steps
from slotweave.views.svg.program_svg import PICTURES, ladder_svg, program_svg
from support.command_line import assert_refused, slotweave
from support.scalar_programs import scalar_tree_hash

SVG = "{http://www.w3.org/2000/svg}"
SMALL = Program(
    "challenge",
    (
        {"load": (("const", 0, 0), ("const", 1, 1))},
        {"load": (("load", 8, 0), ("load", 9, 1))},
        {"alu": (("+", 8, 8, 9),)},
        {"store": (("store", 0, 8),)},
    ),
)


def drawn(program: Program) -> ReportProgram:
    found, run = inspect_and_place(program, CHALLENGE, NOTHING_KNOWN)
    assert run is not None
    return program_drawn("some/p.json", CHALLENGE, found, run)


def boxes(svg: str, colour: str) -> list[tuple[float, float]]:
    """Width and height of each rectangle of this colour, but for those of the legend."""
    rects = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    sizes = [(float(one.get("width", 0)), float(one.get("height", 0)))
             for one in rects if one.get("fill") == colour]  # fmt: skip
    return [size for size in sizes if size != (10, 10)]


def test_each_slot_of_a_few_cycles_is_a_box_and_the_idle_ones_are_by_cause() -> None:
    one = drawn(SMALL)
    svg = program_svg("it", [one], wanted=["slots"])
    assert len(boxes(svg, USED)) == SMALL.slots
    idle = {cause: 0 for slots in one.shown.idle.values() for cause in slots.by_cause()}
    for engine, slots in one.shown.idle.items():
        row = max(16, 15 * CHALLENGE.slots[engine]) / CHALLENGE.slots[engine]
        for cause, number in slots.by_cause().items():
            idle[cause] += number * row
    for cause, height in idle.items():
        found = boxes(svg, cause_colour(cause))
        assert abs(sum(tall + 1 for _wide, tall in found) - height) < 0.2, cause


def test_steps_are_as_high_as_they_are_told_and_nothing_is_drawn_of_nothing() -> None:
    path = re.search(r' d="([^"]+)"', steps([1, 1, 3, 0], 10, 2, 100, "#000"))
    assert path
    assert path[1] == "M0 0H0V-1H2V-3H3V0H4V0Z"
    assert steps([0, 0], 10, 2, 100, "#000") == ""


def test_bars_of_the_ladder_are_as_long_as_their_cycles() -> None:
    svg = ladder_svg("it", [("load", 50), ("critical path", 100)])
    lengths = [wide for wide, _tall in boxes(svg, "#0072b2")]
    assert lengths == [(INNER - 60) / 2, INNER - 60]


def test_long_programs_and_two_programs_are_drawn_whole_and_ask_for_nothing() -> None:
    program, _facts = scalar_tree_hash(3, 2, 8)
    svg = program_svg("a <b> & c", [drawn(program), drawn(SMALL)])
    ElementTree.fromstring(svg)
    assert "a &lt;b&gt; &amp; c" in svg
    assert not re.search(r"href|url\(|<script|<image", svg)
    titles = [one.text or "" for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert sum(title.startswith("p.json: ") for title in titles) >= 2 * len(PICTURES) - 4


def test_commands_draw_to_a_file(tmp_path: Path) -> None:
    file, picture = tmp_path / "p.json", tmp_path / "p.svg"
    file.write_text(program_to_json(SMALL))
    for command in ("report", "inspect", "bound", "what-if"):
        assert slotweave(command, file, "--svg", picture).code == 0
        ElementTree.fromstring(picture.read_text())
        picture.unlink()
    alone = slotweave("inspect", file, "--svg", "-")
    ElementTree.fromstring(alone.out)
    chosen = slotweave("report", file, "--svg", "-", "--picture", "live", "--cycles", "1..3")
    assert "Live words" in chosen.out
    assert "Lower bounds" not in chosen.out


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(program_to_json(SMALL))
    svg = ("--svg", tmp_path / "p.svg")
    assert_refused(slotweave("report", file, "--picture", "live"), "SW212", "--svg")
    assert_refused(slotweave("report", file, *svg, "--picture", "lives"), "SW212", "live")
    assert_refused(slotweave("report", file, *svg, "--cycles", "7..9"), "SW212", "0 to 3")
    assert_refused(slotweave("inspect", file, "--svg", "-", "--json"), "SW212", "stdout")
    loop = Program("challenge", ({"load": (("load", 0, 1),)}, {"flow": (("cond_jump", 0, 0),)}))
    file.write_text(program_to_json(loop))
    assert_refused(slotweave("inspect", file, *svg), "SW219")
    assert not (tmp_path / "p.svg").exists()
