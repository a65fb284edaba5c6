"""`slotweave repack`: the same program in fewer cycles, proved equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.facts import FactsOption, facts_for, facts_named, missing_facts
from slotweave.cli.options import (
    LOAD_SECONDS,
    EffortOption,
    Json,
    LoadTimeLimit,
    MachineOfProgram,
    Output,
    ProgramArgument,
    Seed,
    ShapeOption,
)
from slotweave.cli.output import (
    STDOUT,
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
from slotweave.cli.terminal import Terminal
from slotweave.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from slotweave.repack import Listener, Repacked, RepackOptions


def add_to(app: typer.Typer) -> None:
    command(app, "repack")(repack)


def repack(
    terminal: Terminal,
    program: ProgramArgument,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    shape: ShapeOption = None,
    load_time_limit: LoadTimeLimit = LOAD_SECONDS,
    vectorize: Annotated[
        bool, typer.Option("--vectorize", help="Pack operations on words into vectors.")
    ] = False,
    no_rewrite: Annotated[
        bool, typer.Option("--no-rewrite", help="Keep the operations; only place them anew.")
    ] = False,
    effort: EffortOption = "default",
    time_limit: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0, help="Try nothing more after so many seconds."),
    ] = None,
    seed: Seed = 0,
    output: Output = None,
    json: Json = False,
) -> None:
    """Turn a program into a shorter one that is proved to do the same.

    It is lifted to a graph, rewritten, scheduled and allocated anew. What comes out is never longer
    than what came in: where nothing shorter is found, it is the program as it was given.
    """
    expect_one_on_stdout(output, json)
    expect_writable(output)
    if vectorize and no_rewrite:
        reason = "--vectorize changes operations, which --no-rewrite forbids"
        raise InputError(Diagnostic("SW212", reason))
    inputs.expect_effort(effort)
    how = inputs.building(shape, load_time_limit, terminal)
    parsed = inputs.program_in(program, how)
    name = facts_for(program, facts)
    target = inputs.machine_of(parsed, machine)
    known = facts_named(name, how.shape, parsed)

    from slotweave.fit import Effort  # behind the checks of what the user gave
    from slotweave.repack import RepackOptions
    from slotweave.repack import repack as repacked

    options = RepackOptions(
        rewrite=not no_rewrite, vectorize=vectorize, effort=Effort[effort.upper()],
        time_limit=time_limit, seed=seed,
    )  # fmt: skip
    with inputs.blaming(program):
        listener = _listener(terminal, missing_facts(program, facts, parsed))
        result = repacked(parsed, target, known, options, listener)
    built = inputs.built_for(program, parsed)
    _deliver(result, options, name, built, terminal, output, json)
    if result.interrupted:
        raise KeyboardInterrupt


def _listener(terminal: Terminal, hint: str) -> Listener:
    """Tells of what is tried; before the first of it, of `hint` if there is one."""
    hints = iter([hint] if hint else [])

    def listen(what: str, cycles: int) -> None:
        for once in hints:
            terminal.note(once)
        terminal.note(f"{what} (best so far: {cycles:,} cycles)")

    return listen


def _deliver(
    result: Repacked,
    options: RepackOptions,
    facts: str,
    built: str | None,
    terminal: Terminal,
    output: str | None,
    json: bool,
) -> None:
    """Write the program where it is wanted, and say what became of it."""
    from slotweave.ir.program_files import program_to_json
    from slotweave.report.repack_summary import repack_summary
    from slotweave.report.result_table import result_view

    if output is not None:
        write_output(output, program_to_json(result.program))
    summary = repack_summary(result, facts, options.seed)
    if json:
        print_json(summary)
    elif not terminal.quiet and output != STDOUT:
        context = [("built for", built)] if built else []
        terminal.show(result_view({**summary, "verified": None, "proved": None}, context))
        print(f"\n{result.before:,} cycles before, {result.cycles:,} now, under facts {facts!r}:")
        print(result.why)
    if output is not None and output != STDOUT:
        terminal.note(f"wrote {output}")
