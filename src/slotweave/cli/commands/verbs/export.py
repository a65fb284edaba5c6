"""`slotweave export`: a program in another form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.options import NO_FILES, Files, Output, ProgramArgument
from slotweave.cli.output import STDOUT, expect_other_file, expect_writable, write_output
from slotweave.cli.terminal import Terminal
from slotweave.extensions import ExportForm, extensions
from slotweave.extensions.lookup import unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slotweave.anatomy.timeline import Timeline
    from slotweave.ir.program import Program


def _json(program: Program) -> str:
    from slotweave.ir.text.program_files import program_to_json

    return program_to_json(program)


def _text(program: Program) -> str:
    from slotweave.ir.text.program_files import program_to_text

    return program_to_text(program)


def _perfetto(program: Program) -> bytes:
    from slotweave.views.trace import perfetto_trace

    return perfetto_trace(*_timeline(program))


def _perfetto_protobuf(program: Program) -> bytes:
    from slotweave.views.trace import perfetto_protobuf

    return perfetto_protobuf(*_timeline(program))


def _timeline(program: Program) -> tuple[str, Timeline, Sequence[int]]:
    """The program's name, its run, and the cycles that are over before each bundle of it."""
    from slotweave.anatomy.causes.placements import run_placements
    from slotweave.anatomy.inspect import refuse_faults
    from slotweave.anatomy.timeline import timeline
    from slotweave.anatomy.unrolled import MOST_SHOWN, unrolled
    from slotweave.cli.inputs import machine_of
    from slotweave.ir.facts import NOTHING_KNOWN

    machine = machine_of(program, None)
    refuse_faults(program, machine)
    run = unrolled(program, machine, NOTHING_KNOWN, MOST_SHOWN)
    shown = timeline(run.program, machine, run_placements(run, machine))
    return str(program.meta.get("kernel", "program")), shown, run.cycles


def _forms() -> dict[str, ExportForm]:
    """The forms a program can be written in."""
    ours = (
        ExportForm("json", "", _json),
        ExportForm("text", "", _text),
        ExportForm("perfetto", _PERFETTO, _perfetto),
        ExportForm("perfetto-protobuf", "", _perfetto_protobuf),
    )
    theirs = (form for extension in extensions() for form in extension.exports)
    return {form.name: form for form in (*ours, *theirs)}


_PERFETTO = (
    "`perfetto` is a packed trace for https://ui.perfetto.dev: a track for each slot; "
    "`perfetto-protobuf` is the same in the viewer's own form."
)


def add_to(app: typer.Typer) -> None:
    command(app, "export")(export)


def export(
    terminal: Terminal,
    program: ProgramArgument,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="|".join(_forms()),
            help=" ".join(each.help for each in _forms().values() if each.help),
        ),
    ],
    files: Files = NO_FILES,
    output: Output = STDOUT,
) -> None:
    """Write a program in another form."""
    from slotweave.cli.program_files import building, built_for, note_unused, program_in

    if form not in _forms():
        raise unknown("SW212", "form", form, _forms())
    chosen = _forms()[form]
    destination = STDOUT if output is None else output
    expect_writable(destination, as_python=chosen.is_python)
    expect_other_file(destination, program)
    how = building(files, terminal)
    parsed = program_in(program, how)
    note_unused(files, terminal, program)
    write_output(destination, chosen.write(parsed))
    if how.given and (built := built_for(program, parsed)):
        terminal.note(f"{program}: built for {built}")
    if destination != STDOUT:
        terminal.note(f"wrote {destination}")
        if chosen.note:
            terminal.note(chosen.note)
