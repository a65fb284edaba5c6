"""Every code is raised somewhere, is in the table, and some test makes it appear."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from slotweave.base.diagnostics import CODES

TESTS = Path(__file__).parents[1]
SOURCES = TESTS.parent / "src" / "slotweave"
CODE = re.compile(r"SW\d{3}")


def string_constants(file: Path) -> list[str]:
    """The strings of a module that are code, docstrings left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documents = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # a string that stands alone is documentation
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documents
    ]


def codes_in(folder: Path, leaving_out: Path) -> set[str]:
    found: set[str] = set()
    for file in sorted(folder.rglob("*.py")):
        if file != leaving_out:
            found.update(*map(CODE.findall, string_constants(file)))
    return found


def test_the_codes_in_the_table_are_those_that_are_raised() -> None:
    assert codes_in(SOURCES, SOURCES / "base" / "diagnostics.py") == set(CODES)


@pytest.fixture(scope="module")
def tested() -> set[str]:
    return codes_in(TESTS, Path(__file__))


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_test_makes_the_code_appear(code: str, tested: set[str]) -> None:
    assert code in tested
