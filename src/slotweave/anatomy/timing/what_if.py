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
further prices of slots, for an engine may be what holds a program up only once words do not. Where
scratch is so small that the words of the program do not fit, it is timed with words in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from slotweave.anatomy.causes.placements import Placements, run_placements
from slotweave.anatomy.straight_part import StraightPart, straight_part
from slotweave.anatomy.timing.block_bounds import once_because
from slotweave.anatomy.timing.retiming import groups_of, operations_of, words_of
from slotweave.anatomy.timing.scratch_prices import (
    ScratchPrices,
    Watch,
    scratch_prices,
    unwatched,
)
from slotweave.anatomy.timing.timings import Kept, Slots, Timing, covers, most_slots
from slotweave.anatomy.unrolled import unrolled
from slotweave.anatomy.words.live_scratch import is_straight
from slotweave.anatomy.words.slot_lines import naming_lines
from slotweave.base.diagnostics import Diagnostic, InputError, NoSchedule
from slotweave.base.wording import EVERY_RUN, plural
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.lift import MAX_BUNDLES, lift_counting
from slotweave.lift.blocks import basic_blocks
from slotweave.machine import Machine
from slotweave.simulate.legality import costs_a_cycle


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
    with these slots and `words` words of scratch. One more slot of each engine saves `prices`,
    scratch of which no word is used again saves `scratch`. Where its own words do not fit into so
    many, the values are `allocated_again` in turn, and these figures are for that.

    Of a program that jumps each straight part is timed by itself, and counts as often as a run
    enters it, or once if the run is not known: `parts`. Then nothing is known of scratch that is
    allocated in turn. `cycles_of` says of which runs the cycles are.
    """

    cycles: int
    before: int
    retimed: int
    slots: Mapping[str, int]
    prices: Mapping[str, int]
    scratch: int
    scratch_words: ScratchPrices | None
    parts: tuple[TimedPart, ...] = ()
    words: int = 0
    allocated_again: bool = False
    cycles_of: str = EVERY_RUN

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
    words: int | None = None,
) -> WhatIf:
    """Cycles of `program` as it is, timed again, and again with `changed` slots and `words` words
    of scratch (None: those of the machine).

    All prices are those with the changed slots, and none is negative. `facts` are those about
    memory; `watch` is told of each stage. No operation of a program that jumps leaves its straight
    part; where the run is not known, each part counts once.

    Raises NoSchedule: SW302 if an engine is left with fewer slots than operations that cannot be
    parted need, or with none and the program uses it, SW301 if its values do not fit into scratch;
    InputError (SW219) if it jumps to computed bundles. They say in which bundle, if it is one's.
    """
    slots = {**machine.slots, **changed}
    size = machine.scratch_words if words is None else words
    with naming_lines(program):
        _expect_engines(program, slots)
        watch("following the run")
        if not is_straight(program):
            return _by_parts(program, machine, slots, size, facts, watch)
        return _straight(program, machine, slots, size, facts, watch)


def _straight(
    program: Program, machine: Machine, slots: Slots, size: int, facts: Facts, watch: Watch
) -> WhatIf:
    """The same of a program that does not jump."""
    run = unrolled(program, machine, facts)
    watch("finding what waits for what")
    placed = run_placements(run, machine)
    operations = operations_of(placed, machine)
    reads, writes = words_of(placed)
    watch("timing")
    known = (most_slots(run.program, machine), run.cycles[-1])
    timing = Timing(groups_of(operations, reads, writes), machine.slots, known)
    now, prices, own = timing.cycles(slots), timing.prices(slots), timing.cycles(machine.slots)
    apart = groups_of(operations, reads, writes, reuse=False)
    found = WhatIf(
        cycles=now,
        before=run.cycles[-1],
        retimed=min(own, now) if covers(machine.slots, slots) else own,
        slots=slots,
        prices=prices,
        scratch=now - min(now, Timing(apart, machine.slots).cycles(slots)),
        scratch_words=scratch_prices(operations, machine, slots, size, watch),
        words=size,
    )
    return found if _words_used(placed) <= size else _allocated_again(found)


def _words_used(placed: Placements) -> int:
    """As many words of scratch as a machine needs to have the words of the program."""
    columns = placed.columns
    last = max(rows.word.max(initial=-1) for rows in (columns.reads, columns.writes))
    return int(last) + 1


def _allocated_again(found: WhatIf) -> WhatIf:
    """The same with words in turn. Raises NoSchedule (SW301) if they do not fit either."""
    prices = found.scratch_words
    assert prices is not None  # a straight program has them
    if prices.now is None:
        raise NoSchedule(Diagnostic("SW301", prices.why_not()))
    apart = found.cycles - found.scratch
    return replace(
        found,
        cycles=prices.now,
        prices={engine: saved or 0 for engine, saved in prices.prices.items()},
        scratch=prices.now - min(prices.now, apart),
        allocated_again=True,
    )


def _expect_engines(program: Program, slots: Slots) -> None:
    """Raise NoSchedule (SW302) if an engine without slots is left with operations."""
    for engine in (name for name, count in slots.items() if not count):
        used = [at for at, bundle in enumerate(program.bundles) for _slot in bundle.get(engine, ())]
        if used:
            operations = plural(len(used), "operation")
            reason = f"{engine} has no slot left, and the program has {operations} on it"
            raise NoSchedule(Diagnostic("SW302", reason, bundle=used[0], engine=engine, slot=0))


def _by_parts(
    program: Program, machine: Machine, slots: Slots, size: int, facts: Facts, watch: Watch
) -> WhatIf:
    """The same of a program that jumps, part by part, as often as a run enters each; each once if
    the run is not known."""
    path, cycles_of = _path_of(program, machine, facts)
    watch("timing")
    parts = []
    prices, scratch = dict.fromkeys(slots, 0), 0
    for block in basic_blocks(program, machine):
        runs = 1 if path is None else path[block.start]
        if not runs:
            continue
        part = straight_part(program, machine, block)
        _expect_scratch(part, size)
        timing, apart = _timings_of(part, machine)
        now, own = timing.cycles(slots), timing.cycles(machine.slots)
        retimed = min(own, now) if covers(machine.slots, slots) else own
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
        words=size,
        cycles_of=cycles_of,
    )


def _path_of(program: Program, machine: Machine, facts: Facts) -> tuple[Counter[int] | None, str]:
    """How often each bundle runs, None if that is not known; and of which runs this is said."""
    try:
        return Counter(lift_counting(program, machine, facts, MAX_BUNDLES).path), EVERY_RUN
    except InputError as refusal:
        if refusal.diagnostic.code != "SW219":
            raise
        return None, once_because(refusal)


def _expect_scratch(part: StraightPart, size: int) -> None:
    """Raise NoSchedule (SW301) if the words of a part do not fit into `size`."""
    used = _words_used(part.placed)
    if used > size:
        reason = (
            f"the program has a value in scratch word {used - 1:,}, there are {size:,} words, and "
            "values of a program that jumps are not allocated again"
        )
        raise NoSchedule(Diagnostic("SW301", reason))


def _timings_of(part: StraightPart, machine: Machine) -> tuple[Timing | Kept, Timing | Kept]:
    """A block with the words that it has, and with words of its own for each result.

    One where something is in flight at an edge stays as it is.
    """
    block, bundles = part.block, part.program.bundles
    if not block.settled:
        kept = Kept(bundles, block.start)
        return kept, kept
    operations = operations_of(part.placed, machine)
    reads, writes = words_of(part.placed)
    with_words, apart = (
        replace(
            groups_of(operations, reads, writes, reuse=reuse),
            landed=bool(block.after), begin=block.start,
        )
        for reuse in (True, False)
    )  # fmt: skip
    known = (most_slots(part.program, machine), sum(map(costs_a_cycle, bundles)))
    return Timing(with_words, machine.slots, known), Timing(apart, machine.slots, known)
