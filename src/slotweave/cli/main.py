"""The entry point `slotweave`: the list of its commands.

Importing this module must stay cheap, for `slotweave --help` answers at once: the commands import
what they work with when they run, and of a command that is named no other is imported.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import slotweave
from slotweave.base.diagnostics import Exit
from slotweave.cli.command import complain_of_stdout, registered_command
from slotweave.cli.streams import replace_closed_streams, show_what_can_be_shown
from slotweave.cli.terminal import Terminal
from slotweave.extensions import commands

#: Values made before the garbage collector looks for cycles among them.
_NODES_BETWEEN_COLLECTIONS = 5_000_000

_VERBS = (
    "compile",
    "run",
    "verify",
    "inspect",
    "report",
    "bound",
    "explain",
    "diff",
    "repack",
    "export",
    "tune",
    "explore",
    "solve",
    "pass",
    "bench",
    "what-if",
)
_REGISTRIES = ("kernels", "facts", "machines", "rules", "study", "cache")
_TENANTS = ("hexagon",)
_GROUPS = (*_REGISTRIES, *_TENANTS)


class _Commands(TyperGroup):
    """Our own commands, and those that packages register, loaded when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all of them."""
        own = super().list_commands(ctx)
        return [*own, *(name for name in commands() if name not in own)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; ours, if a package registers one of ours."""
        own = super().get_command(ctx, cmd_name)
        return own if own or cmd_name not in commands() else registered_command(cmd_name)


def command_line(only: str | None = None) -> typer.Typer:
    """The command `slotweave` with all its commands, or with `only` one of them."""
    app = typer.Typer(
        cls=_Commands,
        help="Make programs for VLIW SIMD machines short, find out how short they can be, and "
        "check them.",
        add_completion=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Exit codes: 0 success; 1 a check failed (a wrong result, a program that "
        "the machine "
        "refuses, a regression); 2 wrong input or options; 3 no schedule within the limits; 130 "
        "interrupted.",
    )
    app.callback()(_options_of_the_command)
    for name in _VERBS if only is None else {only} & {*_VERBS}:
        _module(name).add_to(app)
    for name in _GROUPS if only is None else {only} & {*_GROUPS}:
        app.add_typer(_module(name).app, name=name)
    return app


def _module(command: str) -> ModuleType:
    """The module of a command."""
    registries = (*_REGISTRIES, "bench")
    room = "registries" if command in registries else "verbs"
    room = "tenants" if command in _TENANTS else room
    name = {"pass": "pass_", "what-if": "what_if", "study": "studies"}.get(command, command)
    return import_module(f"slotweave.cli.commands.{room}.{name}")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"slotweave {slotweave.__version__}")
        raise typer.Exit


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
    atexit.register(gc.freeze)  # nor need the interpreter look through them before it ends
    replace_closed_streams()
    show_what_can_be_shown()
    named = sys.argv[1] if len(sys.argv) > 1 else ""
    app = command_line(named if named in (*_VERBS, *_GROUPS) else None)
    try:
        app(prog_name="slotweave")
    except KeyboardInterrupt:  # before a command had begun
        sys.exit(Exit.INTERRUPTED)
    except SystemExit as ended:
        if ended.code == Exit.INTERRUPTED:
            # Threads of a solver may still run; taking the interpreter down around them aborts.
            sys.stderr.flush()
            os._exit(Exit.INTERRUPTED)
        raise
    except OSError as error:  # of what is printed without a command, such as help
        sys.exit(complain_of_stdout(Terminal(), error))
