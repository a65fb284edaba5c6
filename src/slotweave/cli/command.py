"""What all commands share: common options, and the way in which they end.

Guarantees: an error of the user's is printed on stderr without a traceback and ends the command
with its exit code; Ctrl-C ends it with 130; a reader that closes the pipe ends it quietly.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from slotweave.cli.terminal import ColorMode, Terminal
from slotweave.diagnostics import Exit, SlotweaveError
from slotweave.interruption import unmasked_interruptions

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but data and errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.")]
Color = Annotated[ColorMode, typer.Option(help="Use colour; NO_COLOR is obeyed by `auto`.")]

_COMMON: dict[str, tuple[Any, Any]] = {
    "quiet": (Quiet, False),
    "verbose": (Verbose, False),
    "color": (Color, ColorMode.AUTO),
}

Command = Callable[..., None]


def command(app: typer.Typer, name: str) -> Callable[[Command], Command]:
    """Register a function as the command `name` of `app`, with the common options added.

    A parameter `terminal` of the function is not an option: it receives the `Terminal` that they
    describe.
    """

    def register(function: Command) -> Command:
        app.command(name)(_with_common_options(function))
        return function

    return register


def _with_common_options(function: Command) -> Command:
    """`function` with the options of `_COMMON` in place of its parameter `terminal`."""
    own = dict(inspect.signature(function, eval_str=True).parameters)
    wants_terminal = own.pop("terminal", None) is not None
    common = [
        inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for key, (kind, default) in _COMMON.items()
    ]

    @wraps(function)
    def run(quiet: bool, verbose: bool, color: ColorMode, **options: Any) -> None:
        terminal = Terminal(quiet, verbose, color)
        if wants_terminal:
            options["terminal"] = terminal
        _end_well(terminal, lambda: function(**options))

    mine = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own.values()]
    parameters = [*mine, *common]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _end_well(terminal: Terminal, work: Callable[[], None]) -> None:
    """Do `work`; turn what users cause into a message and an exit code."""
    try:
        with unmasked_interruptions():
            work()
        sys.stdout.flush()
    except SlotweaveError as error:
        terminal.complain(error)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        terminal.note("interrupted")
        raise typer.Exit(Exit.INTERRUPTED) from None
    except BrokenPipeError:
        # The reader has seen enough; without this, flushing at exit would complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.DONE) from None
