"""Verbs that look at a program, and change none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import overload

from slotweave.arguments import function_of, held_program, pair_of_texts, slots_of, whole_number
from slotweave.base.diagnostics import CODES, Diagnostic, InputError, naming
from slotweave.names import (
    AnyFacts,
    AnyMachine,
    AnyProgram,
    facts_name,
    facts_of,
    machine_of,
    program_of,
)
from slotweave.results.seen import CodeMeaning, Difference, Explanation, Inspection, WhatIf
from slotweave.results.shown import shown_as


def inspect(
    program: AnyProgram, facts: AnyFacts = None, *, machine: AnyMachine | None = None
) -> Inspection:
    """Where the cycles of `program` go: engines, idle slots by cause, bounds, groups of items.

    Raises CheckFailed for a program that the machine cannot run.

    >>> sw.inspect(sw.compile("saxpy", n=16).program)
    <Inspection of saxpy on challenge: 6 cycles, at least 6>
    """
    from slotweave.anatomy.inspect import inspect_and_place

    held = program_of(program)
    target = machine_of(held, machine)
    found, run = inspect_and_place(held, target, facts_of(facts, held))
    return shown_as(Inspection, found, facts=facts_name(facts), target=target, run=run)


@overload
def explain(program: str, /) -> CodeMeaning: ...
@overload
def explain(
    program: AnyProgram,
    cycle: int,
    engine: str | None = None,
    slot: int | None = None,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
) -> Explanation: ...
def explain(
    program: AnyProgram,
    cycle: int | None = None,
    engine: str | None = None,
    slot: int | None = None,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
) -> Explanation | CodeMeaning:
    """Why each operation of `cycle` is not earlier, and why its other slots are empty.

    Only of one engine, or one slot of it, if given. A code alone, as messages begin with one, is
    told what it stands for. Where the run of a program that jumps is not known, `cycle` is a bundle
    of it, explained in its straight part.

    Raises InputError: SW212 if the program has no such place, SW219 if it has neither a known run
    nor straight parts.

    >>> sw.explain(sw.compile("saxpy", n=16).program, 2)
    <Explanation of bundle 2: 5 operations, 18 empty slots>
    >>> sw.explain("SW301")
    <SW301: scratch too small>
    """
    from slotweave.anatomy.causes.run_or_part import At, explain_place
    from slotweave.anatomy.inspect import refuse_faults

    if cycle is None:
        return _meaning(program)
    held, cycle = program_of(program), whole_number("cycle", cycle)
    target = machine_of(held, machine)
    refuse_faults(held, target)
    number = None if slot is None else whole_number("slot", slot)

    def asked(size: int, most: str) -> At:
        if not 0 <= cycle < size:
            raise _no_place(cycle, engine, number, most)
        if engine is not None and (not isinstance(engine, str) or engine not in target.slots):
            known = f"{target.name} has the engines {', '.join(target.slots)}"
            raise _no_place(cycle, engine, number, known)
        if engine is not None and not 0 <= (number or 0) < target.slots[engine]:
            width = f"{engine} has {target.slots[engine]} slots, from 0 on"
            raise _no_place(cycle, engine, number, width)
        return cycle, engine, number

    known = facts_of(facts, held)
    found = explain_place(held, target, known, asked)
    return shown_as(Explanation, found, given=(held, target, known))


def _no_place(cycle: int, engine: str | None, slot: int | None, reason: str) -> InputError:
    place = ":".join(str(part) for part in (cycle, engine, slot) if part is not None)
    return InputError(Diagnostic("SW212", f"no place {place!r}: {reason}"))


def _meaning(code: AnyProgram) -> CodeMeaning:
    """What is said of a code. Raises InputError (SW212) for what is none."""
    if isinstance(code, str) and code in CODES:
        return CodeMeaning(code, CODES[code].title, CODES[code].text)
    if held_program(code):
        reason = "say which cycle of the program to explain: `explain(program, 12)`"
    else:
        reason = f"{code!r} is neither a code such as 'SW301' nor a program with a cycle"
    raise InputError(Diagnostic("SW212", reason))


def read_only_store(
    program: AnyProgram, facts: AnyFacts, machine: AnyMachine | None = None
) -> Diagnostic | None:
    """A store of `program` to what is read-only under `facts`, if there surely is one."""
    from slotweave.anatomy.read_only_stores import read_only_store as found

    held = program_of(program)
    return found(held, machine_of(held, machine), facts_of(facts, held))


def what_if(
    program: AnyProgram,
    slots: Mapping[str, int] | None = None,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
    watch: Callable[[str], None] = lambda _stage: None,
) -> WhatIf:
    """The cycles of the same operations with other `slots` of engines, and what one more saves.

    `slots` may also have words of `scratch`. `watch` is told of each stage. Raises CheckFailed for
    a program that the machine cannot run, NoSchedule (SW301, SW302) where it does not fit.

    >>> sw.what_if(sw.compile("saxpy", n=64).program, {"load": 4, "alu": 24}).cycles
    12
    """
    from slotweave.anatomy.inspect import refuse_faults
    from slotweave.anatomy.timing.what_if import what_if as timed
    from slotweave.recompiling.machines import SCRATCH

    held = program_of(program)
    target = machine_of(held, machine)
    changed, known = slots_of(slots, target), facts_of(facts, held)
    words = changed.pop(SCRATCH, None)
    tell = function_of("watch", watch)
    refuse_faults(held, target)
    found = timed(held, target, changed, known, tell, words)
    return shown_as(WhatIf, found, facts=facts_name(facts), given=(held, target, known))


def diff(
    a: AnyProgram,
    b: AnyProgram,
    facts: AnyFacts | tuple[AnyFacts, AnyFacts] = None,
    *,
    machine: AnyMachine | None = None,
    names: tuple[str, str] = ("", ""),
) -> Difference:
    """Two programs, operation by operation, matched by what they compute.

    `facts` may be a pair, the ones for `a` and those for `b`; `names` is what errors call the two.

    >>> same = sw.compile("saxpy", n=16).program
    >>> sw.diff(same, same).unmoved > 0
    True
    """
    from slotweave.anatomy.compare.matching import Numbering, diff_sides, side_of

    numbering, called = Numbering(), pair_of_texts("names", names)
    of_a, of_b = facts if isinstance(facts, tuple) else (facts, facts)
    sides, assumed = [], []
    for given, known, name in ((a, of_a, called[0]), (b, of_b, called[1])):
        held = program_of(given)
        with naming(name):
            target = machine_of(held, machine)
            assumed.append(facts_of(known, held))
            sides.append(side_of(held, target, assumed[-1], numbering))
    return shown_as(
        Difference, diff_sides(sides[0], sides[1]), facts=facts_name(of_a), known=tuple(assumed)
    )
