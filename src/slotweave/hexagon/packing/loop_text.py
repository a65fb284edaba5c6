"""A pipelined loop put into the lines of its file.

Where the number of passes is known, the kernel takes the place of the loop, and what comes before
it stands before the loop's label. Where it is in a register, all of it stands before the loop as it
was, which is run if the passes are too few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from slotweave.hexagon.assembly.listing import Block, Listing, Packet
from slotweave.hexagon.assembly.read import packet_lines
from slotweave.hexagon.packing.loop_code import LoopCode
from slotweave.hexagon.packing.loop_entry import LoopEntry

#: How the labels begin that are made here.
_LABEL = ".Lslotweave_"


def kernel_label(block: Block) -> str:
    return f"{_LABEL}kernel_{block.label.removeprefix('.L')}"


def after_label(block: Block) -> str:
    return f"{_LABEL}after_{block.label.removeprefix('.L')}"


def without_jump(packets: Sequence[Packet]) -> tuple[Packet, ...]:
    """The packets without the jump past the loop as it was."""
    rows = (
        replace(one, instructions=tuple(each for each in one.instructions
                                        if not each.text.startswith(f"jump {_LABEL}")))
        for one in packets
    )  # fmt: skip
    return tuple(one for one in rows if one.instructions)


def put_loop(
    listing: Listing, lines: Sequence[str], number: int, code: LoopCode, entry: LoopEntry
) -> list[str]:
    """The lines of a file with the loop of block `number` pipelined; `lines` are those of the
    listing, in which blocks may have been packed again."""
    changed = list(lines)
    block = listing.blocks[number]
    first, last = block.packets[0].first, block.packets[-1].last
    opening = listing.lines[first]
    end = opening[len(opening.rstrip("\r\n")) :] or "\n"

    def printed(*rows: Sequence[Packet]) -> str:
        return "".join(line for row in rows for one in row for line in packet_lines(one, end))

    kernel = printed(code.kernel, code.epilogue)
    if entry.count is not None:
        before = listing.blocks[entry.block]
        passes = entry.count - code.stages + 1
        setup = entry.setup.replace(f",#{entry.count})", f",#{passes})")
        for place in range(before.packets[0].first, before.packets[-1].last + 1):
            changed[place] = changed[place].replace(entry.setup, setup)
        changed[first : last + 1] = [kernel, *[""] * (last - first)]
        changed[entry.line] = printed(code.prologue) + changed[entry.line]
        return changed
    label = f"{kernel_label(block)}:{end}"
    aligned = entry.aligned(listing, first)
    head = printed(code.setup, code.prologue) + aligned + label + kernel
    changed[entry.line] = head + changed[entry.line]
    changed[last] += f"{after_label(block)}:{end}"
    return changed
