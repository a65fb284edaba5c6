"""`slotweave repack`: the same program in fewer cycles, proved equal."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.budget import Budget, budget
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.facts import Assumed, FactsOption, assumed, with_facts
from slotweave.cli.interrupts import deferred_interrupt
from slotweave.cli.options import (
    NO_FILES,
    EffortOption,
    Evaluations,
    Files,
    Json,
    MachineOfProgram,
    Output,
    ProgramArgument,
    Seed,
    TimeLimit,
)
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    write_output,
)
from slotweave.cli.program_files import as_known, building, built_for, program_in
from slotweave.cli.terminal import PATIENCE, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from slotweave.results.shortened import Repacked


#: Seconds after the limit at which what is under way is abandoned; saying and writing what was
#: found follows.
GRACE = 0.25


_Vectorize = Annotated[
    bool | None,
    typer.Option(
        "--vectorize/--no-vectorize",
        help="Pack scalar operations into vectors, or leave them scalar (default: try both).",
    ),
]
_NoRewrite = Annotated[
    bool,
    typer.Option(
        "--no-rewrite",
        help="Apply no rewrite rules. Unused and repeated operations are still dropped, and known "
        "words still become constants.",
    ),
]


def add_to(app: typer.Typer) -> None:
    command(app, "repack")(repack)


def repack(
    terminal: Terminal,
    program: ProgramArgument,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    files: Files = NO_FILES,
    vectorize: _Vectorize = None,
    no_rewrite: _NoRewrite = False,
    effort: EffortOption = "default",
    time_limit: TimeLimit = None,
    evaluations: Evaluations = None,
    seed: Seed = 0,
    output: Output = None,
    json: Json = False,
) -> None:
    """Turn a program into a shorter one that is proved equal.

    Lift the program to a dataflow graph, then rewrite, schedule and allocate it again. If
    nothing shorter is found, return the program unchanged. Ctrl-C ends the search and keeps the
    best program so far.
    """
    expect_outputs({"-o": output}, json)
    inputs.expect_one_from_stdin({"PROGRAM": program, "--machine": machine})
    if vectorize and no_rewrite:
        reason = "--vectorize changes operations, which --no-rewrite forbids"
        raise InputError(Diagnostic("SW212", reason))
    inputs.expect_effort(effort)
    limits = budget(evaluations, time_limit)
    how = building(files, terminal)
    parsed = program_in(program, how)
    target = inputs.machine_of(parsed, machine)
    known = assumed(program, facts, how, parsed)

    from slotweave import api  # after the checks of what the user gave

    with deferred_interrupt() as raise_if_interrupted:
        notes = (*([known.hint] if known.hint else []), *known.notes)
        progress = Progress(terminal, limits, raise_if_interrupted, notes)
        said = as_known(parsed, program, known.facts)
        with inputs.with_file(program), with_facts(known, facts):
            result = api.repack(
                said, known, machine=target, vectorize=vectorize, rewrite=not no_rewrite,
                effort=effort, seed=seed, time_limit=_left(limits), evaluations=evaluations,
                grace=GRACE, watch=progress,
            )  # fmt: skip
        built = built_for(program, parsed)
        _deliver(result, known, program, built, terminal, output, json)
    if result.interrupted:
        raise KeyboardInterrupt


def _left(limits: Budget) -> float | None:
    """Seconds that are left; None if there is no limit."""
    return None if limits.ends is None else max(0.0, limits.ends - limits.clock())


class Progress:
    """Tells of each stage and each better program at once, of other evaluations now and then.

    Whenever there is something to tell, `pause` is called first. `notes` come before all else.
    """

    def __init__(
        self,
        terminal: Terminal,
        limits: Budget,
        pause: Callable[[], None],
        notes: tuple[str, ...] = (),
    ) -> None:
        self.terminal, self.limits, self.pause, self.untold = terminal, limits, pause, notes
        self._told = limits.clock()

    def __call__(self, what: str, cycles: int, evaluations: int) -> None:
        self.pause()
        self.terminal.notes(self.untold)
        self.untold = ()
        now = self.limits.clock()
        if not what and now - self._told < PATIENCE:
            return
        self._told = now
        if not what:
            what = f"{plural(evaluations, 'evaluation')}{self._left(now)}"
        self.terminal.note(f"{what} (best so far: {plural(cycles, 'cycle')})")

    def _left(self, now: float) -> str:
        most, ends = self.limits.evaluations, self.limits.ends
        of = "" if most is None else f" of {most:,} at most"
        return of if ends is None else f"{of}, {max(0.0, ends - now):.0f} s left"


def _deliver(
    result: Repacked,
    facts: Assumed,
    file: str,
    built: str | None,
    terminal: Terminal,
    output: str | None,
    json: bool,
) -> None:
    """Write the program where it is wanted, and say what became of it."""
    from slotweave.ir.text.program_files import program_to_json
    from slotweave.views.repack_lines import search_lines
    from slotweave.views.result_table import repacked_view

    if output is not None:
        write_output(output, program_to_json(result.program))
    terminal.notes(f"warning: {warning}" for warning in result.warnings(inputs.shown(file)))
    if json:
        print_json(result.to_json())
    elif output != STDOUT and not (terminal.quiet and output):
        context = [("built for", built)] if built else []
        context.append(("facts", str(facts)))
        terminal.show(repacked_view(result.summary, context))
        before = plural(result.before, "cycle")
        print(f"\n{before} before, {result.cycles:,} now, under facts {facts.name!r}:")
        print(result.why)
        for line in search_lines(result.summary, shlex.quote(file), result.rewrote):
            print(line)
    if output is None and not json:
        terminal.note("nothing was written; -o FILE writes the program")
    elif output is not None and output != STDOUT:
        terminal.note(f"wrote {output}")
