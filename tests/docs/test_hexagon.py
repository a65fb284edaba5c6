"""docs/hexagon.md is true: its table is what packing gives, its figures what the data holds."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.judges.liveness import live_out
from slotweave.hexagon.machine.opcodes import opcodes
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.pipelining import input_stalls, loop_problem, schedule_loop
from slotweave.hexagon.packing.repack import repack_block
from support.hexagon.listings import kernels, largest

PAGE = (Path(__file__).parents[2] / "docs" / "hexagon.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (?P<function>\w+): [^|]+\| (?P<size>\d+) \| (?P<before>\d+) \| (?P<packets>\d+) "
    r"\| (?P<written>\d+) \| (?P<bound>\d+) \|$",
    re.MULTILINE,
)
#: Rows of the loops whose passes overlap, and the labels of those loops.
LOOP = re.compile(
    r"^\| (?P<loop>[^|]+) \| (?P<before>\d+) \| (?P<period>\d+) \| (?P<least>\d+) "
    r"\| (?P<stages>\d+) \| (?P<options>none|`[^|]+`) \|$",
    re.MULTILINE,
)
LOOPS = {
    "saxpy, unrolled by 8": ".LBB0_3",
    "dot product": ".LBB1_3",
    "CRC-32": ".LBB3_3",
    "SHA-256, message schedule": ".LBB4_1",
    "SHA-256, rounds": ".LBB4_3",
}
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


def test_loops_overlap_as_the_page_says() -> None:
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    rows = list(LOOP.finditer(PAGE))
    assert len(rows) == len(LOOPS)
    for row in rows:
        block = next(one for one in kernels().blocks if one.name == LOOPS[row["loop"]])
        number = kernels().blocks.index(block)
        live = live_out(kernels())[number] if "--rename" in row["options"] else None
        facts = ("separate-bases",) if "separate-bases" in row["options"] else ()
        problem = loop_problem(block, live, version=67, facts=facts)
        assert problem is not None
        stalls = input_stalls(problem, len(block.packets))
        limits = Limits(workers=1, work=0.5)
        most = partial(NoWorse.STALLS.most_stalls, before=len(block.packets), stalls_before=stalls)
        found = schedule_loop(problem, len(block.packets), limits, most_stalls=most)
        assert found.schedule is not None
        assert len(block.packets) == int(row["before"])
        assert (found.schedule.period, found.least) == (int(row["period"]), int(row["least"]))
        assert found.schedule.stages == int(row["stages"])


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
