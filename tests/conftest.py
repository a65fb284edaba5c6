"""Options and profiles of the whole test suite.

`--long` runs the tests marked `long`, of which fuzzing takes `--fuzz-seconds`; `--update-golden`
rewrites the golden files under tests/golden instead of comparing with them; `--parts` prints how
long each folder took. Hypothesis draws the
same examples on every run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from hypothesis import settings

settings.register_profile("derandomized", derandomize=True, deadline=None, database=None)
settings.load_profile("derandomized")

TESTS = Path(__file__).parent
GOLDEN = TESTS / "golden"

#: Files that take longest. They come first, so that no process is left alone with one at the end.
LONGEST = (
    "fuzz/test_campaign.py",
    "challenge/tree_hash/test_ladder_plans.py",
    "imitations/test_imitations.py",
    "docs/test_how_low.py",
    "docs/test_ladder.py",
    "selftest/test_trial.py",
    "challenge/tree_hash/test_proofs.py",
    "repacking/test_repack.py",
    "challenge/tree_hash/test_scalar.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked `long` too")
    parser.addoption(
        "--fuzz-seconds", type=float, default=600, help="how long the long campaign fuzzes"
    )
    parser.addoption("--parts", action="store_true", help="print the seconds that each folder took")
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    order = {TESTS / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))
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


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """With --parts: how long the tests of each folder took, all processes together."""
    if not config.getoption("--parts"):
        return
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds["/".join(report.nodeid.split("::")[0].split("/")[:2])] += report.duration
    terminalreporter.section("seconds by part")
    for part, taken in seconds.most_common():
        terminalreporter.write_line(f"{taken:8.1f}  {part}")
