"""Which registers may be read after each block of a file, told from its text alone.

Guarantees: a register that is not live after a block is written before it is read on each path
that leaves the block, within its function and by the calling convention of LLVM for Hexagon. Where
that says nothing, all registers are live: at jumps to what is no label of the function and to
registers other than r31, in functions with lines that are no printed packet, around traps, and at
calls of functions whose names begin with `__` (the runtime's have conventions of their own).

A call reads r0 to r5 and leaves r16 to r27 and the stack as they were; a return leaves r0, r1 (the
result), r16 to r27 and the stack to its caller.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence

from slotweave.hexagon.assembly.listing import Block, Listing, Packet
from slotweave.hexagon.judges.text import CONDITION, news, read, self_made, written

Registers = frozenset[str]


def _named(first: int, last: int) -> Registers:
    return frozenset(f"r{number}" for number in range(first, last + 1))


_PREDICATES = frozenset({"p0", "p1", "p2", "p3"})
_OTHERS = frozenset({"m0", "m1", "lc0", "sa0", "lc1", "sa1"})
ALL = _named(0, 31) | _PREDICATES | _OTHERS
_STACK = _named(29, 31)
_ARGUMENTS = _named(0, 5) | _named(29, 30)
_RETURNED = _named(0, 1) | _named(16, 27) | _STACK
_CLOBBERED = _named(0, 15) | frozenset({"r28", "r31"}) | _PREDICATES | _OTHERS
_CALL = re.compile(r"(^|\) )callr? (?P<name>\S+)$")
_JUMP = re.compile(r"(^|; |\) )jump(:n?t)? (##)?(?P<label>\S+)$")
_LOOP = re.compile(r"^loop(?P<level>[01])\((##)?(?P<label>[^,]+),")
_RETURN = re.compile(r"(^|\) )(jumpr(:n?t)? r31|(r31:30 = )?dealloc_return.*)$")
_LEAVES = re.compile(r"(^|; |\) )(jumpr?|dealloc_return|r31:30 = dealloc_return)\b")
#: All predicates as one register, by either of its names.
_CONTROL = re.compile(r"\bp3:0|\bc\d")
#: Directives that may be code in a function's text.
_DATA = re.compile(r"^\s*\.(word|long|4byte|half|hword|short|byte|quad|inst|insn|incbin)\b")
_STRANGE = re.compile(r"\b(trap0|trap1|rte|pause|wait|jumpr)\b")


def live_out(listing: Listing) -> tuple[Registers, ...]:
    """For each block of `listing` the registers that may be read after it."""
    found: list[Registers] = [ALL] * len(listing.blocks)
    members: defaultdict[str, list[int]] = defaultdict(list)
    for number, block in enumerate(listing.blocks):
        members[block.function].append(number)
    strange = _strange_functions(listing)
    for function, numbers in members.items():
        if function and function not in strange:
            for number, live in _of_function(listing.blocks, numbers).items():
                found[number] = live
    return tuple(found)


def live_before(packets: Sequence[Packet], live: Registers) -> Registers:
    """The registers that may be read from these packets on, where `live` may be after them."""
    for packet in reversed(packets):
        live = _before(packet, live)
    return live


def _strange_functions(listing: Listing) -> set[str]:
    """The functions around lines that look like code, or may be, and are no packets."""
    firsts = [block.packets[0].first for block in listing.blocks]
    names = [block.function for block in listing.blocks]
    data = [number for number, line in enumerate(listing.lines) if _DATA.match(line)]
    found = set()
    for line in listing.strange_lines:
        place = bisect(firsts, line)
        found |= {*names[max(0, place - 1) : place + 1]}
    for line in data:
        place = bisect(firsts, line)
        beside = names[max(0, place - 1) : place + 1]
        if len(beside) == 2 and beside[0] == beside[1]:
            found.add(beside[0])
    return found


def _of_function(blocks: Sequence[Block], numbers: Sequence[int]) -> Mapping[int, Registers]:
    """The registers live after each block, by rounds until nothing changes."""
    labels: dict[str, int] = {}
    for number in numbers:
        labels.setdefault(blocks[number].label, number)
    loops = _loop_starts(blocks, numbers)
    before: dict[int, Registers] = dict.fromkeys(numbers, frozenset())
    after: dict[int, Registers] = {}
    changed = True
    while changed:
        changed = False
        for place in reversed(range(len(numbers))):
            number = numbers[place]
            follower = numbers[place + 1] if place + 1 < len(numbers) else -1
            falls = before[follower] if follower == number + 1 else ALL
            after[number] = _after(blocks[number], falls, labels, loops, before)
            live = live_before(blocks[number].packets, after[number])
            changed |= live != before[number]
            before[number] = live
    return after


def _loop_starts(blocks: Sequence[Block], numbers: Sequence[int]) -> Mapping[str, set[str]]:
    """The labels at which the loops of each level begin."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for number in numbers:
        for packet in blocks[number].packets:
            for one in packet.instructions:
                match = _LOOP.match(one.text)
                if match:
                    found[match["level"]].add(match["label"])
    return found


def _after(
    block: Block,
    falls: Registers,
    labels: Mapping[str, int],
    loops: Mapping[str, set[str]],
    before: Mapping[int, Registers],
) -> Registers:
    """What is live after a block, where `falls` is live if it is left at its end."""
    packet = block.packets[-1]
    texts = [one.text for one in packet.instructions]
    live: Registers = frozenset()
    targets = [match["label"] for text in texts if (match := _JUMP.search(text))]
    for flag in packet.flags:
        for level in flag.removeprefix("endloop") if flag.startswith("endloop") else "":
            targets += sorted(loops.get(level, {""}))
            live |= {f"lc{level}", f"sa{level}"}
    for target in targets:
        live |= before[labels[target]] if target in labels else ALL
    for text in texts:
        live |= _left_by(text)
    if not _always_leaves(texts):
        live |= falls - _CLOBBERED if _certain_call(texts) else falls
    return live


def _left_by(text: str) -> Registers:
    """What a call, a return or another jump to a register reads after its packet."""
    call = _CALL.search(text)
    if call is not None:
        return ALL if call["name"].removeprefix("##").startswith("__") else _ARGUMENTS
    if _RETURN.search(text):
        return _RETURNED
    return ALL if _STRANGE.search(text) else frozenset()


def _certain_call(texts: Sequence[str]) -> bool:
    return any(_CALL.search(text) and CONDITION.match(text) is None for text in texts)


def _always_leaves(texts: Sequence[str]) -> bool:
    """Whether a jump or return is taken in any case."""
    return any(
        _LEAVES.search(text) and CONDITION.match(text) is None and not text.startswith("if ")
        and "; if " not in text
        for text in texts
    )  # fmt: skip


def _before(packet: Packet, live: Registers) -> Registers:
    """What is live before a packet: what it reads, and what it does not overwrite in any case."""
    texts = [one.text for one in packet.instructions]
    if any(re.search(r"\b(trap0|trap1|rte|pause|wait)\b", text) for text in texts):
        return ALL
    certain = {name for text in texts if CONDITION.match(text) is None for name in written(text)}
    needed = {name for text in texts for name in read(text)}
    if any(_CONTROL.search(text) for text in texts):
        needed |= _PREDICATES
    fresh = {name for text in texts for name in news(text) - self_made(text)}
    return frozenset((live - certain) | needed | (fresh - certain))
