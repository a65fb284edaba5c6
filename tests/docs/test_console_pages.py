"""The tutorial and the how-to pages are true: their commands print what the pages show.

`pytest --update-golden` writes the outputs into the pages.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.console_pages import CONSOLE, FILE, page_as_run

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (
    pytest.param("inspect.md", marks=pytest.mark.long),
    "tutorial.md",
    *sorted(f"how-to/{p.name}" for p in DOCS.glob("how-to/*.md")),
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_what_it_shows(
    name: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    as_run = page_as_run(page)
    if request.config.getoption("--update-golden"):
        (DOCS / name).write_text(as_run, encoding="utf-8")
    assert as_run == (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_every_block_is_run(name: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    fences = re.findall(r"^```(\w+)$", page, re.MULTILINE)
    assert fences.count("console") == len(CONSOLE.findall(page)) > 0
    assert len(fences) - fences.count("console") == len(FILE.findall(page))
