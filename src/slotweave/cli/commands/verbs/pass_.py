"""`slotweave pass`: one pass of the compiler on the text of a value."""

from __future__ import annotations

from typing import Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.options import Output, TargetMachine
from slotweave.cli.output import STDOUT, expect_writable, write_output
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
) -> None:
    """Run one pass of the compiler on a graph or a problem.

    `rewrite` turns a graph into a graph and `lower` into a problem; `schedule` prints a schedule of
    a problem and `bound` its lower bounds. `slotweave compile KERNEL --print-after PASS` prints the
    texts that this command reads.
    """
    from slotweave.driver.pass_text import TEXT_PASSES

    expect_writable(output)
    if name not in TEXT_PASSES:
        takes = ", ".join(f"{known} (of a {one.reads})" for known, one in TEXT_PASSES.items())
        raise InputError(Diagnostic("SW212", f"no pass {name!r} runs on a text; these do: {takes}"))
    target = inputs.machine_named(machine)
    text = inputs.read_text(file, "SW213")
    with inputs.with_file(file):
        found = TEXT_PASSES[name].run(text, inputs.shown(file), target)
    write_output(output or STDOUT, found)
    if output not in (None, STDOUT):
        terminal.note(f"wrote {output}")
