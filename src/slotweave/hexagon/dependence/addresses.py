"""Addresses as a base and an offset, as far as additions of constants carry them.

A base is a symbol for the value that a register had at some point of the block. Two accesses are
apart if they have one base and offsets that do not meet; of two bases nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slotweave.hexagon.assembly.grammar import IMMEDIATE, Instruction
from slotweave.hexagon.dependence.effects import Access, Effects

#: Addresses count modulo this.
_SPACE = 1 << 32


@dataclass(frozen=True, slots=True)
class Place:
    """The bytes from base + offset on; without an offset they may be anywhere.

    Private ones are met by no access by another base, and of separate ones those by different bases
    do not meet, which somebody has to state.
    """

    base: str
    offset: int | None
    size: int
    is_private: bool = False
    is_separate: bool = False

    def may_meet(self, other: Place) -> bool:
        if (self.is_private or other.is_private) and self.base != other.base:
            return False
        if self.is_separate and other.is_separate and self.base != other.base:
            return False
        if self.offset is None or other.offset is None or self.base != other.base:
            return True
        ahead = (other.offset - self.offset) % _SPACE
        return ahead < self.size or _SPACE - ahead < other.size


@dataclass
class Addresses:
    """What is known of registers at a point of a block: a base and an offset for each."""

    known: dict[str, tuple[str, int]] = field(default_factory=dict)
    made: int = 0

    def place(self, access: Access) -> Place:
        """The bytes of an access by the registers as they are now."""
        if access.offset is None:
            return Place("", None, access.size)
        base, offset = self.of(access.base)
        return Place(base, offset + access.offset, access.size)

    def of(self, register: str) -> tuple[str, int]:
        return self.known.setdefault(register, (f"{register} at first", 0))

    def after(self, rows: list[tuple[Instruction, Effects]]) -> None:
        """Go past a packet: all of its instructions read what is known, and then all write."""
        fresh: dict[str, tuple[str, int]] = {}
        for instruction, effect in rows:
            sums = self._sums(instruction, effect)
            for register in effect.written:
                self.made += 1
                value = sums.get(register, (f"{register} made {self.made}", 0))
                is_first = register not in fresh
                fresh[register] = value if is_first else (f"{register} either {self.made}", 0)
        self.known.update(fresh)

    def _sums(self, instruction: Instruction, effect: Effects) -> dict[str, tuple[str, int]]:
        """The registers that are some register and a constant after `instruction`."""
        operands = instruction.operands
        if effect.condition is not None:
            return {}
        if instruction.template == "allocframe(I)":
            base, offset = self.of("r29")
            size = operands[0].value or 0
            return {"r30": (base, offset - 8), "r29": (base, offset - 8 - size)}
        if instruction.template in ("R = add(R,I)", "R = add(R,X)"):
            amount = operands[2].value
            if amount is None:
                return {}
            base, offset = self.of(operands[1].text)
            return {operands[0].text: (base, offset + amount)}
        if instruction.template == "R = R":
            return {operands[0].text: self.of(operands[1].text)}
        if "(R++I)" in instruction.template:
            place = next(k for k, one in enumerate(operands) if one.kind == IMMEDIATE) - 1
            base, offset = self.of(operands[place].text)
            return {operands[place].text: (base, offset + (operands[place + 1].value or 0))}
        return {}
