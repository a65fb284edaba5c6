"""docs/trust.md can be followed: its commands end well, and the files it names exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from support.command_line import slotweave

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
QUICK, PATIENT = (
    [shlex.split(line)[1:] for line in block.splitlines()]
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
)


def follow(commands: list[list[str]]) -> None:
    for command in commands:
        answer = slotweave(*command)
        assert answer.code == 0, answer.err


def test_the_quick_commands_end_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    follow(QUICK)


# The self-test of the judged program has a long test of its own in tests/selftest.
@pytest.mark.long
def test_the_patient_commands_end_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    follow([command for command in PATIENT if "--self-test" not in command])


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+(?:\.py|/))`", PAGE))))
def test_a_file_that_is_named_exists(name: str) -> None:
    assert (ROOT / "src" / "slotweave" / name).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(tests/[\w/]+)`", PAGE))))
def test_a_folder_of_tests_that_is_named_exists(name: str) -> None:
    assert (ROOT / name).is_dir()
