"""`slotweave facts`: the facts about memory that have names, and facts files."""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.command import command
from slotweave.cli.facts import FORM, facts_named, named_facts
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
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
from slotweave.cli.program_files import building
from slotweave.cli.terminal import Terminal
from slotweave.extensions import extensions, kernels
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from slotweave.ir.facts import Facts

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
    from slotweave.ir.text.facts_json import facts_to_json

    destination = STDOUT if output is None else output
    expect_one_on_stdout(output, json)
    expect_writable(destination)
    how, found = building(files, terminal), named_facts().get(name)
    if found is None and _is_kernel(name):
        known = _of_kernel(name, parameters or [], contract, machine)
    else:
        if parameters or contract:
            reason = f"-p and --contract are for kernels, and {name!r} is none"
            raise InputError(Diagnostic("SW212", reason))
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


def _is_kernel(name: str) -> bool:
    return ".py:" in name or name in kernels()


def _of_kernel(name: str, parameters: list[str], contract: str | None, machine: str) -> Facts:
    """What is known of memory before a program for the kernel runs."""
    from slotweave.cli.inputs import kernel_named, machine_named, parameters_of

    kernel = kernel_named(name, machine_named(machine))
    values = parameters_of(kernel, parameters)
    return kernel.facts(values, contract_called(kernel, contract))
