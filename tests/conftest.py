"""Options and profiles of the whole test suite.

`--long` runs the tests marked `long`, of which fuzzing takes `--fuzz-seconds`; `--update-golden`
rewrites the golden files under tests/golden instead of comparing with them. Hypothesis draws the same
examples on every run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("derandomized", derandomize=True, deadline=None, database=None)
settings.load_profile("derandomized")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked `long` too")
    parser.addoption(
        "--fuzz-seconds", type=float, default=600, help="how long the long campaign fuzzes"
    )
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    skip = pytest.mark.skip(reason="a long test; `make check-all` or `pytest --long` runs it")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Compare a text with the golden file of this test: tests/golden/MODULE/TEST.txt."""
    file = GOLDEN / request.path.stem / f"{request.node.name}.txt"

    def compare(text: str) -> None:
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.exists(), f"no golden file {file}; `pytest --update-golden` writes it"
        assert text == file.read_text(encoding="utf-8")

    return compare
