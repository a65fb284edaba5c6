"""`slotweave hexagon verify` and `count`: files of assembly on random inputs, run by QEMU."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

from slotweave.cli.options import INSTANCES, Instances, Json, Output, Seed
from slotweave.cli.output import expect_writable, print_json, write_output
from slotweave.cli.terminal import Terminal
from slotweave.hexagon.defaults import ARGUMENTS

_Function = Annotated[str, typer.Option(metavar="NAME", help="Function to call.")]
_Arguments = Annotated[
    str,
    typer.Option(
        metavar="KIND,...",
        help="Contents of r0, r1, ...: pointer (to 4096 random bytes), integer, or LOW..HIGH.",
    ),
]
_Seconds = Annotated[
    float,
    typer.Option("--time-limit", metavar="SECONDS", min=1, help="Stop each run after SECONDS."),
]


def verify(
    terminal: Terminal,
    file: Annotated[str, typer.Argument(metavar="A.s", help="Assembly.")],
    against: Annotated[str, typer.Argument(metavar="B.s", help="Assembly to compare with.")],
    function: _Function,
    arguments: _Arguments = ARGUMENTS,
    also: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="FILE", help="Link FILE (.c or .s) with both; repeatable."),
    ] = None,
    instances: Instances = INSTANCES,
    seed: Seed = 0,
    time_limit: _Seconds = 60.0,
    json: Json = False,
) -> None:
    """Run a function from two files in QEMU, and compare.

    Both run on the same random inputs.

    Compare the memory behind the pointers, r0, r1 and the callee-saved registers, and count the
    packets executed. If QEMU cannot run this version of Hexagon, say so and run nothing.
    """
    from slotweave import hexagon

    found = hexagon.verify(
        file,
        against,
        function,
        arguments=arguments,
        others=also or (),
        instances=instances,
        seed=seed,
        time_limit=time_limit,
    )
    if json:
        print_json(found.to_json())
    elif not terminal.quiet:
        print(found)
    found.expect_same()


def count(
    terminal: Terminal,
    file: Annotated[str, typer.Argument(metavar="FILE.s", help="Assembly.")],
    function: _Function,
    arguments: _Arguments = ARGUMENTS,
    also: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="FILE", help="Link FILE (.c or .s) with it; repeatable."),
    ] = None,
    instances: Instances = 10,
    seed: Seed = 0,
    time_limit: _Seconds = 60.0,
    output: Output = None,
) -> None:
    """Count how often each block runs, with QEMU, for --counts of the other commands.

    Calls a function on random inputs, and writes a JSON object of numbers by the names of blocks.
    """
    from slotweave import hexagon

    expect_writable(output)
    counts = hexagon.count(
        file,
        function,
        arguments=arguments,
        others=also or (),
        instances=instances,
        seed=seed,
        time_limit=time_limit,
    )
    write_output("-" if output is None else output, json_module.dumps(counts, indent=1) + "\n")
    if output not in (None, "-"):
        terminal.note(f"wrote {output}")
