"""`slotweave bench`: our own speeds, against a baseline kept in the repository."""

from __future__ import annotations

from typing import Annotated

import typer

from slotweave.cli.command import command
from slotweave.cli.inputs import machine_named
from slotweave.cli.options import Contract, Json, Parameters
from slotweave.cli.output import print_json, write_output
from slotweave.cli.plans import job_named
from slotweave.cli.terminal import Terminal

_Kernel = Annotated[
    str | None,
    typer.Argument(
        metavar="KERNEL",
        help="Kernel to compile (default: the first one that `slotweave kernels list` shows), or "
        "`kernels` for all that have both an unrolled form and one with loops.",
    ),
]
_Plan = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Plan to use (default: the usual one of the machine)."),
]
_Repeat = Annotated[
    int, typer.Option(metavar="N", min=1, max=10_000, help="Report the fastest of N runs.")
]
_Machine = Annotated[
    str | None,
    typer.Option(
        "--machine", metavar="NAME|FILE.toml",
        help="Machine to use (default: challenge; for `kernels`, all built-in machines).",
    ),
]  # fmt: skip
_Exact = Annotated[
    float,
    typer.Option(
        "--exact", metavar="SECONDS", min=0,
        help="With `kernels`: let CP-SAT search each loop for a shorter period for SECONDS.",
    ),
]  # fmt: skip
_Record = Annotated[bool, typer.Option("--record", help="Record these speeds as the baseline.")]


def add_to(app: typer.Typer) -> None:
    command(app, "bench")(bench)


def bench(
    terminal: Terminal,
    kernel: _Kernel = None,
    parameters: Parameters = None,
    contract: Contract = None,
    plan: _Plan = None,
    machine: _Machine = None,
    repeat: _Repeat = 20,
    exact: _Exact = 0.0,
    record: _Record = False,
    json: Json = False,
) -> None:
    """Measure how long compiling and simulating take.

    Also time scheduling, encoding, importing, a candidate of `tune` and more. If the recorded
    baseline is for the same kernel, parameters, plan and machine, print the ratio to it: 2 means
    twice as long. Ratios are only meaningful on the computer that recorded the baseline.

    `bench kernels` compiles each kernel for each machine, both unrolled and with loops. It
    prints cycles, bounds and gaps, and the initiation interval of each loop.
    """
    from slotweave import api

    if kernel == "kernels":
        _bench_kernels(terminal, machine, exact, json)
        return
    name = next(iter(api.list_kernels().kernels)) if kernel is None else kernel
    target = "challenge" if machine is None else machine
    job = job_named(name, parameters, contract, plan, None, target)

    def tell(name: str, took: float) -> None:
        terminal.detail(f"{name}: {took:.6f} s")

    found = api.measure_speed(job, repeat=repeat, watch=tell)
    if record:
        file, text = found.record()
        write_output(str(file), text)
    if json:
        print_json(found.to_json())
        return
    print(found)


def _bench_kernels(terminal: Terminal, machine: str | None, exact: float, json: bool) -> None:
    from slotweave import api

    machines = None if machine is None else [machine_named(machine)]
    found = api.measure_kernels(machines=machines, exact=exact, watch=terminal.detail)
    if json:
        print_json(found.to_json())
        return
    print(found)
