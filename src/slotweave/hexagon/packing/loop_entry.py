"""How a hardware loop of one block is entered: where it is set up, and how many passes it makes.

A loop has one `loop0` that names its label, and nothing else in the file names it: so it is entered
from above alone, or by the end of a pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from slotweave.hexagon.assembly.listing import Block, Listing
from slotweave.hexagon.dependence.effects import effects
from slotweave.hexagon.machine.opcodes import opcode

_SETUP = re.compile(r"^loop0\((?P<label>[^,]+),(?:#(?P<count>\d+)|(?P<register>r\d+))\)$")
_OTHER_WAY = re.compile(r"\bcallr?\b|^trap|^pause|^wait|^rte")
_ALIGNED = re.compile(r"^\s*\.p2align\b")


@dataclass(frozen=True, slots=True)
class LoopEntry:
    """The block that sets the loop up and the text that does, the number of passes or the register
    that holds it when the loop begins, and the line from which on the loop stands: its label's, or
    that of directives that align it."""

    block: int
    setup: str
    count: int | None
    register: str
    line: int

    def aligned(self, listing: Listing, first: int) -> str:
        """The directives that align the loop, whose first packet is at line `first`."""
        lines = listing.lines[self.line : first]
        return "".join(line for line in lines if _ALIGNED.match(line))


def loop_entry(listing: Listing, number: int) -> LoopEntry | str:
    """How the loop of block `number` is entered, or why that is not known."""
    block = listing.blocks[number]
    if number == 0 or "endloop0" not in block.packets[-1].flags:
        return "it is no loop of level 0 alone"
    before = listing.blocks[number - 1]
    found = [
        (match, place)
        for place, packet in enumerate(before.packets)
        for one in packet.instructions
        if (match := _SETUP.match(one.text)) and match["label"] == block.label
    ]
    if len(found) != 1 or before.function != block.function:
        return "it is not set up in the block before it"
    match, place = found[0]
    if _leaves(before):
        return "the block before it may leave it out"
    between = listing.lines[before.packets[-1].last + 1 : block.packets[0].first]
    if any(not _is_plain(line, block.label) for line in between):
        return "something stands between it and the block before it"
    if _mentions(listing.lines, block.label) != 2:
        return "its label is named elsewhere, too"
    count = None if match["count"] is None else int(match["count"])
    register = match["register"] or ""
    if register and register in _written(before, place):
        return f"{register}, the number of its passes, is written before it begins"
    return LoopEntry(number - 1, match[0], count, register, _first_line(listing, block))


def _is_plain(line: str, label: str) -> bool:
    """Whether a line is empty, a comment, the loop's label, or aligns it."""
    text = line.partition("//")[0].strip()
    return not text or text == f"{label}:" or _ALIGNED.match(line) is not None


def _leaves(block: Block) -> bool:
    """Whether control comes to the next block in another way than after the last packet: from a
    call, which may set loops up, or past an end of a loop. A jump under a condition is none."""
    last = block.packets[-1]
    known = [(one, opcode(one)) for one in last.instructions]
    for one, found in known:
        if found is None or _OTHER_WAY.search(one.template):
            return True
        if effects(one, found).is_branch and "if (" not in one.template:
            return True
    return any(flag.startswith("endloop") for flag in last.flags)


def _written(block: Block, place: int) -> set[str]:
    """The registers that packets from `place` on write."""
    found: set[str] = set()
    for packet in block.packets[place:]:
        for one in packet.instructions:
            known = opcode(one)
            if known is None:
                found.update(name for operand in one.operands for name in operand.registers)
            else:
                found.update(effects(one, known).written)
    return found


def _mentions(lines: Sequence[str], label: str) -> int:
    word = re.compile(rf"(?<![\w.$@]){re.escape(label)}(?![\w.$@])")
    return sum(len(word.findall(line.partition("//")[0])) for line in lines)


def _first_line(listing: Listing, block: Block) -> int:
    """The line of the block's label, or of the alignment before it."""
    line = block.packets[0].first
    while not listing.lines[line].startswith(f"{block.label}:"):
        line -= 1
    while line and _ALIGNED.match(listing.lines[line - 1]):
        line -= 1
    return line
