"""Between which words a form lies, whatever its leaves are: rough, and good for any form.

Guarantees: `Intervals.of(form)` is (lowest, highest) with lowest <= form <= highest as unsigned
words in every case.
"""

from __future__ import annotations

from collections.abc import Sequence

from slotweave.check.definition.cases import Walks
from slotweave.check.definition.forms import Forms
from slotweave.isa import WORD_BITS, WORD_MASK

Interval = tuple[int, int]
_ANY = (0, WORD_MASK)
_BIT = (0, 1)


class Intervals:
    """The intervals of forms about the items of some walks, each worked out once."""

    def __init__(self, forms: Forms, walks: Walks) -> None:
        self._forms, self._walks = forms, walks
        self._known: dict[int, Interval] = {}

    def of(self, root: int) -> Interval:
        stack = [root]
        while stack:
            form = stack[-1]
            missing = [arg for arg in self._forms[form].args if arg not in self._known]
            if missing:
                stack += missing
            else:
                self._known[stack.pop()] = self._interval(form)
        return self._known[root]

    def _interval(self, form: int) -> Interval:
        kind, value, args = self._forms[form]
        parts = [self._known[arg] for arg in args]
        match kind:
            case "const":
                return value, value
            case "state":
                states = self._walks.reachable(value)
                return int(states[0]), int(states[-1])
            case "parity" | "lt" | "eq":
                return _BIT
            case "and":
                return 0, min(highest for _lowest, highest in parts)
            case "or" | "xor":
                return _bits([*parts, (value, value)])
            case "mod" if parts[1][0] > 0:
                return 0, parts[1][1] - 1
            case "sum":
                return _sum(value, parts)
            case "select":
                return _hull([self._if_chosen(*args[:2]), parts[2]])
            case "lookup":
                return _hull(parts[2::2])
        return _ANY

    def _if_chosen(self, condition: int, form: int) -> Interval:
        """The interval of `form` where `condition` is not 0."""
        lowest, highest = self._known[form]
        kind, _value, args = self._forms[condition]
        if kind == "lt" and args[0] == form:
            highest = max(lowest, min(highest, self._known[args[1]][1] - 1))
        return lowest, highest


def _hull(parts: Sequence[Interval]) -> Interval:
    return min(lowest for lowest, _ in parts), max(highest for _, highest in parts)


def _bits(parts: Sequence[Interval]) -> Interval:
    """Of words made of the bits of `parts`."""
    return 0, (1 << max(highest.bit_length() for _, highest in parts)) - 1


def _sum(value: int, parts: Sequence[Interval]) -> Interval:
    """`value` + part * factor + .., factors as they come closest to 0, if it stays in one turn."""
    lowest = highest = value
    for (low, high), (factor, _) in zip(parts[::2], parts[1::2], strict=True):
        signed = factor - (1 << WORD_BITS) if factor >> (WORD_BITS - 1) else factor
        lowest += min(low * signed, high * signed)
        highest += max(low * signed, high * signed)
    if lowest >> WORD_BITS != highest >> WORD_BITS:
        return _ANY
    return lowest & WORD_MASK, highest & WORD_MASK
