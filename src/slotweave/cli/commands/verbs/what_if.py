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
)
from slotweave.cli.output import print_json
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
            "--set", metavar="ENGINE=SLOTS", help="Change the slots of an engine; repeatable."
        ),
    ] = None,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    files: Files = NO_FILES,
    json: Json = False,
) -> None:
    """Time a program with more or fewer slots, without compiling.

    Also prints what one more slot, or more scratch, would save. Operations, their order, engines
    and scratch words stay fixed; compiling again might save more. Accesses to memory that cannot
    alias (see --facts) do not wait for each other. A machine with more slots runs every schedule of
    one with fewer, so no saving is negative. To price scratch, values are allocated again,
    all words in turn. Of a program that jumps, each straight part is timed by itself and counts as
    often as it runs.
    """
    from slotweave.anatomy.inspect import refuse_faults
    from slotweave.anatomy.timing.what_if import what_if as timed
    from slotweave.views.what_if_text import what_if_lines

    how = building(files, terminal)
    parsed = program_in(program, how)
    with inputs.with_file(program):
        target = inputs.machine_of(parsed, machine)
    slots = _slots(changes or (), target)
    known = assumed(program, facts, how, parsed)
    with inputs.with_file(program):
        refuse_faults(parsed, target)
        with terminal.stages() as watch:
            answer = timed(parsed, target, slots, known.facts, watch)
    if json:
        print_json({**answer.to_json(), "facts": known.name})
    else:
        print("\n".join(what_if_lines(answer, str(known))))
    terminal.notes((*known.notes, *read_only_notes(parsed, program, target, known, facts)))


def _slots(changes: Iterable[str], machine: Machine) -> dict[str, int]:
    """`valu=8` as {"valu": 8}."""
    from slotweave.arguments import slots_of

    with given_as("--set ENGINE=SLOTS"):
        given = assigned(changes, "SW212")
        return slots_of({name: _number(text) for name, text in given.items()}, machine)


def _number(text: str) -> int | str:
    """What `text` says; the text itself if that is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else text
