"""The page of codes: every code has an example, and each example ends with its code."""

from __future__ import annotations

import pytest

from slotweave.base.diagnostics import CODES, Exit
from support.reference.code_examples import EXAMPLES
from support.reference.codes import provoked


def test_every_code_has_an_example() -> None:
    assert set(EXAMPLES) == set(CODES)


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_an_example_provokes_its_code(code: str) -> None:
    assert provoked(code).startswith(f"{code} ")


def test_an_example_of_another_code_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXAMPLES, "SW000", EXAMPLES["SW101"])
    assert not provoked("SW000").startswith("SW000 ")


def test_faults_of_the_compiler_are_the_planted_ones() -> None:
    planted = {code for code, example in EXAMPLES.items() if example.planted}
    assert {code for code in CODES if "fault of the compiler" in CODES[code].text} <= planted
    assert all(EXAMPLES[code].exit == Exit.CHECK_FAILED for code in planted)
