"""Hardware loops whose passes overlap: schedules, what is written, and who judges it."""

from dataclasses import replace
from pathlib import Path

import pytest

from slotweave.driver.solving.solve import Limits
from slotweave.hexagon.assembly.grammar import parse_instruction
from slotweave.hexagon.assembly.listing import Packet
from slotweave.hexagon.assembly.read import read_listing
from slotweave.hexagon.inspection import block_bounds, repack_file
from slotweave.hexagon.judges.assembler import MISSING, find_assembler, new_errors
from slotweave.hexagon.judges.emulator import compare, missing
from slotweave.hexagon.judges.harness import arguments_of
from slotweave.hexagon.judges.liveness import live_out
from slotweave.hexagon.judges.loops import loop_difference, loop_meaning
from slotweave.hexagon.no_worse import NoWorse
from slotweave.hexagon.packing import pipelined as writer
from slotweave.hexagon.packing.loop_entry import loop_entry
from slotweave.hexagon.packing.pipelining import input_stalls, loop_problem, schedule_loop
from slotweave.hexagon.packing.stepping import steps_of
from support.command_line import slotweave
from support.hexagon.listings import block_of, kernels

pytest.importorskip("ortools", reason="packing with a proof needs ortools")

LIMITS = Limits(None, None, 1, 0, 0.5)
FACTS = ("separate-bases",)
VERSION = "\t.attribute\t4, 67\n"
#: y[k] = x[k] * a + 1 by two pointers: a chain of four packets, and five instructions.
BODY = (
    ["r4 = memw(r2+#0)"],
    ["r4 = mpyi(r4,r1)"],
    ["r5 = add(r4,#1)"],
    ["memw(r3+#0) = r5"],
    ["r2 = add(r2,#4)", "r3 = add(r3,#4)"],
)


def loop_text(body=BODY, setup="loop0(.L1,r0)", before=(), after=()):
    """A function that makes passes of a loop and returns."""
    rows = [*before, [setup], ".L1:", *body, *after]
    lines = [".globl f", ".type f,@function", "f:"]
    last = len(before) + 1 + len(body)
    for number, row in enumerate(rows):
        if isinstance(row, str):
            lines.append(row)
        else:
            mark = " :endloop0" if number == last else ""
            lines += ["\t{", *(f"\t\t{one}" for one in row), f"\t}}{mark}"]
    return "\n".join(["\t.text", *lines, "\t{", "\t\tjumpr r31", "\t}", ""])


def pipelined(text, **how):
    """What is found of the one loop of `text`, and the file as it is written."""
    options = {"pipeline": True, "facts": FACTS, **how}
    result = repack_file(VERSION + text, "loop.s", LIMITS, **options)
    (one,) = result.loops.values()
    return one, result.text


def kernel(name, live=None, facts=()):
    listing = kernels()
    number, block = next((k, one) for k, one in enumerate(listing.blocks) if one.name == name)
    registers = live_out(listing)[number] if live else None
    problem = loop_problem(block, registers, version=listing.version, facts=facts)
    stalls = input_stalls(problem, len(block.packets))
    found = schedule_loop(problem, len(block.packets), LIMITS, most_stalls=lambda _packets: stalls)
    return found, stalls


@pytest.mark.parametrize(
    ("block", "rename", "facts", "period"),
    [
        (".LBB0_3", True, FACTS, 8),  # saxpy, unrolled by 8
        (".LBB1_3", False, (), 8),  # dot product
        (".LBB3_3", False, (), 32),  # CRC-32
        (".LBB4_1", False, (), 14),  # SHA-256's schedule
        (".LBB4_3", True, (), 12),  # SHA-256's rounds
    ],
)
def test_loops_of_the_example_at_their_least(block, rename, facts, period):
    found, stalls = kernel(block, rename, facts)
    assert found.schedule.period == period == found.least
    assert found.schedule.stages == 2
    assert found.schedule.stalls <= stalls


