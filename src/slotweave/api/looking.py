"""Verbs that look at a program, and change none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, overload

from slotweave.arguments import held_program, name_in, slots_of, whole_number
from slotweave.base.diagnostics import CODES, Diagnostic, InputError
from slotweave.driver.job import Job
from slotweave.ir.program import Program
from slotweave.names import (
    AnyFacts,
    AnyKernel,
    AnyMachine,
    AnyPath,
    AnyProgram,
    HasProgram,
    facts_of,
    job_of,
    machine_of,
    program_of,
    write_text,
)
from slotweave.results import (
    Bounds,
    CodeMeaning,
    Difference,
    Explanation,
    Inspection,
    WhatIf,
    shown_as,
)


def inspect(
    program: AnyProgram, facts: AnyFacts = None, *, machine: AnyMachine | None = None
) -> Inspection:
    """Where the cycles of `program` go: engines, idle slots by cause, bounds, groups of items.

    Raises CheckFailed for a program that the machine cannot run.

    >>> sw.inspect(sw.compile("saxpy", n=16).program)
    <Inspection of saxpy on challenge: 6 cycles, at least 6>
    """
    from slotweave.anatomy.inspect import inspect_program

    held = program_of(program)
    target = machine_of(held, machine)
    return shown_as(Inspection, inspect_program(held, target, facts_of(facts, held)))


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
    <Explanation of cycle 2: 5 operations, 18 empty slots>
    >>> sw.explain("SW301")
    <SW301: scratch too small>
    """
    from slotweave.anatomy.causes.run_or_part import At, explain_run_or_part
    from slotweave.anatomy.inspect import refuse_faults

    if cycle is None:
        return _meaning(program)
    held, cycle = program_of(program), whole_number("cycle", cycle)
    target = machine_of(held, machine)
    refuse_faults(held, target)
    number = None if slot is None else whole_number("slot", slot)
    if engine is not None:
        name_in(engine, f"engine of {target.name} called", target.slots)

    def asked(size: int, most: str) -> At:
        if not 0 <= cycle < size:
            raise InputError(Diagnostic("SW212", most))
        if engine is not None and not 0 <= (number or 0) < target.slots[engine]:
            reason = f"{target.name} has no slot {engine}[{number or 0}]"
            raise InputError(Diagnostic("SW212", reason))
        return cycle, engine, number

    found = explain_run_or_part(held, target, facts_of(facts, held), asked)
    return shown_as(Explanation, found)


def _meaning(code: AnyProgram) -> CodeMeaning:
    """What is said of a code. Raises InputError (SW212) for what is none."""
    if isinstance(code, str) and code in CODES:
        return CodeMeaning(code, CODES[code].title, CODES[code].text)
    if held_program(code):
        reason = "say which cycle of the program to explain: `explain(program, 12)`"
    else:
        reason = f"{code!r} is no code such as 'SW301', and no program with a cycle"
    raise InputError(Diagnostic("SW212", reason))


def bound(
    what: Job | Program | HasProgram | AnyKernel,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
    **options: Any,
) -> Bounds:
    """Lower bounds on the cycles: of a job by its plan, or of what a program computes.

    A text names a kernel; `load` a program that is in a file.

    >>> sw.bound("saxpy", n=64).cycles
    12
    """
    from slotweave.bounds import bound_ladder

    held = held_program(what)
    if held is not None:
        from slotweave.anatomy.timing.program_bounds import program_bounds

        if options:
            reason = f"a program takes no {', '.join(options)}: it is bounded as it is"
            raise InputError(Diagnostic("SW212", reason))
        target = machine_of(held, machine)
        return Bounds(program_bounds(held, target, facts_of(facts, held)))
    from slotweave.driver.compile import lowered_of

    if facts is not None:
        reason = "what is known of a kernel's memory its contract says: facts are for programs"
        raise InputError(Diagnostic("SW212", reason))
    if machine is not None:
        options = {**options, "machine": machine}
    wanted = job_of(cast(Job | AnyKernel, what), options)
    return Bounds(bound_ladder(lowered_of(wanted).problem))


def what_if(
    program: AnyProgram,
    slots: Mapping[str, int] | None = None,
    facts: AnyFacts = None,
    *,
    machine: AnyMachine | None = None,
) -> WhatIf:
    """The cycles of the same operations with other `slots` of engines, and what one more saves.

    >>> sw.what_if(sw.compile("saxpy", n=64).program, {"load": 4, "alu": 24}).cycles
    12
    """
    from slotweave.anatomy.timing.what_if import what_if as timed

    held = program_of(program)
    target = machine_of(held, machine)
    changed = slots_of(slots, target)
    return shown_as(WhatIf, timed(held, target, changed, facts_of(facts, held)))


def diff(
    a: AnyProgram, b: AnyProgram, facts: AnyFacts = None, *, machine: AnyMachine | None = None
) -> Difference:
    """Two programs, operation by operation, matched by what they compute.

    >>> same = sw.compile("saxpy", n=16).program
    >>> sw.diff(same, same).unmoved > 0
    True
    """
    from slotweave.anatomy.compare.matching import Numbering, diff_sides, side_of

    numbering = Numbering()
    sides = [side_of(each, machine_of(each, machine), facts_of(facts, each), numbering)
             for each in (program_of(a), program_of(b))]  # fmt: skip
    return shown_as(Difference, diff_sides(sides[0], sides[1]))


def report(
    program: AnyProgram,
    other: AnyProgram | None = None,
    facts: AnyFacts = None,
    *,
    path: AnyPath | None = None,
    svg: AnyPath | None = None,
    machine: AnyMachine | None = None,
) -> str:
    """The page with the picture of a program, or of two; written to `path` if it is given.

    Its pictures alone are drawn to the file `svg`, if that is given.

    >>> sw.report(sw.compile("saxpy", n=16).program).startswith("<!doctype html>")
    True
    """
    from slotweave.views.page import Reported, report_svg
    from slotweave.views.page import report as page_of

    held = [program_of(each) for each in (program, other) if each is not None]
    told = [Reported(str(each.meta.get("kernel", "program")), each, machine_of(each, machine),
                     facts_of(facts, each)) for each in held]  # fmt: skip
    text = page_of(told[0], told[1] if other is not None else None)
    if path is not None:
        write_text(path, text)
    if svg is not None:
        write_text(svg, report_svg(told))
    return text
