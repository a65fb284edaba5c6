"""`slotweave ladder`: every strategy from the scalar program to the best, measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slotweave.base.diagnostics import Diagnostic, InputError, NoSchedule
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.options import Contract, Instances, Json, Parameters, Seed, TargetMachine
from slotweave.cli.output import expect_writable, print_json, write_output
from slotweave.cli.terminal import Terminal
from slotweave.extensions.lookup import contract_called, unknown

if TYPE_CHECKING:
    from slotweave.challenge.tree_hash.plans.ladder_plans import Rung
    from slotweave.driver.job import Job


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
            "batches fit, and "
            "how few words make spilling worthwhile.",
        ),
    ] = None,
    instances: Instances = 20,
    seed: Seed = 0,
    plot: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.svg", help="Draw the cycles of all strategies to FILE.svg; - is stdout."
        ),
    ] = None,
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
    target = inputs.machine_named(machine)
    kernel = inputs.kernel_named("tree-hash", target)
    values = inputs.parameters_of(kernel, parameters or ())
    promise = contract_called(kernel, contract)
    rungs = _rungs(rung or [], kernel.plan_names)

    from slotweave.driver.job import Job

    if scratch is not None and scratch != target.scratch_words:
        name = f"{target.name} (scratch {scratch})"
        target = replace(target, name=name, scratch_words=scratch)
    plan = kernel.plan(rungs[0].plan, values, promise)
    what = Job(kernel, values, promise, plan, target, seed=seed, instances=instances)
    found = _measure(what, rungs, timelines, terminal)
    batches, spilling = ([], []) if scratch is None else _batches(what, terminal)
    _deliver(found, batches, spilling, what, terminal, plot=plot, markdown=markdown, json=json)


def _expect_places(plot: str | None, timelines: str | None, *, json: bool, markdown: bool) -> None:
    """Refuse two outputs on stdout, and places that cannot be written."""
    if sum((json, markdown, plot == "-")) > 1:
        reason = "--json, --markdown and --plot - would all write to stdout; take one of them"
        raise InputError(Diagnostic("SW212", reason))
    expect_writable(plot)
    if timelines is not None and not Path(timelines).is_dir():
        raise InputError(Diagnostic("SW207", "there is no such directory", file=timelines))


def _rungs(names: list[str], known: tuple[str, ...]) -> list[Rung]:
    """The rungs called so, all if none is named."""
    from slotweave.challenge.tree_hash.plans.ladder_plans import RUNGS

    built = {rung.plan: rung for rung in RUNGS if rung.plan in known}
    for name in names:
        if name not in built:
            raise unknown("SW212", "rung", name, built)
    return [rung for name, rung in built.items() if not names or name in names]


def _measure(
    what: Job, rungs: list[Rung], timelines: str | None, terminal: Terminal
) -> list[dict[str, Any]]:
    """Each rung's summary; one that does not fit, or not the contract, is noted and left out."""
    from slotweave.challenge.ladder.ladder_flow import any_rung_summary, rung_run
    from slotweave.challenge.ladder.ladder_pictures import timeline
    from slotweave.driver.compile import compile_job

    found: list[dict[str, Any]] = []
    scalar = None
    for number, rung in enumerate(rungs, 1):
        plan = what.kernel.plan(rung.plan, what.parameters, what.contract)
        terminal.note(f"{number}/{len(rungs)} {rung.plan}: {rung.changes}")
        try:
            result = compile_job(replace(what, plan=plan))
        except (NoSchedule, InputError) as error:  # e.g. a contract that the rung does not keep
            terminal.note(f"  left out: {error}")
            continue
        run = rung_run(result)
        scalar = result.cycles if rung.plan == "scalar" else scalar
        found.append(any_rung_summary(rung, result, run, scalar))
        terminal.note(f"  {found[-1]['cycles']:,} cycles")
        if timelines is not None:
            write_output(
                str(Path(timelines) / f"{rung.plan}.svg"), timeline(rung.plan, run, what.machine)
            )
    if not found:
        raise NoSchedule(Diagnostic("SW301", "no rung fits into the scratch of this machine"))
    return found


def _batches(what: Job, terminal: Terminal) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What 2 to 8 batches at once take, and what spilling does in ever less scratch."""
    from slotweave.challenge.ladder.ladder_scratch import batches_in_scratch, spilling_in_scratch

    batches, spilling = [], []
    for row in batches_in_scratch(what):
        terminal.note(f"{row['batches']} batches: fewest words {row['fewest_words']}")
        batches.append(row)
    for row in spilling_in_scratch(what):
        terminal.note(f"{row['words']} words: {row['cycles']} cycles, "
                      f"spilling {row['cycles_spilling']}")  # fmt: skip
        spilling.append(row)
    return batches, spilling


def _deliver(
    found: list[dict[str, Any]],
    batches: list[dict[str, Any]],
    spilling: list[dict[str, Any]],
    what: Job,
    terminal: Terminal,
    *,
    plot: str | None,
    markdown: bool,
    json: bool,
) -> None:
    """Say what was found, in the form asked for."""
    from slotweave.challenge.ladder.ladder_pictures import ladder_plot
    from slotweave.challenge.ladder.ladder_table import ladder_markdown, ladder_view

    if plot is not None:
        write_output(plot, ladder_plot(found))
    if json:
        print_json({"kernel": what.kernel.name, "params": dict(what.parameters),
                    "contract": what.contract, "machine": what.machine.name, "rungs": found,
                    "batches": batches, "spilling": spilling})  # fmt: skip
    elif markdown:
        print(ladder_markdown(found, batches, spilling))
    elif not terminal.quiet and plot != "-":
        for view in ladder_view(found, batches, spilling):
            terminal.show(view)
