"""What is known of the words in memory while a program is lifted.

Words at known addresses are followed one by one; a store at an unknown address makes all words of
its region such as any of them may be. Ranges are those of `analysis.value_ranges`.
"""

from __future__ import annotations

from slotweave.analysis.value_ranges import ANY, Range, hull
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.lift.partition import Partition


class MemoryRanges:
    """The ranges of all words of memory at one moment."""

    def __init__(self, facts: Facts, partition: Partition) -> None:
        self._facts = facts
        self._spans = [(r.start, r.stop, facts.ranges[r.name])
                       for r in facts.regions if r.name in facts.ranges]  # fmt: skip
        self._stored: dict[str, dict[int, Range]] = {r.name: {} for r in partition.regions}
        self._scattered: set[str] = set()
        self._any = {r.name: self._initial_hull(r) for r in partition.regions}

    def _initial_hull(self, region: Region) -> Range:
        """Around all words of `region` before the run."""
        if region.length > len(self._facts.words) and not self._spans:
            return ANY
        if region.length > _MOST_WORDS:
            return ANY
        return hull(*(self._initial(word) for word in range(region.start, region.stop)))

    def _initial(self, address: int) -> Range:
        word = self._facts.words.get(address)
        if word is not None:
            return word, word
        return next((r for start, stop, r in self._spans if start <= address < stop), ANY)

    def word(self, region: Region, address: int) -> Range:
        """Of the word at a known address in `region`."""
        stored = self._stored[region.name].get(address)
        if stored is not None:
            return stored
        return self._any[region.name] if region.name in self._scattered else self._initial(address)

    def any_word(self, region: Region) -> Range:
        """Of whatever word of `region`."""
        return self._any[region.name]

    def store(self, region: Region, address: int | None, value: Range) -> None:
        """A word in `value` lands at `address` (None: anywhere) in `region`."""
        self._any[region.name] = hull(self._any[region.name], value)
        if address is None:
            self._scattered.add(region.name)
            self._stored[region.name] = {}
        else:
            self._stored[region.name][address] = value


#: Regions with more words are not looked at word by word.
_MOST_WORDS = 1 << 20
