"""`slotweave ladder`: every strategy from the scalar program to the best, measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.command import command
from slotweave.cli.options import Contract, Instances, Json, Parameters, Seed, TargetMachine
from slotweave.cli.output import (
    STDOUT,
    expect_writable,
    print_json,
    stdout_by_any_name,
    write_output,
)
from slotweave.cli.plans import job_named
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.challenge.ladder.measuring import MeasuredRung


_Plot = Annotated[
    str | None,
    typer.Option(
        metavar="FILE.svg",
        help="Draw the cycles of all strategies to FILE.svg; - is stdout.",
        callback=stdout_by_any_name,
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the command to `app`; the entry point `ladder` of the group `slotweave.commands`."""
    command(app, "ladder")(ladder)


def ladder(
    terminal: Terminal,
    rung: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Run only this strategy; repeatable."),
    ] = None,
    parameters: Parameters = None,
    contract: Contract = None,
    machine: TargetMachine = "challenge",
    scratch: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=8,
            max=2**16,
            help="Use N words of scratch. Also find the fewest words in which 2 to 8 "
            "batches fit, and how few words make spilling worthwhile.",
        ),
    ] = None,
    instances: Instances = 20,
    seed: Seed = 0,
    plot: _Plot = None,
    timelines: Annotated[
        str | None,
        typer.Option(metavar="DIRECTORY", help="Draw a timeline of each strategy to DIRECTORY."),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables.")] = False,
    json: Json = False,
) -> None:
    """Compile, check and run every strategy for tree hash.

    Print the cycles of each strategy, from the scalar program to the best one, and how busy the
    engines are, next to what was projected before any of them was written.
    """
    _expect_places(plot, timelines, json=json, markdown=markdown)
    job = job_named(
        "tree-hash", parameters, contract, "scalar", None, machine, seed=seed, instances=instances
    )
    from slotweave.challenge.ladder.measuring import measure_ladder

    def draw(measured: MeasuredRung) -> None:
        if timelines is not None:
            file = Path(timelines) / f"{measured.name}.svg"
            write_output(str(file), measured.timeline())

    found = measure_ladder(job, rung or (), scratch=scratch, tell=terminal.note, watch=draw)
    if plot is not None:
        write_output(plot, found.plot())
    if json:
        print_json(found.to_json())
    elif markdown:
        print(found)
    elif not terminal.quiet and plot != STDOUT:
        for view in found.tables():
            terminal.show(view)


def _expect_places(plot: str | None, timelines: str | None, *, json: bool, markdown: bool) -> None:
    """Refuse two outputs on stdout, and places that cannot be written."""
    if sum((json, markdown, plot == STDOUT)) > 1:
        reason = "--json, --markdown and --plot - would all write to stdout; take one of them"
        raise InputError(Diagnostic("SW212", reason))
    expect_writable(plot)
    if timelines is not None and not (timelines and Path(timelines).is_dir()):
        reason = "there is no such directory"
        raise InputError(Diagnostic("SW207", reason, file=timelines or "''"))
