"""One operation of a program at its place, with the operations whose results it reads."""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.ir.program import Slot
from slotweave.isa.operations import Effect
from slotweave.simulate.slots import SlotKind

#: (number of the operation, lane of its result); (-1, 0) is a word that nothing has written: 0.
Word = tuple[int, int]
NEVER_WRITTEN: Word = (-1, 0)


@dataclass(frozen=True, slots=True)
class Issued:
    """`slot`, which stands in `bundle`; `reads` has the words of each source.

    `producers` numbers the operations that wrote what it reads, each once.
    """

    bundle: int
    engine: str
    position: int
    kind: SlotKind
    slot: Slot
    reads: tuple[tuple[Word, ...], ...]
    producers: tuple[int, ...]

    @property
    def place(self) -> tuple[int, str, int]:
        """Bundle, engine, slot."""
        return self.bundle, self.engine, self.position

    @property
    def lands(self) -> int:
        """The first bundle that can read the result."""
        return self.bundle + self.kind.latency

    @property
    def written(self) -> range:
        return self.kind.words_written(self.slot)

    @property
    def effect(self) -> Effect:
        return self.kind.operation.effect
