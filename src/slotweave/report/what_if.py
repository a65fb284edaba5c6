"""The same program on a machine with more or fewer slots.

The program is held fixed: its operations, their order, their engines and their scratch addresses.
Only their cycles are chosen anew: in listing order each operation goes into the first cycle in
which its operands have landed, nobody still reads what it overwrites, and its engine has a slot. A
load waits for the stores of earlier bundles that it may meet, a store for loads and stores; which
may meet is known from facts about memory and from addresses (see `access_conflicts`). Operations of
one bundle that write what others of it touch stay together. On a machine that has no fewer slots
than the program's own that is never later than where it stood.

For other amounts of scratch the words cannot be held fixed: each value is given one anew, all words
in turn, so that each rests as long as it can before it is written again (words of a vector need not
lie side by side). The prices of `STEP` words compare such programs with each other; so do further
prices of slots, for an engine may be what holds a program up only once words do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, groupby
from typing import Any

from slotweave.diagnostics import Diagnostic, InputError
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.isa import Effect
from slotweave.machine import Machine
from slotweave.report.access_conflicts import MemoryWalk, touched
from slotweave.report.issued import Issued
from slotweave.report.placements import Placements, placements
from slotweave.report.unrolled import unrolled
from slotweave.report.words_in_turn import in_turn, words_needed
from slotweave.simulate.slots import SlotKind

#: Scratch is priced in so many words.
STEP = 64


@dataclass
class _Clock:
    """From which cycle on each word can be read, when it was last, and before what nothing runs."""

    memory: MemoryWalk
    landed: dict[int, int] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)
    barrier: int = 0


@dataclass
class _Timed:
    """An operation with the words that it touches, and the cycle that it is given.

    `number` is its number among those of the program; `accesses` says that it has an order in
    memory.
    """

    number: int
    engine: str
    kind: SlotKind
    reads: list[int]
    writes: list[int]
    accesses: bool
    cycle: int = 0


def what_if(
    program: Program, machine: Machine, changed: Mapping[str, int], facts: Facts = NOTHING_KNOWN
) -> dict[str, Any]:
    """Cycles of the straight `program` as it is, timed anew, and timed anew with `changed` slots.

    `prices` says how many cycles one more slot of each engine saves, and `scratch` how many would
    be saved if no word of scratch were ever used again; `scratch_words` has the prices of `STEP`
    words, and those of slots once words are given out anew (see `scratch_prices`); all with the
    changed slots. `facts` are those about memory.
    """
    run = unrolled(program, machine, facts)
    placed = placements(run.program, machine, run.known)
    slots = {**machine.slots, **changed}
    now = retimed(placed, slots)
    more = {engine: {**slots, engine: count + 1} for engine, count in slots.items()}
    return {
        "cycles": now,
        "before": run.cycles[-1],
        "retimed": retimed(placed, machine.slots),
        "slots": slots,
        "prices": {engine: now - retimed(placed, wider) for engine, wider in more.items()},
        "scratch": now - retimed(placed, slots, reuse=False),
        "scratch_words": scratch_prices(placed, slots, machine.scratch_words),
    }


def scratch_prices(placed: Placements, slots: Mapping[str, int], words: int) -> dict[str, Any]:
    """What `step` words of scratch are worth in cycles, where each value is given a word in turn.

    `now` is what the program takes so in the `words` of the machine, `saved` how many cycles fewer
    with a step more, `lost` how many more with a step less (None if it does not fit: it holds
    `needed` words at once). `prices` says how many fewer with one more slot of each engine.
    """
    bundles = list(_bundles(placed))
    used = [[(one.reads, one.writes) for one in bundle] for bundle in bundles]

    def timed(size: int, *wider: Mapping[str, int]) -> list[int | None]:
        renamed = in_turn(used, size)
        if renamed is None:
            return [None, *(None for _ in wider)]
        again = [
            [replace(one, reads=r, writes=w) for one, (r, w) in zip(bundle, row, strict=True)]
            for bundle, row in zip(bundles, renamed, strict=True)
        ]
        return [_retimed(again, placed, count) for count in (slots, *wider)]

    def fewer(than: int | None, cycles: int | None) -> int | None:
        return None if than is None or cycles is None else than - cycles

    now, *wider = timed(words, *({**slots, engine: n + 1} for engine, n in slots.items()))
    (more,), (less,) = timed(words + STEP), timed(words - STEP)
    return {
        "step": STEP, "words": words, "needed": words_needed(used), "now": now,
        "saved": fewer(now, more), "lost": fewer(less, now),
        "prices": {engine: fewer(now, one) for engine, one in zip(slots, wider, strict=True)},
    }  # fmt: skip


def retimed(placed: Placements, slots: Mapping[str, int], reuse: bool = True) -> int:
    """The cycles that the operations take with so many slots for each engine.

    Without `reuse` each result has words of its own: writes wait for no earlier reads or writes.
    """
    return _retimed(_bundles(placed), placed, slots, reuse)


def _retimed(
    bundles: Iterable[list[_Timed]],
    placed: Placements,
    slots: Mapping[str, int],
    reuse: bool = True,
) -> int:
    """The cycles that the operations of `bundles` take."""
    clock = _Clock(MemoryWalk(placed.issued, placed.values, placed.known))
    used, end = {engine: Counter[int]() for engine in slots}, 0
    for bundle in bundles:
        for group in _groups(bundle, placed, reuse):
            cycle = max(_earliest(one, clock, reuse) for one in group)
            if any(one.kind.breaks for one in group):
                cycle = max(cycle, end - 1)
            need = Counter(one.engine for one in group)
            _expect_room(need, slots)
            while any(used[name][cycle] + count > slots[name] for name, count in need.items()):
                cycle += 1
            for one in group:
                used[one.engine][cycle] += 1
                one.cycle = cycle
            end = max(end, cycle + 1)
        _record(bundle, clock)
        if any(one.kind.breaks for one in bundle):
            clock.barrier = end
    return end


def _expect_room(need: Mapping[str, int], slots: Mapping[str, int]) -> None:
    """Raise InputError (SW212) if no bundle has so many slots."""
    for engine, count in need.items():
        if count > slots[engine]:
            reason = (
                f"{count} operations of one bundle write what others of it touch and cannot be "
                f"parted: the program needs {count} slots of {engine}, not {slots[engine]}"
            )
            raise InputError(Diagnostic("SW212", reason))


def _bundles(placed: Placements) -> Iterator[list[_Timed]]:
    """The operations of each bundle that runs; what ends the run comes behind all else in it."""
    walk = MemoryWalk(placed.issued, placed.values, placed.known)
    numbered = groupby(enumerate(placed.issued), key=lambda pair: pair[1].bundle)
    for _bundle, operations in numbered:
        found = [_timed(number, issued, walk) for number, issued in operations]
        yield sorted(found, key=lambda one: one.kind.breaks)
        if any(one.kind.form.operation == "halt" for one in found):
            return


def _timed(number: int, issued: Issued, walk: MemoryWalk) -> _Timed:
    kind, slot = issued.kind, issued.slot
    reads = [word for words in kind.words_read(slot) for word in words]
    accesses = issued.effect in (Effect.LOAD, Effect.STORE, Effect.TRACE) and walk.ordered(number)
    return _Timed(number, issued.engine, kind, reads, list(kind.words_written(slot)), accesses)


def _groups(bundle: list[_Timed], placed: Placements, reuse: bool) -> list[list[_Timed]]:
    """What must stay in one cycle: operations that write what others of the bundle touch."""
    count = Counter(word for one in bundle for word in {*one.reads, *one.writes})
    shared = {word for one in bundle for word in one.writes if reuse and count[word] > 1}
    bound = {
        one.number for one in bundle if not shared.isdisjoint((*one.reads, *one.writes))
    } | _meeting(bundle, placed)
    together = [one for one in bundle if one.number in bound]
    alone = [[one] for one in bundle if one.number not in bound]
    first = [group for group in alone if not group[0].kind.breaks]
    last = [group for group in alone if group[0].kind.breaks]
    return [*([together] if together else []), *first, *last]


def _meeting(bundle: list[_Timed], placed: Placements) -> set[int]:
    """The loads of a bundle that may meet a store or a trace of it, and those."""
    accesses = [
        (one, touched(one.number, placed.issued[one.number], placed.values, placed.known))
        for one in bundle
        if one.accesses
    ]
    return {
        number
        for (one, words), (other, others) in combinations(accesses, 2)
        if (one.kind.operation.effect is Effect.LOAD)
        != (other.kind.operation.effect is Effect.LOAD)
        and words.meets(others)
        for number in (one.number, other.number)
    }


def _earliest(one: _Timed, clock: _Clock, reuse: bool) -> int:
    """The first cycle that memory and the words of the operation allow."""
    cycle = max((clock.landed.get(word, 0) for word in one.reads), default=0)
    for word in one.writes if reuse else ():
        latest = max(clock.landed.get(word, 0), clock.read.get(word, 0))
        cycle = max(cycle, latest + 1 - one.kind.latency)
    if one.accesses and (edge := clock.memory.edge(one.number)):
        cycle = max(cycle, edge.earliest)
    return max(cycle, clock.barrier)


def _record(bundle: list[_Timed], clock: _Clock) -> None:
    """A bundle reads the state from before it, so that its accesses and writes are noted last."""
    for one in bundle:
        if one.accesses:
            clock.memory.note(one.number, one.cycle)
        for word in one.reads:
            clock.read[word] = max(clock.read.get(word, 0), one.cycle)
    for word in {word for one in bundle for word in one.writes}:
        clock.landed[word] = max(
            one.cycle + one.kind.latency for one in bundle if word in one.writes
        )
