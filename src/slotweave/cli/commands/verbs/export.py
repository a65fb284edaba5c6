"""`slotweave export`: a program in another form."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.options import LOAD_SECONDS, LoadTimeLimit, Output, ProgramArgument, ShapeOption
from slotweave.cli.output import STDOUT, expect_other_file, expect_writable, write_output
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.ir.program import Program


class Format(StrEnum):
    """The forms a program can be written in."""

    JSON = "json"
    TEXT = "text"
    CHALLENGE = "challenge"


def add_to(app: typer.Typer) -> None:
    command(app, "export")(export)


def export(
    terminal: Terminal,
    program: ProgramArgument,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="`challenge` is one Python file for the challenge's own checkout. Its authors ask "
            "that solutions are not published; please keep such files to yourself.",
        ),
    ],
    shape: ShapeOption = None,
    load_time_limit: LoadTimeLimit = LOAD_SECONDS,
    output: Output = STDOUT,
) -> None:
    """Write a program in another form."""
    from slotweave.cli.inputs import building, built_for, note_unused_shape, program_in

    destination = STDOUT if output is None else output
    expect_writable(destination, as_python=form is Format.CHALLENGE)
    expect_other_file(destination, program)
    parsed = program_in(program, building(shape, load_time_limit, terminal))
    note_unused_shape(shape, terminal, program)
    write_output(destination, _text(parsed, form))
    if shape is not None and (built := built_for(program, parsed)):
        terminal.note(f"{program}: built for {built}")
    if destination != STDOUT:
        terminal.note(f"wrote {destination}")
        if form is Format.CHALLENGE:
            terminal.note(
                "Put it into the challenge's checkout as perf_takehome.py. The challenge's authors "
                "ask that solutions are not published: please keep it to yourself."
            )


def _text(program: Program, form: Format) -> str:
    from slotweave.ir.text.program_files import program_to_json, program_to_text

    match form:
        case Format.JSON:
            return program_to_json(program)
        case Format.TEXT:
            return program_to_text(program)
        case Format.CHALLENGE:
            from slotweave.challenge.export import challenge_source

            return challenge_source(program)
