"""docs/reference says what the code says: its pages are made again and compared.

`pytest --update-golden tests/docs/reference` writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.reference import codes, kernels, machines, plans

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
