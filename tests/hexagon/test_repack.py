"""Packing again: the blocks of the example, and what may and may not be written."""

import pytest

from slotweave.backend.schedule.project import ListSearch
from slotweave.base.diagnostics import InputError
from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.dependence.edges import dependences
from slotweave.hexagon.inspection import inspect_file, repack_file
from slotweave.hexagon.judges.symbols import difference
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.problem import packet_problem
from slotweave.hexagon.packing.repack import repack_block
from slotweave.hexagon.packing.within_rule import step_after
from support.hexagon.listings import KERNELS, block_of, largest, text_of

pytest.importorskip("ortools", reason="packing with a proof needs ortools")
LIMITS = Limits(workers=1, work=4.0)


def test_a_block_is_packed_to_its_bound():
    found = repack_block(largest("hash4"), LIMITS)
    assert (found.before, found.packets, found.after, found.bound) == (29, 26, 26, 26)
    assert found.by == "bound"
    assert found.stalls <= found.stalls_before
    assert difference(found.block.packets, found.written) == ""


@pytest.mark.long
@pytest.mark.parametrize(
    ("function", "facts", "most"),
    [
        ("sha8", (), 53),
        ("xxh64b", (), 36),
        ("xxh64b", ("private-spills",), 35),
        ("hash4", (), 26),
        ("chacha2", (), 38),
        ("dct8", (), 21),
    ],
)
def test_straight_blocks_are_as_short_as_they_were_ever_found(function, facts, most):
    found = repack_block(largest(function), LIMITS, facts=facts)
    assert found.packets <= most
    assert found.bound <= found.packets
    assert found.after <= found.before


def test_what_would_stall_longer_stays_unless_that_is_allowed():
    packets = [["r0 = memw(r1+#0)"], ["r2 = add(r3,r4)"], ["r5 = memw(r0+#0)"]]
    found = repack_block(block_of(*packets), LIMITS)
    kept = "more modelled stalls, as a bound shows"
    assert (found.packets, found.written, found.kept) == (2, None, kept)
    allowed = repack_block(block_of(*packets), LIMITS, no_worse=NoWorse.PACKETS)
    assert allowed.after == 2


def test_a_value_may_become_a_new_one():
    found = repack_block(block_of(["r0 = add(r1,r2)"], ["memw(r3+#0) = r0"]), LIMITS)
    (packet,) = found.written
    assert [one.text for one in packet.instructions] == ["r0 = add(r1,r2)", "memw(r3+#0) = r0.new"]


def test_a_new_value_may_become_an_old_one():
    packets = [
        ["r0 = add(r1,r2)", "memw(r3+#0) = r0.new"],
        ["memw(r3+#4) = r1", "r4 = add(r1,r2)", "r5 = add(r1,r2)", "r6 = add(r1,r2)"],
        ["memw(r3+#8) = r1"],
    ]
    found = repack_block(block_of(*packets), LIMITS)
    assert found.after == 2
    texts = [one.text for packet in found.written for one in packet.instructions]
    assert sum("memw" in text for text in texts) == 3


def test_a_store_and_a_load_that_may_meet_share_a_marked_packet():
    found = repack_block(block_of(["memw(r0+#0) = r1"], ["r2 = memw(r3+#0)"]), LIMITS)
    (packet,) = found.written
    assert packet.flags == ("mem_noshuf",)
    assert packet.instructions[0].text == "memw(r0+#0) = r1"
    old = repack_block(block_of(["memw(r0+#0) = r1"], ["r2 = memw(r3+#0)"]), LIMITS, version=62)
    assert old.written is None


def test_a_loops_end_stays_at_the_last_packet():
    block = block_of(["r0 = add(r0,#1)"], ["r1 = add(r1,#1)"], flags=["endloop0"])
    found = repack_block(block, LIMITS)
    (packet,) = found.written
    assert packet.flags == ("endloop0",)


