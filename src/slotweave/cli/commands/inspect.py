"""`slotweave inspect`: where the cycles of a program go."""

from __future__ import annotations

import typer

from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, facts_for, facts_named
from slotweave.cli.options import (
    LOAD_SECONDS,
    Json,
    LoadTimeLimit,
    MachineOfProgram,
    ProgramArgument,
    ShapeOption,
)
from slotweave.cli.output import print_json
from slotweave.cli.terminal import Terminal


def add_to(app: typer.Typer) -> None:
    command(app, "inspect")(inspect)


def inspect(
    terminal: Terminal,
    program: ProgramArgument,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    shape: ShapeOption = None,
    load_time_limit: LoadTimeLimit = LOAD_SECONDS,
    json: Json = False,
) -> None:
    """Show where the cycles of a program go.

    How busy each engine is and why its other slots are idle, which work is done when, how much
    scratch is used, what could be left out, and what bounds the cycles.
    """
    from slotweave.cli.inputs import Building, blaming, machine_of, program_in
    from slotweave.report.inspect import inspect_program
    from slotweave.report.result_table import result_view

    parsed = program_in(program, Building(shape, load_time_limit))
    name = facts_for(program, facts)
    known = facts_named(name, shape, parsed)
    with blaming(program):
        summary = inspect_program(parsed, machine_of(parsed, machine), known)
    summary["facts"] = name
    if json:
        print_json(summary)
    else:
        terminal.show(result_view(summary))
