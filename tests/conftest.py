"""Options and profiles of the whole test suite.

`--long` runs the tests marked `long`, of which fuzzing takes `--fuzz-seconds`, and draws every
example of every property, of which the short suite draws a share (support/examples.py);
`--hypothesis-profile full` does the second alone. The same examples are drawn on every run.
`--update-golden` rewrites what tests compare with: records, digests, and outputs in documents.
`--parts` prints how long each folder took. `--instances` names the folder of scheduling problems
that are no part of the project.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from _pytest import runner
from _pytest.terminal import TerminalReporter
from hypothesis import settings

from support.browser import NO_BROWSER
from support.examples import FULL, SHORT
from support.roomy_stack import call_with_room

TESTS = Path(__file__).parent

#: Files that take longest. They come first, so that no process is left alone with one at the end
#: (pytest-xdist keeps this order with `--no-loadscope-reorder`). The first two need different
#: compiled functions, which later files find in Numba's cache.
LONGEST = (
    "fuzz/test_campaign.py",
    "backend/schedule/test_project_search.py",
    "backend/schedule/test_learning_search.py",
    "challenge/tree_hash/test_ladder_plans.py",
    "imitations/test_imitations.py",
    "docs/test_how_low.py",
    "docs/test_ladder.py",
    "rules/test_superoptimize.py",
    "selftest/test_trial.py",
    "challenge/tree_hash/test_proofs.py",
    "repacking/test_repack.py",
    "challenge/tree_hash/test_scalar.py",
    "challenge/tree_hash/test_rolled.py",
    "challenge/tree_hash/test_judged_shape.py",
    "challenge/ladder/test_ladder.py",
    "tuning/test_search.py",
    "docs/test_console_pages.py",
    "backend/test_spill.py",
    "test_machine_variants.py",
    "challenge/tree_hash/test_plans.py",
    "challenge/tree_hash/test_grid.py",
    "hexagon/test_emulator.py",
    "hexagon/test_mutants.py",
    "hexagon/test_repack.py",
    "instances/test_series.py",
    "parallel/test_cluster.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked `long` too")
    parser.addoption(
        "--fuzz-seconds", type=float, default=600, help="how long the long campaign fuzzes"
    )
    parser.addoption("--instances", help="the folder of scheduling problems from outside")
    parser.addoption("--parts", action="store_true", help="print the seconds that each folder took")
    parser.addoption("--update-golden", action="store_true", help="rewrite what tests compare with")


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(100_000, 20, 20)  # all tests and their modules stay, and are walked in vain
    # What commands keep for the user is kept for these tests alone.
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="slotweave-tests-")
    chosen = FULL if config.getoption("--long") else SHORT
    settings.load_profile(config.getoption("--hypothesis-profile") or chosen)


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    call_with_room(runner.pytest_runtest_protocol, item, nextitem)
    return True


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ.pop("XDG_CACHE_HOME"), ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    order = {TESTS / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path, len(order)))
    if config.getoption("--long"):
        return
    skip = pytest.mark.skip(reason="a long test; `make check-all` or `pytest --long` runs it")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """With --parts: how long the tests of each folder took, all processes together.

    Tests that want a browser which is not there are told of in any case.
    """
    skipped = terminalreporter.stats.get("skipped", [])
    without = sum(NO_BROWSER in str(report.longrepr) for report in skipped)
    if without:
        terminalreporter.write_line(f"{NO_BROWSER}: {without} tests of the report were not run")
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
