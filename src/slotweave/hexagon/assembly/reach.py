"""Targets that may lie out of the reach of the instructions that name them.

A branch and the setup of a loop hold the distance to their target in a few bits. Where it is
farther, the assembler extends the distance by a word, for which the packet needs room (LLVM's ends
abruptly where there is none). Distances are estimated from above: each instruction takes a word,
and directives that align take as much as they may. So they do not grow as blocks are packed again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from slotweave.hexagon.assembly.grammar import EXTENDED, SYMBOL, Instruction
from slotweave.hexagon.assembly.listing import Block, Listing, Packet

#: Words of a packet, and bytes of a word.
MOST_WORDS, WORD = 4, 4
_LOOP = re.compile(r"^loop[01]\(L,")
#: Bytes within which a target has to be (Programmer's Reference Manual: r7:2 for loops, r9:2 where
#: a comparison or a move is part of the jump, r15:2 under a predicate); plain jumps reach 8 MB.
_REACHES = (
    (_LOOP, 252),
    (re.compile(r"(\(.*R\.new.*\)|;.*) jump(:n?t)? L$"), 1020),
    (re.compile(r"^if \(!?P(\.new)?\) (jump(:n?t)?|call) L$"), 65532),
)
_ALIGN = re.compile(r"^\s*\.(?:p2align|balign|align)\s+(?P<amount>\d+)")
#: Directives that may put an unknown number of bytes among the packets.
_DATA = re.compile(
    r"^\s*\.(byte|2byte|4byte|8byte|half|hword|short|word|long|quad|ascii|asciz|string|space|skip|"
    r"fill|zero|org|rept|irp|macro|include|incbin|block|inst|insn)\b"
)
_UNKNOWN = 1 << 20


def words(packet: Packet) -> int:
    """The words of a packet, without those that an assembler adds."""
    texts = (one.template for one in packet.instructions if one.template != "nop")
    return sum(1 + text.count(EXTENDED) for text in texts)


def sets_up_loop(instruction: Instruction) -> bool:
    return _LOOP.match(instruction.template) is not None


def with_far_targets(listing: Listing) -> Listing:
    """The listing with what its blocks say of the targets that may be too far for a word."""
    places, labels = _places_and_labels(listing)
    blocks = tuple(
        replace(block, far=far) if (far := _far(block, places, labels)) else block
        for block in listing.blocks
    )
    return replace(listing, blocks=blocks)


def crowded(block: Block) -> list[str]:
    """The texts of instructions with targets that may be too far, in packets without room."""
    return [
        one.text
        for packet in block.packets
        if words(packet) >= MOST_WORDS
        for one in packet.instructions
        if one.text in block.far
    ]


def out_of_reach(listing: Listing) -> Iterator[tuple[str, str]]:
    """Function and text of each instruction in a packet without room whose target may be too far
    from where the instruction stands."""
    places, labels = _places_and_labels(listing)
    for block in listing.blocks:
        for packet in block.packets:
            if words(packet) >= MOST_WORDS:
                span = places[packet.first], places[packet.last + 1]
                for one in packet.instructions:
                    if _is_far(one, span, labels):
                        yield block.function, one.text


def _far(block: Block, places: Mapping[int, int], labels: Mapping[str, int]) -> frozenset[str]:
    """The texts of those instructions of a block whose targets may be too far."""
    first, end = places[block.packets[0].first], places[block.packets[-1].last + 1]
    # A setup may go to any packet of its block, a branch stands in the last one.
    last = end - MOST_WORDS * WORD
    return frozenset(
        one.text
        for packet in block.packets
        for one in packet.instructions
        if _is_far(one, (first if sets_up_loop(one) else last, end), labels)
    )


def _is_far(one: Instruction, span: tuple[int, int], labels: Mapping[str, int]) -> bool:
    """Whether the target of an instruction that stands in these bytes may be too far."""
    reach = next((most for form, most in _REACHES if form.search(one.template)), None)
    if reach is None:
        return False
    begin, end = span
    target = next(each.text for each in one.operands if each.kind == SYMBOL)
    place = labels.get(target, end + _UNKNOWN) if target.startswith(".L") else _UNKNOWN
    return max(place - begin, end - place) > reach


def _places_and_labels(listing: Listing) -> tuple[dict[int, int], dict[str, int]]:
    """The bytes before each line, and before each label, at most."""
    places = _places(listing)
    labels = {
        block.label: places[block.packets[0].first]
        for block in reversed(listing.blocks)
        if not block.number
    }
    return places, labels


def _places(listing: Listing) -> dict[int, int]:
    """The bytes before each line, at most."""
    sizes = dict(_sizes(listing))
    places, place = {}, 0
    for number in range(len(listing.lines) + 1):
        places[number] = place
        place += sizes.get(number, 0)
    return places


def _sizes(listing: Listing) -> Iterator[tuple[int, int]]:
    """The bytes of the lines that have some; those of a packet are its first line's."""
    for number, line in enumerate(listing.lines):
        text = line.lstrip()
        if text.startswith("."):
            aligned = _ALIGN.match(line)
            if aligned:
                amount = int(aligned["amount"])
                yield number, (1 << amount if "p2align" in text and amount < 20 else amount)
            elif _DATA.match(line):
                yield number, _UNKNOWN
    yield from ((number, _UNKNOWN) for number in listing.strange_lines)
    for block in listing.blocks:
        for packet in block.packets:
            ends = sum(flag.startswith("endloop") for flag in packet.flags)
            yield packet.first, WORD * max(1, words(packet), 3 * ends)
