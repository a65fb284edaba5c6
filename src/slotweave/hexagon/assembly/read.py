"""Assembly as clang and llvm-mc print it, read into blocks of packets.

A block ends before a label, a directive or anything else that is no comment, after a packet that
branches, calls or ends a loop, and around inline assembly. What is no packet of the printed form is
kept as it is, ends a block, and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.hexagon.assembly.grammar import Instruction, parse_instruction
from slotweave.hexagon.assembly.listing import Block, Listing, Packet
from slotweave.hexagon.assembly.reach import with_far_targets

_OPEN = re.compile(r"^\s*\{\s*(//.*)?$")
_CLOSE = re.compile(r"^\s*\}(?P<flags>(?:\s*:\w+)*)\s*(?P<comment>//.*)?$")
_LABEL = re.compile(r'^(?P<name>[\w.$@]+|"[^"]*"):\s*(//.*)?$')
_BLOCK_COMMENT = re.compile(r"^\s*// %bb\.(?P<number>\d+):")
_TYPE = re.compile(r"^\s*\.type\s+(?P<name>[\w.$]+),@function")
_ARCHITECTURE = re.compile(r"^\s*\.attribute\s+4,\s*(?P<version>\d+)")
_INLINE = re.compile(r"//\s*(InlineAsm|NO_APP|APP\b)")
#: Characters before a comment of LLVM's after a brace.
_COLUMN = 41
_FLAGS = frozenset({"endloop0", "endloop1", "endloop01", "mem_noshuf"})
_LEAVES = re.compile(r"\b(jump|jumpr|call|callr|dealloc_return|trap0|trap1|rte|pause|wait)\b")


def read_listing(text: str, file: str = "") -> Listing:
    """The blocks of `text`; the text of the listing is `text`, byte for byte.

    Raises InputError (SW213) for a packet that has no end, as in a file that was cut off.
    """
    lines = tuple(text.splitlines(keepends=True))
    reading = _Reading(lines, file)
    for number in _line_numbers(reading):
        _take_line(reading, number)
    reading.end_block()
    read = Listing(file, lines, tuple(reading.blocks), tuple(reading.strange), reading.cpu)
    return with_far_targets(read)


@dataclass
class _Reading:
    """How far reading has come: the block under way, and where it stands."""

    lines: tuple[str, ...]
    file: str
    functions: set[str] = field(default_factory=set)
    function: str = ""
    label: str = ""
    number: int = 0
    packets: list[Packet] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    strange: list[int] = field(default_factory=list)
    next_line: int = 0
    cpu: str = ""

    def end_block(self) -> None:
        if self.packets:
            packets = tuple(self.packets)
            self.blocks.append(Block(self.function, self.label, self.number, packets))
            self.packets.clear()
            self.number += 1

    def begin_at(self, label: str) -> None:
        self.end_block()
        self.label, self.number = label, 0


def _line_numbers(reading: _Reading) -> Iterator[int]:
    while reading.next_line < len(reading.lines):
        number = reading.next_line
        reading.next_line += 1
        yield number


def _take_line(reading: _Reading, number: int) -> None:
    line = reading.lines[number].rstrip("\r\n")
    if _OPEN.match(line):
        packet = _packet_at(reading.lines, number)
        if packet is None:
            _pass_over(reading, number)
        else:
            reading.packets.append(packet)
            reading.next_line = packet.last + 1
            if _ends_block(packet):
                reading.end_block()
    elif _is_comment(line):
        _take_comment(reading, line)
    else:
        _take_other(reading, number, line)


def _take_comment(reading: _Reading, line: str) -> None:
    begun = _BLOCK_COMMENT.match(line)
    if begun:
        number = int(begun["number"])
        reading.begin_at(f"{reading.function}:bb.{number}" if number else reading.function)
    elif _INLINE.search(line):
        reading.end_block()


def _take_other(reading: _Reading, number: int, line: str) -> None:
    """A label, a directive, or what is neither."""
    reading.end_block()
    label, typed = _LABEL.match(line), _TYPE.match(line)
    architecture = _ARCHITECTURE.match(line)
    if typed:
        reading.functions.add(typed["name"])
    elif architecture:
        reading.cpu = f"hexagonv{architecture['version']}"
    elif label:
        name = label["name"]
        if name in reading.functions:
            reading.function = name
        reading.begin_at(name)
    elif not line.lstrip().startswith("."):
        reading.strange.append(number)


def _is_comment(line: str) -> bool:
    text = line.strip()
    return not text or text.startswith("//")


def _packet_at(lines: tuple[str, ...], first: int) -> Packet | None:
    """The packet that opens at line `first`; None if its lines are not of the printed form."""
    instructions: list[Instruction] = []
    comments: list[str] = []
    for number in range(first + 1, len(lines)):
        line = lines[number].rstrip("\r\n")
        closed = _CLOSE.match(line)
        if closed:
            flags = tuple(closed["flags"].replace(":", " ").split())
            if not instructions or not set(flags) <= _FLAGS:
                return None
            comments.append((closed["comment"] or "").strip())
            return Packet(first, number, tuple(instructions), flags, tuple(comments))
        code, mark, comment = line.partition("//")
        text = code.strip()
        if not text:  # LLVM leaves a line empty before `:mem_noshuf`
            continue
        if "{" in text or "}" in text or text.startswith(".") or text.endswith(":"):
            return None
        instructions.append(parse_instruction(text))
        comments.append((mark + comment).strip())
    return None


def _pass_over(reading: _Reading, first: int) -> None:
    """Leave a packet that is not of the printed form as it is, up to its closing brace."""
    reading.end_block()
    ends = (
        number
        for number in range(first + 1, len(reading.lines))
        if "}" in reading.lines[number].partition("//")[0]
    )
    last = next(ends, None)
    if last is None:
        reason = "the packet that opens here has no end"
        raise InputError(Diagnostic("SW213", reason, file=reading.file, line=first + 1))
    reading.strange += range(first, last + 1)
    reading.next_line = last + 1


def _ends_block(packet: Packet) -> bool:
    loops = any(flag.startswith("endloop") for flag in packet.flags)
    return loops or any(_LEAVES.search(one.template) for one in packet.instructions)


def with_packets(listing: Listing, changed: dict[int, tuple[Packet, ...]]) -> str:
    """The text with the packets of the blocks of these numbers in place of their own."""
    return "".join(lines_with_packets(listing, changed))


def lines_with_packets(listing: Listing, changed: dict[int, tuple[Packet, ...]]) -> list[str]:
    """The lines with the packets of the blocks of these numbers in place of their own: a block in
    place of its first line, and nothing in place of its others.

    Lines between packets stay; those of a block's packets are printed again, in their form.
    """
    lines = list(listing.lines)
    for number, packets in changed.items():
        block = listing.blocks[number]
        first, end = block.packets[0].first, _line_end(listing.lines[block.packets[0].first])
        kept = _between(listing, block)
        printed = [line for packet in packets for line in packet_lines(packet, end)]
        for place in range(first, block.packets[-1].last + 1):
            lines[place] = ""
        lines[first] = "".join((*kept, *printed))
    return lines


def _between(listing: Listing, block: Block) -> list[str]:
    """The lines of comments among the packets of a block, which go before all of them."""
    inside = {k for packet in block.packets for k in range(packet.first, packet.last + 1)}
    span = range(block.packets[0].first, block.packets[-1].last + 1)
    return [listing.lines[k] for k in span if k not in inside]


def _line_end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :] or "\n"


def packet_lines(packet: Packet, end: str = "\n") -> list[str]:
    """A packet as LLVM prints it."""
    flags = "".join(f" :{flag}" for flag in packet.flags)
    comments = packet.comments or ("",) * (len(packet.instructions) + 1)
    rows = [f"\t\t{one.text}" for one in packet.instructions]
    rows.append(f"\t}}{flags}")
    texts = [
        f"{row:<{_COLUMN}}{text}" if text else row for row, text in zip(rows, comments, strict=True)
    ]
    if "mem_noshuf" in packet.flags:
        texts.insert(-1, "")
    return [f"\t{{{end}", *(text + end for text in texts)]


def with_lines(packet: Packet, first: int, last: int) -> Packet:
    """`packet` said to stand at these lines."""
    return replace(packet, first=first, last=last)
