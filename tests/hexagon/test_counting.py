"""How often blocks run: labels before them, and QEMU's trace of these."""

import json
from pathlib import Path

import pytest

from slotweave.hexagon.assembly.read import read_listing
from slotweave.hexagon.inspection import inspect_file
from slotweave.hexagon.judges.counting import marked
from slotweave.hexagon.judges.emulator import missing
from support.command_line import slotweave

needs_emulator = pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")

#: r0 passes of a loop, whose first block is entered from above, too.
LOOP = """\
\t.text
\t.globl f
\t.type f,@function
f:
\t{
\t\tr1 = #0
\t}
.L1:
\t{
\t\tr0 = add(r0,#-1)
\t\tr1 = add(r1,#1)
\t}
\t{
\t\tp0 = cmp.gt(r0,#0)
\t\tif (p0.new) jump:t .L1
\t}
\t{
\t\tr0 = r1
\t\tjumpr r31
\t}
"""


def test_a_label_stands_before_each_block_and_nothing_else_changes():
    listing = read_listing(LOOP, "f.s")
    text = marked(listing)
    assert text.count("slotweave_block_") == len(listing.blocks) == 3
    kept = [line for line in text.splitlines() if not line.startswith("slotweave_block_")]
    assert kept == LOOP.splitlines()


@needs_emulator
def test_blocks_are_counted_and_weigh_the_totals(tmp_path: Path):
    file, counts = tmp_path / "f.s", tmp_path / "counts.json"
    file.write_text(LOOP)
    how = ("--function", "f", "--arguments", "5..5", "--instances", 3)
    answer = slotweave("hexagon", "count", file, *how, "-o", counts)
    assert answer.code == 0, answer.err
    found = json.loads(counts.read_text())
    assert found == {"f": 3, ".L1": 15, ".L1+1": 3}
    assert inspect_file(LOOP, "f.s", found).totals()["before"] == 3 * 1 + 15 * 2 + 3 * 1


@needs_emulator
def test_a_run_that_ends_otherwise_is_told(tmp_path: Path):
    file = tmp_path / "f.s"
    file.write_text("\t.text\n\t.globl f\nf:\n\t{\n\t\tr0 = memw(##4)\n\t}\n")
    answer = slotweave("hexagon", "count", file, "--function", "f")
    assert answer.code == 2
    assert "SW229" in answer.err
    assert "ended with" in answer.err


def test_a_version_that_qemu_does_not_run_is_not_counted(tmp_path: Path):
    file = tmp_path / "f.s"
    file.write_text("\t.attribute\t4, 68\n" + LOOP)
    answer = slotweave("hexagon", "count", file, "--function", "f")
    assert answer.code == 2
    assert "v68" in answer.err or "SW217" in answer.err
