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
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
from slotweave.cli.program_files import building, program_in
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.ir.facts import Facts
    from slotweave.ir.program import Program
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
    svg: Svg = None,
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

    expect_one_on_stdout(svg, json)
    expect_writable(svg)
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
    if svg is not None:
        write_output(svg, _svg(inputs.shown(program), parsed, target, known.facts))
    if json:
        print_json({**answer.to_json(), "facts": known.name})
    elif svg != STDOUT:
        print("\n".join(what_if_lines(answer, str(known))))
    terminal.notes((*known.notes, *read_only_notes(parsed, program, target, known, facts)))


def _svg(name: str, program: Program, machine: Machine, facts: Facts) -> str:
    """Cycles by slots of each engine, one engine at a time."""
    from slotweave.analysis.utilisation import counted_bundles
    from slotweave.anatomy.causes.placements import placements
    from slotweave.anatomy.timing.slot_curves import slot_curves
    from slotweave.anatomy.unrolled import unrolled
    from slotweave.views.svg.program_svg import curves_svg

    run = unrolled(program, machine, facts)
    placed = placements(run.program, machine, run.known)
    curves = slot_curves(placed, machine, counted_bundles(run.program))
    return curves_svg(f"{name}: what other numbers of slots bring", curves, machine.slots)


def _slots(changes: Iterable[str], machine: Machine) -> dict[str, int]:
    """`valu=8` as {"valu": 8}."""
    from slotweave.arguments import slots_of

    with given_as("--set ENGINE=SLOTS"):
        given = assigned(changes, "SW212")
        return slots_of({name: _number(text) for name, text in given.items()}, machine)


def _number(text: str) -> int | str:
    """What `text` says; the text itself if that is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else text
