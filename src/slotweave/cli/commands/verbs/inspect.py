"""`slotweave inspect`: where the cycles of a program go."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, assumed, read_only_note
from slotweave.cli.inputs import expect_one_from_stdin, machine_of, shown, span_named, with_file
from slotweave.cli.options import (
    NO_FILES,
    Files,
    Json,
    MachineOfProgram,
    ProgramArgument,
    Svg,
)
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    say_written,
    write_output,
)
from slotweave.cli.program_files import as_known, building, built_for, flags_given, program_in
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.results.seen import Inspection

_AS_WRITTEN = (
    "the program is shown as written, each bundle once, because how it runs is not known: {refusal}"
)

#: Columns of a picture that no terminal shows.
_WIDTH = 100


_Picture = Annotated[
    bool | None,
    typer.Option(
        "--picture/--no-picture",
        help="Draw the slots in use over time (default: only on a terminal).",
    ),
]
_Cycles = Annotated[
    str | None,
    typer.Option("--cycles", metavar="A..B", help="Draw only these cycles, in detail."),
]


def add_to(app: typer.Typer) -> None:
    command(app, "inspect")(inspect)


def inspect(
    terminal: Terminal,
    program: ProgramArgument,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    files: Files = NO_FILES,
    picture: _Picture = None,
    cycles: _Cycles = None,
    svg: Svg = None,
    json: Json = False,
) -> None:
    """Show where the cycles of a program go.

    Print how busy each engine is, why its other slots are idle, when each part of the work
    runs, how much scratch is in use, which operations are unnecessary, and lower bounds on the
    cycles. A program that jumps is shown as it runs if its jumps do not depend on unknown data;
    its bundles are then numbered in the order in which they run.
    """
    from slotweave import api
    from slotweave.views.inspect_table import inspect_view
    from slotweave.views.next_command import next_commands

    expect_outputs({"--svg": svg}, json)
    expect_one_from_stdin({"PROGRAM": program, "--machine": machine})
    how = building(files, terminal)
    parsed = program_in(program, how)
    known = assumed(program, facts, how, parsed)
    with with_file(program):
        target = machine_of(parsed, machine)
        said_of = as_known(parsed, program, known.facts)
        found = api.inspect(said_of, known, machine=target)
        span = None if cycles is None else span_named(cycles, found.cycles)
        if svg is not None:
            write_output(svg, found.svg(program, span))
            say_written(svg, terminal)
    options = {"--machine": machine, "--facts": facts, **flags_given(files)}
    commands = next_commands(found, program, target, options)
    if json:
        print_json({**found.to_json(), "next": commands[0]})
    elif svg != STDOUT:
        values_built = built_for(program, parsed)
        context = [("built for", values_built)] if values_built else []
        terminal.show(inspect_view(found, [*context, ("facts", str(known))], commands))
        if span or (sys.stdout.isatty() if picture is None else picture):
            _draw(terminal, found, span or (0, found.cycles))
    if found.refusal is not None:
        terminal.note(_AS_WRITTEN.format(refusal=found.refusal))
    terminal.notes([known.hint] if known.hint and found.waits_for_memory else ())
    terminal.notes((*known.notes, *read_only_note(found.read_only_store, program, known, facts)))
    terminal.notes(f"warning: {warning}" for warning in found.warnings(shown(program)))


def _draw(terminal: Terminal, found: Inspection, span: tuple[int, int]) -> None:
    """Draw the cycles from the first to before the last of `span`, if there are any."""
    width = shutil.get_terminal_size((_WIDTH, 24)).columns
    drawn = found.blocks(width, span, terminal.has_color(sys.stdout))
    if drawn is not None:
        terminal.show(drawn)
