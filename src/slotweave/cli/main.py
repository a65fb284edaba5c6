"""The entry point `slotweave`: the list of its commands.

Importing this module must stay cheap, for `slotweave --help` answers at once: the commands import
what they work with when they run.
"""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

import slotweave
from slotweave.base.diagnostics import Exit
from slotweave.cli.command import complain_of_stdout
from slotweave.cli.commands.registries import bench, facts, kernels, machines, rules
from slotweave.cli.commands.tenants import hexagon
from slotweave.cli.commands.verbs import (
    bound,
    compile,
    diff,
    explain,
    export,
    inspect,
    ladder,
    pass_,
    repack,
    report,
    run,
    solve,
    tune,
    verify,
    what_if,
)
from slotweave.cli.streams import replace_closed_streams
from slotweave.cli.terminal import Terminal

#: Values made before the garbage collector looks for cycles among them.
_NODES_BETWEEN_COLLECTIONS = 2_000_000

app = typer.Typer(
    help="Make programs for VLIW SIMD machines short, say how short they can be, and check them.",
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 a check failed (a wrong result, a well-formed program that the "
    "machine refuses, a regression), 2 wrong input or options, 3 no schedule within the limits, "
    "130 interrupted.",
)

for group in (
    compile,
    run,
    verify,
    inspect,
    report,
    bound,
    explain,
    diff,
    repack,
    export,
    tune,
    solve,
    pass_,
    bench,
    ladder,
    what_if,
):
    group.add_to(app)
app.add_typer(kernels.app, name="kernels")
app.add_typer(facts.app, name="facts")
app.add_typer(machines.app, name="machines")
app.add_typer(rules.app, name="rules")
app.add_typer(hexagon.app, name="hexagon")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"slotweave {slotweave.__version__}")
        raise typer.Exit


@app.callback()
def _options_of_the_command(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    del version  # its callback has answered


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Graphs are many small values that stay; looking through them for cycles takes a third of the
    # time of a compilation and finds none.
    gc.set_threshold(_NODES_BETWEEN_COLLECTIONS)
    replace_closed_streams()
    try:
        app(prog_name="slotweave")
    except KeyboardInterrupt:  # before a command had begun
        sys.exit(Exit.INTERRUPTED)
    except OSError as error:  # of what is printed without a command, such as help
        sys.exit(complain_of_stdout(Terminal(), error))
