"""`slotweave kernels`: the kernels that come with Slotweave, and what one of them wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel

app = typer.Typer(help="List and show kernels, and write memory for them.", no_args_is_help=True)


@command(app, "list")
def list_kernels(terminal: Terminal, json: Json = False) -> None:
    """List the kernels of Slotweave and of installed packages."""
    from slotweave.extensions import broken, kernels

    if json:
        print_json({"kernels": list(kernels())})
        return
    for reason in broken():
        terminal.note(f"warning: {reason}")
    for name, kernel in kernels().items():
        print(f"{name:<14} {kernel.text}")


@command(app, "show")
def show_kernel(
    name: KernelArgument, machine: TargetMachine = "challenge", json: Json = False
) -> None:
    """Show a kernel: parameters, contracts, plans and choices."""
    from slotweave.cli.inputs import kernel_named, machine_named
    from slotweave.ir.plan import SCHEDULE_CHOICES
    from slotweave.views.plans.choices import choice_lines

    kernel = kernel_named(name, machine_named(machine))
    if json:
        print_json(_description(kernel))
        return
    print(f"{kernel.name}: {kernel.text}\n\nparameters (-p NAME=VALUE)")
    for key, parameter in kernel.parameters.items():
        allowed = f"{parameter.lowest} to {parameter.highest}, default {parameter.default}"
        print(f"  {key:<10} {parameter.text}{' ' if parameter.text else ''}({allowed})")
    print(f"contracts (--contract)\n  {', '.join(kernel.contracts)}")
    print(f"plans (--plan)\n  {', '.join(kernel.plan_names)}")
    for title, choices in (
        ('choices of this kernel (--plan FILE.json, under "choices")', kernel.choices),
        ('choices of the scheduler (--plan FILE.json, under "schedule")', SCHEDULE_CHOICES),
    ):
        if choices:
            print(title, *(line for choice in choices for line in choice_lines(choice)), sep="\n")


def _description(kernel: Kernel) -> dict[str, object]:
    from slotweave.ir.plan import SCHEDULE_CHOICES
    from slotweave.views.plans.choices import choice_json

    return {
        "name": kernel.name,
        "text": kernel.text,
        "parameters": {
            key: {"default": p.default, "lowest": p.lowest, "highest": p.highest, "text": p.text}
            for key, p in kernel.parameters.items()
        },
        "contracts": kernel.contracts,
        "plans": kernel.plan_names,
        "choices": {choice.name: choice_json(choice) for choice in kernel.choices},
        "schedule": {choice.name: choice_json(choice) for choice in SCHEDULE_CHOICES},
    }


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
    import numpy as np

    from slotweave.cli.inputs import kernel_named, machine_named, parameters_of

    destination = STDOUT if output is None else output
    expect_writable(destination)
    kernel = kernel_named(name, machine_named(machine))
    values = parameters_of(kernel, parameters or ())
    memory = kernel.memory(values, contract_called(kernel, contract), np.random.default_rng(seed))
    write_output(destination, f"{memory.tolist()}\n")
    if destination != STDOUT:
        terminal.note(f"wrote {destination}")
