"""A file of assembly as values: lines kept byte for byte, and the packets and blocks among them."""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.hexagon.assembly.grammar import Instruction

#: The oldest version that is read; what it allows, all later ones allow.
OLDEST = 60


@dataclass(frozen=True, slots=True)
class Packet:
    """Instructions between braces: lines `first` (the opening brace) to `last`, from 0.

    `flags` stand after the closing brace (`endloop0`, `mem_noshuf`), `comments` one for each
    instruction, and the last of them at the closing brace.
    """

    first: int
    last: int
    instructions: tuple[Instruction, ...]
    flags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Packets that run one after the other, with nothing between them but comments.

    Nothing jumps into it but at its begin, and it is left after its last packet alone.
    `number` counts the blocks after `label`; `far` has the texts of instructions whose target may
    be too far for their word.
    """

    function: str
    label: str
    number: int
    packets: tuple[Packet, ...]
    far: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """`sha8`, `.LBB0_3`, `.LBB0_3+1`."""
        return f"{self.label}+{self.number}" if self.number else self.label

    @property
    def shown_name(self) -> str:
        """The name as tables show it: behind that of the function, if it does not begin so."""
        if self.name.startswith(self.function) or not self.function:
            return self.name
        return f"{self.function} {self.name}"

    @property
    def is_loop(self) -> bool:
        """Whether it ends a hardware loop."""
        return any(flag.startswith("endloop") for flag in self.packets[-1].flags)

    @property
    def size(self) -> int:
        """Its instructions."""
        return sum(len(packet.instructions) for packet in self.packets)


@dataclass(frozen=True, slots=True)
class Listing:
    """A file: its lines with their ends, its blocks, and how many lines look like code and are
    none that the reader takes (they end a block and stay as they are)."""

    file: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    strange_lines: tuple[int, ...]
    cpu: str = ""

    @property
    def text(self) -> str:
        return "".join(self.lines)

    @property
    def version(self) -> int:
        """The version of the architecture that the file names, the oldest if it names none."""
        digits = self.cpu.removeprefix("hexagonv").rstrip("t")
        return int(digits) if digits.isdigit() else OLDEST
