"""Targets out of the reach of a word: room is kept for another one."""

from dataclasses import replace

import pytest

from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.assembly.reach import crowded, words
from slotweave.hexagon.assembly.read import read_listing
from slotweave.hexagon.inspection import inspect_file, repack_file
from slotweave.hexagon.judges.assembler import find_assembler, new_errors
from slotweave.hexagon.packing.loop_reach import OUT_OF_REACH
from slotweave.hexagon.packing.repack import CROWDED
from support.hexagon.listings import packets_text

LIMITS = Limits(workers=1, work=4.0)
ASSEMBLER = find_assembler()
LOADS = [[f"r{4 + k % 8} = memw(r0+#{4 * k})", f"r{12 + k % 8} = memw(r1+#{4 * k})"]
         for k in range(31)]  # fmt: skip
SUMS = ["r20 = add(r21,#1)", "r22 = add(r23,#1)"]


def file_of(*packets, body=(["r3 = add(r3,#1)", "nop"],)):
    """A function whose first block has these packets, before a loop of one block."""
    return (
        "\t.type f,@function\nf:\n"
        + packets_text(packets)
        + "\t.p2align 4\n.LBB0_1:\n"
        + packets_text(body, ("endloop0",))
        + packets_text([["jumpr r31"]])
    )


def assembled(before, after):
    return [] if ASSEMBLER is None else new_errors(ASSEMBLER, before, after)


def test_a_loops_setup_far_from_it_keeps_room_for_a_word():
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    text = file_of(*LOADS, ["loop0(.LBB0_1,r2)"], SUMS)
    found = repack_file(text, "f.s", LIMITS)
    written = found.blocks[0].written
    assert len(written) == 31
    (spot,) = [p for p in written if any("loop0" in one.text for one in p.instructions)]
    assert words(spot) < 4
    assert assembled(text, found.text) == []


def test_a_loops_setup_near_it_needs_no_room():
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    text = file_of(LOADS[0], ["loop0(.LBB0_1,r2)"], SUMS[:1])
    found = repack_file(text, "f.s", LIMITS)
    assert [words(packet) for packet in found.blocks[0].written] == [4]


def test_a_block_stays_where_there_never_was_room():
    text = file_of(*LOADS, ["loop0(.LBB0_1,r2)", *SUMS, "r24 = add(r25,#1)"], ["r26 = #1"])
    found = repack_file(text, "f.s", LIMITS)
    assert (found.blocks[0].kept, found.blocks[0].written) == (CROWDED, None)
    assert found.text == text


@pytest.mark.parametrize(
    ("jump", "packets", "is_far"),
    [
        ("p0 = cmp.eq(r0,#1); if (p0.new) jump:nt .LBB0_2", 120, False),
        ("p0 = cmp.eq(r0,#1); if (p0.new) jump:nt .LBB0_2", 130, True),
        ("if (cmp.eq(r0.new,r1)) jump:nt .LBB0_2", 130, True),
        ("if (p0) jump:nt .LBB0_2", 130, False),
        ("if (p0) jump:nt elsewhere", 1, True),
        ("jump elsewhere", 1, False),
        ("jump .LBB0_2", 130, False),
    ],
)
def test_distances_are_counted_in_words(jump, packets, is_far):
    rows = [["r4 = add(r4,#1)", "r5 = add(r5,#1)"]] * packets
    text = packets_text([["r0 = add(r2,#1)", jump]]) + packets_text(rows) + ".LBB0_2:\n"
    block = read_listing("f:\n" + text + packets_text([["jumpr r31"]])).blocks[0]
    assert (jump in block.far) is is_far
    assert crowded(block) == []


def test_alignment_and_data_count_too():
    jump = "p0 = cmp.eq(r0,#1); if (p0.new) jump:nt .LBB0_2"
    for line, is_far in (("", False), ("\t.p2align\t8\n", True), ("\t.space 8\n", True)):
        rows = packets_text([["r4 = add(r4,#1)", "r5 = add(r5,#1)"]] * 120)
        text = "f:\n" + packets_text([[jump]]) + rows + line + ".LBB0_2:\n"
        block = read_listing(text + packets_text([["jumpr r31"]])).blocks[0]
        assert (jump in block.far) is is_far


BODY = [
    ["r4 = memw(r2++#4)"],
    *([f"r5 = mpyi(r{5 if k else 4},r6)", f"r{13 + k % 8} = add(r{13 + k % 8},r12)",
       f"r{21 + k % 6} = add(r{21 + k % 6},r12)"] for k in range(27)),
    ["memw(r3++#4) = r5"],
]  # fmt: skip
SETUP = ["loop0(.LBB0_1,#100)", "r7 = memw(r0+#400)"]


