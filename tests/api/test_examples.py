"""The examples run: scripts and notebook end in assertions of their own."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))


def test_there_are_six_and_each_is_named_by_the_page() -> None:
    page = (EXAMPLES / "README.md").read_text()
    assert len(SCRIPTS) == 6
    assert all(script.name in page for script in SCRIPTS)


@pytest.mark.long
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_runs(script: Path) -> None:
    assert "assert " in script.read_text()
    runpy.run_path(str(script), run_name="__main__")


def test_the_notebook_runs() -> None:
    notebook = json.loads((EXAMPLES / "first_steps.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 3
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell, "first_steps.ipynb", "exec"), names)
