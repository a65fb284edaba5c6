"""Runs the tests of a module as functions, for tests that watch what happens meanwhile."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import product
from types import ModuleType
from typing import Any


def run_tests_of(module: ModuleType) -> int:
    """Run the tests of `module` that need no fixture and draw no examples; how many calls."""
    calls = 0
    for name, test in list(vars(module).items()):
        if name.startswith("test_") and not hasattr(test, "hypothesis"):
            for case in _cases(test):
                if set(case) == set(inspect.signature(test).parameters):
                    test(**case)
                    calls += 1
    return calls


def _cases(test: Any) -> Iterator[dict[str, Any]]:
    """The arguments of each call that its `parametrize` marks ask for."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    columns = []
    for mark in marks:
        names, values = mark.args
        names = names.split(",") if isinstance(names, str) else list(names)
        columns.append(
            [
                dict(zip(names, value if len(names) > 1 else [value], strict=True))
                for value in values
            ]
        )
    for chosen in product(*columns):
        yield {name: value for part in chosen for name, value in part.items()}
