"""A command that comes with a package of its own: a few calls, with the options of all commands."""

from typing import Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.terminal import Terminal


def add_to(app: typer.Typer) -> None:
    """Add `slotweave slots`; --quiet, --color and exit codes are those of every command."""
    command(app, "slots")(slots)


def slots(
    terminal: Terminal,
    program: Annotated[str, typer.Argument(metavar="PROGRAM.json", help="A program file.")],
) -> None:
    """Count the slots of a program by engine."""
    import slotweave as sw  # what is heavy is loaded when it runs

    for engine, use in sw.inspect(sw.load(program)).engines.items():
        print(f"{engine} {use.used}")
    terminal.note("slots that jump count as often as they run")
