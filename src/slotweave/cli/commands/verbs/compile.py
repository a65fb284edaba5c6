"""`slotweave compile`: a kernel as a checked program."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

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
    expect_outputs,
    print_json,
    stdout_by_any_name,
    write_output,
)
from slotweave.cli.plans import job_named
from slotweave.cli.terminal import Terminal
from slotweave.cli.verifying.request import reported

if TYPE_CHECKING:
    from slotweave.results.made import Compiled

_Plan = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE.json",
        help="Plan to use: `tuned` (if the shape has one), `default`, another plan of the "
        "kernel, or a file (default: the usual one of the machine).",
    ),
]
_ResultFile = Annotated[
    str | None,
    typer.Option(
        "--result",
        metavar="FILE",
        help="Write the program to FILE, with hashes of everything it depends on; "
        "`slotweave verify "
        "FILE` reproduces it.",
        callback=stdout_by_any_name,
    ),
]
_PrintAfter = Annotated[
    str | None,
    typer.Option(
        metavar="PASS",
        help="Print the output of PASS (trace, rewrite, lower, schedule, ...) instead of the "
        "table. It goes to stderr if stdout is taken by --json or -o -.",
    ),
]
_RequireProof = Annotated[
    bool,
    typer.Option(
        "--require-proof",
        help="Unless the program is proved to do what its kernel says, write nothing and exit "
        "with code 1.",
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
    require_proof: _RequireProof = False,
    json: Json = False,
) -> None:
    """Compile a kernel to a checked program.

    Before the program is written, it is run on random inputs and compared with the kernel's
    reference. --time-limit and --evaluations end the search for a shorter schedule. If no
    checked program exists two seconds after --time-limit, the command names the stage that it
    was in and exits with code 3.
    """
    from slotweave import api

    expect_outputs({"-o": output, "--result": result_file}, json)
    to_stderr = json or STDOUT in (output, result_file)
    printers = _printers(print_after, sys.stderr if to_stderr else sys.stdout)
    with terminal.stages() as show, within(time_limit, "planned", show) as begins:
        job = job_named(kernel, parameters, contract, plan, choice, machine,
                        seed=seed, instances=instances, effort=effort)  # fmt: skip
        terminal.detail(
            f"compiling {job.kernel.name} for {job.machine.name} by the plan {job.plan.name}"
        )
        result = api.compile(
            job, time_limit=time_limit, evaluations=evaluations, watch=begins, print_after=printers
        )
    if require_proof:
        with reported(json):
            result.expect_proved()
    _write(result, output, result_file)
    written = output is not None or result_file is not None
    if json:
        print_json(result.to_json())
    elif print_after is None and output != STDOUT and not (terminal.quiet and written):
        terminal.show(result.__rich__())
    if not result.program.bundles:
        terminal.note("the program is empty: for these parameters the kernel does nothing")
    if output is not None and output != STDOUT:
        terminal.note(f"wrote {output}")
    for stage, seconds in result.seconds.items():
        terminal.detail(f"{stage:<12} {seconds:8.3f} s")


def _write(result: Compiled, output: str | None, result_file: str | None) -> None:
    """Write the program and the result to the files that are asked for."""
    if result_file is not None:
        write_output(result_file, result.record())
    if output is not None:
        from slotweave.ir.text.program_files import program_to_json

        write_output(output, program_to_json(result.program))


def _printers(name: str | None, stream: TextIO) -> dict[str, Callable[[str], None]]:
    """What prints on `stream` after the pass `name`, if there is a name."""
    return {} if name is None else {name: lambda text: print(text, end="", file=stream)}
