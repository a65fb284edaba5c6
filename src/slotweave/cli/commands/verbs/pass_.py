"""`slotweave pass`: one pass of the compiler on the text of a value."""

from __future__ import annotations

from typing import Annotated

import typer

from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.options import Json, Output, TargetMachine
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    write_output,
)
from slotweave.cli.terminal import Terminal


def add_to(app: typer.Typer) -> None:
    command(app, "pass")(pass_)


def pass_(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(metavar="NAME", help="rewrite, lower, schedule or bound.")],
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A graph or a problem as text; - is stdin.")
    ],
    machine: TargetMachine = "challenge",
    output: Output = None,
    json: Json = False,
) -> None:
    """Run one pass of the compiler on a graph or a problem.

    `rewrite` turns a graph into a graph and `lower` turns it into a problem, as compiling a
    kernel of this one block by the usual schedule options does. `schedule` prints a schedule of
    a problem, and `bound` its lower bounds. `slotweave compile KERNEL --print-after PASS` prints
    the texts that this command reads. With --json, print `pass`, `machine`, `text` and `output`.
    """
    from slotweave import api
    from slotweave.api.writing import text_pass

    text_pass(name)  # an unknown pass is the first mistake to tell, whatever the file is
    expect_outputs({"-o": output}, json)
    inputs.expect_one_from_stdin({"FILE": file, "--machine": machine})
    target = inputs.machine_named(machine)
    text = inputs.read_text(file, "SW213")
    with inputs.with_file(file):
        found = api.run_pass(name, f"{text}\n", machine=target, called=inputs.shown(file))
    if output is not None or not json:
        write_output(output or STDOUT, found.text)
    if json:
        print_json({**found.to_json(), "output": output})
    if output not in (None, STDOUT):
        terminal.note(f"wrote {output}")
