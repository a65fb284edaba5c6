"""The names that a program brings for its words of scratch, put in the place of numbers.

A name is for readers and decides nothing. Where several cover a word, the one that begins nearest
before it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from slotweave.anatomy.place import Place
from slotweave.anatomy.words.slot_lines import SlotLines
from slotweave.ir.program import Program, Slot
from slotweave.machine import Machine
from slotweave.simulate.slots import SlotKind, SlotKinds, slot_kinds


@dataclass(frozen=True, eq=False)
class ScratchNames:
    """What readers call the words of scratch of a program; `variables` maps as its `names` do.

    `lines` are those of the kernel, of the program as it is written.
    """

    machine: Machine
    variables: Mapping[int, tuple[str, int]]
    lines: SlotLines
    _kinds: SlotKinds = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Is any word named?"""
        return bool(self._owner)

    @cached_property
    def _owner(self) -> Mapping[int, tuple[str, int, int]]:
        """word -> name, first word and number of words of the variable that it belongs to."""
        size = self.machine.scratch_words
        owner: dict[int, tuple[str, int, int]] = {}
        for first, (name, words) in sorted(self.variables.items()):
            told = "".join(letter for letter in name if letter.isprintable())
            if told and 0 <= first < size and words > 0:
                own = (told, first, words)
                owner.update(dict.fromkeys(range(first, min(first + words, size)), own))
        return owner

    def of(self, first: int, words: int = 1) -> str | None:
        """`x`, `x[3]` or `x[8:16]`: these words, if one variable holds them all."""
        if first not in self._owner:
            return None
        name, begin, size = self._owner[first]
        at = first - begin
        if any(
            self._owner.get(word) != (name, begin, size) for word in range(first, first + words)
        ):
            return None
        if words == size:
            return name
        return f"{name}[{at}]" if words == 1 else f"{name}[{at}:{at + words}]"

    def with_number(self, word: int) -> str:
        """`x[3] (11)`, or the number alone."""
        name = self.of(word)
        return str(word) if name is None else f"{name} ({word})"

    def text(self, engine: str, slot: Slot) -> str:
        """The slot with names for those of its operands that are words of scratch."""
        kind = self._kinds.get(engine, {}).get(slot[0])
        if kind is None or not self:
            return " ".join(map(str, slot))
        operands = (self._operand(kind, slot, at) for at in range(1, len(slot)))
        return " ".join((str(slot[0]), *operands))

    def place(
        self, slot: Slot, bundle: int, engine: str, position: int, cycle: int | None = None
    ) -> Place:
        """`slot`, number `position` of `engine` in `bundle` of the text, run in `cycle`."""
        text, line = " ".join(str(part) for part in slot), self.lines.of(bundle, engine, position)
        return Place(bundle, engine, position, text, self.text(engine, slot), cycle, line)

    def _operand(self, kind: SlotKind, slot: Slot, position: int) -> str:
        number = str(slot[position])
        if position != kind.destination and position not in kind.sources:
            return number
        first, words = slot[position], kind.width(position)
        if kind.words(slot, position).start != first:  # a lane is added: it is one of a vector
            words = kind.vector_length
        return self.of(first, words) or self.of(first) or number


def scratch_names(program: Program, machine: Machine) -> ScratchNames:
    """The names that `program` brings, which is as it is written."""
    kinds = slot_kinds(machine) if program.names else {}
    return ScratchNames(machine, program.names, SlotLines(program), kinds)
