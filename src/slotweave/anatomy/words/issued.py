"""One operation of a program at its place, with the operations whose results it reads."""

from __future__ import annotations

from typing import NamedTuple

from slotweave.ir.program import Slot
from slotweave.isa.operations import Effect
from slotweave.simulate.slots import SlotKind


class Issued(NamedTuple):
    """`slot`, which stands in `bundle`; `producers` numbers the operations that wrote what it
    reads, each once."""

    bundle: int
    engine: str
    position: int
    kind: SlotKind
    slot: Slot
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
    def effect(self) -> Effect:
        return self.kind.operation.effect
