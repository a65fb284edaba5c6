"""A program as it runs: its bundles in the order of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import TypeVar

from slotweave.anatomy.words.block_begins import block_begins
from slotweave.anatomy.words.known_accesses import KnownAccesses, Place, lifted_accesses
from slotweave.anatomy.words.live_scratch import is_straight
from slotweave.ir.facts import Facts
from slotweave.ir.program import Bundle, Program
from slotweave.lift import MAX_BUNDLES, Access, Lifted, lift_counting
from slotweave.machine import DEBUG_ENGINE, Machine
from slotweave.simulate.legality import costs_a_cycle

Found = TypeVar("Found")

#: Longer runs are not looked at operation by operation: that would take minutes.
MOST_SHOWN = 150_000


@dataclass(frozen=True)
class Unrolled:
    """`program` has the bundles of the run, one after the other; jumps only fill their slots.

    Bundle i of it is bundle `path[i]` of the text; `accesses` are its loads and stores, and `known`
    says in which region they lie. `lifted` is the run as a graph. `begins` has for each bundle of
    the run the one with which its block begins (see `block_begins`). `text` is the program as it is
    written.
    """

    program: Program
    path: tuple[int, ...]
    accesses: Mapping[Place, Access]
    known: KnownAccesses
    lifted: Lifted
    begins: tuple[int, ...]
    text: Program

    @cached_property
    def cycles(self) -> tuple[int, ...]:
        """How many cycles are over before each bundle, and in the end."""
        return tuple(accumulate(map(costs_a_cycle, self.program.bundles), initial=0))


def unrolled(
    program: Program,
    machine: Machine,
    facts: Facts,
    max_bundles: int = MAX_BUNDLES,
    *,
    apart: bool = False,
    checked: bool = False,
    path: Sequence[int] | None = None,
) -> Unrolled:
    """`program` as it runs under `facts`; one that does not jump is as written, to its first halt.

    Raises CheckFailed for what the machine refuses, InputError (SW219) where a jump depends on
    data, or if more than `max_bundles` bundles are run.

    Where there are jumps, bundles that cost no cycle are left out, unless results take longer than
    a bundle to land: that is counted in all bundles. With `apart` parts of a region that no
    computed address mixes are regions of their own in the graph; `checked` says that the machine
    is known to run the program (see `lift_counting`). The run takes the `path` of bundles where its
    jumps depend on data, if one is given.
    """
    if is_straight(program):
        ran = up_to_halt(program)
        lifted = lift_counting(
            ran, machine, facts, max(len(ran.bundles), 1), apart=apart, checked=checked
        )
        size = len(ran.bundles)
        return Unrolled(ran, tuple(range(size)), lifted.accesses, lifted_accesses(lifted), lifted,
                        (0,) * size, program)  # fmt: skip
    lifted = lift_counting(
        program, machine, facts, max_bundles, apart=apart, checked=checked, path=path
    )
    slow = any(mode.latency > 1 for mode in machine.modes)
    kept = [
        ran
        for ran, bundle in enumerate(lifted.path)
        if slow or costs_a_cycle(program.bundles[bundle])
    ]
    kept_path = tuple([lifted.path[ran] for ran in kept])
    place = {ran: at for at, ran in enumerate(kept)}

    def placed(found: Mapping[Place, Found]) -> dict[Place, Found]:
        return {(place[ran], engine, slot): one for (ran, engine, slot), one in found.items()}

    return Unrolled(
        replace(program, bundles=tuple([program.bundles[bundle] for bundle in kept_path])),
        kept_path,
        placed(lifted.accesses),
        placed(lifted_accesses(lifted)),
        lifted,
        block_begins(program, machine, kept_path),
        program,
    )


def up_to_halt(program: Program) -> Program:
    """What a straight `program` runs: nothing after the first bundle that halts."""
    if "halt" not in program.mnemonics:
        return program
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