@pytest.mark.parametrize(
    ("setup", "kept"), [(SETUP, ""), ([*SETUP, "r10 = #7", "r11 = #8"], OUT_OF_REACH)]
)
def test_a_loop_is_left_that_its_setup_would_not_reach(setup, kept):
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    text = file_of(setup, body=BODY)
    found = repack_file(text, "f.s", LIMITS, pipeline=True, facts=("separate-bases",))
    (loop,) = found.loops.values()
    assert loop.kept == kept
    assert assembled(text, found.text) == []


def test_a_loop_is_left_that_would_put_a_target_out_of_reach():
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    jump = ["p0 = cmp.eq(r0,#1); if (p0.new) jump:nt .LBB0_9", "r7 = #7", "r8 = #8", "r9 = #9"]
    text = file_of(jump, SETUP, body=BODY) + ".LBB0_9:\n"
    text += packets_text([["jumpr r31"]])
    found = repack_file(text, "f.s", LIMITS, pipeline=True, facts=("separate-bases",))
    (loop,) = found.loops.values()
    assert loop.period is not None
    near = text.replace(".LBB0_9:", packets_text([["r4 = add(r4,#1)"] * 1] * 100) + ".LBB0_9:")
    found = repack_file(near, "f.s", LIMITS, pipeline=True, facts=("separate-bases",))
    (loop,) = found.loops.values()
    assert (loop.period, loop.kept) == (None, OUT_OF_REACH)


FULL = [["r7 = memw(r0+#400)", "r10 = #7", "r11 = #8"], ["loop0(.LBB0_1,#100)", "r28 = #9"],
        ["r24 = #7", "r25 = #8", "r26 = #9"]]  # fmt: skip
SHORT = [["r4 = memw(r2++#4)"], ["r5 = mpyi(r4,r6)"], ["memw(r3++#4) = r5"]]


def repacked(setup, body, pipeline):
    """The block with these packets before a loop, and the loop; the assembler takes both."""
    text = file_of(*setup, body=body)
    facts = ("separate-bases",)
    found = repack_file(text, "f.s", LIMITS, pipeline=pipeline, facts=facts)
    assert assembled(text, found.text) == []
    return found.blocks[0], (found.loops or {}).get(1)


@pytest.mark.parametrize(
    ("body", "kept"),
    [([["r3 = add(r3,#1)", "nop"]], "no fewer packets"), (SHORT, ""), (BODY, OUT_OF_REACH)],
)
def test_no_block_gets_longer_since_the_loop_after_it_may_be_pipelined(body, kept):
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    plain, _ = repacked(FULL, body, pipeline=False)
    block, loop = repacked(FULL, body, pipeline=True)
    assert (block.packets, block.after, block.bound) == (2, 2, 2)
    assert block == replace(plain, spent=block.spent)
    assert loop.kept == kept


def test_a_setup_out_of_reach_gets_room_where_that_takes_no_packet():
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    setup = [["loop0(.LBB0_1,#100)"], ["r10 = #7", "r11 = #8"], ["r28 = #9", "r7 = memw(r0+#400)"]]
    plain, _ = repacked(setup, BODY, pipeline=False)
    block, loop = repacked(setup, BODY, pipeline=True)
    rooms = [
        words(packet)
        for one in (plain, block)
        for packet in one.written
        if any("loop0" in each.text for each in packet.instructions)
    ]
    assert (rooms[0], rooms[1] < 4, loop.kept) == (4, True, "")
    assert (block.packets, block.after, block.bound) == (plain.packets, plain.after, plain.bound)


def test_a_loop_is_left_whose_setup_may_have_been_out_of_reach_before():
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    setup = [*LOADS, ["loop0(.LBB0_1,r28)", "r7 = memw(r0+#400)", "r10 = #7", "r11 = #8"]]
    block, loop = repacked(setup, BODY, pipeline=True)
    assert (block.kept, loop.kept) == (CROWDED, OUT_OF_REACH)


def test_tables_of_data_are_assembly():
    text = '\t.section\t.rodata,"a"\ntable:\n\t.word\t1\n\t.word\t2\n'
    assert inspect_file(text, "t.s").totals()["blocks"] == 0
    assert repack_file(text, "t.s", LIMITS).text == text
