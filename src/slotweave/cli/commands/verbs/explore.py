"""`slotweave explore`: a kernel on a grid of machines."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.assignments import assigned, given_as
from slotweave.cli.command import command
from slotweave.cli.options import (
    Choice,
    Contract,
    EffortOption,
    Json,
    KernelArgument,
    Parameters,
    Seed,
    TargetMachine,
)
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    say_written,
    stdout_by_any_name,
    write_output,
)
from slotweave.cli.plans import job_named
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUES",
        help="Try these numbers of slots of an engine, or of words of `scratch`: 2..4, or 2,3,4; "
        "repeatable.",
    ),
]
_Cost = Annotated[
    list[str] | None,
    typer.Option(
        "--cost",
        metavar="NAME=NUMBER",
        help="Cost of one slot of an engine, or of one word of `scratch`; repeatable.",
    ),
]

_Plan = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE.json", help="Plan to use (default: the usual one of each machine)."
    ),
]
_Sample = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Try only N machines, drawn from the grid with --seed."),
]
_Workers = Annotated[int, typer.Option(metavar="N", min=1, help="Use N processes.")]
_Html = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Write a page with the table, heat maps and plot to FILE; - is stdout.",
        callback=stdout_by_any_name,
    ),
]
_Svg = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Write the plot of cycles against cost to FILE; without --cost, the heat maps. - is "
        "stdout.",
        callback=stdout_by_any_name,
    ),
]


def add_to(app: typer.Typer) -> None:
    command(app, "explore")(explore)


def explore(
    terminal: Terminal,
    kernel: KernelArgument,
    changes: _Set = None,
    cost: _Cost = None,
    parameters: Parameters = None,
    contract: Contract = None,
    plan: _Plan = None,
    choice: Choice = None,
    machine: TargetMachine = "challenge",
    effort: EffortOption = "default",
    sample: _Sample = None,
    seed: Seed = 0,
    workers: _Workers = 1,
    html: _Html = None,
    svg: _Svg = None,
    json: Json = False,
) -> None:
    """Compile a kernel for a grid of machines; see what limits it.

    With --cost, mark the machines that no other machine beats in both cost and cycles (the
    Pareto front). Results are cached (`slotweave cache info`). If nothing fits on a machine,
    its row says why.
    """
    from slotweave import api
    from slotweave.names import settings_of
    from slotweave.views.exploring import exploration_lines

    expect_outputs({"--html": html, "--svg": svg}, json)
    job = job_named(kernel, parameters, contract, plan, choice, machine, effort=effort)
    with given_as("--set NAME=VALUES"):
        settings = settings_of(job.machine, assigned(changes or (), "SW212"))
    with terminal.stages() as show:
        done = count(1)
        found = api.explore(
            job, set=settings, cost=_costs(cost or ()) if cost else None, sample=sample, seed=seed,
            workers=workers, watch=lambda _point, all_: show(f"{next(done)} of {all_} machines"),
        )  # fmt: skip
    for file, text in ((html, found.html), (svg, found.svg)):
        if file is not None:
            write_output(file, text())
            say_written(file, terminal)
    if json:
        print_json(found.to_json())
    elif STDOUT not in (html, svg):
        terminal.show(found.__rich__())
        print("\n".join(exploration_lines(found)))


def _costs(given: Iterable[str]) -> Mapping[str, float]:
    """`load=3` as {"load": 3.0}."""
    with given_as("--cost NAME=NUMBER"):
        found = {}
        for name, text in assigned(given, "SW212").items():
            try:
                found[name] = float(text)
            except ValueError:
                reason = f"the cost of {name} must be a number, not {text!r}"
                raise InputError(Diagnostic("SW212", reason)) from None
        return found
