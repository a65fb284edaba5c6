"""docs/tour.md is true: its code runs from top to bottom and prints what the page shows.

A Python block's output is the text block behind it. `pytest --update-golden` writes the outputs
into the page.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

TOUR = Path(__file__).parents[2] / "docs" / "tour.md"

#: A Python block and, directly behind it, what it prints.
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n```text\n(?P<output>.*?)```\n)?", re.DOTALL)


def output_of(code: str, line: int, names: dict[str, Any]) -> str:
    """What `code`, which begins on `line` of the page, prints; trailing blanks do not count."""
    tree = ast.increment_lineno(ast.parse(code), line - 1)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, str(TOUR), "exec"), names)
    lines = [shown.rstrip() for shown in printed.getvalue().rstrip().splitlines()]
    return "".join(f"{shown}\n" for shown in lines)


def page_as_run(page: str) -> str:
    """`page` with each output as its code prints it."""
    names: dict[str, Any] = {"__name__": "tour"}
    written, read = "", 0
    for block in BLOCK.finditer(page):
        written += page[read : block.start("code")]
        output = output_of(block["code"], written.count("\n") + 1, names)
        written += f"{block['code']}```\n"
        written += f"\n```text\n{output}```\n" if output else ""
        read = block.end()
    return written + page[read:]


def test_the_tour_prints_what_it_shows(request: pytest.FixtureRequest) -> None:
    page = TOUR.read_text(encoding="utf-8")
    as_run = page_as_run(page)
    if request.config.getoption("--update-golden"):
        TOUR.write_text(as_run, encoding="utf-8")
    assert as_run == TOUR.read_text(encoding="utf-8")


def test_every_block_of_code_is_run() -> None:
    page = TOUR.read_text(encoding="utf-8")
    fences = re.findall(r"^```(\w*)$", page, re.MULTILINE)
    blocks = list(BLOCK.finditer(page))
    assert fences.count("python") == len(blocks) > 10
    assert fences.count("text") == sum(block["output"] is not None for block in blocks)