def test_an_unknown_instruction_leaves_its_block_as_it_is():
    text = text_of([["r0 = nonsense(r1)"], ["r2 = r3"], ["r4 = r5"]])
    result = repack_file(text, "x.s", LIMITS)
    assert result.text == text
    assert result.totals()["unknown"] == 1
    assert result.to_json()["understood"]["unknown"] == {"R = nonsense(R)": 1}


def test_all_but_packets_stays():
    text = "// head\n" + text_of([["r0 = r1"], ["r2 = r3"]]) + "\t.word 7 // tail\n"
    result = repack_file(text, "x.s", LIMITS)
    expected = "// head\n" + text_of([["r0 = r1", "r2 = r3"]]) + "\t.word 7 // tail\n"
    assert result.text == expected


def test_comments_go_with_their_instructions():
    text = "f:\n\t{\n\t\tr0 = r1\n\t}" + " " * 39 + "// a spill\n\t{\n\t\tr2 = r3\n\t}\n"
    assert "// a spill" in repack_file(text, "x.s", LIMITS).text


def test_packing_again_changes_nothing_more():
    text = text_of([["r0 = r1"], ["r2 = r3"], ["r4 = r0", "memw(r5+#0) = r2"]])
    once = repack_file(text, "x.s", LIMITS).text
    assert repack_file(once, "x.s", LIMITS).text == once


def test_counts_weigh_the_totals():
    text = text_of([["r0 = r1"], ["r2 = r3"]])
    assert inspect_file(text, "x.s", {"f": 10}).totals()["before"] == 20
    assert inspect_file(text, "x.s", {}).totals()["before"] == 0
    with pytest.raises(InputError, match="SW212 there is no block 'g'"):
        inspect_file(text, "x.s", {"g": 10})


def test_inspecting_says_why_slots_are_empty():
    result = inspect_file(KERNELS.read_text(), "kernels.s")
    (row,) = [one for one in result.to_json()["blocks"] if one["block"] == "hash4"]
    assert sum(row["idle"].values()) == 4 * 29 - 77
    assert {"dependences", "slack"} <= set(row["idle"])
    assert row["bound"]["packets"] == 26


def test_steps_grow_where_searches_decide_nothing():
    assert [step_after(undecided) for undecided in range(6)] == [1, 1, 1, 2, 4, 8]


def test_registers_swapped_in_one_packet_are_one_activity_and_listed():
    swap = block_of(["r0 = r1", "r1 = r0"], ["r2 = add(r0,r1)", "r0 = r1", "r1 = r0"])
    problem = packet_problem(dependences(swap, version=67))
    assert problem.members == ((0, 1), (2,), (3, 4))
    assert ListSearch.of(problem.project) is not None
    found = repack_block(block_of(["r0 = r1", "r1 = r0"], ["r2 = r3"], ["r4 = r5"]), LIMITS)
    assert (found.after, found.same.proved) == (1, True)


#: A jump beside what fills slots 2 and 3, as may be from v62 on.
LATER = text_of([["r0 = asl(r1,#3)", "r2 = asl(r3,#3)", "if (p0) jump .Lend"]])


@pytest.mark.parametrize("rename", [False, True])
def test_packets_that_the_named_version_does_not_allow_stay_and_are_said(rename):
    named = f"\t.attribute\t4, 62\n{LATER}.Lend:\n"
    (row, *_) = repack_file(named, "f.s", LIMITS, rename=rename).blocks.values()
    assert (row.bound, row.is_proved, row.kept) == (1, True, "no fewer packets")
    unnamed = named.replace("4, 62", "4, 60")
    for found in (
        repack_file(unnamed, "f.s", LIMITS, rename=rename),
        inspect_file(unnamed, "f.s"),
    ):
        (row, *_) = found.blocks.values()
        assert (row.written, row.is_proved) == (None, False)
        assert row.kept.startswith("its own packets break a rule of v60")
        assert "slots 2, 3" in row.kept
        assert found.text == unnamed
