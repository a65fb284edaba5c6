"""The page in a real browser: Debian's Chromium, driven by Playwright.

Without a browser these tests are skipped, and the summary of the run says so in a line; `--long`
requires one (`apt-get install chromium`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

import slotweave as sw
from slotweave.anatomy.causes.idle_causes import IDLE_CAUSES
from slotweave.anatomy.inspect import inspect_program
from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.views.page import Reported, report
from slotweave.views.parts import IDLE_CAUSE_NAMES
from support.browser import FLAGS, chromium
from support.scalar_programs import scalar_tree_hash
from support.tree_hash import compiled


@pytest.fixture(scope="module")
def browser_pages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """Opens the text of a page at a hash; what goes wrong in it, and what it asks for, is kept."""
    found = chromium(required=request.config.getoption("--long"))
    folder = tmp_path_factory.mktemp("pages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)

        def opened(text: str, place: str = "") -> tuple[Page, list[str]]:
            file = folder / f"{abs(hash(text))}.html"
            file.write_text(text, encoding="utf-8")
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            wrong: list[str] = []
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else 0)
            page.on("request", lambda asked: wrong.append(asked.url)
                    if not asked.url.startswith(("file:", "data:")) else 0)  # fmt: skip
            page.goto(f"file://{file}{place}")
            return page, wrong

        yield opened
        browser.close()


@pytest.fixture(scope="module")
def text() -> str:
    program = compiled((4, 3, 24)).program
    return report(Reported("tree hash", program, CHALLENGE, NOTHING_KNOWN))


def state(page: Page) -> dict[str, Any]:
    names = "from: view.from, to: view.to, cycle: view.cycle, op: view.op, mode: view.mode"
    found: dict[str, Any] = page.evaluate(f"({{{names}, longest}})")
    return found


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("canvas").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + 20


def test_it_opens_without_an_error_and_asks_nobody(browser_pages: Any, text: str) -> None:
    page, wrong = browser_pages(text)
    assert page.locator("canvas").count() >= 4
    assert page.title() == "tree hash"
    assert page.locator("#sentence").inner_text()
    painted = page.evaluate(
        "new Set(document.querySelector('canvas').getContext('2d')"
        ".getImageData(0, 0, 1200, 60).data).size"
    )
    assert painted > 3, "an empty canvas has one colour"
    assert not wrong


def test_zooming_hovering_and_clicking(browser_pages: Any, text: str) -> None:
    page, wrong = browser_pages(text)
    before = state(page)
    page.mouse.move(*middle(page))
    assert "idle" in page.locator("#details").inner_text() or page.locator("#details b").count()
    page.mouse.wheel(0, -600)
    page.wait_for_timeout(150)
    after = state(page)
    assert after["to"] - after["from"] < before["to"] - before["from"]
    op = page.evaluate("programs[0].first[Math.floor((view.from + view.to) / 2)]")
    page.evaluate(f"select(0, {op})")
    assert state(page)["op"] == op
    assert "waited for" in page.locator("#details").inner_text()
    assert page.locator("#listed .row.on").count() == 1
    assert not wrong


def test_keys_move_the_cursor_and_show_their_help(browser_pages: Any, text: str) -> None:
    page, wrong = browser_pages(text, "#cycle=5")
    page.keyboard.press("ArrowRight")
    assert state(page)["cycle"] == 6
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    dark = page.evaluate("document.documentElement.classList.contains('dark')")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.classList.contains('dark')") != dark
    assert not wrong


def test_search_finds_and_a_link_restores(browser_pages: Any, text: str) -> None:
    page, wrong = browser_pages(text)
    page.keyboard.press("/")
    page.keyboard.type("load vload")
    page.wait_for_timeout(100)
    at, _of, count, _what = page.locator("#found").inner_text().split()
    found = int(count.replace(",", ""))
    wanted = page.evaluate(
        "Array.from(programs[0].kind).filter(k => programs[0].kinds[k][0] === 'vload').length"
    )
    assert (at, found) == ("1", wanted)
    assert wanted > 1
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.select_option("#colour", "stage")
    page.evaluate("select(0, 17)")
    link = page.evaluate("permalink()")
    other, wrong_too = browser_pages(text, link)
    assert {**state(other), "from": 0, "to": 0} == {**state(page), "from": 0, "to": 0}
    assert state(other)["mode"] == "stage"
    assert not [*wrong, *wrong_too]


def test_a_search_moves_the_cursor_the_details_and_the_address(
    browser_pages: Any, text: str
) -> None:
    page, wrong = browser_pages(text)
    kept = page.evaluate("select(0, 0), document.getElementById('details').innerText")
    page.keyboard.press("/")
    page.keyboard.type("vstore")
    first = state(page)["op"]
    hits = page.evaluate("view.found")
    assert first == hits[0]
    assert "vstore" in page.locator("#details").inner_text() != kept
    page.keyboard.press("Enter")
    assert state(page)["op"] == hits[1], "also where it stands in the same cycle"
    page.keyboard.press("n")
    assert state(page)["op"] == hits[2]
    page.keyboard.press("Shift+N")
    assert state(page)["op"] == hits[1]
    page.locator("#find").fill("12")
    assert state(page)["cycle"] == 12
    assert state(page)["op"] == -1
    assert "12:" in page.locator("#details").inner_text()
    page.wait_for_timeout(300)
    assert "cycle=12&" in page.evaluate("location.hash")
    assert not wrong


def test_the_sliders_say_what_more_slots_bring(browser_pages: Any, text: str) -> None:
    page, _wrong = browser_pages(text)
    slider = page.locator("#if-load")
    said = page.evaluate("programs[0].what_if.load")
    slider.evaluate("input => { input.value = input.max; input.oninput(); }")
    shown = page.locator("#sliders").inner_text()
    assert f"{said[-1][0]} slots" in shown
    assert f"{said[-1][1]:,} cycles" in shown


def test_tables_lie_behind_the_pictures(browser_pages: Any, text: str) -> None:
    page, _wrong = browser_pages(text)
    captions = page.locator("#tables summary").all_inner_texts()
    assert {"Engines", "Idle slots by cause", "Lower bounds and cycles"} <= set(captions)
    assert page.locator("canvas[role=img][aria-label]").count() == page.locator("canvas").count()


def test_two_programs_share_a_cursor_and_a_part_says_so(browser_pages: Any) -> None:
    slow, facts = scalar_tree_hash(3, 2, 8)
    fast = compiled((3, 2, 8)).program
    page, wrong = browser_pages(
        report(Reported("slow", slow, CHALLENGE, facts), Reported("fast", fast, CHALLENGE, facts))
    )
    assert page.locator(".ladder .of").count() == 2
    assert page.evaluate("match.every(of => of.some(other => other >= 0))")
    part, wrong_too = browser_pages(report(Reported("slow", slow, CHALLENGE, facts), span=(10, 60)))
    assert part.locator("#sampled").is_visible()
    assert "10 to 59" in part.locator("#sampled").inner_text()
    assert not [*wrong, *wrong_too]


def test_a_program_without_a_cycle_opens_too(browser_pages: Any) -> None:
    nothing = Program("challenge", ())
    page, wrong = browser_pages(report(Reported("nothing", nothing, CHALLENGE, NOTHING_KNOWN)))
    assert page.locator("#nothing").is_visible()
    assert not page.locator("canvas").first.is_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    assert not wrong


def test_the_page_says_why_and_what_to_do(browser_pages: Any) -> None:
    slow, facts = scalar_tree_hash(3, 2, 8)
    one = Reported("some/slow.json", slow, CHALLENGE, facts, "some/slow.json", {"--facts": "none"})
    page, wrong = browser_pages(report(one))
    assert page.locator("h1").inner_text() == "slow.json"
    told = page.locator(".advice").inner_text()
    assert "what to do" in told
    assert "slotweave repack some/slow.json --facts none -o slow-shorter.json" in told
    assert "on their engines" in page.locator("#figures .least").inner_text()
    page.locator(".advice details").evaluate("more => { more.open = true; }")
    assert page.locator(".advice li").count() >= 4
    assert not wrong


def test_pointing_tells_and_a_click_keeps(browser_pages: Any, text: str) -> None:
    page, wrong = browser_pages(text)
    box = page.locator("canvas").first.bounding_box()
    assert box is not None

    def point(op: str) -> tuple[float, float]:
        """Where an operation is drawn on the page."""
        x, row = page.evaluate(
            f"[xOf(programs[0].time[{op}] + 0.5, panes[0].canvas.clientWidth), "
            f"programs[0].row(programs[0].engine[{op}], programs[0].slot[{op}])]"
        )
        tall = (box["height"] - 18) / page.evaluate("programs[0].rows.length")
        return box["x"] + x, box["y"] + (row + 0.5) * tall

    page.mouse.move(*point("0"))
    assert page.locator("#tip").is_visible()
    page.mouse.click(*point("0"))
    kept = page.locator("#details").inner_text()
    page.mouse.move(*point("40"))
    assert page.locator("#details").inner_text() == kept
    page.keyboard.press("Escape")
    page.mouse.move(*point("41"))
    assert page.locator("#details").inner_text() != kept
    assert not wrong


def test_the_first_slot_of_an_engine_is_the_lowest(browser_pages: Any, text: str) -> None:
    page, _wrong = browser_pages(text)
    rows = page.evaluate("programs[0].rows.filter(([engine]) => engine === 'valu')")
    assert [slot for _engine, slot in rows] == [5, 4, 3, 2, 1, 0]
    lowest = page.evaluate("programs[0].rows[programs[0].row(1, 0)]")
    assert lowest == ["valu", 0]


def test_the_kernels_lines_are_shown_as_text(browser_pages: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "def f(k, n=8):\n"
        '    x = k.region("x", 0, n, output=True)\n'
        "    x.vstore(0, x.vload(0) ^ 5)  # <img src=x onerror=alert(1)>\n"
    )
    page, wrong = browser_pages(sw.report(sw.compile(f"{file}:f").program).text)
    op = page.evaluate("[...programs[0].kind].findIndex(k => programs[0].kinds[k][0] === 'vstore')")
    page.evaluate(f"select(0, {op})")
    source = "x.vstore(0, x.vload(0) ^ 5)  # <img src=x onerror=alert(1)>"
    assert page.locator("#details .source").inner_text() == source
    assert source in page.locator("#listed .row.on").inner_text()
    assert page.locator("img").count() == 0
    marked = page.locator("#kernel-lines tr.on")
    assert marked.locator("code").inner_text() == source
    marked.locator("button").click()
    wrote = page.evaluate("programs[0].line.filter(line => line === 0).length")
    assert page.locator("#found").inner_text().endswith(f" of {wrote} operations")
    page.evaluate("find('onerror')")
    assert page.evaluate("view.found.length") == wrote
    assert page.evaluate("bundleText(programs[0], programs[0].time[view.op])").endswith("mine.py:3")
    assert not wrong


def test_pointing_at_an_idle_slot_names_what_could_come_next(browser_pages: Any) -> None:
    slow, facts = scalar_tree_hash(3, 2, 8)
    page, wrong = browser_pages(report(Reported("slow", slow, CHALLENGE, facts)))
    cycle = page.evaluate("programs[0].movers[2].findIndex(count => count > 0)")
    slot = page.evaluate(f"programs[0].used[2][{cycle}]")
    lines = page.evaluate(f"tipOf(programs[0], {cycle}, programs[0].row(2, {slot}))")
    assert lines[0] == f"{cycle}:load:{slot} is idle: {IDLE_CAUSE_NAMES['free']}"
    assert lines[2].startswith("This operation could run here: ")
    page.evaluate(f"aim(0, {cycle}, programs[0].row(2, {slot}), false)")
    assert "This operation could run here" in page.locator("#details").inner_text()
    assert page.locator("#listed .row.now").inner_text() == f"cycle {cycle:,}"
    page.locator("#listing").evaluate("box => { box.scrollTop += 18; }")
    page.wait_for_timeout(100)
    assert page.locator("#listed .row.now").count() == 1, "scrolling moves no cursor"
    assert not wrong


def test_the_idle_slots_of_the_picture_are_those_of_the_json(browser_pages: Any) -> None:
    slow, facts = scalar_tree_hash(3, 2, 8)
    page, _wrong = browser_pages(report(Reported("slow", slow, CHALLENGE, facts)))
    shown = page.evaluate(
        "(() => { const p = programs[0], found = CAUSES.map(() => 0);"
        " p.engines.forEach(([, slots], e) => { for (let t = 0; t < p.cycles; t++)"
        " for (let s = p.used[e][t]; s < slots; s++) found[causeOf(p, e, t, s)]++; });"
        " return found; })()"
    )
    seen = inspect_program(slow, CHALLENGE, facts).to_json()
    wanted = [sum(c.get(name, 0) for c in seen["idle"].values()) for name in IDLE_CAUSES]
    assert shown == wanted
    assert page.evaluate("idleByCause(programs[0])") == wanted
    assert page.evaluate("programs[0].cycles") == seen["cycles"]
    assert page.evaluate("Math.max(...programs[0].live)") == seen["scratch"]["peak"]


def test_two_programs_are_coloured_by_what_both_compute(browser_pages: Any) -> None:
    slow, facts = scalar_tree_hash(3, 2, 8)
    fast = compiled((3, 2, 8)).program
    page, wrong = browser_pages(
        report(Reported("a/p", slow, CHALLENGE, facts), Reported("b/p", fast, CHALLENGE, facts))
    )
    assert page.locator("h1").inner_text() == "a/p and b/p", "short names would be the same"
    page.select_option("#colour", "match")
    op = page.evaluate("match[0].findIndex(other => other >= 0)")
    page.evaluate(f"select(0, {op})")
    assert "computes it at" in page.locator("#details").inner_text()
    colours = page.evaluate("[0, 1].map(which => new Set(wordsOf(programs[which], which)).size)")
    assert min(colours) >= 3, "both, this one alone, and idle"
    assert not wrong


def test_it_prints_with_its_tables_open(browser_pages: Any, text: str) -> None:
    page, wrong = browser_pages(text)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert not wrong


def test_a_link_of_a_part_speaks_of_cycles_of_the_run(browser_pages: Any) -> None:
    slow, facts = scalar_tree_hash(3, 2, 8)
    text = report(Reported("slow", slow, CHALLENGE, facts), span=(100, 160))
    page, wrong = browser_pages(text, "#cycle=120")
    assert state(page)["cycle"] == 20
    assert "cycle=120" in page.evaluate("permalink()")
    assert not wrong
