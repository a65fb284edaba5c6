"""`slotweave inspect`: where the cycles of a program go."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import InputError
from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, assumed, read_only_note
from slotweave.cli.inputs import span_named
from slotweave.cli.options import (
    NO_FILES,
    Files,
    Json,
    MachineOfProgram,
    ProgramArgument,
    Svg,
)
from slotweave.cli.origin import not_guessed
from slotweave.cli.output import (
    STDOUT,
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.anatomy.causes.placements import Placements
    from slotweave.anatomy.inspection import Inspection
    from slotweave.anatomy.unrolled import Unrolled
    from slotweave.machine import Machine

_AS_WRITTEN = (
    "the program is shown as written, each bundle once, because its run is not known: {refusal}"
)

#: Columns of a picture that no terminal shows.
_WIDTH = 100


_Picture = Annotated[
    bool | None,
    typer.Option(
        "--picture/--no-picture",
        help="Draw slots by cycles in half blocks, or do not; drawn on a terminal if left out.",
    ),
]
_Cycles = Annotated[
    str | None,
    typer.Option("--cycles", metavar="A..B", help="Draw these cycles alone, in detail."),
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

    Prints how busy each engine is and why its other slots are idle, which work is done when, how
    much scratch is used, what could be left out, and what bounds the cycles. A program that jumps
    is shown as it runs, if known words decide its jumps; bundles are then numbered from 0 in the
    run.
    """
    from slotweave.anatomy.headline import headline
    from slotweave.anatomy.inspect import inspect_and_place
    from slotweave.anatomy.words.double_writes import double_writes_diagnostic
    from slotweave.anatomy.words.never_written import never_written_diagnostic
    from slotweave.cli.inputs import machine_of, shown, with_file
    from slotweave.cli.program_files import building, built_for, flags_given, program_in
    from slotweave.views.inspect_table import inspect_view
    from slotweave.views.next_command import next_command

    expect_one_on_stdout(svg, json)
    expect_writable(svg)
    how = building(files, terminal)
    parsed = program_in(program, how)
    known = assumed(program, facts, how, parsed)
    with with_file(program):
        target = machine_of(parsed, machine)
        said_of = not_guessed(parsed, program, known)
        found, run = inspect_and_place(said_of, target, known.facts)
        span = None if cycles is None else span_named(cycles, found.cycles)
    if svg is not None:
        with with_file(program):
            write_output(svg, _svg(program, target, found, run, span))
    options = {"--machine": machine, "--facts": facts, **flags_given(files)}
    command = next_command(found, program, options)
    if json:
        said = {"headline": headline(found), "next": command, "facts": known.name}
        print_json({**found.to_json(), **said})
    elif svg != STDOUT:
        values_built = built_for(program, parsed)
        context = [("built for", values_built)] if values_built else []
        terminal.show(inspect_view(found, [*context, ("facts", str(known))], command))
        if run is not None and (span or (sys.stdout.isatty() if picture is None else picture)):
            _draw(terminal, target, run, span or (0, found.cycles))
    if found.refusal is not None:
        terminal.note(_AS_WRITTEN.format(refusal=found.refusal))
    terminal.notes((*known.notes, *read_only_note(found.read_only_store, program, known, facts)))
    for warning in (
        never_written_diagnostic(found.never_written, shown(program)),
        double_writes_diagnostic(found.double_writes, shown(program)),
    ):
        if warning is not None:
            terminal.note(f"warning: {warning}")


def _svg(
    name: str,
    machine: Machine,
    found: Inspection,
    run: tuple[Unrolled, Placements] | None,
    span: tuple[int, int] | None,
) -> str:
    """The pictures of a program. Raises InputError (SW219) for one whose run is not known."""
    from slotweave.anatomy.headline import headline
    from slotweave.views.drawn import program_drawn
    from slotweave.views.inspect_table import title_of
    from slotweave.views.svg.program_svg import program_svg

    if run is None:
        assert found.refusal is not None
        raise InputError(found.refusal)
    heading = f"{title_of(found).plain}. {headline(found)}"
    return program_svg(heading, [program_drawn(name, machine, found, run)], span)


def _draw(
    terminal: Terminal,
    machine: Machine,
    run: tuple[Unrolled, Placements],
    span: tuple[int, int],
) -> None:
    """Draw the cycles from the first to before the last of `span`, if there are any."""
    from rich.console import Group

    from slotweave.anatomy.timeline import timeline
    from slotweave.views.blocks import block_picture

    ran, placed = run
    if span[0] >= span[1]:
        return
    width = shutil.get_terminal_size((_WIDTH, 24)).columns
    shown = timeline(ran.program, machine, placed)
    picture = block_picture(shown, ran.cycles, width, span, terminal.has_color(sys.stdout))
    terminal.show(Group("", *picture.lines, picture.legend))
