"""`slotweave inspect`: where the cycles of a program go."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, assumed, read_only_note
from slotweave.cli.inputs import STDIN
from slotweave.cli.options import (
    NO_FILES,
    Files,
    Json,
    MachineOfProgram,
    ProgramArgument,
)
from slotweave.cli.origin import not_guessed
from slotweave.cli.output import print_json
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.anatomy.inspection import Inspection

_AS_WRITTEN = (
    "the program is shown as it is written, each bundle once, for its run is not known: {refusal}"
)


def add_to(app: typer.Typer) -> None:
    command(app, "inspect")(inspect)


def inspect(
    terminal: Terminal,
    program: ProgramArgument,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    files: Files = NO_FILES,
    json: Json = False,
) -> None:
    """Show where the cycles of a program go.

    How busy each engine is and why its other slots are idle, which work is done when, how much
    scratch is used, what could be left out, and what bounds the cycles. A program that jumps is
    shown as it runs, if known words decide its jumps; bundles then count from 0 in the run.
    """
    from slotweave.anatomy.headline import headline
    from slotweave.anatomy.inspect import inspect_program
    from slotweave.anatomy.words.double_writes import double_writes_diagnostic
    from slotweave.anatomy.words.never_written import never_written_diagnostic
    from slotweave.cli.inputs import machine_of, shown, with_file
    from slotweave.cli.program_files import building, built_for, flags_given, program_in
    from slotweave.views.inspect_table import inspect_view

    how = building(files, terminal)
    parsed = program_in(program, how)
    known = assumed(program, facts, how, parsed)
    with with_file(program):
        target = machine_of(parsed, machine)
        found = inspect_program(not_guessed(parsed, program, known), target, known.facts)
    options = {"--machine": machine, "--facts": facts, **flags_given(files)}
    command = next_command(found, program, options)
    if json:
        said = {"headline": headline(found), "next": command, "facts": known.name}
        print_json({**found.to_json(), **said})
    else:
        values_built = built_for(program, parsed)
        context = [("built for", values_built)] if values_built else []
        terminal.show(inspect_view(found, [*context, ("facts", str(known))], command))
    if found.refusal is not None:
        terminal.note(_AS_WRITTEN.format(refusal=found.refusal))
    terminal.notes((*known.notes, *read_only_note(found.read_only_store, program, known, facts)))
    for warning in (
        never_written_diagnostic(found.never_written, shown(program)),
        double_writes_diagnostic(found.double_writes, shown(program)),
    ):
        if warning is not None:
            terminal.note(f"warning: {warning}")


def next_command(found: Inspection, file: str, options: Mapping[str, str | None]) -> str:
    """What to type next: what makes the program shorter, or says why nothing does.

    `options` are those given to `inspect`, which the command takes too.
    """
    if found.refusal is not None:
        return f"slotweave explain {found.refusal.code}"
    given = [word for name, value in options.items() if value for word in (name, value)]
    if found.dataflow is None or found.dataflow.cycles == found.cycles:
        return shlex.join(["slotweave", "bound", file, *given])
    shorter = "shorter.json" if file == STDIN else f"{Path(file).stem}-shorter.json"
    return shlex.join(["slotweave", "repack", file, *given, "-o", shorter])
