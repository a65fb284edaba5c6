"""`make budgets`: what the page of a program costs, measured against its limits.

Prints a line for each figure and fails if one is above its limit. It is no test, because it depends
on the computer: nothing else should run meanwhile.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.sync_api import sync_playwright

import slotweave as sw
from slotweave.ir.program import NO_LINES
from support.browser import FLAGS, chromium

BUNDLES = 1_000_000

#: Frames of zooming and moving, each drawn to its last pixel; the slowest of ten in ms.
_FRAMES = """(() => { const taken = [];
  for (let n = 0; n < 60; n++) {
    const start = performance.now();
    n % 2 ? zoom(n % 4 < 2 ? 0.7 : 1 / 0.7, longest / 2) : show(view.from + 5, view.to - view.from);
    drawAll();
    for (const p of panes) p.canvas.getContext("2d").getImageData(0, 0, 1, 1);
    taken.push(performance.now() - start);
  }
  return taken.sort((a, b) => a - b)[54]; })()"""
_PAINTED = "performance.getEntriesByName('first-contentful-paint').length"
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
_READY = "performance.getEntriesByType('navigation')[0].domInteractive"


@dataclass(frozen=True)
class Figure:
    what: str
    value: float
    limit: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        figures = [*_page(Path(folder)), *_long_program(Path(folder))]
    for one in figures:
        mark = "ok " if one.value <= one.limit else "BAD"
        print(f"{mark} {one.what:<66} {one.value:>10.2f}  limit {one.limit:g}")
    sys.exit(any(one.value > one.limit for one in figures))


def _page(folder: Path) -> Iterator[Figure]:
    """The page of tree hash in its judged shape."""
    program, page = folder / "tree-hash.json", folder / "page.html"
    sw.save(sw.compile("tree-hash").program, program)
    facts = ("--facts", "challenge")
    taken = {
        command: min(_seconds(command, program, *facts, *more) for _turn in range(3))
        for command, more in (("inspect", ()), ("report", ("-o", page)))
    }
    yield Figure("report by inspect, CPU time", taken["report"] / taken["inspect"], 1.5)
    yield Figure("size of the page, MB", page.stat().st_size / 1e6, 3)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(required=True), args=FLAGS)
        opened = browser.new_page(viewport={"width": 1400, "height": 1000})
        wrong: list[str] = []
        opened.on("console", lambda said: wrong.append(said.text)
                  if said.type == "error" else None)  # fmt: skip
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on("request", lambda asked: wrong.append(asked.url)
                  if not asked.url.startswith("file:") else None)  # fmt: skip
        opened.goto(f"file://{page}")
        # a function: an expression would need the page to allow `eval`
        opened.wait_for_function(f"() => {_PAINTED} && {_READY} > 0")
        yield Figure("first paint, s", opened.evaluate(_PAINT) / 1000, 1)
        yield Figure("interactive, s", opened.evaluate(_READY) / 1000, 2)
        for mode in ("idle", "stage"):
            opened.select_option("#colour", mode)
            slowest = opened.evaluate(_FRAMES)
            yield Figure(f"a frame, coloured by {mode}, ms (9 of 10 are faster)", slowest, 50)
        yield Figure("console errors and requests to hosts", len(wrong), 0)
        browser.close()


def _long_program(folder: Path) -> Iterator[Figure]:
    """A program of a million bundles."""
    whole = sw.compile("tree-hash", plan="grouped").program
    one = [
        b for b in whole.bundles if not any(s[0] in ("pause", "halt") for s in b.get("flow", ()))
    ]
    bundles = tuple((one * (BUNDLES // len(one) + 1))[:BUNDLES])
    program = folder / "long.json"
    sw.save(replace(whole, bundles=bundles, lines=NO_LINES, meta={}), program)
    del bundles
    seconds = _seconds("report", program, "-o", folder / "long.html")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    yield Figure(f"report of {BUNDLES:,} bundles, s", seconds, 60)
    yield Figure("its memory, GB (the most of any command here)", most / 1e6, 4)


def _seconds(command: str, *arguments: object) -> float:
    """CPU time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-m", "slotweave", command, *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(re.sub(r"\s+", " ", done.stderr))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
