"""Every complaint that verifiers and checks can make is made in their tests.

The places are read from the sources, and counted as reached only if the code there ran while the
tests of that module ran: that a test mentions an invariant counts for nothing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from support.direct_runs import run_tests_of

#: What makes a complaint, as the sources call it.
MAKERS = ("Diagnostic", "fault", "_fault")
#: Each checking module, and the tests that break what it checks.
CHECKED = {
    "ir.verify.graph_verify": ["ir.test_graph_verify"],
    "ir.verify.problem_verify": ["ir.test_column_verify"],
    "ir.verify.schedule_verify": ["ir.test_column_verify"],
    "ir.verify.project_verify": ["ir.test_project_json"],
    "ir.verify.invariants": ["ir.test_column_verify", "ir.test_graph_verify"],
    "check.legality.issue": ["check.test_schedule_legality"],
    "check.legality.schedule_legality": ["check.test_schedule_legality"],
    "check.legality.allocation_legality": ["check.test_allocation_legality"],
    "check.legality.rewriting": ["check.test_rewriting"],
}


def places(file: Path) -> dict[range, str]:
    """The lines of each call of a maker in the source, and its text."""
    source = file.read_text(encoding="utf-8")
    return {
        range(node.lineno, (node.end_lineno or node.lineno) + 1): ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS
    }


def watched(maker: Callable[..., Any], file: str, lines: set[int]) -> Callable[..., Any]:
    """`maker`, noting the line of `file` that calls it."""

    def noting(*args: Any, **named: Any) -> Any:
        frame = sys._getframe(1)
        if frame.f_code.co_filename == file:
            lines.add(frame.f_lineno)
        return maker(*args, **named)

    return noting


def unreached(name: str, tests: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The complaints of a module that none of `tests` provokes."""
    module = import_module(f"slotweave.{name}")
    assert module.__file__ is not None
    lines: set[int] = set()
    for maker in MAKERS:
        if hasattr(module, maker):
            watching = watched(getattr(module, maker), module.__file__, lines)
            monkeypatch.setattr(module, maker, watching)
    assert sum(run_tests_of(import_module(test)) for test in tests)
    found = places(Path(module.__file__))
    assert found
    return [text for span, text in found.items() if lines.isdisjoint(span)]


@pytest.mark.parametrize("name", CHECKED)
def test_every_complaint_is_provoked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert unreached(name, CHECKED[name], monkeypatch) == []


def test_every_module_that_complains_of_invariants_is_listed() -> None:
    root = Path(import_module("slotweave").__file__ or "").parent
    makes_faults = {
        ".".join(file.relative_to(root).with_suffix("").parts)
        for file in (root / "ir").rglob("*.py")
        if any(text.startswith(("fault(", "_fault(")) for text in places(file).values())
    }
    assert makes_faults
    assert makes_faults <= set(CHECKED)


def test_a_complaint_that_no_test_provokes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    others = CHECKED["ir.verify.graph_verify"]
    assert len(unreached("ir.verify.problem_verify", others, monkeypatch)) > 5
