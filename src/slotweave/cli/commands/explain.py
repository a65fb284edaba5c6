"""`slotweave explain`: what a code stands for."""

from __future__ import annotations

from typing import Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.options import Json
from slotweave.cli.output import print_json
from slotweave.diagnostics import CODES, Diagnostic, InputError


def add_to(app: typer.Typer) -> None:
    command(app, "explain")(explain)


def explain(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="A code such as SW104; all if left out.")
    ] = None,
    json: Json = False,
) -> None:
    """Explain an error code."""
    from textwrap import fill

    if code is None:
        if json:
            print_json({"codes": {name: entry.title for name, entry in CODES.items()}})
        else:
            print("\n".join(f"{name}  {entry.title}" for name, entry in CODES.items()))
        return
    entry = CODES.get(code.upper())
    if entry is None:
        reason = f"there is no code {code!r}; `slotweave explain` lists them all"
        raise InputError(Diagnostic("SW212", reason))
    if json:
        print_json({"code": code.upper(), "title": entry.title, "text": entry.text})
    else:
        print(f"{code.upper()}: {entry.title}\n\n{fill(entry.text, 80)}")
