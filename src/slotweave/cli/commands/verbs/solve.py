"""`slotweave solve`: a scheduling problem by list, modulo or exact scheduling."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError, NoSchedule
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.options import Evaluations, Json, Output, Seed, Svg, TimeLimit
from slotweave.cli.output import (
    SCHEMA_VERSION,
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import unknown

if TYPE_CHECKING:
    from slotweave.driver.solving import Method, Solution

_METHODS = ("list", "modulo", "exact", "auto")


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
        metavar="|".join(_METHODS),
        help="How to search: `auto` is exact if ortools is installed; exact starts from a "
        "heuristic.",
    ),
]
_Workers = Annotated[
    int, typer.Option(metavar="N", min=1, max=64, help="Threads of the exact solver.")
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

    Prints a schedule, its objective, a bound, and what proves it. If no schedule was found, or none
    exists, the command exits with code 3 and says which.
    Ctrl-C ends the search and keeps the best schedule so far.
    """
    expect_one_on_stdout(output, json)
    expect_one_on_stdout(svg, json or output == "-")
    expect_writable(output)
    expect_writable(svg)
    chosen = _method(method)

    from slotweave.driver.solving import Limits
    from slotweave.driver.solving import solve as solve_project
    from slotweave.instances import read_instance

    text = inputs.read_text(file, "SW223")
    project = read_instance(text, "" if file == inputs.STDIN else file)
    best: list[Solution] = []

    def tell(solution: Solution) -> None:
        best[:] = [solution]
        terminal.going_on(_standing(solution))

    limits = Limits(time_limit, evaluations, workers, seed)
    try:
        solution = solve_project(project, chosen, limits, tell)
    except ModuleNotFoundError:
        reason = "exact scheduling needs ortools: `pip install 'slotweave[exact]'`"
        raise InputError(Diagnostic("SW217", reason)) from None
    except KeyboardInterrupt:
        if best:
            _deliver(best[0], file, svg, output, json, terminal)
        raise
    terminal.notes(solution.notes)
    _deliver(solution, file, svg, output, json, terminal)
    _refuse_without_schedule(solution, file, time_limit)


def _method(name: str) -> Method:
    from slotweave.driver.solving import Method

    if name not in _METHODS:
        raise unknown("SW212", "method", name, _METHODS)
    return Method(name)


def _deliver(
    solution: Solution,
    file: str,
    svg: str | None,
    output: str | None,
    json: bool,
    terminal: Terminal,
) -> None:
    from slotweave.views.gantt_svg import gantt_svg
    from slotweave.views.solution import solution_json, solution_lines

    answer = {"file": inputs.shown(file), **solution_json(solution)}
    if svg is not None and solution.schedule is not None:
        write_output(svg, gantt_svg(solution.project, solution.schedule))
    if output is not None:
        whole = {"schema_version": SCHEMA_VERSION, **answer}
        write_output(output, json_module.dumps(whole, indent=2, allow_nan=False) + "\n")
    if json:
        print_json(answer)
    elif "-" not in (svg, output) and not terminal.quiet:
        for line in solution_lines(solution):
            print(line)


def _standing(solution: Solution) -> str:
    """How far a search has come."""
    period = "" if solution.period is None else f"period {solution.period:,}, "
    return f"{period}makespan {solution.makespan:,}"


def _refuse_without_schedule(solution: Solution, file: str, limit: float | None) -> None:
    place = inputs.shown(file)
    if solution.infeasible is not None:
        reason = f"no schedule exists: {solution.infeasible.why}"
        raise NoSchedule(Diagnostic("SW309", reason, file=place))
    if solution.schedule is None:
        within = "" if limit is None else f" within {limit:g} s"
        reason = f"{solution.method} scheduling found no schedule{within}, nor that there is none"
        raise NoSchedule(Diagnostic("SW310", reason, file=place))
