"""Stores that land at once: do they surely write different words?

Strict mode refuses two writes that land in one word at once, so a program whose stores may alias
may fail where its graph does not. Guarantees: addresses that are not reported lie in different
regions or are different words, whatever memory holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from slotweave.analysis.distinct_lanes import sum_of, surely_differ, unknown_word
from slotweave.analysis.linear_forms import Linear
from slotweave.check.symbolic_memory import MemoryMap
from slotweave.check.terms import Terms
from slotweave.isa import OPERATIONS


class _Sums:
    """The sum that each term is."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._sums: dict[int, Linear] = {}

    def of(self, term: int) -> Linear:
        stack = [term]
        while stack:
            top = stack[-1]
            missing = [arg for arg in self._followed(top) if arg not in self._sums]
            if missing:
                stack += missing
                continue
            stack.pop()
            if top not in self._sums:
                self._sums[top] = self._made(top)
        return self._sums[term]

    def _followed(self, term: int) -> tuple[int, ...]:
        kind, _value, args = self._terms[term]
        operation = OPERATIONS.get(kind)
        return args if operation is not None and operation.meaning is not None else ()

    def _made(self, term: int) -> Linear:
        known = self._terms.known(term)
        if known is not None:
            return Linear(known)
        args = self._followed(term)
        if not args:
            return unknown_word(term)
        return sum_of(self._terms[term].kind, [self._sums[arg] for arg in args], term)


def doubtful_stores(
    together: Mapping[tuple[int, ...], int],
    terms: Terms,
    layout: MemoryMap,
    regions: Mapping[int, int | None],
) -> Iterator[tuple[int, int, int]]:
    """(bundle, address, address): words that may be written twice at once, the addresses terms."""
    sums = _Sums(terms)

    def region(address: int) -> int | None:
        known = terms.known(address)
        return regions.get(address) if known is None else layout.region_at(known)

    for addresses, bundle in together.items():
        for first, second in combinations(addresses, 2):
            places = region(first), region(second)
            apart = None not in places and places[0] != places[1]
            if not apart and not surely_differ(sums.of(first), sums.of(second)):
                yield bundle, first, second