def test_a_loop_is_written_before_the_loop_as_it_was():
    one, text = pipelined(loop_text())
    assert (one.before, one.period, one.same.proved) == (3, 2, True)
    assert "if (!cmp.gt(" in text
    assert ".Lslotweave_kernel_1:" in text
    assert text.index(".Lslotweave_kernel_1:") < text.index("\n.L1:")
    assert text.index("\n.L1:") < text.index(".Lslotweave_after_1:")


def test_a_known_number_of_passes_needs_no_other_loop():
    one, text = pipelined(loop_text(setup="loop0(.L1,#20)"))
    assert one.period == 2
    assert f"loop0(.L1,#{20 - one.stages + 1})" in text
    assert "slotweave" not in text


def test_memory_of_two_bases_keeps_its_order_without_the_fact():
    assert pipelined(loop_text(), facts=())[0].kept == "no fewer packets"


def test_registers_stay_where_they_need_not_change():
    assert pipelined(loop_text(), rename=True)[0].renamed == 0


def test_registers_stay_unless_they_may_change():
    body = (
        ["r4 = memw(r2+#0)"],
        ["r4 = mpyi(r4,r1)"],
        ["r4 = add(r4,#1)"],
        ["r4 = mpyi(r4,r6)"],
        ["memw(r3+#0) = r4"],
        ["r2 = add(r2,#4)", "r3 = add(r3,#4)"],
    )
    kept, _ = pipelined(loop_text(body))
    free, text = pipelined(loop_text(body), rename=True)
    assert kept.renamed == 0
    assert kept.period is None or free.period < kept.period
    assert (free.period, free.renamed > 0, free.same.proved) == (2, True, True)
    assert "r4 = memw(r2+#0)" in text  # the loop as it was, for few passes


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (loop_text(setup="loop0(.L1,#1)"), "it pays from"),
        (loop_text(after=[["r0 = #0"]], before=[["jump .L1"]]), "its label is named elsewhere"),
        (loop_text().replace("\t\tloop0(.L1,r0)\n", "\t\tloop0(.L1,r0)\n\t\tr0 = r1\n"), "r0, the"),
        (loop_text().replace("\n.L1:", "\n.L0:\n\t{\n\t\tr7 = r8\n\t}\n.L1:"), "it is not set up"),
        (loop_text().replace("\n.L1:", "\n.L0:\n.L1:"), "something stands between"),
        (loop_text().replace("\n.L1:", "\n\t.word 7\n.L1:"), "something stands between"),
        (loop_text((*BODY[:4], ["r2 = add(r2,#4)", "r3 = foo(r3)"])), "an instruction"),
    ],
)
def test_a_loop_that_is_left_says_why(text, kept):
    one, written = pipelined(text)
    assert one.period is None
    assert one.kept.startswith(kept)
    assert "slotweave" not in written


def test_a_call_may_change_the_number_of_passes():
    text = loop_text().replace("\t\tloop0(.L1,r0)\n", "\t\tloop0(.L1,r0)\n\t\tcall g\n")
    listing = read_listing(text)
    number = next(k for k, one in enumerate(listing.blocks) if one.is_loop)
    assert loop_entry(listing, number) == "the block before it may leave it out"


def test_a_jump_past_the_loop_is_no_way_into_it():
    text = loop_text().replace("loop0(.L1,r0)\n", "loop0(.L1,r0)\n\t\tif (!p0) jump:nt .L9\n")
    assert pipelined(text.replace("\t{\n\t\tjumpr r31", ".L9:\n\t{\n\t\tjumpr r31"))[0].period == 2


def test_a_constant_makes_up_for_a_step_that_is_passed():
    problem = loop_problem(block_of(*BODY, flags=["endloop0"]), None, facts=FACTS)
    assert {step.register for step in problem.steps} == {"r2", "r3"}
    one, text = pipelined(loop_text())
    assert one.same.proved
    assert "memw(r3+#-" in text or "memw(r2+#-" in text or "memw(r2+#4)" in text


