"""Why an operation of a straight program is not earlier, and why a slot is empty; or of a run.

What is said can be tested by doing it. Where nothing holds an operation from bundle N on, the
program with this operation alone moved to N, or to any bundle from there to its own, shows what it
showed: memory and trace at each pause and in the end, and a fault between the same two pauses. Only
engines may be too full for it; `room` is the first of these bundles where its own is not. What is
said of a run of a program that jumps holds of the bundles as they run, one after the other, without
the jumps. On a machine with slow results it holds where pauses are not enabled, for at a pause all
that is in flight lands.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from slotweave.anatomy.causes.idle_causes import IDLE_CAUSES, idle_table, movers
from slotweave.anatomy.causes.placements import CAUSES, Placements, placements
from slotweave.anatomy.unrolled import Unrolled, unrolled
from slotweave.anatomy.words.live_scratch import JUMPS
from slotweave.ir.facts import NOTHING_KNOWN, Facts
from slotweave.ir.program import Program
from slotweave.machine import Machine
from slotweave.simulate.legality import costs_a_cycle

#: Entries of an answer that say when.
_TIMES = frozenset({"until", "free_from", "room"})


def explain_bundle(
    program: Program,
    machine: Machine,
    bundle: int,
    engine: str | None = None,
    slot: int | None = None,
    facts: Facts = NOTHING_KNOWN,
) -> dict[str, Any]:
    """Each operation of `bundle` and each engine with empty slots there, in JSON form.

    Only `engine`, or only its slot number `slot`, if they are given. The program must be straight
    and legal on `machine`; the bundle, engine and slot must exist, and the bundle be run. `facts`
    are those about memory.
    """
    run = unrolled(program, machine, facts)
    placed = placements(run.program, machine, run.known)
    return explain_placed(run.program, machine, placed, bundle, engine, slot)


def explain_cycle(
    run: Unrolled,
    machine: Machine,
    cycle: int,
    engine: str | None = None,
    slot: int | None = None,
) -> dict[str, Any]:
    """The same of a cycle of `run`. Each place is a cycle, and the bundle of the text run in it."""
    placed = placements(run.program, machine, run.known)
    cycles = run.cycles
    bundle = bisect_right(cycles, cycle) - 1
    answer = explain_placed(run.program, machine, placed, bundle, engine, slot)
    about = {"known": True, "bundles": len(run.path)}
    return {"run": about, **_in_run(answer, run, cycles)}


def explain_placed(
    program: Program,
    machine: Machine,
    placed: Placements,
    bundle: int,
    engine: str | None = None,
    slot: int | None = None,
) -> dict[str, Any]:
    """The same of a straight program whose placements are known."""
    engines = [name for name in machine.slots if engine in (None, name)]
    here = [
        number
        for number, one in enumerate(placed.issued)
        if one.bundle == bundle and one.engine in engines and slot in (None, one.position)
    ]
    used = {name: len(program.bundles[bundle].get(name, ())) for name in engines}
    empty = [
        name for name in engines if costs_a_cycle(program.bundles[bundle])
        and (used[name] if slot is None else slot) in range(used[name], machine.slots[name])
    ]  # fmt: skip
    causes = idle_table(program, machine, placed) if empty else {}
    moving = movers(program, machine, placed) if empty else {}
    return {
        "bundle": bundle,
        "operations": [_operation(program, machine, placed, number) for number in here],
        "empty": [
            {
                "engine": name,
                "slots": machine.slots[name] - used[name],
                "cause": IDLE_CAUSES[causes[name][bundle]],
                "could_move": int(moving[name][bundle]),
                "next": _next(
                    program, machine, placed, name, bundle, IDLE_CAUSES[causes[name][bundle]]
                ),
            }
            for name in empty
        ],
    }


def _operation(
    program: Program, machine: Machine, placed: Placements, number: int
) -> dict[str, Any]:
    """An operation, what holds it, since when nothing does, and the chain of what binds it.

    `end` is the last of the chain, or the operation itself without one, and why it is not earlier.
    """
    operation = placed.issued[number]
    chain = list(_chain(placed, number))
    return {
        **_place(placed, number),
        "held": [
            {"cause": cause, "until": edge.earliest, "by": _place(placed, edge.source)}
            for cause in CAUSES
            if (edge := placed.edges[cause].of(number)) and edge.earliest > 0
        ],
        "free_from": placed.free_from(number),
        "room": _room(program, machine, placed, number),
        "chain": [{"cause": cause, **_place(placed, link)} for cause, link in chain],
        "end": _end(program, machine, placed, chain[-1][1] if chain else number),
        **({"jumps": True} if operation.kind.operation.name in JUMPS else {}),
    }


def _room(program: Program, machine: Machine, placed: Placements, number: int) -> int | None:
    """The first bundle with a slot for the operation, from where it is free to before it stands.

    A bundle that costs no cycle would cost one, and has none.
    """
    operation = placed.issued[number]
    engine, slots = operation.engine, machine.slots[operation.engine]
    for at in range(placed.free_from(number), operation.bundle):
        bundle = program.bundles[at]
        if len(bundle.get(engine, ())) < slots and costs_a_cycle(bundle):
            return at
    return None


def _end(program: Program, machine: Machine, placed: Placements, number: int) -> dict[str, Any]:
    """Why an operation is not earlier that nothing before it holds where it stands:

    keeps     it is a pause, a halt or a jump
    first     it stands in the first bundle
    together  operations of its bundle wait for each other
    full      its engine has no free slot from where it is free on
    room      nothing keeps it from an earlier bundle
    """
    operation = placed.issued[number]
    free, room = placed.free_from(number), _room(program, machine, placed, number)
    if operation.kind.breaks:
        why = "keeps"
    elif free == operation.bundle:
        why = "together" if operation.bundle else "first"
    else:
        why = "full" if room is None else "room"
    return {**_place(placed, number), "why": why, "free_from": free, "room": room}


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


def _next(
    program: Program, machine: Machine, placed: Placements, engine: str, bundle: int, cause: str
) -> dict[str, Any] | None:
    """The operation for `engine` after `bundle` that `cause` fits and that is free first."""
    later = [
        number
        for number, one in enumerate(placed.issued)
        if one.engine == engine and one.bundle > bundle and not one.kind.breaks
    ]
    met = {"free": CAUSES, "scratch": ("operand", "memory"), "memory": ("operand",)}.get(cause)
    if met:
        later = [number for number in later if placed.free_from(number, *met) <= bundle]
    if not later:
        return None
    return _operation(program, machine, placed, min(later, key=lambda number: placed.free[number]))


def _place(placed: Placements, number: int) -> dict[str, Any]:
    operation = placed.issued[number]
    return {
        "bundle": operation.bundle,
        "engine": operation.engine,
        "slot": operation.position,
        "text": " ".join(str(part) for part in operation.slot),
    }


def _in_run(answer: Any, run: Unrolled, cycles: tuple[int, ...]) -> Any:
    """`answer` with cycles of the run, and bundles of the text, for bundles of the run."""
    if isinstance(answer, list):
        return [_in_run(part, run, cycles) for part in answer]
    if not isinstance(answer, dict):
        return answer
    said: dict[str, Any] = {}
    for name, entry in answer.items():
        if name == "bundle":
            said |= {"cycle": cycles[entry], "bundle": run.path[entry]}
        elif name in _TIMES and entry is not None:
            said[name] = cycles[entry]
        else:
            said[name] = _in_run(entry, run, cycles)
    return said
