"""Colour and loudness."""

from __future__ import annotations

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


@pytest.mark.parametrize(("option", "expected"), [("-v", "1 bundles ran"), ("-q", ""), (None, "")])
def test_only_verbose_says_more(option: str | None, expected: str) -> None:
    options = [option] if option else []
    answer = slotweave("run", "-", *options, stdin='[{"load": [["const", 0, 1]]}]')
    assert answer.err.startswith(expected)
    assert bool(answer.err) == bool(expected)


def test_quiet_keeps_errors() -> None:
    assert complaint("-q").startswith("SW208 ")
