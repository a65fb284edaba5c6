"""`slotweave solve`: a scheduling problem by list, modulo or exact scheduling."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.options import Evaluations, Json, Output, Seed, Svg, TimeLimit
from slotweave.cli.output import (
    SCHEMA_VERSION,
    expect_outputs,
    print_json,
    say_written,
    write_output,
)
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import unknown

if TYPE_CHECKING:
    from slotweave.results.solved import Solved

METHODS = ("list", "modulo", "exact", "auto")


_File = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A scheduling problem: .dzn (modulo), .sm, .rcp, .SCH (projects), .fjs (flexible "
        "job shop), .json or .txt (our own); - is stdin, JSON.",
    ),
]
_Method = Annotated[
    str,
    typer.Option(
        metavar="|".join(METHODS),
        help="How to search. For a period, `list` places each activity once at one period after "
        "another, and `modulo` moves them as well. `exact` starts from a heuristic schedule; "
        "`auto` is `exact` if ortools is installed, else the heuristic alone.",
    ),
]
_Workers = Annotated[
    int, typer.Option(metavar="N", min=1, max=64, help="Use N threads in the exact solver.")
]


def add_to(app: typer.Typer) -> None:
    command(app, "solve")(solve)


def solve(
    terminal: Terminal,
    file: _File,
    method: _Method = "auto",
    time_limit: TimeLimit = None,
    evaluations: Evaluations = None,
    seed: Seed = 0,
    workers: _Workers = 2,
    svg: Svg = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Solve a scheduling problem.

    Print a schedule, its objective, a lower bound, and what proves the bound. If no schedule
    was found, or none exists, say which, and exit with code 3. Ctrl-C ends the search and keeps
    the best schedule so far.
    """
    expect_outputs({"-o": output, "--svg": svg}, json)
    if method not in METHODS:
        raise unknown("SW212", "method", method, METHODS)

    from slotweave import api
    from slotweave.names import project_in

    text = inputs.read_text(file, "SW223")
    project = project_in(f"{text}\n", "" if file == inputs.STDIN else file)
    best: list[Solved] = []

    def tell(solution: Solved) -> None:
        best[:] = [solution]
        terminal.going_on(_standing(solution))

    try:
        solution = api.solve(
            project, method=method, time_limit=time_limit, evaluations=evaluations, seed=seed,
            workers=workers, watch=tell,
        )  # fmt: skip
    except KeyboardInterrupt:
        if best:
            _deliver(best[0], file, svg, output, json, terminal)
        raise
    terminal.notes(solution.notes)
    _deliver(solution, file, svg, output, json, terminal)
    _refuse_without_schedule(solution, file, time_limit)


def _deliver(
    solution: Solved,
    file: str,
    svg: str | None,
    output: str | None,
    json: bool,
    terminal: Terminal,
) -> None:
    answer = {"file": inputs.shown(file), **solution.to_json()}
    if svg is not None and (drawn := solution.svg()):
        write_output(svg, drawn)
        say_written(svg, terminal)
    if output is not None:
        whole = {"schema_version": SCHEMA_VERSION, **answer}
        write_output(output, json_module.dumps(whole, indent=2, allow_nan=False) + "\n")
        say_written(output, terminal)
    if json:
        print_json(answer)
    elif "-" not in (svg, output) and not (terminal.quiet and (svg or output)):
        print(solution)


def _standing(solution: Solved) -> str:
    """How far a search has come."""
    period = "" if solution.period is None else f"period {solution.period:,}, "
    return f"{period}makespan {solution.makespan:,}"


def _refuse_without_schedule(solution: Solved, file: str, limit: float | None) -> None:
    place = inputs.shown(file)
    if solution.infeasible is not None:
        reason = f"no schedule exists: {solution.infeasible.why}"
        raise NoSchedule(Diagnostic("SW309", reason, file=place))
    if solution.schedule is None:
        within = "" if limit is None else f" within {limit:g} s"
        is_heuristic = solution.method in ("list", "modulo")
        who = solution.heuristic if is_heuristic else f"{solution.method} scheduling"
        reason = f"{who} found no schedule{within}, nor that there is none"
        raise NoSchedule(Diagnostic("SW310", reason, file=place))
