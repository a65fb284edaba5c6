"""Which words of a program are surely equal: each gets the number of the value that it holds.

Equal operations on equal values have equal numbers; constants are folded; a sum with a constant is
its base and a distance, so that addresses can be compared. Two loads from one address are equal if
nothing landed between them in their region (all of memory, where facts say nothing). The method is
value numbering (Cocke and Schwartz, 1970).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
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
        width = len(operation.written)
        lanes: tuple[Value, ...] = ()
        if operation.effect is Effect.LOAD:
            base, distance = sources[0][0]
            steps = range(width)  # only a vload reads more than one word
            lanes = tuple([numbering.loaded(base, distance + step, access) for step in steps])
        elif width:
            lanes = tuple(_computed(numbering, number, operation, sources, width))
        results.append(lanes)
        if _adds_nothing(operation, lanes, seen):
            again.add(number)
    return WordValues(tuple(results), frozenset(again))


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


def _computed(
    numbering: _Numbering,
    number: int,
    operation: Issued,
    sources: list[list[Value]],
    width: int,
) -> list[Value]:
    """The result of what reads no memory; a source of one word is the same in every lane."""
    kind = operation.kind
    name = kind.operation.name
    if not kind.operation.pure:
        return [numbering.base(("effect", number))] * width
    columns = [words if len(words) == width else words * width for words in sources]
    if kind.constant is not None:
        columns.append([(0, operation.slot[kind.constant] & WORD_MASK)] * width)
    if name == "broadcast":
        return columns[0]
    total = kind.operation.defined_if is None
    lanes = []
    for args in zip(*columns, strict=True):
        if total and max(args)[0] == 0:  # of all bases
            lanes.append((0, evaluate(kind.operation, *[distance for _, distance in args])))
        else:
            lanes.append(_sum(name, args) or numbering.base((name, *_ordered(name, args))))
    return lanes


def _sum(name: str, args: tuple[Value, ...]) -> Value | None:
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


def _ordered(name: str, args: tuple[Value, ...]) -> Iterable[Value]:
    if name in COMMUTATIVE:
        return sorted(args)
    if name == "multiply_add":
        return [*sorted(args[:2]), args[2]]
    return args
