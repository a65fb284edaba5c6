"""Which words of a program are surely equal: each gets the number of the value that it holds.

Equal operations on equal values have equal numbers; constants are folded; a sum with a constant is
its base and a distance, so that addresses can be compared. Two loads from one address are equal if
nothing landed between them in their region (see `known_accesses`), or, where both are known, in
these words. The method is value numbering (Cocke and Schwartz, 1970).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from slotweave.anatomy.words.issued import Issued
from slotweave.anatomy.words.known_accesses import KnownAccess, KnownAccesses
from slotweave.anatomy.words.scratch_flow import ScratchFlow
from slotweave.anatomy.words.slot_columns import SlotColumns
from slotweave.isa import WORD_BITS, WORD_MASK
from slotweave.isa.codegen import word_function
from slotweave.isa.operations import LOADS, STORES, Operation, canonical_args

#: The number of its base times 2^32 plus the distance from it. The base of constants is 0.
Value = int
ZERO: Value = 0

_SUMS = frozenset({"add", "sub", "add_immediate"})


def base_of(value: Value) -> int:
    """The number of the base of `value`; 0 for a constant."""
    return value >> WORD_BITS


@dataclass(frozen=True)
class WordValues:
    """`results[i]`: the value of each lane of operation i; `redundant`: what adds nothing.

    An operation adds nothing if an earlier one has computed each lane of its result. `addresses`
    has the value of the address of each load and store.
    """

    results: tuple[tuple[Value, ...], ...]
    redundant: frozenset[int]
    addresses: Mapping[int, Value]

    def keys(self, number: int, operation: Issued) -> Sequence[Hashable]:
        """What stands for the words of the result of an operation, whichever computes them."""
        return _keys(operation, self.results[number])


@dataclass
class _Numbering:
    """Values so far; `landed` counts the stores that each of `_stores` is one of."""

    bases: dict[Hashable, Value] = field(default_factory=dict)
    landed: Counter[Hashable] = field(default_factory=Counter)
    in_flight: list[tuple[int, Sequence[Hashable]]] = field(default_factory=list)

    def base(self, key: Hashable) -> Value:
        return self.bases.setdefault(key, (len(self.bases) + 1) << WORD_BITS)

    def land(self, bundle: int) -> None:
        """What was stored before is what loads of `bundle` read."""
        if self.in_flight:
            for lands, stores in self.in_flight:
                if lands <= bundle:
                    self.landed.update(stores)
            self.in_flight = [one for one in self.in_flight if one[0] > bundle]

    def loaded(self, address: Value, width: int, access: KnownAccess | None) -> list[Value]:
        """The words from an address on, as they are now."""
        landed = self.landed
        if access is not None and access.first is not None:
            return [
                self.base(("load", word, landed[access.region(step), _COMPUTED], landed[word]))
                for step, word in enumerate(range(access.first, access.first + width))
            ]
        where: Hashable = access.region(0) if access else _ALL
        since = (where, landed[where])
        return [self.base(("load", _moved(address, step), since)) for step in range(width)]


#: Marks of stores: any, where nothing is known; those at computed addresses of a region.
_ALL, _COMPUTED = ("all",), "computed"


def _stores(access: KnownAccess | None, width: int) -> Sequence[Hashable]:
    """What a store of that many words is one of: all, those of its regions, those of a word, ..."""
    if access is None:
        return (_ALL,)
    regions = dict.fromkeys(access.regions)
    if access.first is None:
        return (*regions, *[(region, _COMPUTED) for region in regions])
    return (*regions, *range(access.first, access.first + width))


def word_values(
    issued: tuple[Issued, ...], columns: SlotColumns, flow: ScratchFlow, known: KnownAccesses
) -> WordValues:
    """The values of all results, in listing order."""
    numbering = _Numbering()
    values = [ZERO] * (len(columns.writes.word) + 1)  # the last one: what nothing has written
    read_from = flow.read_from.tolist()
    first_read, first_write = columns.reads.first.tolist(), columns.writes.first.tolist()
    results: list[tuple[Value, ...]] = []
    addresses: dict[int, Value] = {}
    seen: set[Hashable] = set()
    redundant: set[int] = set()
    for number, operation in enumerate(issued):
        begin, end = first_write[number], first_write[number + 1]
        read = [values[one] for one in read_from[first_read[number] : first_read[number + 1]]]
        effect, width = operation.kind.operation.effect, end - begin
        lanes: list[Value] = []
        if effect is LOADS or effect is STORES:
            access = known.get(operation.place)
            numbering.land(operation.bundle)
            addresses[number] = read[0]
            if effect is LOADS:
                lanes = numbering.loaded(read[0], width, access)
            else:
                stores = _stores(access, len(read) - 1)
                numbering.in_flight.append((operation.lands, stores))
        elif width:
            lanes = _computed(numbering, number, operation, read, width)
        values[begin:end] = lanes
        results.append(tuple(lanes))
        if lanes and _adds_nothing(operation, lanes, seen):
            redundant.add(number)
    return WordValues(tuple(results), frozenset(redundant), addresses)


def _adds_nothing(operation: Issued, lanes: Sequence[Value], seen: set[Hashable]) -> bool:
    """Was all of this known?"""
    before = len(seen)
    seen.update(_keys(operation, lanes))
    return len(seen) == before


def _keys(operation: Issued, lanes: Sequence[Value]) -> Sequence[Hashable]:
    """A copy to all lanes is new unless the same copy was made before."""
    return [("broadcast", lanes[0])] if operation.kind.operation.name == "broadcast" else lanes


def _computed(
    numbering: _Numbering, number: int, operation: Issued, read: list[Value], width: int
) -> list[Value]:
    """The result of what reads no memory; a source of one word is the same in every lane."""
    kind = operation.kind
    if not kind.operation.pure:
        return [numbering.base(("effect", number))] * width
    constant = [] if kind.constant is None else [operation.slot[kind.constant] & WORD_MASK]
    if width == 1:
        return [_result(numbering, kind.operation, read + constant)]
    columns = []
    at = 0
    for _position, words, _lane in kind.reads:
        source = read[at : at + words]
        columns.append(source if words == width else source * width)
        at += words
    if kind.operation.name == "broadcast":
        return columns[0]
    columns += [[word] * width for word in constant]
    return [_result(numbering, kind.operation, args) for args in zip(*columns, strict=True)]


def _result(numbering: _Numbering, operation: Operation, args: Sequence[Value]) -> Value:
    """One lane of a pure operation."""
    name = operation.name
    if operation.defined_if is None and max(args) <= WORD_MASK:  # of all bases
        return word_function(name)(*args)
    if name in _SUMS and (known := _sum(name, *args)) is not None:
        return known
    return numbering.base((name, *canonical_args(name, tuple(args))))


def _moved(value: Value, distance: int) -> Value:
    """`value` plus a constant."""
    return (value & ~WORD_MASK) | ((value + distance) & WORD_MASK)


def _sum(name: str, left: Value, right: Value) -> Value | None:
    """A sum or difference with a constant: the same base at another distance."""
    if right <= WORD_MASK:
        return _moved(left, -right if name == "sub" else right)
    if left <= WORD_MASK and name == "add":
        return _moved(right, left)
    return None
