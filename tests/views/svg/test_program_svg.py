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
from slotweave.views.page import Reported, report_svg
from slotweave.views.page.report import compared_sides, program_and_inspection
from slotweave.views.palette import MARK, MATCHED, USED, cause_colour
from slotweave.views.svg.elements import INNER, LEFT, steps
from slotweave.views.svg.matched import REGROUPED, counterparts
from slotweave.views.svg.program_svg import PICTURES, ladder_svg, program_svg
from slotweave.views.svg.slots import ONE_BY_ONE
from support.command_line import assert_refused, slotweave
from support.scalar_programs import scalar_tree_hash
from support.tree_hash import compiled

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


def test_slots_in_use_lie_at_the_bottom_however_many_cycles_there_are() -> None:
    """As on the page and in the terminal: the first slot of an engine is the lowest."""
    for program in (SMALL, Program("challenge", SMALL.bundles * 40)):
        svg = ElementTree.fromstring(program_svg("it", [drawn(program)], wanted=["slots"]))
        alu = CHALLENGE.slots["alu"]
        if len(program.bundles) <= ONE_BY_ONE:
            cells = [float(one.get("y", 0)) for one in svg.iter(f"{SVG}rect")
                     if one.get("fill") == USED and one.get("height") == "14"]  # fmt: skip
            assert (alu - 1) * 15 in cells, "the only slot in use is slot 0 of alu"
        else:
            bottom = f" {10 * alu})"  # of the band of alu, the first one
            grey = [one for one in svg.iter(f"{SVG}path") if one.get("fill") == USED]
            (used,) = [one for one in grey if bottom in one.get("transform", "")]
            assert "V-" in used.get("d", ""), "its steps go up from the bottom of the band"


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
    for command in (("explain", file, "2:alu:0"), ("diff", file, file)):
        said = slotweave(*command, "--svg", picture)
        assert said.code == 0
        assert said.out == slotweave(*command).out, "the text stays what it is"
        ElementTree.fromstring(picture.read_text())
        assert slotweave(*command, "--svg", "-").out == picture.read_text()
        picture.unlink()
    alone = slotweave("inspect", file, "--svg", "-")
    ElementTree.fromstring(alone.out)
    chosen = slotweave("report", file, "--svg", "-", "--picture", "live", "--cycles", "1..3")
    assert "Live words" in chosen.out
    assert "Lower bounds" not in chosen.out


def test_a_page_is_written_beside_its_pictures_only_if_it_is_named(tmp_path: Path) -> None:
    file, page, picture = tmp_path / "p.json", tmp_path / "p.html", tmp_path / "p.svg"
    file.write_text(program_to_json(SMALL))
    assert slotweave("report", file, "--svg", picture, "-o", page).code == 0
    assert page.read_text().startswith("<!doctype html>")
    ElementTree.fromstring(picture.read_text())
    assert_refused(slotweave("report", file, "--svg", "-", "-o", "-"), "SW212", "stdout")


def test_an_explained_place_is_framed_and_arrows_lead_to_it(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(program_to_json(SMALL))
    svg = ElementTree.fromstring(slotweave("explain", file, "2:alu:0", "--svg", "-").out)
    framed = [one for one in svg.iter(f"{SVG}rect") if one.get("stroke") == MARK]
    assert len(framed) == 1
    arrows = [one for one in svg.iter(f"{SVG}path")
              if one.get("fill") == "none" and not one.get("stroke-dasharray")]  # fmt: skip
    assert len(arrows) == 1 + 1, "its operand, and the one that tells what arrows are"


def test_of_a_run_with_jumps_the_cycles_are_drawn(tmp_path: Path) -> None:
    """Bundle 1 runs over and over; what is framed stands where its cycle is."""
    jumps = (
        {"load": (("const", 0, 3), ("const", 1, 1))},
        {"alu": (("-", 0, 0, 1),), "flow": (("cond_jump", 0, 1),)},
    )
    file = tmp_path / "loop.json"
    file.write_text(program_to_json(Program("challenge", jumps)))
    svg = ElementTree.fromstring(slotweave("explain", file, "2:alu:0", "--svg", "-").out)
    (framed,) = [one for one in svg.iter(f"{SVG}rect") if one.get("stroke") == MARK]
    said = [one.text for one in svg.iter(f"{SVG}text")]
    assert any("cycle 2" in (text or "") for text in said)
    width = float(framed.get("width", 0)) - 1
    assert round((float(framed.get("x", 0)) + 1 - LEFT) / width) == 2


def test_what_two_programs_compute_is_told_apart_lane_by_lane() -> None:
    """A vector of one program is what the other computes word by word."""
    fast = compiled((3, 2, 8)).program
    slow, facts = scalar_tree_hash(3, 2, 8)
    one, other = (Reported(name, program, CHALLENGE, facts)
                  for name, program in (("slow", slow), ("fast", fast)))  # fmt: skip
    diff = compared_sides(one, other)
    first, second = (program_and_inspection(each)[0] for each in (one, other))
    of_first, of_second = counterparts(diff, first, second)
    matched = {at for match in diff.matches for at in match.a}
    assert sum(found >= 0 for found in of_first) == len(matched)
    assert any(len(match.a) > 1 for match in diff.matches), "word by word in A"
    assert of_first.count(REGROUPED) == len(diff.regrouped[0])
    assert {number for number in of_second if number >= 0} <= set(range(len(of_first)))
    svg = report_svg([one, other], wanted=["match"])
    for colour, _said in MATCHED:
        assert colour in svg


def test_what_cannot_be_drawn_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(program_to_json(SMALL))
    svg = ("--svg", tmp_path / "p.svg")
    assert_refused(slotweave("report", file, "--picture", "live"), "SW212", "--svg")
    assert_refused(slotweave("report", file, *svg, "--picture", "lives"), "SW212", "live")
    assert_refused(slotweave("report", file, *svg, "--cycles", "7..9"), "SW212", "0 to 3")
    assert_refused(slotweave("report", file, *svg, "--picture", "match"), "SW212", "two programs")
    assert_refused(slotweave("explain", "SW104", *svg), "SW212", "place")
    result = tmp_path / "result.json"
    result.write_text(slotweave("inspect", file, "--json").out)
    assert_refused(slotweave("diff", result, result, *svg), "SW212", "results")
    assert_refused(slotweave("inspect", file, "--svg", "-", "--json"), "SW212", "stdout")
    loop = Program("challenge", ({"load": (("load", 0, 1),)}, {"flow": (("cond_jump", 0, 0),)}))
    file.write_text(program_to_json(loop))
    assert_refused(slotweave("inspect", file, *svg), "SW219")
    assert_refused(slotweave("explain", file, 0, *svg), "SW219")
    assert not (tmp_path / "p.svg").exists()
