"""Why an operation of a straight program is not earlier, and why a slot is empty; or of a run.

What is said can be tested by doing it. Where nothing holds an operation from bundle N on, the
program with this operation alone moved to N, or to any bundle from there to its own, shows what it
showed: memory and trace at each pause and in the end, and a fault between the same two pauses. Only
engines may be too full for it; `room` is the first of these bundles where its own is not. What is
said of a run of a program that jumps holds of the bundles as they run, one after the other, without
the jumps. Of a straight part whose run is not known it holds of the whole program: what is moved
stays between the part's first bundle and where it stood. On a machine with slow results it holds
where pauses are not enabled, for at a pause all that is in flight lands.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from slotweave.anatomy.causes.explanation import (
    EmptySlots,
    End,
    ExplainedOperation,
    Explanation,
    Hold,
    Link,
)
from slotweave.anatomy.causes.idle_causes import IDLE_CAUSES, IdleSlots, idle_slots, movers
from slotweave.anatomy.causes.placements import CAUSES, Placements, run_placements
from slotweave.anatomy.place import Place
from slotweave.anatomy.straight_part import StraightPart
from slotweave.anatomy.unrolled import Unrolled, unrolled
from slotweave.anatomy.words.live_scratch import JUMPS
from slotweave.anatomy.words.scratch_names import ScratchNames, scratch_names
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.legality import costs_a_cycle

#: Causes of slots that an operation could move to, were it not for a jump.
_MOVABLE = ("free", "jump")
#: What an operation waits for no longer if it waits for the cause.
_MET = {"scratch": ("operand", "memory"), "memory": ("operand",)}


def explain_bundle(
    program: Program,
    machine: Machine,
    bundle: int,
    engine: str | None = None,
    slot: int | None = None,
    facts: Facts = NOTHING_KNOWN,
) -> Explanation:
    """Each operation of `bundle`, and its empty slots by engine and cause.

    Only `engine`, or only its slot number `slot`, if they are given. The program must be straight
    and legal on `machine`; the bundle, engine and slot must exist, and the bundle be run. `facts`
    are those about memory.
    """
    run = unrolled(program, machine, facts)
    placed = run_placements(run, machine)
    names = scratch_names(run.text, machine)
    return explain_placed(run.program, machine, placed, names, bundle, engine, slot)


def explain_cycle(
    run: Unrolled,
    machine: Machine,
    cycle: int,
    engine: str | None = None,
    slot: int | None = None,
) -> Explanation:
    """The same of a cycle of `run`. Each place is a cycle, and the bundle of the text run in it."""
    placed = run_placements(run, machine)
    bundle = bisect_right(run.cycles, cycle) - 1
    view = _View(run.program, machine, placed, scratch_names(run.text, machine), run)
    return _explained(view, bundle, engine, slot)


def explain_part(
    part: StraightPart,
    machine: Machine,
    bundle: int,
    engine: str | None = None,
    slot: int | None = None,
) -> Explanation:
    """The same of a bundle that stands in `part`; it and each place are bundles of the text."""
    block = part.block
    names = scratch_names(part.text, machine)
    view = _View(part.program, machine, part.placed, names, first=block.start)
    found = _explained(view, bundle - block.start, engine, slot)
    return replace(found, part=(block.start, block.stop))


def explain_placed(
    program: Program,
    machine: Machine,
    placed: Placements,
    names: ScratchNames,
    bundle: int,
    engine: str | None = None,
    slot: int | None = None,
) -> Explanation:
    """The same of a bundle of a straight program whose placements and names are known."""
    return _explained(_View(program, machine, placed, names), bundle, engine, slot)


@dataclass(frozen=True, eq=False)
class _View:
    """A straight program, or the bundles of `run` one after the other; or a straight part of a
    program, from its bundle `first` on."""

    program: Program
    machine: Machine
    placed: Placements
    names: ScratchNames
    run: Unrolled | None = None
    first: int = 0

    def time(self, bundle: int) -> int:
        """What a bundle goes by in answers: itself, or its cycle in the run."""
        return bundle + self.first if self.run is None else self.run.cycles[bundle]

    def place(self, number: int) -> Place:
        operation = self.placed.issued[number]
        bundle, cycle = operation.bundle + self.first, None
        if self.run is not None:
            bundle, cycle = self.run.path[operation.bundle], self.time(operation.bundle)
        return self.names.place(operation.slot, bundle, operation.engine, operation.position, cycle)


def _explained(view: _View, bundle: int, engine: str | None, slot: int | None) -> Explanation:
    program, machine, placed = view.program, view.machine, view.placed
    engines = [name for name in machine.slots if engine in (None, name)]
    here = [
        number
        for number, one in enumerate(placed.issued)
        if one.bundle == bundle and one.engine in engines and slot in (None, one.position)
    ]
    idle = idle_slots(program, machine, placed)
    told = [each for name in engines for each in _empty(view, name, bundle, slot, idle[name])]
    return Explanation(
        bundle + view.first if view.run is None else view.run.path[bundle],
        tuple([_operation(view, number) for number in here]),
        tuple(told),
        *(() if view.run is None else (view.time(bundle), len(view.run.path))),
    )


def _empty(
    view: _View, engine: str, bundle: int, slot: int | None, idle: IdleSlots
) -> Iterator[EmptySlots]:
    """The empty slots of an engine in `bundle`, or its slot number `slot`, by cause.

    The first of them are those that operations could move to.
    """
    first = view.machine.slots[engine] - int(idle.spare[bundle])
    kept = any(
        one.kind.breaks and one.engine == engine and one.bundle > bundle
        for one in view.placed.issued
    )
    for cause, number in zip(IDLE_CAUSES, idle.table()[bundle].tolist(), strict=True):
        its = range(first, first + number)
        first = its.stop
        if not number or (slot is not None and slot not in its):
            continue
        could_move = 0
        if cause in _MOVABLE:
            inside, beyond = movers(view.program, view.machine, view.placed)
            could_move = int((inside if cause == "free" else beyond)[engine][bundle])
        begin, many = (its.start, number) if slot is None else (slot, 1)
        next_up = _next(view, engine, bundle, cause)
        yield EmptySlots(engine, begin, many, cause, could_move, next_up, kept)


def _operation(view: _View, number: int) -> ExplainedOperation:
    """An operation, what holds it, since when nothing does, and the chain of what binds it."""
    placed = view.placed
    chain = list(_chain(placed, number))
    room = _room(view, number)
    kind, bundle = placed.issued[number].kind, placed.issued[number].bundle
    return ExplainedOperation(
        place=view.place(number),
        held=tuple([
            Hold(cause, view.time(edge.earliest), view.place(edge.source))
            for cause in CAUSES
            if (edge := placed.edges[cause].of(number)) and edge.earliest > 0
        ]),
        free_from=view.time(bundle if kind.breaks else placed.free_from(number)),
        room=None if room is None else view.time(room),
        chain=tuple([Link(cause, view.place(link)) for cause, link in chain]),
        end=_end(view, chain[-1][1] if chain else number),
        keeps=kind.breaks,
        jumps=kind.operation.name in JUMPS,
    )  # fmt: skip


def _room(view: _View, number: int) -> int | None:
    """The first bundle with a slot for the operation, from where it is free to before it stands.

    A bundle that costs no cycle would cost one, and has none. A pause, a halt or a jump keeps its
    place.
    """
    operation = view.placed.issued[number]
    if operation.kind.breaks:
        return None
    engine, slots = operation.engine, view.machine.slots[operation.engine]
    for at in range(view.placed.free_from(number), operation.bundle):
        bundle = view.program.bundles[at]
        if len(bundle.get(engine, ())) < slots and costs_a_cycle(bundle):
            return at
    return None


def _end(view: _View, number: int) -> End:
    """Why an operation is not earlier that nothing before it holds where it stands:

    keeps     it is a pause, a halt or a jump
    first     it stands in the first bundle
    entry     it stands in the first bundle of the straight part that is looked at
    together  operations of its bundle wait for each other
    full      its engine has no free slot from where it is free on
    uncounted it has none either, for a bundle on the way costs no cycle and has no slots
    room      nothing keeps it from an earlier bundle
    """
    operation = view.placed.issued[number]
    free, room = view.placed.free_from(number), _room(view, number)
    if operation.kind.breaks:
        why, free = "keeps", operation.bundle
    elif free == operation.bundle:
        first = "entry" if view.first else "first"
        why = "together" if operation.bundle else first
    elif room is None:
        passed = view.program.bundles[free : operation.bundle]
        why = "full" if all(costs_a_cycle(bundle) for bundle in passed) else "uncounted"
    else:
        why = "room"
    return End(view.place(number), why, view.time(free), None if room is None else view.time(room))


def _chain(placed: Placements, number: int) -> Iterator[tuple[str, int]]:
    """What binds the operation, what binds that, and so on, while nothing but that holds each.

    The last one was free earlier than it stands, or was never held.
    """
    seen = {number}
    while placed.free_from(number) == placed.issued[number].bundle:
        binding = placed.binding(number)
        if binding is None or binding[1].source in seen:
            return
        cause, edge = binding
        number = edge.source
        seen.add(number)
        yield cause, number


def _next(view: _View, engine: str, bundle: int, cause: str) -> ExplainedOperation | None:
    """The operation for `engine` after `bundle` that `cause` fits and that is free first."""
    placed = view.placed
    later = [
        number
        for number, one in enumerate(placed.issued)
        if one.engine == engine and one.bundle > bundle and not one.kind.breaks
    ]
    moves = cause in _MOVABLE
    later = [number for number in later if (placed.free_from(number) <= bundle) == moves]
    if moves:
        begins = placed.begins
        beyond = cause == "jump"
        later = [n for n in later if (begins[placed.issued[n].bundle] > bundle) == beyond]
    elif met := _MET.get(cause):
        later = [number for number in later if placed.free_from(number, *met) <= bundle]
    if not later:
        return None
    return _operation(view, min(later, key=lambda number: placed.free[number]))
