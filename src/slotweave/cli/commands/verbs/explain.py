"""`slotweave explain`: what a code stands for, and why a slot of a program is as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slotweave.base.diagnostics import CODES, Diagnostic, InputError
from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, assumed, read_only_notes
from slotweave.cli.inputs import expect_one_from_stdin, machine_of, with_file
from slotweave.cli.options import (
    NO_FILES,
    Files,
    Json,
    MachineOfProgram,
    Svg,
)
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    say_written,
    write_output,
)
from slotweave.cli.program_files import building, program_in
from slotweave.cli.terminal import Terminal


def add_to(app: typer.Typer) -> None:
    command(app, "explain")(explain)


def explain(
    terminal: Terminal,
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE|PROGRAM",
            help="A code such as SW104, or a program file (default: list all codes).",
        ),
    ] = None,
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="CYCLE[:ENGINE[:SLOT]]",
            help="Place in the program. Cycles count from 0. If the jumps of a program depend on "
            "unknown data, give the number of a bundle instead of a cycle.",
        ),
    ] = None,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    files: Files = NO_FILES,
    svg: Svg = None,
    json: Json = False,
) -> None:
    """Explain an error code, or what a program does in one cycle.

    For a cycle, say why each operation does not run earlier, and why each empty slot is empty.
    """
    expect_outputs({"--svg": svg}, json)
    if code is None or place is None:
        if svg is not None:
            reason = "--svg draws a place: PROGRAM CYCLE[:ENGINE[:SLOT]]"
            raise InputError(Diagnostic("SW212", reason))
        _explain_code(code, json)
        return
    from slotweave import api
    from slotweave.views.explain_text import explanation_lines

    expect_one_from_stdin({"PROGRAM": code, "--machine": machine})
    how, (cycle, engine, slot) = building(files, terminal), _parsed_place(place)
    program = program_in(code, how)
    known = assumed(code, facts, how, program)
    with with_file(code):
        target = machine_of(program, machine)
        found = api.explain(program, cycle, engine, slot, known, machine=target)
        if svg is not None:
            write_output(svg, found.svg(code))
            say_written(svg, terminal)
    if json:
        print_json(found.to_json())
    elif svg != STDOUT:
        print("\n".join(explanation_lines(found)))
    terminal.notes([known.hint] if known.hint and found.waits_for_memory else ())
    terminal.notes((*known.notes, *read_only_notes(program, code, target, known, facts)))


def _parsed_place(place: str) -> tuple[int, str | None, int | None]:
    """`CYCLE[:ENGINE[:SLOT]]`."""
    cycle, engine, slot, *more = [*place.split(":"), None, None]
    number, position = _number(cycle), _number(slot)
    if len(more) > 2 or number is None or (slot is not None and position is None):
        reason = "a place is CYCLE[:ENGINE[:SLOT]], such as 5 or 5:alu:0"
        raise InputError(Diagnostic("SW212", f"no place {place!r}: {reason}"))
    return number, engine, position


def _number(text: str | None) -> int | None:
    short = text is not None and text.isascii() and text.isdecimal() and len(text) <= 18
    return int(text) if short and text else None


def _explain_code(code: str | None, json: bool) -> None:
    from textwrap import fill

    from slotweave import api

    if code is None:
        if json:
            print_json({"codes": {name: entry.title for name, entry in CODES.items()}})
        else:
            print("\n".join(f"{name}  {entry.title}" for name, entry in CODES.items()))
        return
    if code.upper() not in CODES:
        reason = (
            f"there is no code {code!r}; `slotweave explain` lists them all, "
            "`slotweave explain PROGRAM CYCLE[:ENGINE[:SLOT]]` is about a place in a program"
        )
        if Path(code).is_file():
            reason = (
                f"say which cycle of {code} to explain: `slotweave explain {code} "
                "CYCLE[:ENGINE[:SLOT]]`, such as 5 or 5:alu:0"
            )
        raise InputError(Diagnostic("SW212", reason))
    found = api.explain(code.upper())
    if json:
        print_json(found.to_json())
    else:
        print(f"{found.code}: {found.title}\n\n{fill(found.text, 80)}")
