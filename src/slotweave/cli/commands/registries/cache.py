"""`slotweave cache`: what compiling has kept."""

from __future__ import annotations

import typer

from slotweave.cli.command import command
from slotweave.cli.options import Json
from slotweave.cli.output import print_json

app = typer.Typer(help="Show or clear the cache of compiled results.", no_args_is_help=True)


@command(app, "info")
def show_cache(json: Json = False) -> None:
    """Show where the cache is, and how much it holds."""
    from slotweave.api.registered import show_cache as shown

    found = shown()
    if json:
        print_json(found.to_json())
        return
    print(found)


@command(app, "clear")
def clear_cache(json: Json = False) -> None:
    """Remove all cached results. Studies are kept."""
    from slotweave.api.registered import clear_cache as clear

    removed = clear()
    if json:
        print_json(removed.to_json())
        return
    print(removed)
