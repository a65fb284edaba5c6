"""Which words of a program are surely equal: each gets the number of the value that it holds.

Equal operations on equal values have equal numbers; constants are folded; a sum with a constant is
its base and a distance, so that addresses can be compared. Two loads from one address are equal if
nothing landed between them in their region (all of memory, where facts say nothing). The method is
value numbering (Cocke and Schwartz, 1970).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

from slotweave.isa import WORD_MASK
from slotweave.isa.evaluate import evaluate
from slotweave.isa.operations import COMMUTATIVE, Effect
from slotweave.report.issued import Issued
from slotweave.report.known_accesses import KnownAccess, KnownAccesses

#: A value as (number of its base, distance from it); base 0 is the number 0, so constants have it.
Value = tuple[int, int]
ZERO: Value = (0, 0)


@dataclass(frozen=True)
class WordValues:
    """`results[i]`: the value of each lane of operation i; `again`: operations that add nothing.

    An operation adds nothing if an earlier one has computed each lane of its result.
    """

    results: tuple[tuple[Value, ...], ...]
    again: frozenset[int]


@dataclass
class _Numbering:
    """Values so far; `landed` counts the stores of each region, "" being those anywhere."""

    bases: dict[Hashable, int] = field(default_factory=dict)
    landed: Counter[str] = field(default_factory=Counter)
    in_flight: list[tuple[int, str]] = field(default_factory=list)

    def base(self, key: Hashable) -> Value:
        return self.bases.setdefault(key, len(self.bases) + 1), 0

    def begin(self, bundle: int) -> None:
        """What was stored before is what loads of `bundle` read."""
        self.landed.update(region for lands, region in self.in_flight if lands <= bundle)
        self.in_flight = [(lands, region) for lands, region in self.in_flight if lands > bundle]

    def loaded(self, base: int, distance: int, access: KnownAccess | None) -> Value:
        """The word at an address, as it is now."""
        if access is None:
            state = (sum(self.landed.values()), -1)
        else:
            state = (self.landed[""], self.landed[access.region])
        return self.base(("load", base, distance & WORD_MASK, state))


def word_values(issued: tuple[Issued, ...], known: KnownAccesses) -> WordValues:
    """The values of all results, in listing order."""
    numbering = _Numbering()
    results: list[tuple[Value, ...]] = []
    seen: set[Hashable] = set()
    again: set[int] = set()
    for number, operation in enumerate(issued):
        sources = [
            [results[producer][lane] if producer >= 0 else ZERO for producer, lane in words]
            for words in operation.reads
        ]
        access = None
        if operation.effect in (Effect.STORE, Effect.LOAD):
            access = known.get(operation.place)
            if numbering.in_flight:
                numbering.begin(operation.bundle)
            if operation.effect is Effect.STORE:
                numbering.in_flight.append((operation.lands, access.region if access else ""))
        rows = [[_lane(words, at) for words in sources] for at in range(len(operation.written))]
        lanes = tuple(
            [_value(numbering, number, operation, row, at, access) for at, row in enumerate(rows)]
        )
        results.append(lanes)
        if _adds_nothing(operation, lanes, seen):
            again.add(number)
    return WordValues(tuple(results), frozenset(again))


def _lane(words: list[Value], at: int) -> Value:
    """Lane `at` of a source; a source of one word is the same in every lane."""
    return words[at] if len(words) > 1 else words[0]


def _adds_nothing(operation: Issued, lanes: tuple[Value, ...], seen: set[Hashable]) -> bool:
    """Was all of this known? A copy to all lanes is new unless the same copy was made before."""
    if not lanes:
        return False
    keys: list[Hashable] = list(lanes)
    if operation.kind.operation.name == "broadcast":
        keys = [("broadcast", lanes[0])]
    known = all(key in seen for key in keys)
    seen.update(keys)
    return known


def _value(
    numbering: _Numbering,
    number: int,
    operation: Issued,
    args: list[Value],
    at: int,
    access: KnownAccess | None,
) -> Value:
    kind = operation.kind
    name = kind.operation.name
    constant = None if kind.constant is None else operation.slot[kind.constant] & WORD_MASK
    if operation.effect is Effect.LOAD:
        base, distance = args[0]
        return numbering.loaded(base, distance + (at if name == "vload" else 0), access)
    if not kind.operation.pure:
        return numbering.base(("effect", number))
    if name == "broadcast":
        return args[0]
    if constant is not None:
        args = [*args, (0, constant)]
    if all(base == 0 for base, _ in args) and kind.operation.defined_if is None:
        return 0, evaluate(kind.operation, *(distance for _, distance in args))
    return _sum(name, args) or numbering.base((name, *_ordered(name, args)))


def _sum(name: str, args: list[Value]) -> Value | None:
    """A sum or difference with a constant: the same base at another distance."""
    if name not in ("add", "sub", "add_immediate"):
        return None
    (base, distance), (other, step) = args
    if other == 0:
        sign = -1 if name == "sub" else 1
        return base, (distance + sign * step) & WORD_MASK
    if base == 0 and name == "add":
        return other, (distance + step) & WORD_MASK
    return None


def _ordered(name: str, args: list[Value]) -> list[Value]:
    if name in COMMUTATIVE:
        return sorted(args)
    if name == "multiply_add":
        return [*sorted(args[:2]), args[2]]
    return args
