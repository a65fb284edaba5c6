"""`slotweave explore`: a kernel on a grid of machines."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli import inputs
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
from slotweave.cli.output import expect_writable, print_json, write_output
from slotweave.cli.plans import plan_of, with_choices
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUES",
        help="Set the slots of an engine, or the words of `scratch`, to 2..4 or 2,3,4; repeatable.",
    ),
]
_Cost = Annotated[
    list[str] | None,
    typer.Option(
        "--cost",
        metavar="NAME=NUMBER",
        help="What a slot, or a word of scratch, costs; repeatable.",
    ),
]

_Plan = Annotated[str | None, typer.Option(metavar="NAME|FILE.json", help="Plan to compile by.")]
_Sample = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Take N machines of the grid, drawn with --seed."),
]
_Workers = Annotated[int, typer.Option(metavar="N", min=1, help="Use N processes.")]
_Html = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Write table, heat maps and plot as a page to FILE."),
]
_Svg = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Write the plot, or without --cost the heat maps, to FILE."),
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
    """Compile a kernel for a grid of machines; see what binds.

    With --cost, machines that no other one beats in cost and cycles are marked: the Pareto front.
    What was compiled before is taken from the cache (`slotweave cache info`). A machine on which
    nothing fits is a row with the reason.
    """
    from slotweave import api
    from slotweave.backend.fit import Effort
    from slotweave.driver.job import Job
    from slotweave.recompiling.machines import settings_of
    from slotweave.views.exploration import exploration_lines

    for file in (html, svg):
        expect_writable(file)
    inputs.expect_effort(effort)
    target = inputs.machine_named(machine)
    with given_as("--set NAME=VALUES"):
        settings = settings_of(target, assigned(changes or (), "SW212"))
    workload = inputs.kernel_named(kernel, target)
    values = inputs.parameters_of(workload, parameters or ())
    promise = contract_called(workload, contract)
    chosen = with_choices(workload, plan_of(workload, plan, values, promise), choice or ())
    job = Job(workload, values, promise, chosen, target, effort=Effort[effort.upper()])
    with terminal.stages() as show:
        done = count(1)
        found = api.explore(
            job, set=settings, cost=_costs(cost or ()) if cost else None, sample=sample, seed=seed,
            workers=workers, watch=lambda _point, all_: show(f"{next(done)} of {all_} machines"),
        )  # fmt: skip
    for file, text in ((html, found.html), (svg, found.svg)):
        if file is not None:
            write_output(file, text())
            terminal.note(f"wrote {file}")
    if json:
        print_json(found.to_json())
        return
    terminal.show(found._view())
    print("\n".join(exploration_lines(found.to_json())))


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
