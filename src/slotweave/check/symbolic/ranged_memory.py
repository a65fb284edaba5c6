"""Memory that holds terms with ranges: a load of one of a few words is a choice among these.

Guarantees: as `symbolic_memory`. Where the range of a computed address holds at most `FEW` words,
the term of the load says which words these are. If the address is a sum of bits, the bits tell them
apart, starting with the largest weight. Otherwise the range is halved by comparing the address with
its middle. A program that loads and one that chooses in this way get the same terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slotweave.analysis.linear_forms import bits_of
from slotweave.check.symbolic.ranged_terms import RangedTerms
from slotweave.check.symbolic.recorded_memory import RecordedMemory
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.isa import WORD_MASK

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
            form = self._ranged.form(address)
            bits = bits_of(form, (low, high)) if form else ()
            if form and bits:
                return self._chosen(form.base, bits)
            return self._among(address, low, high)
        return super().load(address, region)

    def _chosen(self, base: int, bits: Sequence[tuple[int, int]]) -> int:
        """The word at `base` plus the factor of each bit that is 1."""
        if not bits:
            return self.word(base & WORD_MASK)
        (bit, factor), *others = bits
        yes, no = self._chosen(base + factor, others), self._chosen(base, others)
        return self._ranged.operation("select", (bit, yes, no))

    def _among(self, address: int, low: int, high: int) -> int:
        """The word at `address`, which is one of `low` .. `high`."""
        if low == high:
            return self.word(low)
        middle = (low + high + 1) // 2
        lower, upper = self._among(address, low, middle - 1), self._among(address, middle, high)
        less = self._ranged.operation("lt", (address, self._ranged.constant(middle)))
        return self._ranged.operation("select", (less, lower, upper))
