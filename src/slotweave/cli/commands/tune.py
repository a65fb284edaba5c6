"""`slotweave tune`: search for a better plan."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.options import Contract, Json, KernelArgument, Parameters, Seed, TargetMachine
from slotweave.cli.output import expect_writable, print_json, write_output
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.ir.plan import Plan
    from slotweave.tune.search import State, Task

#: Seconds between two lines that say how a search goes.
_PATIENCE = 10.0


def add_to(app: typer.Typer) -> None:
    command(app, "tune")(tune)


def tune(
    terminal: Terminal,
    kernel: KernelArgument,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE.json", help="Keep the best plan there.")
    ],
    parameters: Parameters = None,
    contract: Contract = None,
    plan: Annotated[
        str, typer.Option(metavar="NAME|FILE.json", help="Where to begin; a tuned plan goes on.")
    ] = "default",
    machine: TargetMachine = "challenge",
    seed: Seed = 0,
    time_limit: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="When to stop.")
    ] = 60.0,
    evaluations: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Stop after so many plans instead: repeatable."),
    ] = None,
    json: Json = False,
) -> None:
    """Search for a plan that takes fewer cycles.

    The best plan so far is always in FILE.json; Ctrl-C ends the search and keeps it. Compile with
    `--plan FILE.json`, or give it as --plan to go on from there.
    """
    expect_writable(output)
    target = inputs.machine_named(machine)
    workload = inputs.kernel_named(kernel, target)
    values = inputs.parameters_of(workload, parameters or ())
    promise = inputs.contract_of(workload, contract)
    begin = inputs.plan_of(workload, plan, values, promise)

    from slotweave.tune.search import Task, search, start  # behind the checks of what was given

    task = Task(workload, target, values, promise)
    state = start(task, begin, seed)
    _keep(state, task, output, seed, terminal)
    ends = time.monotonic() + time_limit
    told = time.monotonic()
    try:
        for found in search(task, state, seed):
            if found.best_score < state.best_score:
                _keep(found, task, output, seed, terminal)
            state = found
            if time.monotonic() - told > _PATIENCE:
                told = time.monotonic()
                left = max(0.0, ends - told)
                terminal.note(f"{_standing(state)}, {left:.0f} s left")
            if _is_over(state, evaluations, ends):
                break
    finally:
        _keep(state, task, output, seed, terminal)
    if json:
        print_json(_summary(state, seed))


def _is_over(state: State, evaluations: int | None, ends: float) -> bool:
    if evaluations is not None:
        return state.evaluations >= evaluations
    return time.monotonic() >= ends


def _standing(state: State) -> str:
    best = state.best_score
    return f"{best.cycles} cycles (bound {best.bound}) after {state.evaluations} plans"


def _keep(state: State, task: Task, output: str, seed: int, terminal: Terminal) -> None:
    from slotweave.ir.plan_json import plan_to_json

    write_output(output, plan_to_json(_signed(state, task, seed)))
    terminal.note(f"{_standing(state)}: kept in {output}")


def _signed(state: State, task: Task, seed: int) -> Plan:
    """The best plan, with where it came from."""
    from dataclasses import replace

    shape = " ".join(f"-p {name}={value}" for name, value in task.parameters.items())
    told = (
        f"slotweave tune {task.kernel.name} {shape} --contract {task.contract}"
        f" --machine {task.machine.name} --seed {seed} --evaluations {state.evaluations}"
    )
    origin = {"command": told, "seed": seed, "evaluations": state.evaluations,
              "cycles": state.best_score.cycles, "bound": state.best_score.bound}  # fmt: skip
    return replace(state.best, name="tuned", origin=origin)


def _summary(state: State, seed: int) -> dict[str, int]:
    return {
        "cycles": state.best_score.cycles,
        "bound": state.best_score.bound,
        "evaluations": state.evaluations,
        "seed": seed,
    }
