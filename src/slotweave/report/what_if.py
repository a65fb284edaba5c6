"""The same program on a machine with more or fewer slots.

The program is held fixed: its operations, their order, their engines and their scratch addresses.
Only their cycles are chosen anew: in listing order each operation goes into the first cycle in
which its operands have landed, nobody still reads what it overwrites, and its engine has a slot. A
store waits for all loads and stores of earlier bundles, a load for their stores; operations of one
bundle that write what others of it touch stay together. On a machine that
has no fewer slots than the program's own that is never later than where it stood.

For other amounts of scratch the words cannot be held fixed: each value is given one anew, all words
in turn, so that each rests as long as it can before it is written again (words of a vector need not
lie side by side). The prices of `STEP` words compare such programs with each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from slotweave.diagnostics import Diagnostic, InputError
from slotweave.ir.program import Program, Slot
from slotweave.isa import Effect
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.report.words_in_turn import Word, in_turn, words_needed
from slotweave.simulate.legality import costs_a_cycle
from slotweave.simulate.slots import SlotKind, slot_kinds

#: All of memory as one word, for order alone.
MEMORY = "memory"

#: Scratch is priced in so many words.
STEP = 64


@dataclass
class _Clock:
    """From which cycle on each word can be read, when it was last, and before what nothing runs."""

    landed: dict[Word, int] = field(default_factory=dict)
    read: dict[Word, int] = field(default_factory=dict)
    barrier: int = 0


@dataclass
class _Issued:
    """An operation with the words that it touches, and the cycle that it is given."""

    engine: str
    kind: SlotKind
    reads: list[Word]
    writes: list[Word]
    cycle: int = 0


def what_if(program: Program, machine: Machine, changed: Mapping[str, int]) -> dict[str, Any]:
    """Cycles of the straight `program` as it is, timed anew, and timed anew with `changed` slots.

    `prices` says how many cycles one more slot of each engine saves, and `scratch` how many would
    be saved if no word of scratch were ever used again; `scratch_words` has the prices of `STEP`
    words (see `scratch_prices`); all with the changed slots.
    """
    slots = {**machine.slots, **changed}
    now = retimed(program, machine, slots)
    more = {engine: {**slots, engine: count + 1} for engine, count in slots.items()}
    return {
        "cycles": now,
        "before": sum(map(costs_a_cycle, program.bundles)),
        "retimed": retimed(program, machine, machine.slots),
        "slots": slots,
        "prices": {e: now - retimed(program, machine, wider) for e, wider in more.items()},
        "scratch": now - retimed(program, machine, slots, reuse=False),
        "scratch_words": scratch_prices(program, machine, slots),
    }


def scratch_prices(
    program: Program, machine: Machine, slots: Mapping[str, int]
) -> dict[str, int | None]:
    """What `step` words of scratch are worth in cycles, where each value is given a word in turn.

    `now` is what the program takes so in the `words` of the machine, `saved` how many cycles fewer
    with a step more, `lost` how many more with a step less (None if it does not fit: it holds
    `needed` words at once).
    """
    bundles, words = list(_operations(program, machine)), machine.scratch_words
    touched = [[(one.reads, one.writes) for one in bundle] for bundle in bundles]

    def timed(size: int) -> int | None:
        renamed = in_turn(touched, size, kept=MEMORY)
        if renamed is None:
            return None
        return _retimed(
            (
                [replace(one, reads=r, writes=w) for one, (r, w) in zip(bundle, row, strict=True)]
                for bundle, row in zip(bundles, renamed, strict=True)
            ),
            slots,
        )

    now, more, fewer = timed(words), timed(words + STEP), timed(words - STEP)
    return {
        "step": STEP, "words": words, "needed": words_needed(touched, kept=MEMORY), "now": now,
        "saved": None if now is None or more is None else now - more,
        "lost": None if now is None or fewer is None else fewer - now,
    }  # fmt: skip


def retimed(
    program: Program, machine: Machine, slots: Mapping[str, int], reuse: bool = True
) -> int:
    """The cycles that the straight `program` takes with so many slots for each engine.

    Without `reuse` each result has words of its own: writes wait for no earlier reads or writes.
    """
    return _retimed(_operations(program, machine), slots, reuse)


def _retimed(bundles: Iterable[list[_Issued]], slots: Mapping[str, int], reuse: bool = True) -> int:
    """The cycles that the operations of `bundles` take."""
    clock, used, end = _Clock(), {engine: Counter[int]() for engine in slots}, 0
    for bundle in bundles:
        for group in _groups(bundle, reuse):
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


def _operations(program: Program, machine: Machine) -> Iterator[list[_Issued]]:
    """The operations of each bundle that runs; what ends the run comes behind all else in it."""
    kinds = slot_kinds(machine)
    for bundle in program.bundles:
        found = [
            _issued(engine, kinds[engine][slot[0]], slot)
            for engine, slots in bundle.items()
            if engine != DEBUG_ENGINE
            for slot in slots
        ]
        yield sorted(found, key=lambda one: one.kind.breaks)
        if any(one.kind.form.operation == "halt" for one in found):
            return


def _issued(engine: str, kind: SlotKind, slot: Slot) -> _Issued:
    effect = kind.operation.effect
    reads: list[Word] = [word for words in kind.words_read(slot) for word in words]
    writes: list[Word] = list(kind.words_written(slot))
    if effect is Effect.LOAD:
        reads.append(MEMORY)
    elif effect in (Effect.STORE, Effect.TRACE):
        writes.append(MEMORY)
    return _Issued(engine, kind, reads, writes)


def _groups(bundle: list[_Issued], reuse: bool) -> list[list[_Issued]]:
    """What must stay in one cycle: operations that write what others of the bundle touch."""
    touched = Counter[Word]()
    for one in bundle:
        touched.update({*one.reads, *one.writes})
    loads = any(MEMORY in one.reads for one in bundle)
    shared = {
        word
        for one in bundle
        for word in one.writes
        if (loads if word == MEMORY else reuse and touched[word] > 1)
    }
    together = [one for one in bundle if not shared.isdisjoint((*one.reads, *one.writes))]
    alone = [[one] for one in bundle if shared.isdisjoint((*one.reads, *one.writes))]
    first = [group for group in alone if not group[0].kind.breaks]
    last = [group for group in alone if group[0].kind.breaks]
    return [*([together] if together else []), *first, *last]


def _earliest(one: _Issued, clock: _Clock, reuse: bool) -> int:
    """The first cycle that the words of the operation allow."""
    cycle = max((clock.landed.get(word, 0) for word in one.reads), default=0)
    for word in one.writes:
        if reuse or word == MEMORY:
            latest = max(clock.landed.get(word, 0), clock.read.get(word, 0))
            cycle = max(cycle, latest + 1 - one.kind.latency)
    return max(cycle, clock.barrier)


def _record(bundle: list[_Issued], clock: _Clock) -> None:
    """A bundle reads the state from before it, so that its writes are noted last."""
    for one in bundle:
        for word in one.reads:
            clock.read[word] = max(clock.read.get(word, 0), one.cycle)
    for word in {word for one in bundle for word in one.writes}:
        clock.landed[word] = max(
            one.cycle + one.kind.latency for one in bundle if word in one.writes
        )
