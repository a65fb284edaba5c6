"""What all commands share: common options, and the way in which they end.

Guarantees: an error of the user's is printed on stderr without a traceback and ends the command
with its exit code, and so is a stdout that cannot be written; Ctrl-C ends it with 130; a reader
that closes the pipe ends it quietly.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any

import typer

from slotweave.base.diagnostics import Exit, InputError, SlotweaveError
from slotweave.base.interruption import (
    raise_when_interrupted,
    repeated_interruptions,
    unmasked_interruptions,
)
from slotweave.cli.options import LOAD_SECONDS, Files
from slotweave.cli.output import unwritable
from slotweave.cli.streams import FULL_OR_CLOSED, discard
from slotweave.cli.terminal import ColorMode, Terminal
from slotweave.extensions import Extension, command_adder, extensions

Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="Suppress progress and notes; with a file to write, the summary too."
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print more detail on stderr.")]
Color = Annotated[ColorMode, typer.Option(help="Colour the output; `auto` obeys NO_COLOR.")]

_COMMON: dict[str, tuple[Any, Any]] = {
    "quiet": (Quiet, False),
    "verbose": (Verbose, False),
    "color": (Color, ColorMode.AUTO),
}

Command = Callable[..., None]

LoadTimeLimit = Annotated[
    float,
    typer.Option(
        "--load-time-limit",
        metavar="SECONDS",
        min=0,
        help="Stop a Python file that builds a program after SECONDS.",
    ),
]
#: How the parameters of the options for files are called.
_FILES, _SECONDS = "files_", "files_seconds_"


def command(app: typer.Typer, name: str) -> Callable[[Command], Command]:
    """Register a function as the command `name` of `app`, with the common options added.

    A parameter `terminal` of the function is not an option: it receives the `Terminal` that they
    describe.
    """

    def register(function: Command) -> Command:
        app.command(name)(_with_common_options(function))
        return function

    return register


def registered_command(name: str) -> Any:
    """The command `name` that a package registers, or one that says why it cannot be used."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    try:
        command_adder(name)(app)
    except InputError as error:
        reason = error

        def refuse() -> None:
            raise reason

        refuse.__doc__ = "Not available: its package cannot be used."
        command(app, name)(refuse)
    return typer.main.get_command(app)


def _with_common_options(function: Command) -> Command:
    """`function` with the options of `_COMMON` in place of its parameter `terminal`."""
    own = dict(inspect.signature(function, eval_str=True).parameters)
    wants_terminal = own.pop("terminal", None) is not None
    files = next((name for name, each in own.items() if each.annotation is Files), None)
    if files is not None:
        own = _with_file_options(own, files)
    common = [
        inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for key, (kind, default) in _COMMON.items()
    ]

    @wraps(function)
    def run(quiet: bool, verbose: bool, color: ColorMode, **options: Any) -> None:
        terminal = Terminal(quiet, verbose, color)
        if wants_terminal:
            options["terminal"] = terminal
        if files is not None:
            options[files] = _files_of(options)
        _end_well(terminal, lambda: function(**options))

    mine = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own.values()]
    parameters = [*mine, *common]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _with_file_options(
    own: Mapping[str, inspect.Parameter], files: str
) -> dict[str, inspect.Parameter]:
    """The parameters with the options for files in the place of the one called `files`."""
    options: dict[str, tuple[Any, Any]] = {}
    for extension in extensions():
        if extension.subject:
            help_text = _subject_help(extension, "facts" in own)
            flag, form = extension.subject.flag, extension.subject.form
            kind = Annotated[str | None, typer.Option(flag, metavar=form, help=help_text)]
            options[f"{_FILES}{extension.subject.noun}"] = (kind, None)
    options[_SECONDS] = (LoadTimeLimit, LOAD_SECONDS)
    found: dict[str, inspect.Parameter] = {}
    for name, each in own.items():
        if name != files:
            found[name] = each
            continue
        for option, (kind, default) in options.items():
            found[option] = inspect.Parameter(
                option, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind
            )
    return found


def _subject_help(extension: Extension, with_facts: bool) -> str:
    """What the option of an extension's subject is for."""
    subject, reader = extension.subject, extension.reader
    assert subject is not None
    says = f"The {subject.noun} for which a {reader.noun} builds its program" if reader else ""
    if with_facts and extension.facts:
        about = f"that --facts {extension.facts[0].name} describes"
        says = f"{says}, and {about}" if says else f"The {subject.noun} {about}"
        return f"{says} (default: the program's own, else {subject.usual})."
    return f"{says} (default: {subject.usual})."


def _files_of(options: dict[str, Any]) -> Files:
    """What the options for files say, taken out of `options`."""
    nouns = [extension.subject.noun for extension in extensions() if extension.subject]
    given = {noun: options.pop(f"{_FILES}{noun}") for noun in nouns}
    return Files(given, options.pop(_SECONDS))


def _end_well(terminal: Terminal, work: Callable[[], None]) -> None:
    """Do `work`; turn what users cause into a message and an exit code."""
    exit_code = Exit.DONE
    try:
        exit_code = _exit_code_of(terminal, work)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        discard(sys.stdout)
    except OSError as error:
        exit_code = complain_of_stdout(terminal, error)
    if exit_code is not Exit.DONE:
        raise typer.Exit(exit_code)


def _exit_code_of(terminal: Terminal, work: Callable[[], None]) -> Exit:
    """Do `work`; the exit code to end with, after what there is to say of it."""
    try:
        raise_when_interrupted()
        with repeated_interruptions(), unmasked_interruptions():
            work()
    except SlotweaveError as error:
        terminal.complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        terminal.note("interrupted")
        return Exit.INTERRUPTED
    return Exit.DONE


def complain_of_stdout(terminal: Terminal, error: OSError) -> Exit:
    """Say that stdout cannot be written; any other error of the system is raised again."""
    if error.filename is not None or error.errno not in FULL_OR_CLOSED:
        raise error
    discard(sys.stdout)
    complaint = unwritable("stdout", error.strerror or str(error))
    terminal.complain(complaint)
    return complaint.exit_code