@pytest.mark.parametrize(
    ("instruction", "early", "late"),
    [
        ("memw(r0+#0) += r1", True, False),  # an unsigned constant
        ("r1 = memw(r0+#4092)", False, True),
        ("r1 = memb(r0+#-1024)", True, False),
        ("r1 = add(r0,#32767)", False, True),
    ],
)
def test_a_constant_stays_within_its_word(instruction, early, late):
    block = block_of([instruction], ["r0 = add(r0,#4)"], flags=["endloop0"])
    (step,) = steps_of(loop_problem(block, None).found)
    assert (step.users[0].early, step.users[0].late) == (early, late)


def test_an_access_passes_one_that_steps_its_base():
    body = (
        ["r4 = memw(r2++#4)"],
        ["r4 = mpyi(r4,r1)"],
        ["r5 = mpyi(r4,r1)"],
        ["memw(r2+#60) = r5"],
    )
    (step,) = steps_of(loop_problem(block_of(*body, flags=["endloop0"]), None).found)
    assert (step.writer, step.register, step.amount, set(step.users)) == (0, "r2", 4, {3})
    one, text = pipelined(loop_text(body))
    assert (one.period, one.same.proved) == (2, True)
    assert "memw(r2+#56) = r5" in text


def test_a_base_stepped_twice_is_passed_by_nothing():
    body = (["r4 = memw(r2++#4)"], ["memw(r2++#4) = r4"], ["r5 = memw(r2+#8)"])
    assert steps_of(loop_problem(block_of(*body, flags=["endloop0"]), None).found) == ()


def faults(one):
    """Variants of a loop's parts, each with one fault: their names and the parts."""
    before, inside, after = one.parts
    yield "lost packet", (before[1:], inside, after)
    yield "kernel twice", (before, inside + inside, after)
    yield "turned kernel", (before, inside[1:] + inside[:1], after)
    yield "nothing after it", (before, inside, ())
    for number, packet in enumerate(inside):
        for place, each in enumerate(packet.instructions):
            if "#4)" in each.text and "add" in each.text:
                changed = parse_instruction(each.text.replace("#4)", "#8)"))
                rows = [*packet.instructions[:place], changed, *packet.instructions[place + 1 :]]
                worse = replace(packet, instructions=tuple(rows))
                yield each.text, (before, (*inside[:number], worse, *inside[number + 1 :]), after)


@pytest.mark.parametrize("rename", [False, True])
def test_the_judges_notice_faults(rename):
    one, _ = pipelined(loop_text(), rename=rename)
    judge = (one.block.packets, one.parts, one.stages, one.live, FACTS)
    assert loop_difference(*judge) == ""
    assert loop_meaning(*judge).proved
    made = list(faults(one))
    assert len(made) >= 6
    for name, parts in made:
        changed = (one.block.packets, parts, one.stages, one.live, FACTS)
        assert loop_difference(*changed), name
        assert not loop_meaning(*changed).proved, name


def test_a_loop_that_is_not_confirmed_is_left(monkeypatch):
    monkeypatch.setattr(writer, "loop_difference", lambda *_: "r0 has another value")
    one, text = pipelined(loop_text())
    assert one.kept == "the run on symbols does not confirm it: r0 has another value"
    assert (one.period, "slotweave" in text) == (None, False)


def test_the_judges_do_not_take_bases_to_be_apart_by_themselves():
    one, _ = pipelined(loop_text())
    assert "exchanged" in loop_difference(one.block.packets, one.parts, one.stages, one.live)


def test_a_base_that_is_loaded_is_not_taken_to_be_apart():
    body = (["r2 = memw(r2+#0)"], ["r5 = add(r2,r4)"], ["memw(r3+#0) = r5"], ["r3 = add(r3,#4)"])
    plain = loop_problem(block_of(*body, flags=["endloop0"]), None)
    stated = loop_problem(block_of(*body, flags=["endloop0"]), None, facts=FACTS)
    assert plain.project.lags == stated.project.lags


