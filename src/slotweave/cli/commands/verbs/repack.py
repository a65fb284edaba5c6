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
from slotweave.cli.origin import not_guessed
from slotweave.cli.output import (
    STDOUT,
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
from slotweave.cli.program_files import building, built_for, program_in
from slotweave.cli.terminal import PATIENCE, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from slotweave.anatomy.given_words import GivenWords
    from slotweave.repacking import Repacked, RepackOptions


#: Seconds after the limit at which what is under way is abandoned; saying and writing what was
#: found follows.
GRACE = 0.25


_Vectorize = Annotated[
    bool | None,
    typer.Option(
        "--vectorize/--no-vectorize",
        help="Pack operations on words into vectors, or do not (default: try both).",
    ),
]
_NoRewrite = Annotated[
    bool,
    typer.Option(
        "--no-rewrite",
        help="Apply no rules: reschedule only the needed operations, each once; known words "
        "become constants.",
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
    """Turn a program into a shorter one that is proved to do the same.

    Lifts, rewrites, schedules and allocates the program again; where nothing shorter is found, the
    given program comes back. Ctrl-C ends the search and keeps the best program so far.
    """
    expect_one_on_stdout(output, json)
    expect_writable(output)
    if vectorize and no_rewrite:
        reason = "--vectorize changes operations, which --no-rewrite forbids"
        raise InputError(Diagnostic("SW212", reason))
    inputs.expect_effort(effort)
    limits = budget(evaluations, time_limit, grace=GRACE)
    how = building(files, terminal)
    parsed = program_in(program, how)
    target = inputs.machine_of(parsed, machine)
    known = assumed(program, facts, how, parsed)

    from slotweave.anatomy.given_words import given_words
    from slotweave.backend.fit import Effort  # after the checks of what the user gave
    from slotweave.extensions import kernels
    from slotweave.repacking import RepackOptions, origin_of
    from slotweave.repacking import repack as repacked
    from slotweave.repacking.deadline import abandoning

    options = RepackOptions(
        rewrite=not no_rewrite, vectorize=vectorize, effort=Effort[effort.upper()], seed=seed
    )
    with deferred_interrupt() as raise_if_interrupted:
        progress = Progress(terminal, limits, raise_if_interrupted, known.notes)
        said = not_guessed(parsed, program, known)
        with inputs.with_file(program), with_facts(known, facts):
            with abandoning(limits, "the program was still being looked at"):
                given = given_words(said, target, known.facts)
            origin = origin_of(said, kernels())
            result = repacked(said, target, known.facts, options, progress, limits, origin)
        built = built_for(program, parsed)
        _deliver(result, given, options, known, program, built, terminal, output, json)
    if result.interrupted:
        raise KeyboardInterrupt


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
    given: GivenWords,
    options: RepackOptions,
    facts: Assumed,
    file: str,
    built: str | None,
    terminal: Terminal,
    output: str | None,
    json: bool,
) -> None:
    """Write the program where it is wanted, and say what became of it."""
    from slotweave.anatomy.summaries.repacked import repacked_summary
    from slotweave.anatomy.words.double_writes import double_writes_diagnostic
    from slotweave.anatomy.words.never_written import never_written_diagnostic
    from slotweave.ir.text.program_files import program_to_json
    from slotweave.views.repack_lines import search_lines
    from slotweave.views.result_table import repacked_view

    if output is not None:
        write_output(output, program_to_json(result.program))
    for found in (
        never_written_diagnostic(given.unwritten, inputs.shown(file)),
        double_writes_diagnostic(given.doubled, inputs.shown(file)),
    ):
        if found is not None:
            terminal.note(f"warning: {found}")
    summary = repacked_summary(result, facts.name, options.seed, given)
    if json:
        print_json(summary.to_json())
    elif not terminal.quiet and output != STDOUT:
        context = [("built for", built)] if built else []
        context.append(("facts", str(facts)))
        terminal.show(repacked_view(summary, context))
        before = plural(result.before, "cycle")
        print(f"\n{before} before, {result.cycles:,} now, under facts {facts.name!r}:")
        print(result.why)
        for line in search_lines(summary, shlex.quote(file), options.rewrite):
            print(line)
    if output is None and not json:
        terminal.note("nothing was written; -o FILE writes the program")
    elif output is not None and output != STDOUT:
        terminal.note(f"wrote {output}")
