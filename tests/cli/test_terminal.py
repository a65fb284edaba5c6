"""Colour and loudness."""

from __future__ import annotations

import json
import re

import pytest

from support.command_line import slotweave

RED_CODE = "\x1b[1;31mSW208\x1b[0m "


def complaint(*options: str) -> str:
    return slotweave("machines", "show", "none", *options).err


def test_there_is_no_colour_where_there_is_no_terminal() -> None:
    assert complaint().startswith("SW208 there is no machine")


def test_colour_can_be_forced_and_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert complaint("--color", "always").startswith(RED_CODE)
    assert complaint("--color", "never").startswith("SW208 ")
    assert complaint("--color", "auto").startswith("SW208 ")


@pytest.mark.parametrize(("option", "expected"), [("-v", "1 bundle ran"), ("-q", ""), (None, "")])
def test_only_verbose_says_more(option: str | None, expected: str) -> None:
    options = [option] if option else []
    answer = slotweave("run", "-", *options, stdin='[{"load": [["const", 0, 1]]}]')
    assert answer.err.startswith(expected)
    assert bool(answer.err) == bool(expected)


def test_quiet_keeps_errors() -> None:
    assert complaint("-q").startswith("SW208 ")


PROGRAM = json.dumps(
    [{"load": [["const", 0, 1], ["const", 1, 2]]}] * 2345 + [{"store": [["store", 0, 1]]}]
)
TABLES = [("inspect", "-"), ("bound", "-"), ("repack", "-", "--effort", "fast")]


@pytest.mark.parametrize("command", TABLES, ids=lambda command: command[0])
def test_no_line_of_a_table_ends_in_blanks(command: tuple[str, ...]) -> None:
    answer = slotweave(*command, stdin=PROGRAM)
    assert answer.code == 0
    assert [line for line in answer.out.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("command", TABLES, ids=lambda command: command[0])
def test_numbers_are_not_cut_in_a_narrow_terminal(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert "…" not in slotweave(*command, stdin=PROGRAM).out


def test_a_table_of_inspect_keeps_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = slotweave("inspect", "-", stdin=PROGRAM).out
    (row,) = [
        line.split() for line in out.splitlines() if line.startswith("load  ") and "%" in line
    ]
    assert row[-2:] == ["4,690", "4,692"]


def test_one_is_no_plural() -> None:
    one = '[{"load": [["const", 0, 1]]}]'
    said = [slotweave(*command, stdin=one) for command in (*TABLES, ("what-if", "-"))]
    text = " ".join(" ".join((answer.out, answer.err)) for answer in said)
    wrong = re.findall(r"\b(?<![,.\d])1 (?:cycles|slots|bundles|nodes|evaluations)\b", text)
    assert wrong == []
    assert "its 1 slot on load" in text
    assert "1 cycle as it is" in text


def test_repack_says_how_many_evaluations_it_made() -> None:
    arguments = ("repack", "-", "--effort", "fast")
    made = slotweave(*arguments, "--json", stdin=PROGRAM).json["evaluations"]
    (row,) = [
        x for x in slotweave(*arguments, stdin=PROGRAM).out.splitlines() if "evaluations " in x
    ]
    assert row.split()[:2] == ["evaluations", f"{made:,}"]
