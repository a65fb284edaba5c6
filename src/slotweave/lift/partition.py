"""The regions of a lifted graph: those of the facts, and what lies between them.

Guarantees: the regions of a partition are disjoint and cover memory. Under facts without regions
there is one, all of memory, and it is output. Regions that the program does not keep apart are
made one (`merged`, `joined`), and one that it writes to is no input (`writable`); both only add to
what must stay in order and to what must be right at the end. Regions that it uses as several come
apart (`split`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from slotweave.analysis.value_ranges import Range
from slotweave.ir.facts import Facts
from slotweave.ir.graph import Region
from slotweave.isa import WORD_MASK


@dataclass(frozen=True)
class Partition:
    """Regions side by side, from address 0 to the end of memory (at most 2^32 words)."""

    regions: tuple[Region, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [region.start for region in self.regions]

    @property
    def memory_words(self) -> int:
        return self.regions[-1].stop if self.regions else 0

    def covering(self, lowest: int, highest: int) -> tuple[Region, ...]:
        """The regions that hold the addresses `lowest` to `highest`."""
        first = bisect_right(self._starts, lowest) - 1
        return self.regions[max(first, 0) : bisect_right(self._starts, highest)]

    def merged(self, lowest: int, highest: int, output: bool | None = None) -> Partition:
        """The partition with one region in place of all that hold `lowest` to `highest`.

        It is `output` if one of them is, or only read, unless that is said.
        """
        together = self.covering(lowest, highest)
        one = Region(
            "+".join(region.name for region in together),
            together[0].start,
            sum(region.length for region in together),
            read_only=all(region.read_only for region in together),
            output=(
                any(region.output or region.read_only for region in together)
                if output is None
                else output
            ),
        )
        at = self.regions.index(together[0])
        return Partition((*self.regions[:at], one, *self.regions[at + len(together) :]))

    def joined(self, computed: Iterable[Range], known: Iterable[Range]) -> Partition:
        """The partition in which regions are one if an access at a known address lies in them.

        So they are only where that puts nothing else in order: all of them are only read, or no
        computed address leads there. Where only some are judged at the end, no more words of them
        are one, and judged, than such accesses touch.
        """
        partition, mixed = self, sorted(computed)
        spans = sorted(known)
        for low, high in spans:
            together = partition.covering(low, high)
            first, last = together[0].start, together[-1].stop - 1
            judged = {region.output for region in together if not region.read_only}
            if len(together) == 1 or (
                judged and any(one <= last and first <= other for one, other in mixed)
            ):
                continue
            if len(judged) == 2:
                partition = partition.cut(*_overlapping(low, high, spans))
            partition = partition.merged(low, high, any(one.output for one in together))
        return partition

    def cut(self, *places: int) -> Partition:
        """The partition in which a region begins at each of `places`."""
        regions: list[Region] = []
        for region in self.regions:
            inside = {place for place in places if region.start < place < region.stop}
            regions += _cut(region, {region.start, *inside, region.stop})
        return Partition(tuple(regions))

    def writable(self, region: Region) -> Partition:
        """The partition in which `region` is judged at the end and may be written before."""
        changed = replace(region, read_only=False, output=True)
        return Partition(tuple(changed if r == region else r for r in self.regions))

    def split(self, computed: Iterable[Range], known: Iterable[Range]) -> Partition:
        """The partition in which what computed addresses never mix is in regions of its own.

        The ranges are those of the words of all accesses at computed and at known addresses. No
        access lies across the border of two regions of which none did before.
        """
        spans = sorted([*((*span, True) for span in computed), *((*span, False) for span in known)])
        if not any(computed for _low, _high, computed in spans):
            return self
        regions: list[Region] = []
        at = 0
        for region in self.regions:
            inside = []
            while at < len(spans) and spans[at][0] < region.stop:
                inside.append(spans[at])
                at += 1
            regions += [region] if region.read_only else _pieces(region, inside)
        return Partition(tuple(regions))


def _pieces(region: Region, spans: list[tuple[int, int, bool]]) -> list[Region]:
    """`region` cut around each set of overlapping `spans` (rising) of which one is computed."""
    sets: list[tuple[int, int, bool]] = []
    for low, high, computed in spans:
        if sets and low <= sets[-1][1]:
            first, last, any_computed = sets[-1]
            sets[-1] = (first, max(last, high), any_computed or computed)
        else:
            sets.append((low, high, computed))
    cuts = {region.start, region.stop}
    for low, high, computed in sets:
        if computed:
            cuts.update((low, min(high + 1, region.stop)))
    return _cut(region, cuts)


def _cut(region: Region, edges: Collection[int]) -> list[Region]:
    """`region` cut at `edges`, of which two are its own."""
    if len(edges) == 2:
        return [region]
    return [
        replace(region, name=f"{region.name}, {low} to {high - 1}", start=low, length=high - low)
        for low, high in pairwise(sorted(edges))
    ]


def _overlapping(low: int, high: int, spans: Sequence[Range]) -> tuple[int, int]:
    """Where the words begin and end that `low` .. `high` and the `spans` cover that overlap."""
    while True:
        found = [span for span in spans if span[0] <= high and low <= span[1]]
        wider = min(one for one, _ in found), max(other for _, other in found)
        if wider == (low, high):
            return low, high + 1
        low, high = wider


def partition_of(facts: Facts) -> Partition:
    """All of memory, in the regions of `facts`."""
    words = WORD_MASK + 1 if facts.memory_words is None else facts.memory_words
    if not facts.regions:
        return Partition((Region("memory", 0, words, output=True),) if words else ())
    return Partition(tuple(_side_by_side(facts, words)))


def _side_by_side(facts: Facts, words: int) -> Iterator[Region]:
    end = 0
    filled = sorted((r for r in facts.regions if r.length), key=lambda region: region.start)
    for region in filled:
        if region.start > end:
            yield Region(f"words {end} to {region.start - 1}", end, region.start - end)
        yield region
        end = region.stop
    if end < words:
        yield Region(f"words {end} to {words - 1}", end, words - end)
