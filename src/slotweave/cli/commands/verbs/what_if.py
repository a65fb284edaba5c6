"""`slotweave what-if`: the same program on a machine with other numbers of slots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli import inputs
from slotweave.cli.assignments import assigned, given_as
from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, assumed, read_only_notes
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
from slotweave.cli.program_files import building, program_in
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.machine import Machine


def add_to(app: typer.Typer) -> None:
    command(app, "what-if")(what_if)


def what_if(
    terminal: Terminal,
    program: ProgramArgument,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Change the slots of an engine, or the words of `scratch`; repeatable.",
        ),
    ] = None,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    files: Files = NO_FILES,
    svg: Svg = None,
    json: Json = False,
) -> None:
    """Time a program with other slots or scratch, without compiling.

    Also print what one more slot of each engine, or more scratch, would save. The operations,
    their order, their engines and their scratch words stay as they are; compiling again might
    save more. Accesses to memory that cannot alias (see --facts) do not wait for each other. No
    saving is negative, because every schedule also fits a machine with more slots.

    To price scratch, or where the program's own words do not fit into `--set scratch=WORDS`,
    values are allocated again, each word in turn. In a program that jumps, each straight part is
    timed by itself and counted as often as it runs, or once if that depends on data.
    """
    from slotweave import api
    from slotweave.views.what_if_text import what_if_lines

    expect_outputs({"--svg": svg}, json)
    inputs.expect_one_from_stdin({"PROGRAM": program, "--machine": machine})
    how = building(files, terminal)
    parsed = program_in(program, how)
    with inputs.with_file(program):
        target = inputs.machine_of(parsed, machine)
    slots = _slots(changes or (), target)
    known = assumed(program, facts, how, parsed)
    with inputs.with_file(program), terminal.stages() as watch:
        found = api.what_if(parsed, slots, known, machine=target, watch=watch)
    if svg is not None:
        with inputs.with_file(program):
            write_output(svg, found.svg(inputs.shown(program)))
        say_written(svg, terminal)
    if json:
        print_json(found.to_json())
    elif svg != STDOUT:
        print("\n".join(what_if_lines(found, str(known))))
    terminal.notes((*known.notes, *read_only_notes(parsed, program, target, known, facts)))


def _slots(changes: Iterable[str], machine: Machine) -> dict[str, int]:
    """`valu=8` as {"valu": 8}; words of `scratch` likewise."""
    from slotweave.arguments import slots_of

    with given_as("--set NAME=VALUE"):
        given = assigned(changes, "SW212")
        return slots_of({name: _number(text) for name, text in given.items()}, machine)


def _number(text: str) -> int | str:
    """What `text` says; the text itself if that is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else text
