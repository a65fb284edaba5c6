"""What ARCHITECTURE.md says of packages is so: which there are, which lies above which, paths.

And nothing has become too large to be looked at in one piece.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "slotweave"
TEXT = (ROOT / "ARCHITECTURE.md").read_text()


def rows() -> list[tuple[int, str]]:
    """Each row of the table: its layer and the path that it names."""
    found = re.findall(r"^\| (\d+) \| `([^`]+)` \|", TEXT, re.MULTILINE)
    return [(int(layer), path) for layer, path in found]


def imported_layers() -> list[set[str]]:
    """The rows of the contract that import-linter checks, the lowest first, without `base`."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = (
        each["layers"]
        for each in contracts["contracts"]
        if each["name"] == "Layers of the architecture"
    )
    rows = [set(row.replace("(", "").replace(")", "").split(" | ")) for row in reversed(layers)]
    return [row for row in rows if row not in ({"base"}, {"__main__"})]


def test_every_package_has_a_row_and_every_row_a_package() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    modules = {path.name for path in SOURCE.glob("*.py") if not path.name.startswith("__")}
    assert {path.split("/")[0] for _, path in rows()} | {"base"} == packages | modules
    assert "`base/` lies below everything" in TEXT


def test_the_rows_are_in_the_order_of_the_layers_that_are_checked() -> None:
    layers = [(layer, path.split("/")[0]) for layer, path in rows()]
    assert layers == sorted(layers, key=lambda row: row[0])
    checked = {name: at for at, names in enumerate(imported_layers()) for name in names}
    assert {name.removesuffix(".py"): layer for layer, name in layers} == checked


@pytest.mark.parametrize("path", [path for _, path in rows()])
def test_the_path_of_a_row_exists(path: str) -> None:
    assert (SOURCE / path).exists()


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_files_and_folders_that_a_page_names_exist(page: str) -> None:
    named = set(re.findall(r"`([\w.-]+(?:/[\w.-]+)*(?:/|\.py|\.md|\.toml))`", read(page)))
    assert named
    missing = {path for path in named if not any(map(Path.exists, places(path)))}
    assert not missing


def read(page: str) -> str:
    return (ROOT / page).read_text()


def places(path: str) -> Iterator[Path]:
    """Where a path may lie: the root, the package, or any package of it."""
    yield from (ROOT / path, SOURCE / path)
    yield from (folder / path for folder in SOURCE.iterdir() if folder.is_dir())


def fixtures(tree: ast.AST) -> Iterator[str]:
    """The names of the fixtures of a module that tests must ask for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            decorators = [ast.unparse(each) for each in node.decorator_list]
            if any("pytest.fixture" in each and "autouse" not in each for each in decorators):
                yield node.name


def asked_for(tree: ast.AST) -> Iterator[str]:
    """What functions take, and the strings in which `usefixtures` names fixtures."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_fixture_is_used() -> None:
    texts = {path: path.read_text() for path in (ROOT / "tests").rglob("*.py")}
    unused = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in texts.items()
        if "fixture" in text
        for name in fixtures(ast.parse(text))
        if not any(
            name in asked_for(ast.parse(other))
            for other in (texts.values() if path.name == "conftest.py" else [text])
            if name in other
        )
    }
    assert not unused


def test_an_unused_fixture_would_be_found() -> None:
    tree = ast.parse("@pytest.fixture\ndef lonely(): ...\ndef test_it(other): ...\n")
    assert set(fixtures(tree)) == {"lonely"}
    assert set(asked_for(tree)) == {"other"}


def test_what_a_row_may_import_ends_right_below_its_layer() -> None:
    """Of rows whose last column is a range from 0; those of the backend say less."""
    ranges = re.findall(r"^\| (\d+) \| `([^`]+)` \|.*\| 0–(\d+) \|$", TEXT, re.MULTILINE)
    assert ranges
    assert all(int(last) == int(layer) - 1 or path.startswith("backend/")
               for layer, path, last in ranges)  # fmt: skip


#: What a file, a function and a folder may have at most: lines, lines, and files side by side.
MOST_LINES, MOST_OF_A_FUNCTION, MOST_FILES = 400, 60, 24


def is_hot(path: Path) -> bool:
    """Loops that Numba compiles stand whole in files of their own, so long as they may be."""
    return path.name.endswith("_kernel.py") or path.name == "interpreter.py"


def test_no_file_function_or_folder_is_too_large() -> None:
    folders: Counter[Path] = Counter()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        folders[path.parent] += path.name != "__init__.py"
        assert len(text.splitlines()) <= MOST_LINES, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and not is_hot(path):
                assert node.end_lineno is not None
                assert node.end_lineno - node.lineno < MOST_OF_A_FUNCTION, (path, node.name)
    assert max(folders.values()) <= MOST_FILES, folders.most_common(1)
