"""The slots of a straight program by columns: where they stand, which words they read and write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from slotweave.ir.program import Program, Slot
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.slots import SlotKind, slot_kinds

Longs = NDArray[np.int64]

#: (position in the slot, words, is a lane added?) of an operand; see `SlotKind.reads`.
_Operand = tuple[int, int, bool]


@dataclass(frozen=True, eq=False)
class Words:
    """Scratch words that operations touch, a row for each: `word[i]`, touched by `owner[i]`.

    In the order of operations, operands and lanes; those of operation j are `first[j]` and on.
    """

    word: Longs
    owner: Longs
    first: Longs


@dataclass(frozen=True, eq=False)
class SlotColumns:
    """All slots but those of debug, in listing order.

    `places` has bundle, engine and position of each, `kind` its number in `kinds`, `lands` the
    first bundle that can read its result. `engines` has the engine of each kind,
    `bundles` is the number of bundles in the program.
    """

    places: tuple[tuple[int, str, int], ...]
    slots: tuple[Slot, ...]
    kinds: tuple[SlotKind, ...]
    engines: tuple[str, ...]
    kind: Longs
    bundle: Longs
    lands: Longs
    reads: Words
    writes: Words
    bundles: int

    @property
    def size(self) -> int:
        return len(self.slots)

    @cached_property
    def latencies(self) -> list[int]:
        """In how many bundles the result of each lands."""
        result: list[int] = (self.lands - self.bundle).tolist()
        return result

    def numbers(self, wanted: Callable[[SlotKind], bool]) -> list[int]:
        """The operations whose kinds are `wanted`, in listing order."""
        kinds = np.array([wanted(kind) for kind in self.kinds], np.bool_)
        result: list[int] = np.flatnonzero(kinds[self.kind]).tolist()
        return result


def slot_columns(program: Program, machine: Machine) -> SlotColumns:
    """The columns of `program`, which must be legal on `machine`."""
    kinds, number = _numbered_kinds(machine)
    places: list[tuple[int, str, int]] = []
    slots: list[Slot] = []
    kind: list[int] = []
    for bundle, engines in enumerate(program.bundles):
        for engine, row in engines.items():
            if engine != DEBUG_ENGINE:
                names = number[engine]
                for at, slot in enumerate(row):
                    places.append((bundle, engine, at))
                    kind.append(names[slot[0]])
                slots += row
    of_kind = np.array(kind, np.int64)
    at_bundle = np.fromiter(map(itemgetter(0), places), np.int64, len(places))
    latency = np.array([one.latency for one in kinds], np.int64)
    return SlotColumns(
        places=tuple(places),
        slots=tuple(slots),
        kinds=kinds,
        engines=tuple(engine for engine, names in number.items() for _name in names),
        kind=of_kind,
        bundle=at_bundle,
        lands=at_bundle + latency[of_kind],
        reads=_words(slots, of_kind, [one.reads for one in kinds]),
        writes=_words(slots, of_kind, [(one.writes,) if one.writes else () for one in kinds]),
        bundles=len(program.bundles),
    )


def _numbered_kinds(machine: Machine) -> tuple[tuple[SlotKind, ...], dict[str, dict[str, int]]]:
    """All kinds of slots, and the number of each by engine and mnemonic."""
    table = slot_kinds(machine)
    kinds: list[SlotKind] = []
    number: dict[str, dict[str, int]] = {}
    for engine, rows in table.items():
        number[engine] = {name: len(kinds) + at for at, name in enumerate(rows)}
        kinds.extend(rows.values())
    return tuple(kinds), number


def _words(slots: list[Slot], kind: Longs, operands: list[tuple[_Operand, ...]]) -> Words:
    """The words of these operands of all slots; `operands` has those of each kind."""
    most = max(map(len, operands), default=0)
    start = np.zeros((len(slots), most), np.int64)
    width = np.zeros((len(slots), most), np.int64)
    for number, row in enumerate(operands):
        of_kind = np.flatnonzero(kind == number)
        alike = [slots[at] for at in of_kind.tolist()]
        for column, (position, words, lane) in enumerate(row):
            start[of_kind, column] = _operands(alike, position)
            width[of_kind, column] = words
            if lane:
                start[of_kind, column] += _operands(alike, -1)
    each = width.ravel()
    ends = np.cumsum(each)
    lane_of = np.arange(each.sum()) - np.repeat(ends - each, each)
    of_slot = width.sum(axis=1)
    return Words(
        word=np.repeat(start.ravel(), each) + lane_of,
        owner=np.repeat(np.arange(len(slots)), of_slot),
        first=np.concatenate(([0], np.cumsum(of_slot))),
    )


def _operands(slots: list[Slot], position: int) -> Longs:
    """What stands at `position` in each of `slots`."""
    return np.fromiter(map(itemgetter(position), slots), np.int64, len(slots))
