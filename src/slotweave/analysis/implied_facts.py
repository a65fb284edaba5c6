"""Which facts follow from which: what holds of a program under the one holds under the other.

A statement about a program under facts F reads: on every memory that F allows, what F judges (the
output and what is read-only; all of memory without regions) ends so. It holds under G, too, if
every memory that G allows is allowed by F, and F judges every word that G judges.

    allows(F, G)    G knows the length of memory and each word that F knows, and bounds each region
                    that F bounds at least as tightly
    judges(F, G)    each region that G judges lies in regions that F judges
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slotweave.ir.facts import Facts

Span = tuple[int, int]


def holds_under(proved: Facts, wanted: Facts) -> bool:
    """Does what is proved under the facts `proved` hold under the facts `wanted`?

    True only if it surely does; time is linear in the words and regions that both name.
    """
    return _allows(proved, wanted) and _judges(proved, wanted)


def _allows(proved: Facts, wanted: Facts) -> bool:
    """Does `proved` allow every memory that `wanted` allows?"""
    if proved.memory_words is not None and proved.memory_words != wanted.memory_words:
        return False
    if any(wanted.words.get(address) != word for address, word in proved.words.items()):
        return False
    return all(
        _is_bounded(wanted, (region.start, region.stop), proved.ranges[region.name])
        for region in proved.regions
        if region.name in proved.ranges
    )


def _is_bounded(facts: Facts, span: Span, bounds: Span) -> bool:
    """Is every word of `span` within `bounds` (both ends included) under `facts`?"""
    lowest, highest = bounds
    bounded = [
        (region.start, region.stop)
        for region in facts.regions
        if region.name in facts.ranges
        and lowest <= facts.ranges[region.name][0]
        and facts.ranges[region.name][1] <= highest
    ]
    for start, stop in _without([span], bounded):
        if stop - start > len(facts.words):
            return False
        for address in range(start, stop):
            word = facts.words.get(address)
            if word is None or not lowest <= word <= highest:
                return False
    return True


def _judges(proved: Facts, wanted: Facts) -> bool:
    """Does `proved` judge every word that `wanted` judges?"""
    if not proved.regions:
        return True
    if not wanted.regions and wanted.memory_words is None:
        return False
    return not any(_without(_judged(wanted), _judged(proved)))


def _judged(facts: Facts) -> list[Span]:
    """The words that `facts` judge, as spans (first address, address after the last)."""
    if not facts.regions:
        return [(0, facts.memory_words or 0)]
    return [(one.start, one.stop) for one in facts.regions if one.output or one.read_only]


def _without(spans: Iterable[Span], taken: Iterable[Span]) -> Iterator[Span]:
    """What is left of `spans` without the words of `taken`; no span is empty."""
    ordered = sorted(taken)
    for start, stop in spans:
        at = start
        for first, end in ordered:
            if end > at and first < stop:
                if first > at:
                    yield at, first
                at = max(at, end)
        if at < stop:
            yield at, stop
