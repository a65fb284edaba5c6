"""Loops whose passes overlap move other targets away: who jumps across them needs room for that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from slotweave.hexagon.assembly.listing import Listing
from slotweave.hexagon.assembly.reach import MOST_WORDS, crowded, sets_up_loop, words
from slotweave.hexagon.assembly.read import read_listing
from slotweave.hexagon.packing.loops import is_loop_of_one_block
from slotweave.hexagon.packing.pipelined import Pipelined

OUT_OF_REACH = "a target would be out of reach"


def with_room_for_setups(listing: Listing) -> Listing:
    """The listing in which what sets up the loop of the next block keeps room for a word, if it has
    it: packets that start passes will stand between the two."""
    blocks = list(listing.blocks)
    for number, block in enumerate(blocks[:-1]):
        if is_loop_of_one_block(listing, blocks[number + 1]):
            far = {
                one.text
                for packet in block.packets
                if words(packet) < MOST_WORDS
                for one in packet.instructions
                if sets_up_loop(one)
            }
            blocks[number] = replace(block, far=block.far | far)
    return replace(listing, blocks=tuple(blocks))


def within_reach(
    listing: Listing, text: str, loops: Mapping[int, Pipelined]
) -> dict[int, Pipelined]:
    """The loops, without what is written of those for which, in the file `text`, a target is out
    of reach that was not so in the listing: by its own setup, or by what jumps in its function."""
    before = set(_crowded(listing))
    faults = [one for one in _crowded(read_listing(text)) if one not in before]
    labels = {label for _, texts in faults for label in _labels(texts)}
    kept = dict(loops)
    written = [number for number, one in loops.items() if one.code is not None]
    own = [number for number in written if loops[number].block.label in labels]
    functions = {function for function, _ in faults}
    for number in own or [k for k in written if loops[k].block.function in functions]:
        kept[number] = replace(loops[number], code=None, period=None, kept=OUT_OF_REACH)
    return kept


def _crowded(listing: Listing) -> Iterator[tuple[str, str]]:
    for block in listing.blocks:
        yield from ((block.function, text) for text in crowded(block))


def _labels(text: str) -> list[str]:
    """The label of a loop that `text` sets up."""
    return [text[len("loop0(") :].split(",")[0]] if text.startswith("loop0(") else []
