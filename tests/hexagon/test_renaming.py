"""Other registers for values of a block: liveness, webs, allocation, and what is written."""

import random

import pytest

from slotweave.backend.allocate.registers import Group, LiveRange, allocate_registers
from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.assembly.read import read_listing
from slotweave.hexagon.dependence.edges import dependences
from slotweave.hexagon.inspection import repack_file
from slotweave.hexagon.judges.assembler import MISSING, find_assembler, new_errors, refused
from slotweave.hexagon.judges.emulator import compare, missing
from slotweave.hexagon.judges.harness import arguments_of
from slotweave.hexagon.judges.liveness import ALL, live_out
from slotweave.hexagon.judges.symbols import difference
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing.renaming import repack_renamed
from slotweave.hexagon.packing.webs import webs_of, without_renamed
from support.hexagon.listings import KERNELS, block_of, kernels

LIMITS = Limits(workers=1, work=4.0)
HEAD = "\t.text\n\t.type f,@function\nf:\n"


def packets(*rows):
    return "".join("\t{\n" + "".join(f"\t\t{one}\n" for one in row) + "\t}\n" for row in rows)


def live_after(text):
    return live_out(read_listing(HEAD + text))


def free_edges(*rows, live=frozenset()):
    found = dependences(block_of(*rows))
    edges = without_renamed(found, webs_of(found, live)).edges
    return {(edge.before, edge.after, edge.lag) for edge in edges}


def test_a_return_leaves_its_result_and_what_a_callee_keeps():
    (live,) = live_after(packets(["r3 = r4"], ["jumpr r31"]))
    assert {"r0", "r1", "r16", "r27", "r29"} <= live
    assert not {"r2", "r3", "r15", "r28", "p0"} & live


def test_a_loop_keeps_what_its_next_pass_reads():
    loop = ".L1:\n" + packets(["r2 = add(r2,r3)", "r7 = r2"]).replace("}\n", "} :endloop0\n")
    text = packets(["loop0(.L1,r5)"]) + loop + packets(["r0 = r2", "jumpr r31"])
    first, inner, _ = live_after(text)
    assert {"r2", "r3"} <= first
    assert {"r2", "r3", "lc0"} <= inner
    assert "r7" not in inner


def test_a_call_reads_arguments_and_clobbers_what_a_callee_may():
    before, _ = live_after(packets(["call g"]) + packets(["r0 = r8", "jumpr r31"]))
    assert {"r0", "r5", "r16"} <= before
    assert not {"r8", "p0", "r28"} & before


@pytest.mark.parametrize(
    "text",
    [
        packets(["call __save_r16_through_r21"], ["jumpr r31"]),
        packets(["jumpr r5"]),
        packets(["jump elsewhere"]),
        packets(["r0 = r1"]) + "\tr0 = strange\n" + packets(["jumpr r31"]),
        packets(["r0 = r1"]) + "\t.word 1\n" + packets(["jumpr r31"]),
        packets(["r0 = r1"]),
    ],
)
def test_where_nothing_is_known_all_registers_are_live(text):
    assert live_after(text)[0] == ALL


def test_a_write_under_a_condition_leaves_what_was_there():
    first, _ = live_after(packets(["r2 = r3", "jump .L1"]) + ".L1:\n"
                          + packets(["if (p0) r2 = r4"], ["r0 = r2", "jumpr r31"]))  # fmt: skip
    assert {"r2", "p0", "r4"} <= first


def test_two_values_of_one_register_no_longer_wait_for_each_other():
    rows = (["r2 = r0"], ["r4 = r2"], ["r2 = r1"], ["r5 = r2"])
    assert (1, 2, 0) not in free_edges(*rows, live=frozenset({"r4", "r5"}))


def test_an_update_in_place_stays_with_its_value():
    rows = (["r2 = r0"], ["r2 += mpyi(r1,r1)"], ["r4 = r2"])
    assert {(0, 1, 1), (1, 2, 1)} <= free_edges(*rows, live=frozenset({"r4"}))


def test_a_value_that_is_read_before_it_is_live_in_keeps_its_register():
    rows = (["r4 = r2"], ["r2 = r1"])
    assert (0, 1, 0) not in free_edges(*rows, live=frozenset({"r4"}))
    assert (0, 1, 0) in free_edges(*rows, live=frozenset({"r2", "r4"}))


def test_registers_of_overlapping_ranges_differ_and_pairs_are_aligned():
    rng = random.Random(3)
    for _ in range(50):
        groups, ranges = [], []
        for number in range(rng.randint(1, 12)):
            is_pair = rng.random() < 0.4
            groups.append(Group(tuple(range(0, 12, 2 if is_pair else 1))))
            first = rng.randint(0, 20)
            last = first + rng.randint(0, 8)
            ranges += [LiveRange(first, last, number, half) for half in range(1 + is_pair)]
        bases = allocate_registers(ranges, groups)
        if bases is None:
            continue
        placed = [(bases[one.group] + one.offset, one) for one in ranges]
        for k, (register, one) in enumerate(placed):
            assert bases[one.group] in groups[one.group].bases
            for other_register, other in placed[k + 1 :]:
                apart = one.last < other.first or other.last < one.first
                assert apart or register != other_register


