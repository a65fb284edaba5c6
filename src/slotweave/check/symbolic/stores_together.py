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
from slotweave.check.symbolic.symbolic_memory import MemoryMap
from slotweave.check.symbolic.terms import Terms
from slotweave.isa import OPERATIONS


class _Sums:
    """The sum that each term is.

    If `shallow`, any word may stand under a known mask: sums say less then, but addresses that are
    made of a few bits of what a whole program computes are not followed through all of it.
    """

    def __init__(self, terms: Terms, *, shallow: bool) -> None:
        self._terms = terms
        self._shallow = shallow
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
        if operation is None or operation.meaning is None:
            return ()
        if self._shallow and kind == "and":
            masks = tuple(arg for arg in args if self._terms.known(arg) is not None)
            return masks or args
        return args

    def _made(self, term: int) -> Linear:
        known = self._terms.known(term)
        if known is not None:
            return Linear(known)
        followed = self._followed(term)
        if not followed:
            return unknown_word(term)
        kind, _value, args = self._terms[term]
        operands = [self._sums[arg] if arg in followed else unknown_word(arg) for arg in args]
        return sum_of(kind, operands, term)


def doubtful_stores(
    together: Mapping[tuple[int, ...], int],
    terms: Terms,
    layout: MemoryMap,
    regions: Mapping[int, int | None],
) -> Iterator[tuple[int, int, int]]:
    """(bundle, address, address): words that may be written twice at once, the addresses terms."""
    shallow, deep = _Sums(terms, shallow=True), _Sums(terms, shallow=False)

    def differ(first: int, second: int) -> bool:
        return any(surely_differ(sums.of(first), sums.of(second)) for sums in (shallow, deep))

    def region(address: int) -> int | None:
        known = terms.known(address)
        return regions.get(address) if known is None else layout.region_at(known)

    for addresses, bundle in together.items():
        for first, second in combinations(addresses, 2):
            places = region(first), region(second)
            apart = None not in places and places[0] != places[1]
            if not apart and not differ(first, second):
                yield bundle, first, second
