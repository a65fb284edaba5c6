"""`slotweave bound`: below how many cycles no schedule can be, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.wording import plural
from slotweave.cli import certificates, inputs, plan_bounds
from slotweave.cli.command import command
from slotweave.cli.facts import Assumed, FactsOption, assumed, read_only_notes
from slotweave.cli.options import (
    NO_FILES,
    Contract,
    Files,
    Json,
    MachineOfProgram,
    Parameters,
    Svg,
)
from slotweave.cli.output import (
    STDOUT,
    expect_one_on_stdout,
    expect_writable,
    print_json,
    write_output,
)
from slotweave.cli.program_files import building, program_in, subject_flags
from slotweave.cli.terminal import Terminal

if TYPE_CHECKING:
    from slotweave.bounds import Bound
    from slotweave.bounds.plans import PlansBound
    from slotweave.ir.program import Program
    from slotweave.machine import Machine


#: Which operations a bound of a program counts.
_OF_PLAN = "those of this plan, accesses to memory in the order that it keeps"
_OF_PROGRAM = (
    "those that output depends on, repeated ones once, known words for free, each on any engine"
)


_Subject = Annotated[
    str | None,
    typer.Argument(metavar="KERNEL|PROGRAM", help="A kernel, or a program file; - is stdin."),
]
_Plan = Annotated[
    str | None, typer.Option(metavar="NAME|FILE.json", help="As for `slotweave compile`.")
]
_Certificate = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Write a certificate of each bound to FILE."),
]
_Check = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="Check certificates: rebuild the problem and test each claim."
    ),
]


def add_to(app: typer.Typer) -> None:
    command(app, "bound")(bound)


def bound(
    terminal: Terminal,
    subject: _Subject = None,
    parameters: Parameters = None,
    contract: Contract = None,
    plan: _Plan = None,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    certificate: _Certificate = None,
    check: _Check = None,
    files: Files = NO_FILES,
    svg: Svg = None,
    json: Json = False,
) -> None:
    """Show lower bounds on the cycles, with reasons.

    For a kernel, the bounds hold for the operations of one plan; for a program, for what it
    computes, lifted out of its bundles. Where the kernel declares what its plans may choose from, a
    mixed-integer program bounds all of them and prints the choices that attain it.
    """
    from slotweave.bounds import bound_ladder

    expect_one_on_stdout(certificate, json)
    expect_one_on_stdout(svg, json or certificate == STDOUT)
    for file in (certificate, svg):
        expect_writable(file)
    how, options = building(files, terminal), (subject, parameters, contract, plan, certificate)
    if check is not None:
        if any((*options, svg, facts, how.given)):
            raise _bad("--check takes all but --machine from its file; leave the rest out")
        certificates.check_file(check, machine, terminal, json)
        return
    if subject is None:
        raise _bad("name a kernel or a program, or a file to --check")
    known = None
    if certificates.is_kernel(subject):
        if facts or how.given:
            flags = " and ".join(["--facts", *subject_flags()])
            raise _bad(f"{flags} are for programs; kernels have --contract and -p")
        on = machine or "challenge"
        made = certificates.ProblemRequest(subject, parameters, contract, plan, on)
        about, problem = certificates.kernel_problem(made)
        ladder = bound_ladder(problem)
        if certificate is not None:
            certificates.write(certificate, about, problem, ladder)
        plans = plan_bounds.over_all_plans(about, terminal)
    else:
        if any(options[1:]):
            raise _bad("-p, --contract, --plan and --certificate are for kernels, not for programs")
        parsed = program_in(subject, how)
        known = assumed(subject, facts, how, parsed)
        with inputs.with_file(subject):
            target = inputs.machine_of(parsed, machine)
            about, ladder = _of_program(parsed, target, known)
        warnings = tuple(read_only_notes(parsed, subject, target, known, facts))
        known = replace(known, notes=(*known.notes, *warnings))
        plans = None
    if svg is not None:
        _draw(svg, inputs.shown(subject), ladder)
    _deliver(about, ladder, known, plans, terminal, STDOUT in (certificate, svg), json)


def _draw(svg: str, name: str, ladder: tuple[Bound, ...]) -> None:
    """Draw the bounds to the file `svg`."""
    from slotweave.views.svg.program_svg import ladder_svg

    rungs = [(rung.name, rung.cycles) for rung in ladder]
    write_output(svg, ladder_svg(f"Lower bounds of {name}", rungs))


def _deliver(
    about: dict[str, object],
    ladder: tuple[Bound, ...],
    known: Assumed | None,
    plans: PlansBound | None,
    terminal: Terminal,
    to_stdout: bool,
    json: bool,
) -> None:
    from slotweave.bounds import best_bound

    if json:
        offered = {} if plans is None else {"plans": plan_bounds.as_json(plans)}
        rungs = [_rung(rung) for rung in ladder]
        print_json({**about, "bound": _rung(best_bound(ladder)), "ladder": rungs, **offered})
    elif not to_stdout and not terminal.quiet:
        _show(terminal, ladder, known)
        if plans is not None:
            plan_bounds.show(plans)
    terminal.notes(known.notes if known else ())


def _bad(reason: str) -> InputError:
    return InputError(Diagnostic("SW212", reason))


def _of_program(
    program: Program, target: Machine, known: Assumed
) -> tuple[dict[str, object], tuple[Bound, ...]]:
    """The ladder of what `program` computes."""
    from slotweave.anatomy.inspect import refuse_faults
    from slotweave.anatomy.timing.program_bounds import program_bounds

    refuse_faults(program, target)
    ladder = program_bounds(program, target, known.facts)
    return {"machine": target.name, "facts": known.name}, ladder


def _rung(bound: Bound) -> dict[str, object]:
    return {"name": bound.name, "cycles": bound.cycles, "why": bound.why}


def _show(terminal: Terminal, ladder: tuple[Bound, ...], known: Assumed | None) -> None:
    """The ladder; `known` are the facts about memory under which a program is looked at."""
    from rich.table import Table

    from slotweave.bounds import best_bound
    from slotweave.views.narrow import with_whole_numbers

    best = best_bound(ladder)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("bound", no_wrap=True)
    table.add_column("cycles", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for rung in ladder:
        style = "bold green" if rung is best else ""
        table.add_row(rung.name, f"{rung.cycles:,}", rung.why, style=style)
    terminal.show(with_whole_numbers(table))
    of = _OF_PLAN if known is None else _OF_PROGRAM
    print(f"no schedule of these operations ({of}) has fewer than {plural(best.cycles, 'cycle')}")
    if known is not None:
        print(f"facts: {known}")
