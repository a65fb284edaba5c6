"""Memory that holds terms and remembers every address that was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from slotweave.check.symbolic.symbolic_memory import MemoryMap, SymbolicMemory, chosen_address
from slotweave.check.symbolic.terms import Terms


class RecordedMemory(SymbolicMemory):
    """`touched` are the address terms of all loads and stores so far, `scattered` those of stores
    that are neither constants nor one of two (which may have changed any word)."""

    def __init__(self, terms: Terms, layout: MemoryMap, known: Mapping[int, int]) -> None:
        super().__init__(terms, layout, known)
        self.touched: set[int] = set()
        self.scattered: set[int] = set()

    def load(self, address: int, region: int | None) -> int:
        self.touched.add(address)
        return super().load(address, region)

    def store(self, address: int, region: int | None, word: int) -> None:
        self.touched.add(address)
        if self._terms.known(address) is None and chosen_address(self._terms, address) is None:
            self.scattered.add(address)
        super().store(address, region, word)
