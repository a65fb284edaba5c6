"""docs/inspect.md is true: its commands run, one after the other, and print what the page shows.

Of a `console` block the lines behind `$ ` are commands, the others what they print, unless `> FILE`
keeps it. `pytest --update-golden` writes the outputs into the page.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from support.command_line import slotweave

PAGE = Path(__file__).parents[2] / "docs" / "inspect.md"
CONSOLE = re.compile(r"^```console\n(?P<lines>.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"^This is `(?P<name>[^`]+)`.*?^```python\n(?P<text>.*?)^```$",
                  re.DOTALL | re.MULTILINE)  # fmt: skip


def block_as_run(block: re.Match[str]) -> str:
    lines = []
    for line in block["lines"].splitlines():
        if line.startswith("$ "):
            lines += [line, *printed(shlex.split(line.removeprefix("$ ")))]
    return "\n".join(["```console", *lines, "```"])


def printed(words: list[str]) -> list[str]:
    """The lines that a command prints, trailing blanks cut; none if they go to a file."""
    target = words[-1] if words[-2] == ">" else None
    answer = slotweave(*words[1 : -2 if target else None])
    assert answer.code == 0, answer.err
    if target:
        Path(target).write_text(answer.out, encoding="utf-8")
        return []
    return [line.rstrip() for line in answer.out.rstrip().splitlines()]


def test_the_page_prints_what_it_shows(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for file in FILE.finditer(page):
        Path(file["name"]).write_text(file["text"], encoding="utf-8")
    as_run = CONSOLE.sub(block_as_run, page)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(as_run, encoding="utf-8")
    assert as_run == PAGE.read_text(encoding="utf-8")


def test_every_block_is_run() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"^```(\w+)$", page, re.MULTILINE)) == {"console", "python"}
    assert len(FILE.findall(page)) == page.count("```python") == 1
    assert page.count("```console") == len(CONSOLE.findall(page)) > 10
