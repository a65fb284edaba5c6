"""`slotweave machines`: the machines that come with Slotweave, and machine files."""

from __future__ import annotations

from typing import Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.options import Json, Output
from slotweave.cli.output import STDOUT, expect_writable, print_json, say_written, write_output
from slotweave.cli.terminal import Terminal

app = typer.Typer(help="List and show machines.", no_args_is_help=True)


@command(app, "list")
def list_machines(terminal: Terminal, json: Json = False) -> None:
    """List the machines of Slotweave and of installed packages."""
    from slotweave.api.registered import list_machines as listed
    from slotweave.extensions import broken

    found = listed()
    if json:
        print_json(found.to_json())
        return
    for reason in broken():
        terminal.note(f"warning: {reason}")
    print(found)


@command(app, "show")
def show_machine(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(metavar="NAME|FILE.toml", help="Machine to show.")],
    output: Output = STDOUT,
    json: Json = False,
) -> None:
    """Print a machine as TOML, or check a machine file.

    Use the output as a template for your own machine (--machine FILE.toml).
    """
    from slotweave.api.registered import show_machine as shown
    from slotweave.cli.inputs import machine_named

    output = STDOUT if output is None else output
    expect_writable(output)
    found = shown(machine_named(name))
    if json:
        print_json(found.to_json())
    if not json or output != STDOUT:  # which is the default
        write_output(output, found.toml())
        say_written(output, terminal)
