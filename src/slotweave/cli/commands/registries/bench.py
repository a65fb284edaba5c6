"""`slotweave bench`: our own speeds, against a baseline kept in the repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.options import Contract, Json, Parameters
from slotweave.cli.output import print_json, write_output
from slotweave.cli.plans import plan_of
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from slotweave.driver.job import Job

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
    typer.Option(metavar="NAME", help="Plan to use (default: the kernel's first)."),
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
    if kernel == "kernels":
        _bench_kernels(terminal, machine, exact, json)
        return
    from slotweave.bench.baseline import (
        BASELINE_FILE,
        Baseline,
        baseline_to_json,
        ratios,
        recorded_baseline,
    )
    from slotweave.driver.job import Job
    from slotweave.extensions import kernels

    target = inputs.machine_named(machine or "challenge")
    workload = inputs.kernel_named(kernel or next(iter(kernels())), target)
    values = inputs.parameters_of(workload, parameters or ())
    promise = contract_called(workload, contract)
    chosen = plan_of(workload, plan, values, promise)
    subject: dict[str, Any] = {
        "kernel": workload.name, "params": dict(values), "contract": promise,
        "plan": chosen.name, "machine": target.name,
    }  # fmt: skip
    seconds: dict[str, float] = {}
    for name, took in _measured(Job(workload, values, promise, chosen, target), repeat):
        seconds[name] = took
        terminal.detail(f"{name}: {took:.6f} s")
    compared = ratios(seconds, subject, recorded_baseline())
    if record:
        write_output(str(BASELINE_FILE), baseline_to_json(Baseline(subject, seconds)))
    if json:
        print_json({**subject, "seconds": seconds, "ratios": compared})
        return
    for name, took in seconds.items():
        ratio = f"  {compared[name]:8.2f} of baseline" if name in compared else ""
        print(f"{name:<16} {1000 * took:12.3f} ms{ratio}")


def _measured(subject: Job, repeat: int) -> Iterator[tuple[str, float]]:
    """The seconds of each kind of work; those of a candidate are the processor's."""
    from slotweave.bench.measure import measure
    from slotweave.tuning.rate import seconds_of_candidate

    yield from measure(subject, repeat)
    candidate = seconds_of_candidate(subject)
    if candidate is not None:
        yield "candidate", candidate


def _bench_kernels(terminal: Terminal, machine: str | None, exact: float, json: bool) -> None:
    from slotweave.bench.kernels import measured_kernels, suite_json, suite_lines
    from slotweave.extensions import kernels
    from slotweave.machine.builtin import BUILTIN

    machines = BUILTIN.values() if machine is None else (inputs.machine_named(machine),)
    rows = []
    for row in measured_kernels(kernels().values(), tuple(machines), exact):
        rows.append(row)
        terminal.detail(f"{row.kernel} on {row.machine}, {row.form}: {row.said}")
    if json:
        print_json(suite_json(rows))
        return
    print("\n".join(suite_lines(rows)))
