"""`slotweave explain`: every code has a text."""

from __future__ import annotations

import pytest

from slotweave.diagnostics import CODES
from support.command_line import assert_refused, slotweave


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_is_explained(code: str) -> None:
    answer = slotweave("explain", code)
    assert answer.code == 0
    assert answer.out.startswith(f"{code}: {CODES[code].title}\n")
    assert " ".join(answer.out.split()).endswith(CODES[code].text)


def test_small_letters_will_do() -> None:
    assert slotweave("explain", "sw104").out == slotweave("explain", "SW104").out


def test_without_a_code_all_are_listed() -> None:
    lines = slotweave("explain").out.splitlines()
    assert [line.split()[0] for line in lines] == list(CODES)


def test_the_json_form_has_title_and_text() -> None:
    answer = slotweave("explain", "SW104", "--json").json
    assert answer["schema_version"] == 1
    assert answer["title"] == "two writes to one word"
    assert slotweave("explain", "--json").json["codes"]["SW104"] == answer["title"]


def test_an_unknown_code_is_refused() -> None:
    assert_refused(slotweave("explain", "SW999"), "SW212", "'SW999'", "lists them all")
