"""Reading assembly: templates with nothing guessed, blocks, and text that comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotweave.base.diagnostics import InputError
from slotweave.hexagon.assembly.grammar import parse_instruction
from slotweave.hexagon.assembly.read import read_listing, with_packets
from slotweave.hexagon.dependence.edges import unknown_instructions
from slotweave.hexagon.machine.opcodes import opcodes
from slotweave.hexagon.machine.samples import sample
from support.hexagon.listings import KERNELS, block_of, kernels, text_of


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("r3 += mpyi(r4,r1)", "R += mpyi(R,R)"),
        ("r17:16 = memd(r29+#-16)", "D = memd(R+I)"),
        ("if (!p0.new) jump:nt .LBB0_8", "if (!P.new) jump:nt L"),
        ("p0 = cmp.gtu(r0,#7); if (!p0.new) jump:t .LBB0_5",
         "P = cmp.gtu(R,I); if (!P.new) jump:t L"),
        ("loop0(.LBB0_3,r7)", "loop0(L,R)"),
        ("r0 = memw(r1<<#2+##table)", "R = memw(R<<#2+X)"),
        ("r0 = add(pc,##_GLOBAL_OFFSET_TABLE_@PCREL)", "R = add(pc,X)"),
        ("jumpr r31", "jumpr R"),
        ("jump rr3", "jump L"),
        ("r32 = add(r1,r2)", "r32 = add(R,R)"),
        ("r1:2 = add(r1:0,r3:2)", "r1:2 = add(D,D)"),
        ("r0 = add(r1, r2)", "R = add(R, R)"),
        ("call r3x", "call L"),
        ("r0 = memw(r1+#sym)", "R = memw(R+#sym)"),
        ("v1 = vmem(r0+#0)", "v1 = vmem(R+I)"),
    ],
)  # fmt: skip
def test_operands_become_letters_and_all_else_stays(text, template):
    assert parse_instruction(text).template == template


@given(st.sampled_from(sorted(opcodes())), st.integers(0, 1))
def test_the_instruction_of_a_template_has_that_template(template, bank):
    text = sample(template, bank).text
    read = parse_instruction(text)
    assert read.template == template
    assert read.with_text(template) == text


def test_the_examples_text_comes_back_byte_for_byte():
    listing = kernels()
    assert listing.text == KERNELS.read_text()
    own = {number: block.packets for number, block in enumerate(listing.blocks)}
    assert with_packets(listing, own) == KERNELS.read_text()


def test_all_of_the_example_is_understood():
    listing = kernels()
    assert listing.cpu == "hexagonv67"
    assert not listing.strange_lines
    assert len(listing.blocks) == 66
    assert sum(block.size for block in listing.blocks) == 1586
    assert not any(map(unknown_instructions, listing.blocks))


@pytest.mark.parametrize("between", ["\t.cfi_def_cfa r30, 8", ".Ltmp1:", "\t.loc 1 2 3"])
def test_a_directive_or_label_ends_a_block(between):
    one = text_of([["r0 = r1"]])
    text = f"{one}{between}\n\t{{\n\t\tr2 = r3\n\t}}\n"
    assert len(read_listing(text).blocks) == 2
    assert read_listing(text).text == text


def test_a_comment_does_not_end_a_block():
    text = text_of([["r0 = r1"]]) + "// a remark\n\t{\n\t\tr2 = r3\n\t}\n"
    assert len(read_listing(text).blocks) == 1


@pytest.mark.parametrize("word", ["// InlineAsm Start", "\t// InlineAsm End"])
def test_inline_assembly_ends_a_block(word):
    text = text_of([["r0 = r1"]]) + f"{word}\n\t{{\n\t\tr2 = r3\n\t}}\n"
    assert len(read_listing(text).blocks) == 2


@pytest.mark.parametrize("last", ["jumpr r31", "call f", "if (p0) jump:nt .L", "jump .L"])
def test_what_leaves_a_block_ends_it(last):
    text = text_of([["r0 = r1", last], ["r2 = r3"]])
    assert len(read_listing(text).blocks) == 2


def test_a_symbol_that_sounds_like_a_branch_does_not_end_a_block():
    assert len(block_of(["r0 = ##call"], ["r1 = r0"]).packets) == 2


@pytest.mark.parametrize(
    "lines",
    [
        ["\tr0 = r1"],
        ["\t{ r0 = r1 }"],
        ["\t{", "\t\tr0 = r1", "\t} :endloop7"],
        ["\t{", "\t\t.word 1", "\t}"],
        ["\t{", "\t}"],
    ],
)
def test_what_is_no_printed_packet_is_counted_and_kept(lines):
    text = text_of([["r0 = r1"]]) + "\n".join(lines) + "\n"
    listing = read_listing(text)
    assert len(listing.blocks) == 1
    assert listing.strange_lines
    assert listing.text == text


def test_a_packet_without_an_end_is_refused():
    text = text_of([["r0 = r1"]])
    with pytest.raises(InputError) as refused:
        read_listing(text + "\t{\n\t\tr0 = r1\n", "cut.s")
    found = refused.value.diagnostic
    assert (found.code, found.file, found.line) == ("SW213", "cut.s", len(text.splitlines()) + 1)


@pytest.mark.parametrize(
    ("line", "version"), [("\t.attribute\t4, 62\t// Tag_arch\n", 62), ("", 60)]
)
def test_a_file_without_a_version_is_taken_for_the_oldest(line, version):
    assert read_listing(line + text_of([["r0 = r1"]])).version == version


def test_windows_line_ends_stay():
    text = text_of([["r0 = r1"], ["r2 = r3"]]).replace("\n", "\r\n")
    listing = read_listing(text)
    assert with_packets(listing, {0: listing.blocks[0].packets}) == text


def test_blocks_are_named_after_labels():
    text = "f:\n\t{\n\t\tcall g\n\t}\n\t{\n\t\tr0 = r1\n\t}\n.LBB0_1:\n\t{\n\t\tr2 = r3\n\t}\n"
    assert [block.name for block in read_listing(text).blocks] == ["f", "f+1", ".LBB0_1"]
