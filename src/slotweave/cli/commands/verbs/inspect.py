"""`slotweave inspect`: where the cycles of a program go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, assumed, read_only_note
from slotweave.cli.options import (
    LOAD_SECONDS,
    Json,
    LoadTimeLimit,
    MachineOfProgram,
    ProgramArgument,
    ShapeAndFactsOption,
)
from slotweave.cli.origin import not_guessed
from slotweave.cli.output import print_json
from slotweave.cli.terminal import Terminal


def add_to(app: typer.Typer) -> None:
    command(app, "inspect")(inspect)


def inspect(
    terminal: Terminal,
    program: ProgramArgument,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    shape: ShapeAndFactsOption = None,
    load_time_limit: LoadTimeLimit = LOAD_SECONDS,
    json: Json = False,
) -> None:
    """Show where the cycles of a program go.

    How busy each engine is and why its other slots are idle, which work is done when, how much
    scratch is used, what could be left out, and what bounds the cycles. A program that jumps is
    shown as it runs, if known words decide its jumps; bundles then count from 0 in the run.
    """
    from slotweave.anatomy.fault_json import fault_from_json
    from slotweave.anatomy.inspect import inspect_program
    from slotweave.anatomy.words.double_writes import double_writes_diagnostic
    from slotweave.anatomy.words.never_written import never_written_diagnostic
    from slotweave.cli.inputs import building, built_for, machine_of, program_in, shown, with_file
    from slotweave.views.result_table import result_view

    how = building(shape, load_time_limit, terminal)
    parsed = program_in(program, how)
    known = assumed(program, facts, how.shape, parsed)
    with with_file(program):
        target = machine_of(parsed, machine)
        summary = inspect_program(not_guessed(parsed, program, known), target, known.facts)
    summary["facts"] = known.name
    if json:
        print_json(summary)
    else:
        shape_built = built_for(program, parsed)
        context = [("built for", shape_built)] if shape_built else []
        terminal.show(result_view(summary, [*context, ("facts", str(known))]))
    if reason := unknown_run(summary):
        terminal.note(reason)
    changed = summary["read_only_store"]
    stored = fault_from_json("SW404", changed) if changed else None
    terminal.notes((*known.notes, *read_only_note(stored, program, known, facts)))
    if found := never_written_diagnostic(summary["never_written"], shown(program)):
        terminal.note(f"warning: {found}")
    if found := double_writes_diagnostic(summary["double_writes"], shown(program)):
        terminal.note(f"warning: {found}")


def unknown_run(summary: Mapping[str, Any]) -> str:
    """Why a program that jumps is not shown as it runs; nothing if it is."""
    run = summary.get("run") or {"known": True}
    if run["known"]:
        return ""
    return (
        "the program is shown as it is written, each bundle once, for its run is not known: "
        f"{run['code']} bundle {run['bundle']}: {run['why']}"
    )
