"""docs/hexagon.md is true: its table is what packing gives, its figures what the data holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slotweave.driver.solving import Limits
from slotweave.hexagon.machine.opcodes import opcodes
from slotweave.hexagon.packing.repack import repack_block
from support.hexagon.listings import largest

PAGE = (Path(__file__).parents[2] / "docs" / "hexagon.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (?P<function>\w+): [^|]+\| (?P<size>\d+) \| (?P<before>\d+) \| (?P<packets>\d+) "
    r"\| (?P<written>\d+) \| (?P<bound>\d+) \|$",
    re.MULTILINE,
)
ROWS = [row.groupdict() for row in ROW.finditer(PAGE)]


def test_the_page_has_its_rows() -> None:
    assert len(ROWS) == 5


@pytest.mark.parametrize("row", ROWS, ids=[row["function"] for row in ROWS])
def test_blocks_are_as_large_as_the_page_says(row: dict[str, str]) -> None:
    block = largest(row["function"])
    assert (block.size, len(block.packets)) == (int(row["size"]), int(row["before"]))


@pytest.mark.long
@pytest.mark.parametrize("row", ROWS, ids=[row["function"] for row in ROWS])
def test_blocks_are_packed_as_the_page_says(row: dict[str, str]) -> None:
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    found = repack_block(largest(row["function"]), Limits(workers=1, work=4.0))
    assert found.packets == int(row["packets"])
    assert found.after == int(row["written"])
    assert found.bound >= int(row["bound"])


def test_the_number_of_instructions_is_that_of_the_table() -> None:
    said = re.search(r"holds (\d+) instructions by template", PAGE)
    assert said is not None
    assert int(said[1]) == len(opcodes())


@pytest.mark.parametrize("package", ["backend", "bounds", "views", "anatomy", "driver"])
def test_what_is_general_does_not_speak_of_hexagon(package: str) -> None:
    source = Path(__file__).parents[2] / "src" / "slotweave" / package
    files = sorted(source.rglob("*.py"))
    assert files
    assert [path for path in files if "hexagon" in path.read_text(encoding="utf-8").lower()] == []
