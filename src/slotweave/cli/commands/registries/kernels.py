"""`slotweave kernels`: the kernels that come with Slotweave, and what one of them wants."""

from __future__ import annotations

import typer

from slotweave.cli.command import command
from slotweave.cli.options import (
    Contract,
    Json,
    KernelArgument,
    Output,
    Parameters,
    Seed,
    TargetMachine,
)
from slotweave.cli.output import STDOUT, expect_writable, print_json, write_output
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import contract_called

app = typer.Typer(help="List and show kernels, and write memory for them.", no_args_is_help=True)


@command(app, "list")
def list_kernels(terminal: Terminal, json: Json = False) -> None:
    """List the kernels of Slotweave and of installed packages."""
    from slotweave.api.registered import list_kernels as listed
    from slotweave.extensions import broken

    found = listed()
    if json:
        print_json(found.to_json())
        return
    for reason in broken():
        terminal.note(f"warning: {reason}")
    print(found)


@command(app, "show")
def show_kernel(
    name: KernelArgument, machine: TargetMachine = "challenge", json: Json = False
) -> None:
    """Show a kernel: parameters, contracts, plans and choices."""
    from slotweave.api.registered import show_kernel as shown
    from slotweave.cli.inputs import kernel_named, machine_named

    target = machine_named(machine)
    found = shown(kernel_named(name, target), machine=target)
    if json:
        print_json(found.to_json())
        return
    print(found)


@command(app, "memory")
def make_memory(
    terminal: Terminal,
    name: KernelArgument,
    parameters: Parameters = None,
    contract: Contract = None,
    machine: TargetMachine = "challenge",
    seed: Seed = 0,
    output: Output = STDOUT,
) -> None:
    """Write a random memory for a kernel, for `run --mem`."""
    from slotweave.api.registered import random_memory
    from slotweave.cli.inputs import kernel_named, machine_named, parameters_of

    destination = STDOUT if output is None else output
    expect_writable(destination)
    target = machine_named(machine)
    kernel = kernel_named(name, target)
    values, promise = parameters_of(kernel, parameters or ()), contract_called(kernel, contract)
    memory = random_memory(kernel, contract=promise, machine=target, seed=seed, **values)
    write_output(destination, f"{memory.tolist()}\n")
    if destination != STDOUT:
        terminal.note(f"wrote {destination}")
