"""A program as it runs: its bundles in the order of the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from slotweave.ir.facts import Facts
from slotweave.ir.program import Bundle, Program
from slotweave.lift import MAX_BUNDLES, lift_counting
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.report.known_accesses import KnownAccesses, known_accesses, lifted_accesses
from slotweave.report.live_scratch import is_straight
from slotweave.simulate.legality import costs_a_cycle

#: Longer runs are not looked at operation by operation: that would take minutes.
MOST_SHOWN = 150_000


@dataclass(frozen=True)
class Unrolled:
    """`program` has the bundles of the run, one behind the other; jumps only fill their slots.

    Bundle i of it is bundle `path[i]` of the text; `known` is what is known of its accesses to
    memory.
    """

    program: Program
    path: tuple[int, ...]
    known: KnownAccesses

    @property
    def times(self) -> Sequence[int]:
        """What each bundle goes by: its number, or its cycle in the run of a program that jumps."""
        return range(len(self.path)) if is_straight(self.program) else self.cycles

    @property
    def cycles(self) -> tuple[int, ...]:
        """How many cycles are over before each bundle, and in the end."""
        return tuple(accumulate(map(costs_a_cycle, self.program.bundles), initial=0))


def unrolled(
    program: Program, machine: Machine, facts: Facts, max_bundles: int = MAX_BUNDLES
) -> Unrolled:
    """`program` as it runs under `facts`; one that does not jump is as written, to its first halt.

    Raises CheckFailed for what the machine refuses, InputError (SW219) where a jump depends on
    data, or if more than `max_bundles` bundles are run.

    Where there are jumps, bundles that cost no cycle are left out, unless results take longer than
    a bundle to land: that is counted in all bundles.
    """
    if is_straight(program):
        ran = up_to_halt(program)
        return Unrolled(ran, tuple(range(len(ran.bundles))), known_accesses(ran, machine, facts))
    lifted = lift_counting(program, machine, facts, max_bundles)
    slow = any(mode.latency > 1 for mode in machine.modes)
    kept = [
        ran
        for ran, bundle in enumerate(lifted.path)
        if slow or costs_a_cycle(program.bundles[bundle])
    ]
    path = tuple([lifted.path[ran] for ran in kept])
    known = lifted_accesses(lifted)
    place = {ran: at for at, ran in enumerate(kept)}
    return Unrolled(
        replace(program, bundles=tuple([program.bundles[bundle] for bundle in path])),
        path,
        {(place[ran], engine, slot): one for (ran, engine, slot), one in known.items()},
    )


def up_to_halt(program: Program) -> Program:
    """What a straight `program` runs: nothing behind the first bundle that halts."""
    halts = (at for at, bundle in enumerate(program.bundles, 1) if _halts(bundle))
    end = next(halts, len(program.bundles))
    return (
        program if end == len(program.bundles) else replace(program, bundles=program.bundles[:end])
    )


def _halts(bundle: Bundle) -> bool:
    return any(
        slot[0] == "halt"
        for engine, slots in bundle.items()
        if engine != DEBUG_ENGINE
        for slot in slots
    )