def test_the_command_writes_and_tells(tmp_path: Path):
    file, output = tmp_path / "loop.s", tmp_path / "out.s"
    file.write_text(loop_text())
    words = ("hexagon", "repack", file, "--pipeline", "--assume", FACTS[0], "-o", output)
    answer = slotweave(*words, "--self-test", 60, "--json")
    assert answer.code == 0, answer.err
    (row,) = answer.json["loops"]
    assert (row["before"], row["period"], row["proved"]) == (3, 2, True)
    assert row["from_passes"] >= row["stages"] > 1
    assert row["same"]["program"] is True
    assert answer.json["self_test"]["caught"] > 30
    told = slotweave(*words[:-2]).out
    assert "proved the same for any number of passes" in told
    assert "loops" not in slotweave("hexagon", "repack", file, "--json").json


def test_the_page_shows_the_packets_around_the_kernel(tmp_path: Path):
    file, page = tmp_path / "loop.s", tmp_path / "page.html"
    file.write_text(loop_text())
    words = ("hexagon", "report", file, "-o", page)
    assert slotweave(*words, "--pipeline", "--assume", FACTS[0]).code == 0
    text = page.read_text()
    assert "3 packets a pass to 2" in text
    for part in ("before the kernel: ", "kernel: 2 packets", "after the kernel: "):
        assert part in text
    assert "proved the same for any number of passes" in text
    assert slotweave(*words, "--pipeline").code == 0
    assert "<h2>Loops</h2>" in page.read_text()
    assert slotweave(*words).code == 0
    assert "<h2>Loops</h2>" not in page.read_text()


@pytest.mark.skipif(find_assembler() is None, reason=MISSING)
def test_the_assembler_takes_all_packets():
    text = loop_text()
    for setup in ("loop0(.L1,r0)", "loop0(.L1,#20)"):
        before = text.replace("loop0(.L1,r0)", setup)
        assert new_errors(find_assembler(), VERSION + before, pipelined(before)[1]) == []


@pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")
@pytest.mark.parametrize("passes", ["1..4", "1..300"])
def test_qemu_sees_no_difference(tmp_path: Path, passes):
    one, other = tmp_path / "a.s", tmp_path / "b.s"
    one.write_text(loop_text())
    other.write_text(pipelined(loop_text(), rename=True)[1])
    arguments = arguments_of(f"{passes},integer,pointer,pointer")
    found = compare((one, other), "f", arguments, 60, 0, "hexagonv67")
    assert (found.ran, found.mismatch) == (True, None)
    if passes == "1..300":
        assert found.packets[1] < 0.8 * found.packets[0]


def test_packets_hold_no_more_than_four_instructions():
    one, _ = pipelined(loop_text(), rename=True)
    rows: list[Packet] = [packet for part in one.parts for packet in part]
    assert all(1 <= len(packet.instructions) <= 4 for packet in rows)


def test_the_bound_of_the_registers_it_has_is_told():
    body = (["r4 = memw(r2+#0)"], ["r4 = add(r4,#1)"], ["r1 = xor(r1,r4)"], ["r4 = mpyi(r4,r4)"],
            ["r1 = xor(r1,r4)"])  # fmt: skip
    (row,) = [one for one in block_bounds(loop_text(body), "loop.s", 2) if one["overlapped"]]
    assert row["registers_kept"]["packets"] > max(one["packets"] for one in row["overlapped"])


def test_the_number_of_passes_stays_in_its_register_where_others_are_renamed():
    before = (
        ["r7 = add(r0,#4)", "r12 = memw(r7+#0)"],
        ["r13 = add(r12,r7)"],
        ["r7 = add(r1,#4)", "r14 = add(r1,#4)"],
    )
    body = (
        ["r4 = memw(r2++#4)", "r7 = #0"],
        ["r5 = mpyi(r4,r6)"],
        ["r13 = add(r13,r5)"],
        ["r13 = add(r13,r7)"],
    )
    text = loop_text(body, "loop0(.L1,r7)", before)
    one, written = pipelined(text, rename=True, no_worse=NoWorse.PACKETS)
    assert one.kept == ""
    blocks = read_listing(written).blocks
    texts = [each.text for packet in blocks[0].packets for each in packet.instructions]
    assert "loop0(.L1,r7)" in texts
    assert any("= add(r7,#-1)" in each for each in texts)
