"""The page in a real browser: Debian's Chromium, driven by Playwright.

Without a browser these tests are skipped, except with `--long`, which requires one
(`apt-get install chromium`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from slotweave.ir.facts import NOTHING_KNOWN
from slotweave.ir.program import Program
from slotweave.machine import CHALLENGE
from slotweave.views.page import Reported, report
from support.scalar_programs import scalar_tree_hash
from support.tree_hash import compiled

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
          "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip


@pytest.fixture(scope="module")
def browser_pages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """Opens the text of a page at a hash; what goes wrong in it, and what it asks for, is kept."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        assert not request.config.getoption("--long"), "apt-get install chromium"
        pytest.skip("no Chromium here: apt-get install chromium")
    folder = tmp_path_factory.mktemp("pages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)

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
    page.keyboard.type("vload")
    page.wait_for_timeout(100)
    found = int(page.locator("#found").inner_text().split()[0].replace(",", ""))
    wanted = page.evaluate(
        "Array.from(programs[0].kind).filter(k => programs[0].kinds[k][0] === 'vload').length"
    )
    assert found == wanted > 0
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.select_option("#colour", "stage")
    page.evaluate("select(0, 17)")
    link = page.evaluate("permalink()")
    other, wrong_too = browser_pages(text, link)
    assert {**state(other), "from": 0, "to": 0} == {**state(page), "from": 0, "to": 0}
    assert state(other)["mode"] == "stage"
    assert not [*wrong, *wrong_too]


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
    assert page.evaluate("match.some(other => other >= 0)")
    part, wrong_too = browser_pages(report(Reported("slow", slow, CHALLENGE, facts), span=(10, 60)))
    assert part.locator("#sampled").is_visible()
    assert "10 to 59" in part.locator("#sampled").inner_text()
    assert not [*wrong, *wrong_too]


def test_a_program_without_a_cycle_opens_too(browser_pages: Any) -> None:
    nothing = Program("challenge", ())
    page, wrong = browser_pages(report(Reported("nothing", nothing, CHALLENGE, NOTHING_KNOWN)))
    page.mouse.move(*middle(page))
    page.keyboard.press("ArrowRight")
    assert not wrong


@pytest.mark.long
def test_the_judged_program_is_small_and_smooth(browser_pages: Any) -> None:
    program = compiled((10, 16, 256)).program
    text = report(Reported("judged", program, CHALLENGE, NOTHING_KNOWN))
    assert len(text) < 3_000_000
    page, wrong = browser_pages(text)
    frames = page.evaluate(
        "new Promise(done => { let n = 0; const step = () => { n++; zoom(n % 2 ? 0.9 : 1.1, 400);"
        " drawAll(); n < 40 ? requestAnimationFrame(step) : done(n); }; step(); })"
    )
    assert frames == 40
    assert not wrong
