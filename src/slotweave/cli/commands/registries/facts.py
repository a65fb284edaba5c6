"""`slotweave facts`: the facts about memory that have names, and facts files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.command import command
from slotweave.cli.facts import FORM
from slotweave.cli.inputs import kernel_named, machine_named, parameters_of
from slotweave.cli.options import (
    NO_FILES,
    Contract,
    Files,
    Json,
    Output,
    Parameters,
    TargetMachine,
)
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    say_written,
    write_output,
)
from slotweave.cli.program_files import Building, building
from slotweave.cli.terminal import Terminal
from slotweave.extensions import extensions
from slotweave.extensions.lookup import named_facts

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel

app = typer.Typer(
    help="List and show facts about memory (--facts).",
    no_args_is_help=True,
)


@command(app, "list")
def list_facts(json: Json = False) -> None:
    """List the named facts."""
    from slotweave.api.registered import list_facts as listed

    found = listed()
    if json:
        print_json(found.to_json())
        return
    print(found)


@command(app, "show")
def show_facts(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(metavar=f"{FORM}|KERNEL", help="Facts to show.")],
    parameters: Parameters = None,
    contract: Contract = None,
    machine: TargetMachine = "challenge",
    files: Files = NO_FILES,
    output: Output = None,
    json: Json = False,
) -> None:
    """Print facts as JSON, or check a facts file.

    Of a kernel (a name, or file.py:function), print what is known of its memory: pass the output
    to other commands (--facts FILE.json), or use it as a template for your own facts. Facts list
    known words by address, regions of memory that do not overlap, and the lowest and highest
    word that each region holds. --json adds their `name`.
    """
    from slotweave.api.registered import show_facts as shown
    from slotweave.names import is_kernel

    destination = STDOUT if output is None else output
    expect_outputs({"-o": output}, json)
    how, target = building(files, terminal), machine_named(machine)
    of: Kernel | str = name
    values: Mapping[str, Any] = {}
    if is_kernel(name):
        of = kernel_named(name, target)
        values = parameters_of(of, parameters or ())
    elif parameters or contract is not None:
        reason = f"-p and --contract are for kernels, and {name!r} is none"
        raise InputError(Diagnostic("SW212", reason))
    elif name in named_facts():
        values = how.values(named_facts()[name][0]) or {}
    found = shown(of, contract=contract, machine=target, **values)
    if output is not None or not json:
        write_output(destination, found.text())
    if json:
        print_json(found.to_json())
    _note_unused(name, how, terminal)
    say_written(destination, terminal)


def _note_unused(name: str, how: Building, terminal: Terminal) -> None:
    """Say which values are given, but are not what the facts are about."""
    about, _facts = named_facts().get(name, (None, None))
    for extension in extensions():
        if how.values(extension) and extension.subject and extension is not about:
            noun, flag = extension.subject.noun, extension.subject.flag
            terminal.note(f"{flag} is not used: the facts {name!r} are about no {noun}")
