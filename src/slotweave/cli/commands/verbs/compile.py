"""`slotweave compile`: a kernel as a checked program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.budget import budget
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.deadline import within
from slotweave.cli.options import (
    Choice,
    Contract,
    EffortOption,
    Evaluations,
    Instances,
    Json,
    KernelArgument,
    Output,
    Parameters,
    Seed,
    TargetMachine,
    TimeLimit,
)
from slotweave.cli.output import (
    STDOUT,
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
from slotweave.cli.plans import plan_of, with_choices
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from slotweave.driver.compile import AfterPass
    from slotweave.driver.compiled import Compiled


_Plan = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE.json",
        help="Plan to compile by: tuned (where the shape has one), default, ... or a file.",
    ),
]
_ResultFile = Annotated[
    str | None,
    typer.Option(
        "--result",
        metavar="FILE",
        help="Write the result to FILE: the program and the hashes of all it rests on; "
        "`slotweave verify FILE` re-derives it.",
    ),
]
_PrintAfter = Annotated[
    str | None,
    typer.Option(
        metavar="PASS",
        help="Print the output of PASS (trace, rewrite, lower, schedule, ...) instead of the "
        "table; on stderr if stdout is for --json or -o -.",
    ),
]


def add_to(app: typer.Typer) -> None:
    command(app, "compile")(compile_)


def compile_(
    terminal: Terminal,
    kernel: KernelArgument,
    parameters: Parameters = None,
    contract: Contract = None,
    plan: _Plan = None,
    choice: Choice = None,
    machine: TargetMachine = "challenge",
    effort: EffortOption = "default",
    time_limit: TimeLimit = None,
    evaluations: Evaluations = None,
    instances: Instances = 20,
    seed: Seed = 0,
    output: Output = None,
    result_file: _ResultFile = None,
    print_after: _PrintAfter = None,
    json: Json = False,
) -> None:
    """Compile a kernel to a checked program.

    Before it is written, the program is run on random inputs and compared with the kernel's
    reference. A limit ends the search for a shorter schedule. If there is no checked program within
    --time-limit and two seconds, the command exits with code 3 and names the stage.
    """
    expect_one_on_stdout(output, json)
    expect_one_on_stdout(result_file, json or output == STDOUT)
    expect_writable(output)
    expect_writable(result_file)
    inputs.expect_effort(effort)
    shows = _printer(print_after, to_stderr=json or STDOUT in (output, result_file))
    limits = budget(evaluations, time_limit)
    target = inputs.machine_named(machine)
    with terminal.stages() as show, within(time_limit, "planned", show) as begins:
        workload = inputs.kernel_named(kernel, target)
        values = inputs.parameters_of(workload, parameters or ())
        promise = contract_called(workload, contract)
        choices = with_choices(workload, plan_of(workload, plan, values, promise), choice or ())
        terminal.detail(f"compiling {workload.name} for {target.name} by the plan {choices.name}")

        from slotweave.backend.fit import Effort  # after the checks of what the user gave
        from slotweave.driver.compile import compile_job
        from slotweave.driver.job import Job

        job = Job(
            workload, values, promise, choices, target,
            seed=seed, instances=instances, effort=Effort[effort.upper()],
        )  # fmt: skip
        result = compile_job(job, limits, begins, shows)
    if result_file is not None:
        _record(result, result_file)
    _deliver(result, terminal, output, json, table=print_after is None)


def _record(result: Compiled, file: str) -> None:
    """Write the result where it can be verified later."""
    from slotweave.anatomy.summaries.compiled import compiled_summary
    from slotweave.evidence.record import record_to_json

    job, summary = result.job, compiled_summary(result).to_json()
    write_output(file, record_to_json(summary, result.program, job.machine, job.kernel))


def _printer(name: str | None, *, to_stderr: bool) -> AfterPass:
    """What prints the draft after the pass `name`, if there is a name.

    Raises InputError (SW212) if no pass has it.
    """
    if name is None:
        return lambda _ended, _draft: None

    from slotweave.driver.pass_text import draft_text
    from slotweave.driver.passes import PASSES, Draft

    known = [each.name for each in PASSES]
    if name not in known:
        raise InputError(
            Diagnostic("SW212", f"there is no pass {name!r}; known: {', '.join(known)}")
        )

    def show(ended: str, draft: Draft) -> None:
        if ended == name:
            print(draft_text(ended, draft), end="", file=sys.stderr if to_stderr else sys.stdout)

    return show


def _deliver(
    result: Compiled, terminal: Terminal, output: str | None, json: bool, *, table: bool
) -> None:
    """Write the program where it is wanted, and say what became of it."""
    from slotweave.anatomy.summaries.compiled import compiled_summary
    from slotweave.ir.text.program_files import program_to_json
    from slotweave.views.result_table import compiled_view

    if output is not None:
        write_output(output, program_to_json(result.program))
    if json:
        print_json(compiled_summary(result).to_json())
    elif table and not terminal.quiet and output != STDOUT:
        terminal.show(compiled_view(compiled_summary(result, causes=False)))
    if not result.program.bundles:
        terminal.note("the program is empty: for these parameters the kernel does nothing")
    if output is not None and output != STDOUT:
        terminal.note(f"wrote {output}")
    for stage, seconds in result.seconds.items():
        terminal.detail(f"{stage:<12} {seconds:8.3f} s")
