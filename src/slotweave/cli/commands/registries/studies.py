"""`slotweave study`: what searches have kept."""

from __future__ import annotations

import csv
import io
import json as json_text
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from slotweave.base.wording import plural
from slotweave.cli.command import command
from slotweave.cli.options import Json, Output, StoreOption
from slotweave.cli.output import (
    STDOUT,
    expect_writable,
    is_same_file,
    print_json,
    say_written,
    unwritable,
    write_output,
)
from slotweave.cli.terminal import Terminal

app = typer.Typer(
    help="List, show and export the searches that `tune` has kept.", no_args_is_help=True
)

StudyArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the study.")]
_FORMATS = ("plan", "json", "csv")


@command(app, "list")
def list_studies(terminal: Terminal, store: StoreOption = None, json: Json = False) -> None:
    """List the studies in the store, the oldest first."""
    from slotweave import api

    reports = [report.to_json() for report in api.studies(store=store)]
    if json:
        print_json({"studies": reports})
        return
    if not reports:
        terminal.note("there is no study yet; `slotweave tune` begins one")
    for each in reports:
        best = "no plan yet" if each["best"] is None else f"best {each['best']:,} cycles"
        tried = plural(each["evaluations"], "plan")
        print(f"{each['study']:<24} {each['kernel']}: {best}, {tried}, {each['touched']}")


@command(app, "show")
def show_study(
    name: StudyArgument,
    store: StoreOption = None,
    ablation: Annotated[
        bool,
        typer.Option(
            "--ablation", help="Undo each choice of the best plan in turn, and score the result."
        ),
    ] = False,
    seeds: Annotated[int, typer.Option(metavar="N", min=1, help="Score each with N seeds.")] = 5,
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, help="Use N processes for the ablation.")
    ] = 1,
    json: Json = False,
) -> None:
    """Summarize a study, seed by seed.

    Also show how often each kind of change helped and, with --ablation, which choices matter.
    """
    from slotweave import api

    study = api.study(name, store=store)
    told = study.to_json()
    if ablation:
        found = study.ablation(seeds=seeds, workers=workers)
        told["ablation"] = [each.to_json() for each in found]
    if json:
        print_json(told)
        return
    print("\n".join(_study_lines(told)))


def _study_lines(told: dict[str, Any]) -> Iterator[str]:
    shape = " ".join(f"{key}={value}" for key, value in told["params"].items())
    yield f"{told['study']}: {told['kernel']} {shape} ({told['contract']}) for {told['machine']}"
    yield f"{plural(told['evaluations'], 'plan')} since {told['began']}, last {told['touched']}"
    if told["best"] is None:
        return
    yield f"best {told['best']:,}, median {told['median']:,g}, spread {told['spread']:,}"
    for seed, cycles in told["seeds"].items():
        to_best = told["evaluations_to_best"][seed]
        yield f"  seed {seed}: {cycles:,} cycles after {plural(to_best, 'plan')}"
    for move, count in told["moves"].items():
        yield (
            f"  {move}: tried {count['tried']:,} times, {count['unfit']:,} did not fit, "
            f"{plural(count['gains'], 'gain')}"
        )
    if told.get("ablation") == []:
        yield "  nothing to undo: the best plan makes no choices"
    for each in told.get("ablation", ()):
        worth = "does not fit" if each["cost"] is None else f"{each['cost']:+g} cycles"
        yield f"  without {each['choice']}: {'dead' if each['dead'] else worth}"


@command(app, "export")
def export_study(
    terminal: Terminal,
    name: StudyArgument,
    output: Output = STDOUT,
    store: StoreOption = None,
    format: Annotated[
        str,
        typer.Option(
            metavar="|".join(_FORMATS),
            help="`plan` is the best plan, `json` all trials with their plans, `csv` all "
            "trials without.",
        ),
    ] = "plan",
) -> None:
    """Write the best plan of a study, or all of its trials."""
    from slotweave import api
    from slotweave.arguments import name_in
    from slotweave.ir.text.plan_json import plan_to_json

    chosen = name_in(format, "format", _FORMATS)
    output = STDOUT if output is None else output
    expect_writable(output)
    study = api.study(name, store=store)
    # SQLite keeps what it is writing beside its file.
    if any(is_same_file(output, study.store + end) for end in ("", "-wal", "-shm", "-journal")):
        raise unwritable(output, "it is the store that the study is read from")
    if chosen == "plan":
        text = plan_to_json(study.best_plan())
    else:
        trials = study.trials()
        text = _as_csv(trials) if chosen == "csv" else _as_json(name, trials)
    write_output(output, text)
    say_written(output, terminal)


def _as_csv(trials: Iterator[dict[str, Any]]) -> str:
    """Rows of all trials, without their plans."""
    written = io.StringIO()
    columns = ("seed", "number", "move", "cycles", "bound")
    table = csv.DictWriter(written, columns, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(trials)
    return written.getvalue()


def _as_json(name: str, trials: Iterator[dict[str, Any]]) -> str:
    whole = {"schema_version": 1, "study": name, "trials": list(trials)}
    return json_text.dumps(whole, indent=1) + "\n"
