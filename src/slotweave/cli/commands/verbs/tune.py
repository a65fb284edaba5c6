"""`slotweave tune`: search for a better plan."""

from __future__ import annotations

import time
from shlex import quote
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.budget import Budget
from slotweave.base.wording import plural
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
    TargetMachine,
)
from slotweave.cli.output import expect_writable, print_json, write_output
from slotweave.cli.plans import plan_of, with_choices
from slotweave.cli.terminal import PATIENCE, Terminal
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slotweave.ir.plan import Plan
    from slotweave.tuning.search import State, Task


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
    time_limit: _TimeLimit = 60.0,
    evaluations: _Evaluations = None,
    json: Json = False,
) -> None:
    """Search for a plan that takes fewer cycles.

    The best plan so far is always in FILE.json; Ctrl-C ends the search and keeps it. Compile with
    `--plan FILE.json`, or pass it to `tune --plan` to
    continue from there.
    """
    expect_writable(output)
    target = inputs.machine_named(machine)
    workload = inputs.kernel_named(kernel, target)
    values = inputs.parameters_of(workload, parameters or ())
    promise = contract_called(workload, contract)
    known = plan_of(workload, plan, values, promise)
    begin = with_choices(known, choice or ())

    from slotweave.tuning.search import Task, search, start  # after the checks of what was given

    told = "".join(f" --choice {quote(change)}" for change in choice or ())
    name = plan or known.name
    limit = time_limit if evaluations is None else None
    report = _Report(Task(workload, target, values, promise), name + told, output, terminal)
    try:
        for number in range(seeds):
            with terminal.stages() as show, within(limit, "planned", show) as begins:
                begins("schedule")
                first = start(report.task, begin, seed + number)
            if number == 0:
                terminal.note(f"begins with plan {begin.name}: {_cycles(first)}")
            ends = report.began + time_limit * (number + 1) / seeds
            report.note(first, seed + number, ends)
            limits = Budget(evaluations, ends if evaluations is None else None)
            for state in limits.limit(search(report.task, first, seed + number)):
                report.note(state, seed + number, ends)
    finally:
        report.conclude()
    if json:
        print_json(report.summary())


class _Report:
    """The searches so far by seed; what is told of them, and the file that holds the best plan."""

    def __init__(self, task: Task, plan: str, output: str, terminal: Terminal) -> None:
        self.task, self.plan, self.output, self.terminal = task, plan, output, terminal
        self.states: dict[int, State] = {}
        self.began = self._told = time.monotonic()

    def note(self, state: State, seed: int, ends: float) -> None:
        """A search has come so far: keep what is better than all before, and say so.

        How it goes without a gain is shown on a terminal alone, now and then.
        """
        before = self._best()
        best = None if before is None else self.states[before].best_score
        self.states[seed] = state
        if best is None:
            self.keep()
        elif state.best_score < best:
            self.keep()
            self.terminal.note(f"{_standing(state)}: kept in {self.output}")
        if time.monotonic() - self._told > PATIENCE:
            self._told = time.monotonic()
            left = max(0.0, ends - self._told)
            self.terminal.going_on(f"{_standing(state)} of seed {seed}, {left:.0f} s left for it")

    def keep(self) -> None:
        """Write the best plan, with where it came from."""
        from slotweave.ir.text.plan_json import plan_to_json

        seed = self._best()
        if seed is not None:
            write_output(self.output, plan_to_json(self._signed(seed)))

    def conclude(self) -> None:
        """Write the best plan and say what all the searches came to."""
        self.keep()
        seed = self._best()
        if seed is not None:
            tried = plural(sum(state.evaluations for state in self.states.values()), "plan")
            self.terminal.note(f"{_cycles(self.states[seed])} after {tried}, in {self.output}")

    def summary(self) -> Mapping[str, object]:
        seed = self._best()
        assert seed is not None  # each search begins with a plan
        best = self.states[seed]
        return {"cycles": best.best_score.cycles, "bound": best.best_score.bound,
                "evaluations": best.evaluations, "seed": seed, **self._all_seeds()}  # fmt: skip

    def _best(self) -> int | None:
        """The seed of the best plan; the first one of those alike."""
        found = sorted(self.states, key=lambda seed: self.states[seed].best_score.cycles)
        return found[0] if found else None

    def _all_seeds(self) -> Mapping[str, object]:
        """What the search of each seed came to, the best and the median of them."""
        cycles = {str(seed): state.best_score.cycles for seed, state in self.states.items()}
        return {"seeds": cycles, "best": min(cycles.values()), "median": median(cycles.values())}

    def _signed(self, seed: int) -> Plan:
        from dataclasses import replace

        state = self.states[seed]
        shape = " ".join(f"-p {name}={value}" for name, value in self.task.parameters.items())
        told = (
            f"slotweave tune {self.task.kernel.name} {shape} --contract {self.task.contract}"
            f" --plan {self.plan} --machine {self.task.machine.name} --seed {seed}"
            f" --evaluations {state.evaluations}"
        )
        hours = round((time.monotonic() - self.began) / 3600, 2)
        origin = {"command": told, **self.summary(), "hours": hours}
        return replace(state.best, name="tuned", origin=origin)


def _standing(state: State) -> str:
    return f"{_cycles(state)} after {plural(state.evaluations, 'plan')}"


def _cycles(state: State) -> str:
    best = state.best_score
    return f"{best.cycles:,} cycles (bound {best.bound:,})"
