"""`slotweave export`: a program in another form."""

from __future__ import annotations

from typing import Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.inputs import with_file
from slotweave.cli.options import NO_FILES, Files, Json, Output, ProgramArgument
from slotweave.cli.output import (
    STDOUT,
    expect_other_file,
    expect_outputs,
    print_json,
    write_output,
)
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import unknown
from slotweave.views.forms import program_forms


def add_to(app: typer.Typer) -> None:
    command(app, "export")(export)


def export(
    terminal: Terminal,
    program: ProgramArgument,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="|".join(program_forms()),
            help=" ".join(each.help for each in program_forms().values() if each.help),
        ),
    ],
    files: Files = NO_FILES,
    output: Output = None,
    json: Json = False,
) -> None:
    """Write a program in another form.

    With --json, print `format`, `machine`, `bundles`, `bytes`, `output` and the `text` itself,
    which is null for a binary form.
    """
    from slotweave import api
    from slotweave.cli.program_files import building, built_for, note_unused, program_in

    if form not in program_forms():
        raise unknown("SW212", "form", form, program_forms())
    chosen = program_forms()[form]
    destination = STDOUT if output is None else output
    expect_outputs({"-o": output}, json, as_python=chosen.is_python)
    expect_other_file(destination, program)
    how = building(files, terminal)
    parsed = program_in(program, how)
    note_unused(files, terminal, program)
    with with_file(program):
        found = api.export(parsed, form)
    if output is not None or not json:
        write_output(destination, found.content)
    if json:
        print_json({**found.to_json(), "output": output})
    if how.given and (built := built_for(program, parsed)):
        terminal.note(f"{program}: built for {built}")
    if destination != STDOUT:
        terminal.note(f"wrote {destination}")
        if chosen.note:
            terminal.note(chosen.note)
