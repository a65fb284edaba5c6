"""README.md is true: its figures are what its commands print, and its commands exist.

`pytest --long --update-golden` writes the figures anew.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from support.command_line import slotweave

README = Path(__file__).parents[2] / "README.md"

#: A row of the table of cycles: command, cycles, lower bound.
ROW = re.compile(r"^\| `slotweave (?P<command>[^`]+)` \| [\d,]+ \| [\d,]+ \|$", re.MULTILINE)


def row_as_printed(row: re.Match[str]) -> str:
    """The row with the figures that its command prints."""
    answer = slotweave(*shlex.split(row["command"]), "--instances", 1, "--json")
    assert answer.code == 0, answer.err
    result = answer.json
    figures = f"{result['cycles']:,} | {result['bound']['cycles']:,}"
    return f"| `slotweave {row['command']}` | {figures} |"


@pytest.mark.long
def test_the_table_of_cycles_is_what_the_commands_print(request: pytest.FixtureRequest) -> None:
    page = README.read_text(encoding="utf-8")
    as_printed, rows = ROW.subn(row_as_printed, page)
    assert rows == 5
    if request.config.getoption("--update-golden"):
        README.write_text(as_printed, encoding="utf-8")
    assert as_printed == README.read_text(encoding="utf-8")


def test_each_command_shown_exists() -> None:
    page = README.read_text(encoding="utf-8")
    shown = set(re.findall(r"^    slotweave (\w[\w-]*)", page, re.MULTILINE))
    assert len(shown) > 5
    for command in shown:
        assert slotweave(command, "--help").code == 0
