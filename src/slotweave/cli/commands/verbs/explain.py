"""`slotweave explain`: what a code stands for, and why a slot of a program is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import CODES, Diagnostic, InputError
from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, assumed, read_only_notes
from slotweave.cli.options import (
    NO_FILES,
    Files,
    Json,
    MachineOfProgram,
    Svg,
)
from slotweave.cli.output import (
    STDOUT,
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.ir.facts import Facts
    from slotweave.ir.program import Program
    from slotweave.machine import Machine


def add_to(app: typer.Typer) -> None:
    command(app, "explain")(explain)


def explain(
    terminal: Terminal,
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE|PROGRAM", help="A code such as SW104 (default: all codes), or a program."
        ),
    ] = None,
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="CYCLE[:ENGINE[:SLOT]]",
            help="Where in the program; bundles are numbered from 0. In a program that jumps, the "
            "cycles of its run are, if known words decide its jumps; if not, the bundles.",
        ),
    ] = None,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    files: Files = NO_FILES,
    svg: Svg = None,
    json: Json = False,
) -> None:
    """Explain an error code, or what a program does in a cycle.

    Of a cycle, says why each operation is not earlier and why each empty slot is empty.
    """
    expect_one_on_stdout(svg, json)
    expect_writable(svg)
    if code is not None and place is not None:
        from slotweave.cli.inputs import machine_of
        from slotweave.cli.program_files import building, program_in

        how = building(files, terminal)
        program = program_in(code, how)
        known = assumed(code, facts, how, program)
        _explain_place(program, code, place, machine, known.facts, svg, json)
        target = machine_of(program, machine)
        terminal.notes((*known.notes, *read_only_notes(program, code, target, known, facts)))
    elif svg is not None:
        raise InputError(Diagnostic("SW212", "--svg draws a place: PROGRAM CYCLE[:ENGINE[:SLOT]]"))
    else:
        _explain_code(code, json)


def _explain_place(
    program: Program,
    file: str,
    place: str,
    machine_name: str | None,
    facts: Facts,
    svg: str | None,
    json: bool,
) -> None:
    from slotweave.anatomy.causes.run_or_part import explain_run_or_part
    from slotweave.anatomy.causes.why_here import explain_bundle
    from slotweave.anatomy.inspect import refuse_faults
    from slotweave.anatomy.unrolled import up_to_halt
    from slotweave.anatomy.words.live_scratch import is_straight
    from slotweave.cli.inputs import machine_of, with_file
    from slotweave.views.explain_text import explanation_lines

    machine = machine_of(program, machine_name)
    with with_file(file):
        refuse_faults(program, machine)
        if is_straight(program):
            bundles = len(up_to_halt(program).bundles)
            most = f"the program has {len(program.bundles):,} bundles, from 0 on"
            if bundles < len(program.bundles):
                most = f"{most}, and halts in {bundles - 1:,}"
            most = most if bundles else "the program is empty, it has no bundle"
            at = _parsed_place(place, bundles, most, machine)
            answer = explain_bundle(program, machine, *at, facts)
        else:
            answer = explain_run_or_part(
                program,
                machine,
                facts,
                lambda size, most: _parsed_place(place, size, most, machine),
            )
    if svg is not None:
        from slotweave.views.svg.explained import explanation_svg

        with with_file(file):
            write_output(svg, explanation_svg(file, program, machine, facts, answer))
    if json:
        print_json(answer.to_json())
    elif svg != STDOUT:
        print("\n".join(explanation_lines(answer)))


def _parsed_place(
    place: str, size: int, most: str, machine: Machine
) -> tuple[int, str | None, int | None]:
    """`CYCLE[:ENGINE[:SLOT]]`, each of which must exist; `most` says that there are `size`."""
    bundle, engine, slot = [*place.split(":"), None, None][:3]
    number = _number(bundle)
    if place.count(":") > 2 or number is None:
        raise _no_place(place, "a place is CYCLE[:ENGINE[:SLOT]], such as 5 or 5:alu:0")
    if number >= size:
        raise _no_place(place, most)
    if engine is not None and engine not in machine.slots:
        raise _no_place(place, f"{machine.name} has the engines {', '.join(machine.slots)}")
    position = None if slot is None else _number(slot)
    if engine is not None and slot is not None:
        width = machine.slots[engine]
        if position is None or position >= width:
            raise _no_place(place, f"{engine} has {width} slots, from 0 on")
    return number, engine, position


def _number(text: str | None) -> int | None:
    short = text is not None and text.isascii() and text.isdecimal() and len(text) <= 18
    return int(text) if short and text else None


def _no_place(place: str, reason: str) -> InputError:
    return InputError(Diagnostic("SW212", f"no place {place!r}: {reason}"))


def _explain_code(code: str | None, json: bool) -> None:
    from textwrap import fill

    if code is None:
        if json:
            print_json({"codes": {name: entry.title for name, entry in CODES.items()}})
        else:
            print("\n".join(f"{name}  {entry.title}" for name, entry in CODES.items()))
        return
    entry = CODES.get(code.upper())
    if entry is None:
        reason = (
            f"there is no code {code!r}; `slotweave explain` lists them all, "
            "`slotweave explain PROGRAM CYCLE[:ENGINE[:SLOT]]` is about a place in a program"
        )
        raise InputError(Diagnostic("SW212", reason))
    if json:
        print_json({"code": code.upper(), "title": entry.title, "text": entry.text})
    else:
        print(f"{code.upper()}: {entry.title}\n\n{fill(entry.text, 80)}")
