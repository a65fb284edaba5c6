"""`slotweave facts`: the facts about memory that have names, and facts files."""

from __future__ import annotations

from json import loads
from typing import Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.facts import FORM, NOTHING, facts_named, named_facts
from slotweave.cli.options import NO_FILES, Files, Json, Output
from slotweave.cli.output import (
    STDOUT,
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
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
    name: Annotated[str, typer.Argument(metavar=FORM, help="Facts to show.")],
    files: Files = NO_FILES,
    output: Output = None,
    json: Json = False,
) -> None:
    """Print facts as JSON, or check a facts file.

    Use the output as a template for your own facts (--facts FILE.json). Facts list known words
    by address, regions of memory that do not overlap, and the lowest and highest word that each
    region holds. --json adds their `name`.
    """
    from slotweave.ir.text.facts_json import facts_to_json

    destination = STDOUT if output is None else output
    expect_one_on_stdout(output, json)
    expect_writable(destination)
    how, found = building(files, terminal), named_facts().get(name)
    known = facts_named(name, how.values(found[0]) if found else None)
    if output is not None or not json:
        write_output(destination, facts_to_json(known))
    if json:
        print_json({"name": name, **loads(facts_to_json(known))})
    for extension in extensions():
        if how.values(extension) and extension.subject and not (found and found[0] is extension):
            noun, flag = extension.subject.noun, extension.subject.flag
            terminal.note(f"{flag} is not used: the facts {name!r} are about no {noun}")
    if destination != STDOUT:
        terminal.note(f"wrote {destination}")
