"""`slotweave tune`: search for a better plan."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

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
from slotweave.cli.output import (
    expect_apart,
    expect_outputs,
    is_same_file,
    print_json,
    stdout_by_any_name,
)
from slotweave.cli.plans import job_named, plan_of
from slotweave.cli.terminal import Terminal
from slotweave.cli.tuning_progress import TuningProgress

if TYPE_CHECKING:
    from slotweave.tuning.run import Keeping, Step


_Output = Annotated[
    str,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE.json",
        help="Write the best plan to FILE.json; - is stdout, at the end.",
        callback=stdout_by_any_name,
    ),
]
_Plan = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE.json",
        help="Plan to start from (default: the best plan known for the shape).",
    ),
]
_Seeds = Annotated[
    int, typer.Option(metavar="N", min=1, help="Run N searches, with the seeds SEED, SEED + 1, ...")
]
_TimeLimit = Annotated[float, typer.Option(metavar="SECONDS", min=0, help="Stop after SECONDS.")]
_Evaluations = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Stop each search after N plans instead of by time; this makes it repeatable.",
    ),
]
_Workers = Annotated[
    int, typer.Option(metavar="N", min=1, help="Use N processes; the result does not depend on N.")
]
_Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="tcp://HOST:PORT",
        help="Use the workers of a Dask cluster instead of local processes.",
    ),
]
_ParametersTried = Annotated[
    int,
    typer.Option(
        "--parameters",
        metavar="N",
        min=0,
        help="First let Optuna try N settings of the plan's stagger and noise.",
    ),
]
_Study = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Resume the study NAME, or begin it if there is none (default: begin a new one).",
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

    FILE.json always holds the best plan so far; Ctrl-C ends the search and keeps it. Compile
    with `--plan FILE.json`, or continue the search from there with `tune --plan FILE.json`; with
    `--choice`, the schedule of that plan is carried over to the other choices. All plans tried
    are kept in the store: `--study NAME` resumes a search, and `study show NAME` summarizes it.
    If all plans of the kernel have the same operations, and no schedule of them is shorter, the
    search ends and prints the commands that look for other operations.
    """
    expect_outputs({"-o": output}, json)
    expect_apart({"-o": output, "--store": store})
    job = job_named(kernel, parameters, contract, plan, choice, machine)
    before = job_named(kernel, parameters, contract, plan, None, machine).plan if choice else None
    known = plan or plan_of(job.kernel, None, job.parameters, job.contract, job.machine).name

    from slotweave import api  # after the checks of what was given
    from slotweave.views.next_command import other_operations

    limit = time_limit if evaluations is None else None
    with ExitStack() as planning:
        show = planning.enter_context(terminal.stages())
        planning.enter_context(within(limit, "planned", show))("traced and scheduled")
        begun = known + _options_told(choice, parameters_tried)
        further = other_operations(job, output, machine)
        replaced = job.plan.origin if plan is not None and _is_same(plan, output) else None
        report = TuningProgress(job, begun, output, terminal, limit, further, replaced)

        def watch(step: Step, keeping: Keeping) -> None:
            planning.close()  # from now on there is a plan
            report.note(step, keeping)

        with report:
            found = api.tune(
                job, time_limit=limit, evaluations=evaluations, seed=seed, seeds=seeds,
                workers=workers, cluster=cluster,
                parameters=parameters_tried, before=before, study=study, store=store, watch=watch,
            )  # fmt: skip
            report.conclude(found)
    if json:
        print_json({**found.outcome(), "next": further if found.proof else None})


def _is_same(plan: str, output: str) -> bool:
    """Whether the plan is in the file that the best one is written to."""
    return Path(plan).exists() and is_same_file(plan, output)


def _options_told(choice: list[str] | None, parameters_tried: int) -> str:
    """What of these options follows the plan in the command that finds a plan again."""
    told = "".join(f" --choice {quote(change)}" for change in choice or ())
    return f"{told} --parameters {parameters_tried}" if parameters_tried else told
