"""docs/reference says what the code says: its pages are made again and compared.

`pytest --update-golden tests/docs/reference` writes them. Every code has an example, which ends
with its code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slotweave.base.diagnostics import CODES, Exit
from support.reference import codes, kernels, machines, plans
from support.reference.code_examples import EXAMPLES
from support.reference.codes import provoked

FOLDER = Path(__file__).parents[3] / "docs" / "reference"

PAGES: dict[str, Callable[[], str]] = {
    "codes": codes.page,
    "kernels": kernels.page,
    "machines": machines.page,
    "plans": plans.page,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_gives(name: str, request: pytest.FixtureRequest) -> None:
    file = FOLDER / f"{name}.md"
    text = PAGES[name]()
    if request.config.getoption("--update-golden"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_every_file_is_made_by_a_page() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{name}.md" for name in PAGES}


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
