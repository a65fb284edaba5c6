"""The scripts in findings/ have the form that their README states; they are not run here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "findings"
SCRIPTS = sorted(FOLDER.glob("*.sh"))
PARTS = ("Expected:", "Seen:", "Why it matters:", "Output:")


def head_of(script: Path) -> list[str]:
    """The comment a script begins with, without the line for the kernel."""
    lines = script.read_text().splitlines()[1:]
    end = next(at for at, line in enumerate(lines) if not line.startswith("#"))
    return [line.removeprefix("#").strip() for line in lines[:end]]


def test_the_index_lists_every_script_and_no_other() -> None:
    listed = re.findall(r"^\| `([\w-]+\.sh)` \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert listed == [script.name for script in SCRIPTS]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_says_what_was_expected_and_seen_of_which_version(script: Path) -> None:
    head = head_of(script)
    begun = [part for line in head for part in PARTS if line.startswith(part)]
    assert begun == list(PARTS)
    pinned = re.search(r"(?:==|for release in )(\d[\w.]*)", script.read_text())
    assert pinned is not None
    assert pinned[1] in head[0]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_is_sound_and_leaves_nothing(script: Path) -> None:
    text = script.read_text()
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    assert "\nset -eu\nwork=$(mktemp -d)\ntrap 'rm -rf \"$work\"' EXIT\n" in text
    assert "slotweave" not in text.lower()
