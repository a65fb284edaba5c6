"""Renders the pictures of docs/img: `make screenshots`. Look at them before you commit them.

Needs Chromium, Playwright and textual (the extra `dev`).
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console, Group

import slotweave as sw
from slotweave.anatomy.causes.why_here import explain_bundle
from slotweave.anatomy.inspect import inspect_and_place
from slotweave.anatomy.timeline import timeline
from slotweave.cli.debugger import Debugger
from slotweave.machine import CHALLENGE
from slotweave.names import facts_of
from slotweave.simulate.stepping import Stepper
from slotweave.views.blocks import block_picture
from slotweave.views.page import Reported, report, report_svg
from slotweave.views.svg.explained import explanation_svg

IMG = Path(__file__).parent / "img"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
#: Fonts that rich would have a viewer fetch.
_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no Chromium here: apt-get install chromium")
    IMG.mkdir(exist_ok=True)
    slow, fast = _reported("grouped"), _reported("tuned")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        _shot(browser, report(slow), "report", _as_it_opens, height=1010)
        _shot(browser, report(slow), "detail", _detail, height=760)
        _shot(browser, report(fast), "dark", _dark, height=1010)
        _shot(browser, report(slow, fast), "compare", _pictures, height=830)
        _shot(browser, report(slow), "kernel", _kernel, height=640)
        browser.close()
    (IMG / "groups.svg").write_text(report_svg([fast], wanted=["groups"]))
    (IMG / "explain.svg").write_text(_explained(slow, 1033, "valu"))
    (IMG / "terminal.svg").write_text(_terminal(slow))
    (IMG / "debugger.svg").write_text(asyncio.run(_debugger()))


def _reported(plan: str) -> Reported:
    """Tree hash in its judged shape."""
    program = sw.compile("tree-hash", plan=plan).program
    facts = facts_of("challenge", program)
    given = {"--facts": "challenge"}
    return Reported(f"{plan}.json", program, CHALLENGE, facts, f"{plan}.json", given)


def _shot(
    browser: Browser, text: str, name: str, change: Callable[[Page], None], height: int
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": height}, device_scale_factor=1.5)
    file = IMG / "page.html"
    file.write_text(text)
    page.goto(f"file://{file}")
    change(page)
    page.wait_for_timeout(300)
    page.screenshot(path=IMG / f"{name}.png")
    page.close()
    file.unlink()


def _as_it_opens(_page: Page) -> None:
    """Nothing is changed."""


def _pictures(page: Page) -> None:
    """Below the head."""
    page.evaluate("window.scrollTo(0, document.getElementById('bar').offsetTop)")


def _detail(page: Page) -> None:
    """Some cycles, and what an operation waited for."""
    page.evaluate("show(1026, 12)")
    page.evaluate("select(0, programs[0].first[1033])")
    _pictures(page)


def _kernel(page: Page) -> None:
    """The kernel's lines, and one of them selected."""
    page.evaluate("select(0, programs[0].first[1033])")
    page.evaluate("window.scrollTo(0, document.getElementById('kernel').offsetTop - 60)")


def _explained(one: Reported, cycle: int, engine: str) -> str:
    """What `explain CYCLE:ENGINE --svg` draws."""
    answer = explain_bundle(one.program, one.machine, cycle, engine, None, one.facts)
    return explanation_svg(one.name, one.program, one.machine, one.facts, answer)


def _dark(page: Page) -> None:
    page.evaluate("theme(false)")
    page.select_option("#colour", "stage")


def _terminal(one: Reported) -> str:
    """The picture of `inspect`, as a terminal shows it."""
    console = Console(width=110, record=True, file=io.StringIO(), force_terminal=True)
    found, run = inspect_and_place(one.program, one.machine, one.facts)
    assert run is not None
    ran, placed = run
    shown = timeline(ran.program, one.machine, placed)
    picture = block_picture(shown, ran.cycles, 110, (0, found.cycles), coloured=True)
    console.print(Group(*picture.lines, picture.legend))
    return _FONTS.sub("", console.export_svg(title=f"slotweave inspect {one.name} --picture"))


async def _debugger() -> str:
    """`run --debug` after some steps."""
    program = sw.compile("saxpy", n=64).program
    app = Debugger(program, Stepper(program, CHALLENGE, [3, *range(200)]), "saxpy.json")
    async with app.run_test(size=(130, 36)) as pilot:
        for _step in range(6):
            await pilot.press("s")
        text = app.export_screenshot(title="slotweave run saxpy.json --debug")
    return _FONTS.sub("", text)


if __name__ == "__main__":
    main()
