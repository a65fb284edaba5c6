"""Memory that holds terms with ranges: a load of one of a few words is a choice among these.

Guarantees: as `symbolic_memory`. Where the range of a computed address holds at most `FEW` words,
the term of the load says which words these are: the halves of the range are told apart by whether
the address is less than its middle. A program that loads and one that chooses so come out alike.
"""

from __future__ import annotations

from collections.abc import Mapping

from slotweave.check.ranged_terms import RangedTerms
from slotweave.check.recorded_memory import RecordedMemory
from slotweave.check.symbolic_memory import MemoryMap

#: The most words that a load is written out for.
FEW = 16


class RangedMemory(RecordedMemory):
    """Recorded memory on ranged terms; all that is asked for is remembered as it was asked for."""

    def __init__(self, terms: RangedTerms, layout: MemoryMap, known: Mapping[int, int]) -> None:
        super().__init__(terms, layout, known)
        self._ranged = terms

    def load(self, address: int, region: int | None) -> int:
        low, high = self._ranged.range(address)
        if low < high < low + FEW:
            self.touched.add(address)
            return self._among(address, low, high)
        return super().load(address, region)

    def _among(self, address: int, low: int, high: int) -> int:
        """The word at `address`, which is one of `low` .. `high`."""
        if low == high:
            return self.word(low)
        middle = (low + high + 1) // 2
        lower, upper = self._among(address, low, middle - 1), self._among(address, middle, high)
        less = self._ranged.operation("lt", (address, self._ranged.constant(middle)))
        return self._ranged.operation("select", (less, lower, upper))
