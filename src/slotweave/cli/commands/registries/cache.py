"""`slotweave cache`: what compiling has kept."""

from __future__ import annotations

import typer

from slotweave.base.wording import plural
from slotweave.cli.command import command
from slotweave.cli.options import Json
from slotweave.cli.output import print_json

app = typer.Typer(help="Show or clear the cache of compiled results.", no_args_is_help=True)


@command(app, "info")
def show_cache(json: Json = False) -> None:
    """Show where the cache is, and how much it holds."""
    from slotweave.recompiling import result_entries

    entries = result_entries()
    sizes = [file.stat().st_size for file in entries.files()]
    if json:
        print_json({"folder": str(entries.folder), "entries": len(sizes), "bytes": sum(sizes)})
        return
    print(f"{plural(len(sizes), 'result')}, {sum(sizes):,} bytes, in {entries.folder}")


@command(app, "clear")
def clear_cache(json: Json = False) -> None:
    """Remove all cached results. Studies are kept."""
    from slotweave.recompiling import result_entries

    count, size = result_entries().clear()
    if json:
        print_json({"entries": count, "bytes": size})
        return
    print(f"removed {plural(count, 'result')}, {size:,} bytes")
