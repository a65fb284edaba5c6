"""The same program on a machine with more or fewer slots.

The program stays fixed: its operations, their order, their engines and their scratch addresses.
Only their cycles are chosen again: in listing order each operation goes into the first cycle in
which its operands have landed, nobody still reads what it overwrites, and its engine has a slot. A
load waits for the stores of earlier bundles that it may alias, a store for loads and stores; which
may is known from facts about memory and from addresses (see `access_conflicts`). Operations that
cannot be parted stay together (see `retiming`).

A machine with more slots runs every schedule of one with fewer, and first come, first served is no
best schedule: so the cycles with some slots are the fewest that were found for them or for fewer,
the program as it stands being one of these schedules. More slots never cost a cycle.

For other amounts of scratch the words cannot stay fixed: each value is allocated again, all
words in turn, so that each rests as long as it can before it is written again (words of a vector
need not lie side by side). The prices of `STEP` words compare such programs with each other; so do
further prices of slots, for an engine may be what holds a program up only once words do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from slotweave.analysis.basic_block import BasicBlock
from slotweave.anatomy.causes.placements import Placements, run_placements
from slotweave.anatomy.straight_part import straight_part
from slotweave.anatomy.timing.retiming import (
    Groups,
    Operations,
    Words,
    groups_of,
    operations_of,
    words_of,
)
from slotweave.anatomy.timing.words_in_turn import Touched, values_of
from slotweave.anatomy.unrolled import Unrolled, unrolled
from slotweave.anatomy.words.live_scratch import is_straight
from slotweave.base.diagnostics import Diagnostic, InputError, NoSchedule
from slotweave.base.wording import plural
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.lift import MAX_BUNDLES, lift_counting
from slotweave.lift.blocks import basic_blocks
from slotweave.machine import Machine
from slotweave.simulate.legality import costs_a_cycle

#: Scratch is priced in steps of this many words.
STEP = 64

#: Most single extra slots tried one after the other.
_STEPS = 64

Slots = Mapping[str, int]

#: Is told what is done next.
Watch = Callable[[str], None]


def unwatched(_stage: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class ScratchPrices:
    """What `step` words of scratch are worth in cycles, where each value is given a word in turn.

    `now` is what the program takes so in `words` words, `saved` how many cycles fewer with a step
    more, `lost` how many more with a step less; None if it does not fit, for it holds `needed`
    words at once. `prices` says how many fewer with one more slot of each engine.
    """

    step: int
    words: int
    needed: int
    now: int | None
    saved: int | None
    lost: int | None
    prices: Mapping[str, int | None]

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "prices": dict(self.prices)}


@dataclass(frozen=True)
class TimedPart:
    """Bundles `start` to `stop` - 1, which run in a row and `runs` times: the cycles that they take
    each time as they are, timed again, and with the changed slots."""

    start: int
    stop: int
    runs: int
    before: int
    retimed: int
    cycles: int


@dataclass(frozen=True, repr=False)
class WhatIf:
    """A program on a machine with `slots`, in cycles.

    It takes `before` as it is, `retimed` if it is timed again on the machine as it is, `cycles`
    with these slots. One more slot of each engine saves `prices`, scratch of which no word is used
    again saves `scratch`.

    Of a program that jumps each straight part is timed by itself, and counts as often as a run
    enters it: `parts`. Then nothing is known of scratch that is allocated in turn.
    """

    cycles: int
    before: int
    retimed: int
    slots: Mapping[str, int]
    prices: Mapping[str, int]
    scratch: int
    scratch_words: ScratchPrices | None
    parts: tuple[TimedPart, ...] = ()

    def __repr__(self) -> str:
        slots = ", ".join(f"{engine} {count}" for engine, count in self.slots.items())
        return f"<WhatIf: {plural(self.cycles, 'cycle')} with {slots}, {self.before:,} as it is>"

    def to_json(self) -> dict[str, Any]:
        """What `what-if --json` prints, but for the name of the facts."""
        own = {each.name: getattr(self, each.name) for each in fields(WhatIf)}
        return {
            **own,
            "slots": dict(self.slots),
            "prices": dict(self.prices),
            "scratch_words": None if self.scratch_words is None else self.scratch_words.to_json(),
            "parts": [vars(part) for part in self.parts],
        }


def what_if(
    program: Program,
    machine: Machine,
    changed: Mapping[str, int],
    facts: Facts = NOTHING_KNOWN,
    watch: Watch = unwatched,
) -> WhatIf:
    """Cycles of `program` as it is, timed again, and again with `changed` slots.

    All prices are those with the changed slots, and none is negative. `facts` are those about
    memory; `watch` is told of each stage. No operation of a program that jumps leaves its straight
    part.

    Raises NoSchedule (SW302) if an engine that the program uses is left without slots, InputError
    SW212 if operations that cannot be parted need more slots, SW219 if a jump depends on data.
    """
    _expect_engines(program, changed)
    watch("following the run")
    if not is_straight(program):
        return _by_parts(program, machine, changed, facts, watch)
    run = unrolled(program, machine, facts)
    watch("finding what waits for what")
    placed = run_placements(run, machine)
    operations = operations_of(placed, machine)
    reads, writes = words_of(placed)
    slots = {**machine.slots, **changed}
    watch("timing")
    timing = _Timing(groups_of(operations, reads, writes), machine.slots, _as_it_is(run, machine))
    now, prices, own = timing.cycles(slots), timing.prices(slots), timing.cycles(machine.slots)
    apart = groups_of(operations, reads, writes, reuse=False)
    return WhatIf(
        cycles=now,
        before=run.cycles[-1],
        retimed=min(own, now) if _covers(machine.slots, slots) else own,
        slots=slots,
        prices=prices,
        scratch=now - min(now, _Timing(apart, machine.slots).cycles(slots)),
        scratch_words=scratch_prices(operations, machine, slots, machine.scratch_words, watch),
    )


def _expect_engines(program: Program, changed: Slots) -> None:
    """Raise NoSchedule (SW302) if an engine without slots is left with operations."""
    for engine in (name for name, slots in changed.items() if not slots):
        used = sum(len(bundle.get(engine, ())) for bundle in program.bundles)
        if used:
            operations = plural(used, "operation")
            reason = f"{engine} has no slot left, and the program has {operations} on it"
            raise NoSchedule(Diagnostic("SW302", reason))


def _by_parts(
    program: Program, machine: Machine, changed: Slots, facts: Facts, watch: Watch
) -> WhatIf:
    """The same of a program that jumps, part by part, as often as a run enters each."""
    slots = {**machine.slots, **changed}
    path = Counter(lift_counting(program, machine, facts, MAX_BUNDLES).path)
    watch("timing")
    parts = []
    prices, scratch = dict.fromkeys(slots, 0), 0
    for block in basic_blocks(program, machine):
        runs = path[block.start]
        if not runs:
            continue
        timing, apart = _timings_of(program, machine, block)
        now, own = timing.cycles(slots), timing.cycles(machine.slots)
        retimed = min(own, now) if _covers(machine.slots, slots) else own
        before = sum(map(costs_a_cycle, program.bundles[block.start : block.stop]))
        parts.append(TimedPart(block.start, block.stop, runs, before, retimed, now))
        for engine, saved in timing.prices(slots).items():
            prices[engine] += runs * saved
        scratch += runs * (now - min(now, apart.cycles(slots)))
    return WhatIf(
        cycles=sum(part.runs * part.cycles for part in parts),
        before=sum(part.runs * part.before for part in parts),
        retimed=sum(part.runs * part.retimed for part in parts),
        slots=slots,
        prices=prices,
        scratch=scratch,
        scratch_words=None,
        parts=tuple(parts),
    )


def _timings_of(
    program: Program, machine: Machine, block: BasicBlock
) -> tuple[_Timing | _Kept, _Timing | _Kept]:
    """A block with the words that it has, and with words of its own for each result.

    One where something is in flight at an edge stays as it is.
    """
    part = straight_part(program, machine, block)
    operations = operations_of(part.placed, machine)
    reads, writes = words_of(part.placed)
    used = _most_slots(part.program, machine)
    cycles = sum(map(costs_a_cycle, part.program.bundles))
    if not block.settled:
        kept = _Kept(used, cycles)
        return kept, kept
    with_words, apart = (
        replace(groups_of(operations, reads, writes, reuse=reuse), landed=bool(block.after))
        for reuse in (True, False)
    )
    known = (used, cycles)
    return _Timing(with_words, machine.slots, known), _Timing(apart, machine.slots, known)


def scratch_prices(
    operations: Operations,
    machine: Machine,
    slots: Slots,
    words: int,
    watch: Watch = unwatched,
) -> ScratchPrices:
    """The prices of scratch where the machine has `words` words of it.

    What fits into fewer words fits into more, so no price is negative.
    """
    watch("allocating scratch in turn")
    values = values_of(_events(operations.placed))

    def timed(size: int) -> _Timing | None:
        watch(f"timing with {size:,} scratch words in turn")
        renamed = values.in_turn(size)
        if renamed is None:
            return None
        return _Timing(groups_of(operations, *_renamed(operations.placed, renamed)), machine.slots)

    less, here, more = (timed(size) for size in (words - STEP, words, words + STEP))
    fewer = less.cycles(slots) if less else None
    now = _least(fewer, here.cycles(slots) if here else None)
    then = _least(now, more.cycles(slots) if more else None)
    prices: Mapping[str, int | None] = here.prices(slots) if here else dict.fromkeys(slots)
    return ScratchPrices(
        step=STEP,
        words=words,
        needed=values.needed(),
        now=now,
        saved=None if now is None or then is None else now - then,
        lost=None if fewer is None or now is None else fewer - now,
        prices=prices,
    )


def _least(*found: int | None) -> int | None:
    return min((cycles for cycles in found if cycles is not None), default=None)


def _events(placed: Placements) -> list[list[Touched]]:
    """For each bundle the words that are read in it, and those in which something lands after it.

    One entry for each operation in the bundle in which it is issued, and another one for its result
    if that lands later.
    """
    bundles: list[list[Touched]] = [[] for _ in range(int(placed.columns.lands.max(initial=0)))]
    for one, reads, writes in zip(placed.issued, *words_of(placed), strict=True):
        at_once = one.kind.latency == 1
        bundles[one.bundle].append((reads, writes if at_once else ()))
        if not at_once:
            bundles[one.lands - 1].append(((), writes))
    return bundles


def _renamed(placed: Placements, bundles: Sequence[Sequence[Touched]]) -> tuple[Words, Words]:
    """The words that each operation reads and writes, from those of the events."""
    rows = [iter(bundle) for bundle in bundles]
    reads: list[Sequence[int]] = []
    writes: list[Sequence[int]] = []
    for one in placed.issued:
        read, written = next(rows[one.bundle])
        reads.append(read)
        writes.append(written if one.kind.latency == 1 else next(rows[one.lands - 1])[1])
    return reads, writes


@dataclass(frozen=True, eq=False)
class _Timing:
    """A program that is timed with several numbers of slots.

    `own` are those of the machine. `known` has the slots and the cycles of a schedule that there is
    already, if there is one.
    """

    groups: Groups
    own: Slots
    known: tuple[Slots, int] | None = None

    def cycles(self, slots: Slots) -> int:
        """As few as were found with these slots, or on the way to them.

        The way leads from the slots that are the machine's own or fewer to `slots` by single slots.
        """
        found = []
        for at in self._way(slots):
            found.append(self.groups.retimed(at))
            if found[-1] == self.least:
                break
        if self.known and _covers(slots, self.known[0]):
            found.append(self.known[1])
        return min(found)

    def prices(self, slots: Slots) -> dict[str, int]:
        """How many cycles fewer with one more slot of each engine."""
        now = self.cycles(slots)
        wider = ((engine, {**slots, engine: count + 1}) for engine, count in slots.items())
        return {engine: now - min(now, self.groups.retimed(more)) for engine, more in wider}

    @cached_property
    def least(self) -> int:
        """What no schedule of these groups is shorter than."""
        return self.groups.retimed(dict.fromkeys(self.own, self.groups.size))

    def _way(self, slots: Slots) -> Iterator[Slots]:
        at = {engine: min(count, self.own[engine]) for engine, count in slots.items()}
        yield at
        for engine, count in slots.items():
            steps = range(at[engine] + 1, min(count, at[engine] + _STEPS) + 1)
            for wider in (*steps, *((count,) if count > at[engine] + _STEPS else ())):
                at = {**at, engine: wider}
                yield at


@dataclass(frozen=True)
class _Kept:
    """Bundles that stay as they are, and need `used` slots."""

    used: Slots
    before: int

    def cycles(self, slots: Slots) -> int:
        """Raises InputError (SW212) if there are fewer slots."""
        for engine, count in self.used.items():
            if count > slots[engine]:
                reason = (
                    "results are in flight where some bundles begin or end, so these stay as they "
                    f"are: the program needs {count} slots of {engine}, not {slots[engine]}"
                )
                raise InputError(Diagnostic("SW212", reason))
        return self.before

    def prices(self, slots: Slots) -> dict[str, int]:
        """One more slot saves nothing."""
        return dict.fromkeys(slots, 0)


def _covers(slots: Slots, needed: Slots) -> bool:
    """Are there as many slots of each engine?"""
    return all(slots[engine] >= count for engine, count in needed.items())


def _as_it_is(run: Unrolled, machine: Machine) -> tuple[Slots, int]:
    """The most slots of each engine in a bundle of the program, and its cycles."""
    return _most_slots(run.program, machine), run.cycles[-1]


def _most_slots(program: Program, machine: Machine) -> Slots:
    """The most slots of each engine in a bundle of `program`."""
    return {
        engine: max((len(bundle.get(engine, ())) for bundle in program.bundles), default=0)
        for engine in machine.slots
    }