def test_too_few_registers_are_told():
    ranges = [LiveRange(0, 5, 0), LiveRange(1, 2, 1)]
    assert allocate_registers(ranges, [Group((3,)), Group((3,))]) is None
    assert allocate_registers(ranges, [Group((3,)), Group((3, 4))]) == (3, 4)


def test_values_in_other_registers_make_a_block_shorter():
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    rows = [[text] for k in (3, 4, 5) for text in ("r2 = mpyi(r0,r1)", f"r{k} = add(r2,#{k})")]
    text = HEAD + packets(*rows, ["r1:0 = combine(r3,r4)"], ["r0 = add(r0,r5)"], ["jumpr r31"])
    plain = repack_file(text, "f.s", LIMITS, no_worse=NoWorse.PACKETS)
    result = repack_file(text, "f.s", LIMITS, no_worse=NoWorse.PACKETS, rename=True)
    assert result.totals()["after"] < plain.totals()["after"]
    (row,) = result.to_json()["blocks"]
    assert row["same"]["program"] is True
    (one,) = result.blocks.values()
    assert difference(one.block.packets, one.written, live=one.live) == ""
    assert "r2" not in one.live


def test_packets_that_would_stall_longer_are_found_and_not_written():
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    block = block_of(
        ["r0 = memw(r1+#0)", "r6 = add(r7,#1)"],
        ["r8 = add(r6,#2)", "r6 = add(r10,#1)"],
        ["r2 = memw(r0+#0)", "r11 = add(r6,#3)"],
    )
    live = frozenset({"r2", "r8", "r11"})
    found = repack_renamed(block, live, LIMITS)
    assert (found.packets, found.bound, found.after) == (2, 2, 3)
    assert found.kept == "more modelled stalls, as CP-SAT proves"
    assert repack_renamed(block, live, LIMITS, no_worse=NoWorse.PACKETS).after == 2


@pytest.mark.parametrize(
    "update", ["add(r1,mpyi(r2,r3))", "or(r1,and(r2,#7))", "add(#7,asl(r2,#3))"]
)
def test_an_operand_that_has_to_be_the_register_written_goes_with_it(update):
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    rows = [["r2 = memw(r4+#0)"], [f"r2 = {update}"], ["r5 = r2"], ["r2 = r7"], [f"r2 = {update}"],
            ["r6 = r2"], ["r2 = r0"]]  # fmt: skip
    found = repack_renamed(block_of(*rows), frozenset({"r2", "r5", "r6"}), LIMITS)
    assert (found.before, found.after) == (7, 3)
    assert found.same.proved
    texts = [one.text for packet in found.written for one in packet.instructions]
    assert sum("r2" not in text and update[:4] in text for text in texts) == 2
    if (assembler := find_assembler()) is not None:
        new = [[one.text for one in packet.instructions] for packet in found.written]
        assert refused(assembler, new) == ["", "", ""]


def test_what_is_live_after_a_block_stays_in_its_register():
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    block = block_of(["r2 = r0"], ["r4 = add(r2,#1)"], ["r2 = r1"])
    found = repack_renamed(block, frozenset({"r2", "r4"}), LIMITS)
    assert difference(block.packets, found.written, live=frozenset({"r2", "r4"})) == ""
    assert difference(block.packets, found.written[:-1], live=frozenset({"r2", "r4"}))


@pytest.mark.long
@pytest.mark.skipif(find_assembler() is None, reason=MISSING)
@pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")
def test_the_example_with_other_registers_does_the_same(tmp_path):
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    text = KERNELS.read_text()
    result = repack_file(text, "kernels.s", Limits(workers=1, work=1.0), rename=True)
    assert new_errors(find_assembler(), text, result.text) == []
    shorter = tmp_path / "shorter.s"
    shorter.write_text(result.text)
    for function, arguments in (
        ("sha8", "pointer,pointer,pointer"), ("hash4", "pointer,pointer"), ("chacha2", "pointer"),
        ("dct8", "pointer,pointer"), ("xxh64b", "pointer,integer"),
    ):  # fmt: skip
        trial = compare((KERNELS, shorter), function, arguments_of(arguments), 50, 1, "hexagonv67")
        assert (trial.ran, trial.mismatch) == (True, None), (function, trial)


@pytest.mark.long
@pytest.mark.parametrize(
    ("function", "most", "no_worse"),
    [
        ("dct8", 19, NoWorse.STALLS),
        ("chacha2", 36, NoWorse.STALLS),
        ("hash4", 26, NoWorse.STALLS),
        ("sha8", 52, NoWorse.STALLS),
        ("xxh64b", 35, NoWorse.CYCLES),
    ],
)
def test_straight_blocks_with_renaming(function, most, no_worse):
    pytest.importorskip("ortools", reason="packing with a proof needs ortools")
    listing = kernels()
    live = live_out(listing)
    number = max(
        (k for k, block in enumerate(listing.blocks) if block.function == function),
        key=lambda k: listing.blocks[k].size,
    )
    found = repack_renamed(listing.blocks[number], live[number], LIMITS, no_worse=no_worse)
    assert found.after <= most
    assert found.same.proved
