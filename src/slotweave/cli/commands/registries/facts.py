"""`slotweave facts`: the facts about memory that have names, and facts files."""

from __future__ import annotations

from typing import Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.facts import FORM, NOTHING, facts_named, named_facts
from slotweave.cli.options import NO_FILES, Files, Json, Output
from slotweave.cli.output import STDOUT, expect_writable, print_json, write_output
from slotweave.cli.program_files import building
from slotweave.cli.terminal import Terminal
from slotweave.extensions import extensions

app = typer.Typer(
    help="List and show facts about memory (--facts).",
    no_args_is_help=True,
)


def _about() -> dict[str, str]:
    named = {name: facts.text for name, (_extension, facts) in named_facts().items()}
    return {**named, NOTHING: "nothing is known of memory, all of it is output"}


@command(app, "list")
def list_facts(json: Json = False) -> None:
    """List the named facts."""
    if json:
        print_json({"facts": list(_about())})
        return
    for name, text in _about().items():
        print(f"{name:<20} {text}")


@command(app, "show")
def show_facts(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(metavar=FORM, help="Which facts.")],
    files: Files = NO_FILES,
    output: Output = STDOUT,
) -> None:
    """Print facts as JSON, or check a facts file.

    The output is a template for facts of your own (--facts FILE.json): known words by address,
    regions that do not overlap, lowest and highest words of regions.
    """
    from slotweave.ir.text.facts_json import facts_to_json

    destination = STDOUT if output is None else output
    expect_writable(destination)
    how, found = building(files, terminal), named_facts().get(name)
    known = facts_named(name, how.values(found[0]) if found else None)
    write_output(destination, facts_to_json(known))
    for extension in extensions():
        if how.values(extension) and extension.subject and not (found and found[0] is extension):
            noun, flag = extension.subject.noun, extension.subject.flag
            terminal.note(f"{flag} is not used: the facts {name!r} are about no {noun}")
    if destination != STDOUT:
        terminal.note(f"wrote {destination}")
