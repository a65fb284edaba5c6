"""`slotweave facts`: the facts about memory that have names, and facts files."""

from __future__ import annotations

from typing import Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.facts import CONTRACTS, FORM, NOTHING, facts_named
from slotweave.cli.options import SHAPE_FORM, Json, Output
from slotweave.cli.output import STDOUT, expect_writable, print_json, write_output
from slotweave.cli.terminal import Terminal

app = typer.Typer(
    help="List and show what may be assumed of memory before a program runs (--facts).",
    no_args_is_help=True,
)

_ABOUT = {
    "challenge": "of tree hash: header words known, regions, indices all 0; output: the values",
    "challenge-judged": "the same, but header and tree may end as they like",
    "challenge-full": "as challenge; output: the indices, too",
    "challenge-any-start": "as challenge-full, with indices of any nodes",
    NOTHING: "nothing is known of memory, all of it is output",
}


@command(app, "list")
def list_facts(json: Json = False) -> None:
    """List the facts that have names."""
    if json:
        print_json({"facts": list(_ABOUT)})
        return
    for name, text in _ABOUT.items():
        print(f"{name:<20} {text}")


@command(app, "show")
def show_facts(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(metavar=FORM, help="Which facts.")],
    shape: Annotated[
        str | None,
        typer.Option(
            "--shape",
            metavar=SHAPE_FORM,
            help="The shape that the facts of tree hash are about; 10,16,256 if left out.",
        ),
    ] = None,
    output: Output = STDOUT,
) -> None:
    """Print facts as JSON: a template for facts of your own (--facts FILE.json), a check of a file.

    Known words by address, regions that do not overlap, lowest and highest words of regions.
    """
    from slotweave.cli.inputs import shape_named, shape_or_default
    from slotweave.ir.text.facts_json import facts_to_json

    destination = STDOUT if output is None else output
    expect_writable(destination)
    about = shape_or_default(None if shape is None else shape_named(shape))
    known = facts_named(name, about)
    write_output(destination, facts_to_json(known))
    if shape is not None and name not in CONTRACTS:
        terminal.note(f"--shape is not used: the facts {name!r} are about no shape")
    if destination != STDOUT:
        terminal.note(f"wrote {destination}")
