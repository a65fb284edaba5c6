"""A straight program as groups of operations that can be timed again on any number of slots.

Guarantees: the groups of a program, in listing order, each in the first cycle that the kernel
finds, compute what the program computes. On a machine that has as many slots as the program uses
that is never later than where they stand.

A group is a single operation, but for what must stay together: operations of one bundle that write
what others of it touch, and a load and a store of one bundle that may alias. Two stores of it that
may alias, and its traces, need not stay together, but stay in order. Where results take longer than
a bundle to land, and a word is touched while a result for it is in flight, all bundles that this
spans are one group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, combinations, pairwise
from typing import Any

import numpy as np

from slotweave.anatomy.causes.access_conflicts import MemoryWalk, Touched
from slotweave.anatomy.causes.placements import Placements
from slotweave.anatomy.timing.access_codes import LOAD, NO_ACCESS, STORE, TRACE
from slotweave.anatomy.words.issued import Issued
from slotweave.anatomy.words.slot_columns import Longs
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.isa import Effect
from slotweave.machine import Machine

#: How many different needs of slots remember where there is no room.
_ROWS = 32

_KINDS = {Effect.LOAD: LOAD, Effect.STORE: STORE, Effect.TRACE: TRACE}

#: Where the latencies of operations stand among the arrays.
_LATENCY = 7

#: (number of an engine, distance from the first cycle, slots), sorted.
Need = tuple[tuple[int, int, int], ...]

#: The words that each operation reads, or writes.
Words = Sequence[Sequence[int]]

#: Operations that stay together, by their numbers.
Group = list[int]


@dataclass(frozen=True, eq=False)
class Operations:
    """What stays the same of the operations of a program, whichever words they are given.

    `accesses` has those that have an order in memory, and what loads and stores of them touch.
    """

    placed: Placements
    engines: tuple[str, ...]
    accesses: Mapping[int, Touched | None]
    engine: Longs
    latency: Longs
    access: Longs
    memory: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Groups:
    """The groups of a program: arrays for the kernel, and the different needs of its groups.

    `examples` has for each need the operations of the first group that has it. `landed` says that
    the program ends when all its results have landed, not when all is issued; `begin` is the bundle
    of the text in which the program begins.
    """

    engines: tuple[str, ...]
    needs: tuple[Need, ...]
    examples: tuple[Sequence[Issued], ...]
    arrays: tuple[Any, ...]
    horizon: int
    landed: bool = False
    begin: int = 0

    @property
    def size(self) -> int:
        """As many operations as there are, and at least one."""
        return max(1, len(self.arrays[2]))

    def retimed(self, slots: Mapping[str, int]) -> int:
        """The cycles that the groups take with that many slots for each engine.

        Raises NoSchedule (SW302) if some group needs more.
        """
        issued = self.issued(slots)
        if self.landed:
            issued = issued + self.arrays[_LATENCY] - 1
        return int(issued.max(initial=-1)) + 1

    def issued(self, slots: Mapping[str, int]) -> Longs:
        """The cycle of each operation."""
        from slotweave.anatomy.timing._retime_kernel import retime  # only here: it loads Numba

        if wanting := list(self._wanting(slots)):
            raise self._too_few(slots, *min(wanting, key=lambda found: found[0].bundle))
        limits = np.array([slots[engine] for engine in self.engines], np.int64)
        rows = min(_ROWS, len(self.needs))
        kernel: Any = retime
        issue: Longs = kernel(*self.arrays, limits, self.horizon, rows)
        return issue

    def fit(self, slots: Mapping[str, int]) -> bool:
        """Does no group need more slots?"""
        return next(self._wanting(slots), None) is None

    def _wanting(self, slots: Mapping[str, int]) -> Iterator[tuple[Issued, int]]:
        """Of each need that is too large, an operation on the engine, and the slots needed."""
        for need, example in zip(self.needs, self.examples, strict=True):
            for number, _offset, count in need:
                engine = self.engines[number]
                if count > slots[engine]:
                    yield next(one for one in example if one.engine == engine), count

    def _too_few(self, slots: Mapping[str, int], first: Issued, count: int) -> NoSchedule:
        reason = (
            f"{count} operations on {first.engine} write what others here touch, so they cannot be "
            f"parted: the program needs {count} slots of {first.engine}, not {slots[first.engine]}"
        )
        bundle = self.begin + first.bundle
        return NoSchedule(
            Diagnostic("SW302", reason, "", None, bundle, first.engine, first.position)
        )


def operations_of(placed: Placements, machine: Machine) -> Operations:
    """The operations of a straight program."""
    columns, engines = placed.columns, tuple(machine.slots)
    number = {engine: at for at, engine in enumerate(engines)}
    of_kind = np.array([number[engine] for engine in columns.engines], np.int64)
    accesses = _accesses(placed)
    access = np.full(columns.size, NO_ACCESS, np.int64)
    for at in accesses:
        access[at] = _KINDS[placed.issued[at].effect]
    return Operations(
        placed, engines, accesses, of_kind[columns.kind], columns.lands - columns.bundle,
        access, _memory(accesses, columns.size),
    )  # fmt: skip


def _accesses(placed: Placements) -> dict[int, Touched | None]:
    walk = MemoryWalk(placed.issued, placed.touched, placed.known)
    found: dict[int, Touched | None] = {}
    for number, operation in enumerate(placed.issued):
        if operation.effect is Effect.TRACE:
            found[number] = None
        elif operation.effect in _KINDS and walk.ordered(number):
            found[number] = placed.touched[number]
    return found


def _memory(accesses: Mapping[int, Touched | None], size: int) -> tuple[Any, ...]:
    """Regions, bases and words of all accesses by dense numbers, and how many there are."""
    regions: dict[Hashable, int] = {}
    bases: dict[Hashable, int] = {}
    words: dict[Hashable, int] = {}
    base = np.zeros(size, np.int64)
    region: list[Sequence[int]] = [()] * size
    rows: list[Sequence[int]] = [()] * size
    for number, at in accesses.items():
        if at is not None:
            region[number] = [regions.setdefault(one, len(regions)) for one in at.regions]
            base[number] = bases.setdefault(at.base, len(bases))
            rows[number] = [
                words.setdefault((one, at.base, word), len(words))
                for one in at.regions
                for word in at.words
            ]
    return *_compressed(region), base, *_compressed(rows), len(regions), len(words)


def in_memory_order(operations: Operations) -> Operations:
    """The same, as if any two accesses to memory might touch the same word."""
    size = len(operations.access)
    one_region = [[0] if operations.accesses.get(at) else () for at in range(size)]
    no_words: Words = [()] * size
    bases = np.arange(size, dtype=np.int64)  # all different: so any two may alias
    memory = *_compressed(one_region), bases, *_compressed(no_words), 1, 0
    return replace(operations, memory=memory)


def words_of(placed: Placements) -> tuple[Words, Words]:
    """The words that each operation reads and writes in the program as it stands."""
    reads, writes = placed.columns.reads, placed.columns.writes
    return _rows(reads.word, reads.first), _rows(writes.word, writes.first)


def _rows(word: Longs, first: Longs) -> Words:
    words, edges = word.tolist(), first.tolist()
    return [words[low:high] for low, high in pairwise(edges)]


def groups_of(operations: Operations, reads: Words, writes: Words, reuse: bool = True) -> Groups:
    """The groups of a program whose operations touch these words.

    Without `reuse` each result has words of its own: writes wait for no earlier reads or writes.
    """
    issued = operations.placed.issued
    spans = _spans(operations, reads, writes)
    parted = [_parted(operations, span, reads, writes, reuse) for span in spans]
    bundles = [groups for groups, _in_order in parted]
    groups = [group for bundle in bundles for group in bundle]
    bundle_of = operations.placed.columns.bundle
    order = np.array(list(chain.from_iterable(groups)), np.int64)
    first = _offsets(map(len, groups))
    offset = np.zeros(len(issued), np.int64)
    offset[order] = bundle_of[order] - np.repeat(bundle_of[order[first[:-1]]], np.diff(first))
    needs = [_need(operations, group, offset) for group in groups]
    distinct = [need for need, _count in Counter(needs).most_common()]
    first_of = dict(zip(reversed(needs), reversed(groups), strict=True))
    examples = tuple([[issued[one] for one in first_of[need]] for need in distinct])
    number = {need: at for at, need in enumerate(distinct)}
    rows = np.array(list(chain.from_iterable(distinct)), np.int64).reshape(-1, 3)
    needed = (_offsets(map(len, distinct)), *map(np.ascontiguousarray, rows.T))
    kinds = operations.placed.columns.kinds
    breaks = np.array([kind.breaks for kind in kinds], bool)[operations.placed.columns.kind]
    chained = np.zeros(len(issued), bool)
    for _groups, in_order in parted:
        chained[list(in_order)] = True
    words = 1 + max((word for row in chain(reads, writes) for word in row), default=-1)
    arrays: tuple[Any, ...] = (
        _offsets(map(len, bundles)), first, order, offset,
        np.array([number[need] for need in needs], np.int64), needed,
        operations.engine, operations.latency, breaks, operations.access, chained,
        *_compressed(reads), *_compressed(writes), reuse, words, *operations.memory,
    )  # fmt: skip
    longest = int(operations.latency.max(initial=1))
    horizon = len(groups) * (longest + 1) + int(offset.sum()) + 2
    return Groups(operations.engines, tuple(distinct), examples, arrays, horizon)


def _offsets(lengths: Iterable[int]) -> Longs:
    return np.array([0, *accumulate(lengths)], np.int64)


def _compressed(rows: Words) -> tuple[Longs, Longs]:
    """Where each row begins, and all words."""
    return _offsets(map(len, rows)), np.array(list(chain.from_iterable(rows)), np.int64)


def _need(operations: Operations, group: Group, offset: Longs) -> Need:
    if len(group) == 1:
        return ((int(operations.engine[group[0]]), 0, 1),)
    count = Counter((int(operations.engine[one]), int(offset[one])) for one in group)
    return tuple(sorted((engine, at, slots) for (engine, at), slots in count.items()))


def _spans(operations: Operations, reads: Words, writes: Words) -> Iterator[Group]:
    """The operations of each bundle, or of bundles between which something is in flight."""
    reach: dict[int, int] = {}
    if operations.latency.max(initial=1) > 1:
        for first, end in _hazards(operations, reads, writes):
            reach[first] = max(end, reach.get(first, end))
    span: Group = []
    last = -1
    for number, operation in enumerate(operations.placed.issued):
        if operation.bundle > last and span:
            yield span
            span = []
        last = max(last, reach.get(operation.bundle, operation.bundle))
        span.append(number)
    if span:
        yield span


def _hazards(operations: Operations, reads: Words, writes: Words) -> Iterator[tuple[int, int]]:
    """(first bundle, last bundle) of what is in flight, and touched then.

    A write may be issued while another one to its word is in flight, if it lands after that.
    """
    flights: dict[int, tuple[int, int]] = {}  # word -> since when, and until when
    stores: list[int] = []
    for number, operation in enumerate(operations.placed.issued):
        here, lands = operation.bundle, operation.lands
        for word in reads[number]:
            since, until = flights.get(word, (here, here))
            if since < here < until:
                yield since, here
        for word in writes[number]:
            since, until = flights.get(word, (here, here))
            if since < here < until and lands <= until:
                yield since, here
            flights[word] = (since if here < until else here, max(lands, until))
        at = operations.accesses.get(number)
        if at is not None:
            stores = [one for one in stores if operations.placed.issued[one].lands > here]
            for one in stores:
                store, other = operations.placed.issued[one], operations.accesses[one]
                late = operation.effect is Effect.LOAD or lands <= store.lands
                if store.bundle < here and late and (other is None or other.may_alias(at)):
                    yield store.bundle, here
            if operation.effect is Effect.STORE:
                stores.append(number)


def _parted(
    operations: Operations, span: Group, reads: Words, writes: Words, reuse: bool
) -> tuple[list[Group], set[int]]:
    """The groups of the operations of `span`, and those of them that must stay in order.

    What ends or pauses a run comes last.
    """
    if len(span) == 1:
        return [span], set()
    issued = operations.placed.issued
    if issued[span[0]].bundle < issued[span[-1]].bundle:
        return [span], set()
    bound = _beside(operations, span, Effect.LOAD)
    if reuse:
        count = Counter(word for one in span for word in {*reads[one], *writes[one]})
        shared = {word for one in span for word in writes[one] if count[word] > 1}
        if shared:
            bound |= {one for one in span if not shared.isdisjoint((*reads[one], *writes[one]))}
    in_order = _in_order(operations, span)
    if not bound.isdisjoint(in_order) or len({issued[one].lands for one in in_order}) > 1:
        bound |= in_order
    together = [one for one in span if one in bound]
    alone = [[one] for one in span if one not in bound]
    alone.sort(key=lambda group: issued[group[0]].kind.breaks)
    return [*([together] if together else []), *alone], in_order - bound


def _beside(operations: Operations, span: Group, effect: Effect) -> set[int]:
    """The stores of one bundle that may alias another access of it with this effect; and those."""
    accesses = [(one, at) for one in span if (at := operations.accesses.get(one))]
    effects = [operations.placed.issued[one].effect for one, _at in accesses]
    if Effect.STORE not in effects or len(accesses) == 1:
        return set()
    return {
        number
        for (first, (one, at)), (second, (other, there)) in combinations(enumerate(accesses), 2)
        if {effects[first], effects[second]} == {Effect.STORE, effect} and at.may_alias(there)
        for number in (one, other)
    }


def _in_order(operations: Operations, span: Group) -> set[int]:
    """The stores of one bundle that may alias each other, and its traces."""
    issued = operations.placed.issued
    traces = {one for one in span if issued[one].effect is Effect.TRACE}
    return _beside(operations, span, Effect.STORE) | (traces if len(traces) > 1 else set())
