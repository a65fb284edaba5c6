"""What loops whose passes overlap need of the code around them: targets in reach, and their number.

Blocks are packed as if no loop were pipelined. Only where one is, and its setup may then be too far
from it in the file as it would be written and has a full packet, or the number of its passes may be
in another register, is the block before it packed once more, with room for another word and that
register kept; if that costs packets or stalls, the loop is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from slotweave.hexagon.assembly.listing import Block, Listing
from slotweave.hexagon.assembly.reach import out_of_reach
from slotweave.hexagon.assembly.read import read_listing
from slotweave.hexagon.packing.loop_entry import LoopEntry
from slotweave.hexagon.packing.pipelined import Pipelined
from slotweave.hexagon.packing.repack import Repacked

OUT_OF_REACH = "a target would be out of reach"
RENAMED = "the number of its passes is in another register"

#: Pack the block of a number again, with room for what it says is far, and these registers live
#: after it; the last is how it is packed without.
Pack = Callable[[int, Block, frozenset[str], Repacked], Repacked]

_Both = tuple[dict[int, Repacked], dict[int, Pipelined]]


def with_numbers_kept(
    blocks: Mapping[int, Repacked], loops: Mapping[int, Pipelined], pack: Pack
) -> _Both:
    """Blocks and loops as they are, but for loops of which the register that holds the number of
    passes is not kept by the block before them: that is packed again, or the loop is left."""
    packed, kept = dict(blocks), dict(loops)
    for number, one in loops.items():
        if one.code is None or one.entry is None or not one.entry.register:
            continue
        plain = blocks[one.entry.block]
        if plain.live is not None and one.entry.register not in plain.live:
            _give(packed, kept, number, _again(plain, one.entry, plain.block, pack), RENAMED)
    return packed, kept


def within_reach(
    listing: Listing,
    text: str,
    blocks: Mapping[int, Repacked],
    loops: Mapping[int, Pipelined],
    pack: Pack,
) -> _Both:
    """Blocks and loops as they are, but for loops for which, in the file `text` of both, a target
    is out of reach: by their own setup, to which its block then gives room, or which are left; or
    by what jumps in their function, and did not so in the listing, for which they are left."""
    packed, kept = dict(blocks), dict(loops)
    faults = list(out_of_reach(read_listing(text)))
    labels = {label for _, each in faults for label in _labels(each)}
    written = {number: one for number, one in loops.items() if one.code is not None}
    own = [number for number, one in written.items() if one.block.label in labels]
    for number in own:
        entry = written[number].entry
        assert entry is not None  # it is written
        plain, roomy = blocks[entry.block], None
        if entry.setup not in plain.block.far:
            far = plain.block.far | {entry.setup}
            roomy = _again(plain, entry, replace(plain.block, far=far), pack)
        _give(packed, kept, number, roomy, OUT_OF_REACH)
    if not own:
        before = set(out_of_reach(listing))
        functions = {function for function, each in faults if (function, each) not in before}
        for number, one in written.items():
            if one.block.function in functions:
                _give(packed, kept, number, None, OUT_OF_REACH)
    return packed, kept


def _give(
    packed: dict[int, Repacked],
    kept: dict[int, Pipelined],
    number: int,
    again: Repacked | None,
    why: str,
) -> None:
    """Put the block before loop `number` in its place, or leave the loop if there is none."""
    entry = kept[number].entry
    if again is not None and entry is not None:
        packed[entry.block] = again
    else:
        kept[number] = replace(kept[number], code=None, period=None, kept=why)


def _again(plain: Repacked, entry: LoopEntry, block: Block, pack: Pack) -> Repacked | None:
    """The block packed once more as the loop that it sets up needs it, None if that takes more
    packets or stalls. What is known of its packets stays as it was."""
    if plain.written is None:
        return None
    again = pack(entry.block, block, frozenset({entry.register} - {""}), plain)
    if again.after > plain.after or again.stalls_after > plain.stalls_after:
        return None
    return replace(
        plain, block=again.block, written=again.written, stalls=again.stalls,
        same=again.same, live=again.live,
    )  # fmt: skip


def _labels(text: str) -> list[str]:
    """The label of a loop that `text` sets up."""
    return [text[len("loop0(") :].split(",")[0]] if text.startswith("loop0(") else []
