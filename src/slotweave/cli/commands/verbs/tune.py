"""`slotweave tune`: search for a better plan."""

from __future__ import annotations

from contextlib import ExitStack
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.deadline import within
from slotweave.cli.options import (
    Choice,
    Contract,
    Json,
    KernelArgument,
    Parameters,
    Seed,
    StoreOption,
    TargetMachine,
)
from slotweave.cli.output import expect_writable, print_json
from slotweave.cli.plans import plan_of, with_choices
from slotweave.cli.terminal import Terminal
from slotweave.cli.tuning_progress import TuningProgress
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from slotweave.tuning.run import Keeping, Step


_Output = Annotated[
    str,
    typer.Option("-o", "--output", metavar="FILE.json", help="Write the best plan to FILE.json."),
]
_Plan = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE.json",
        help="Plan to start from (default: the best plan known for the shape).",
    ),
]
_Seeds = Annotated[
    int, typer.Option(metavar="N", min=1, help="Run N searches, with seeds from SEED on.")
]
_TimeLimit = Annotated[float, typer.Option(metavar="SECONDS", min=0, help="Stop after SECONDS.")]
_Evaluations = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Stop each search after N plans instead of by time, so that it can be repeated.",
    ),
]
_Workers = Annotated[
    int, typer.Option(metavar="N", min=1, help="Use N processes; the plan found is the same.")
]
_Cluster = Annotated[
    str | None,
    typer.Option(metavar="tcp://HOST:PORT", help="Use the workers of a Dask cluster instead."),
]
_ParametersTried = Annotated[
    int,
    typer.Option(
        "--parameters",
        metavar="N",
        min=0,
        help="First try N settings of the plan's stagger and noise, by Optuna's sampler.",
    ),
]
_Study = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Go on with the study NAME, or begin it (default: a new one)."
    ),
]


def add_to(app: typer.Typer) -> None:
    command(app, "tune")(tune)


def tune(
    terminal: Terminal,
    kernel: KernelArgument,
    output: _Output,
    parameters: Parameters = None,
    contract: Contract = None,
    plan: _Plan = None,
    choice: Choice = None,
    machine: TargetMachine = "challenge",
    seed: Seed = 0,
    seeds: _Seeds = 1,
    workers: _Workers = 1,
    cluster: _Cluster = None,
    parameters_tried: _ParametersTried = 0,
    study: _Study = None,
    store: StoreOption = None,
    time_limit: _TimeLimit = 60.0,
    evaluations: _Evaluations = None,
    json: Json = False,
) -> None:
    """Search for a plan that takes fewer cycles.

    The best plan so far is always in FILE.json; Ctrl-C ends the search and keeps it. Compile with
    `--plan FILE.json`, or pass it to `tune --plan` to continue from there. Every plan tried is kept
    in the store: `--study NAME` goes on with a search however it ended, `study show NAME` says what
    it came to.
    """
    expect_writable(output)
    target = inputs.machine_named(machine)
    workload = inputs.kernel_named(kernel, target)
    values = inputs.parameters_of(workload, parameters or ())
    promise = contract_called(workload, contract)
    known = plan_of(workload, plan, values, promise)
    begin = with_choices(workload, known, choice or ())

    from slotweave import api  # after the checks of what was given
    from slotweave.driver.job import Job

    told = "".join(f" --choice {quote(change)}" for change in choice or ())
    job = Job(workload, values, promise, begin, target)
    limit = time_limit if evaluations is None else None
    with ExitStack() as planning:
        show = planning.enter_context(terminal.stages())
        planning.enter_context(within(limit, "planned", show))("schedule")
        told += f" --parameters {parameters_tried}" if parameters_tried else ""
        report = TuningProgress(job, (plan or known.name) + told, output, terminal, limit)

        def watch(step: Step, keeping: Keeping) -> None:
            planning.close()  # from now on there is a plan
            report.note(step, keeping)

        with report:
            found = api.tune(
                job, time_limit=limit, evaluations=evaluations, seed=seed, seeds=seeds,
                workers=workers, cluster=cluster,
                parameters=parameters_tried, study=study, store=store, watch=watch,
            )  # fmt: skip
            report.conclude(found)
    if json:
        print_json(found.outcome())
