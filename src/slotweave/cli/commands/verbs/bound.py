"""`slotweave bound`: below how many cycles no schedule can be, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.facts import Assumed, FactsOption, assumed, read_only_notes
from slotweave.cli.options import (
    NO_FILES,
    Choice,
    Contract,
    Files,
    Json,
    MachineOfProgram,
    Parameters,
    Svg,
)
from slotweave.cli.output import (
    STDOUT,
    expect_outputs,
    print_json,
    say_written,
    stdout_by_any_name,
    write_output,
)
from slotweave.cli.plans import job_named
from slotweave.cli.program_files import Building, building, program_in, subject_flags
from slotweave.cli.terminal import Terminal
from slotweave.extensions import kernels

if TYPE_CHECKING:
    from slotweave.results.bounded import Bounds


_Subject = Annotated[
    str | None,
    typer.Argument(metavar="KERNEL|PROGRAM", help="A kernel or a program file; - is stdin."),
]
_Plan = Annotated[
    str | None,
    typer.Option(metavar="NAME|FILE.json", help="Plan to use, as for `slotweave compile`."),
]
_Certificate = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Write a certificate of each bound to FILE.",
        callback=stdout_by_any_name,
    ),
]
_Check = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Rebuild the problem, and check the certificates in FILE."),
]


def add_to(app: typer.Typer) -> None:
    command(app, "bound")(bound)


def bound(
    terminal: Terminal,
    subject: _Subject = None,
    parameters: Parameters = None,
    contract: Contract = None,
    plan: _Plan = None,
    choice: Choice = None,
    machine: MachineOfProgram = None,
    facts: FactsOption = None,
    certificate: _Certificate = None,
    check: _Check = None,
    files: Files = NO_FILES,
    svg: Svg = None,
    json: Json = False,
) -> None:
    """Show lower bounds on the cycles, with reasons.

    For a kernel, the bounds hold for the operations of one plan. For a program, they hold for
    the operations that its output depends on, in any order that the facts allow. If the kernel
    declares the choices that its plans can make, a mixed-integer program also bounds all of its
    plans, and the choices that reach this bound are printed. A kernel that loops or branches is
    compiled for the bounds of one run and of each block. If data decides the jumps of a program,
    each block is bounded by itself.
    """
    from slotweave import api

    expect_outputs({"--certificate": certificate, "--svg": svg}, json)
    named = {"KERNEL|PROGRAM": subject, "--plan": plan, "--check": check, "--machine": machine}
    inputs.expect_one_from_stdin(named)
    how = building(files, terminal)
    for_kernels = parameters, contract, plan, choice, certificate
    if check is not None:
        _expect_to_check(subject, _is_given(*for_kernels, svg, facts, how.given))
        _check(check, subject, machine, json)
        return
    if subject is None:
        raise _bad("name a kernel or a program, or a file to --check")
    if is_kernel(subject):
        _expect_of_kernel(_is_given(facts, how.given), choice, certificate)
        target = "challenge" if machine is None else machine
        job = job_named(subject, parameters, contract, plan, choice, target)
        usual = job.kernel.usual_plan(job.parameters, job.contract, job.machine)
        chosen = job.plan.name if choice else plan or usual
        found, known = _as_named(api.bound(job), subject, chosen, target), None
    else:
        _expect_none(for_kernels)
        found, known = _of_program(subject, facts, machine, how)
    if certificate is not None:
        write_output(certificate, found.certificates())
        say_written(certificate, terminal)
    if svg is not None:
        write_output(svg, found.svg(inputs.shown(subject)))
        say_written(svg, terminal)
    terminal.notes(found.notes)
    if json:
        print_json(found.to_json())
    elif STDOUT not in (certificate, svg) and not (terminal.quiet and (certificate or svg)):
        _show(terminal, found, known)
    terminal.notes(known.notes if known else ())


def _is_given(*options: object) -> bool:
    """Whether one of these is given; a text without a character is."""
    return any(option or option == "" for option in options)


def _expect_to_check(subject: str | None, others: bool) -> None:
    """Refuse a subject that is no code, and `others`, beside a file of certificates."""
    if others or (subject is not None and ".py:" not in subject):
        from_file = "--check takes all but --machine from its file (and a kernel that is code)"
        raise _bad(f"{from_file}; leave the rest out")


def _expect_none(for_kernels: Iterable[object]) -> None:
    if _is_given(*for_kernels):
        flags = "-p, --contract, --plan, --choice and --certificate"
        raise _bad(f"{flags} are for kernels, not for programs")


def _expect_of_kernel(for_programs: bool, choice: object, certificate: str | None) -> None:
    if for_programs:
        flags = " and ".join(["--facts", *subject_flags()])
        raise _bad(f"{flags} are for programs; kernels have --contract and -p")
    if choice and certificate is not None:
        raise _bad("a certificate names a plan or its file: keep the choices in a plan file")


def is_kernel(subject: str) -> bool:
    """Whether `subject` names a kernel; anything else that is a file is a program."""
    if subject in kernels() or ".py:" in subject:
        return True
    return subject != inputs.STDIN and not Path(subject).suffix and not Path(subject).exists()


def _as_named(found: Bounds, kernel: str, plan: str, machine: str) -> Bounds:
    """The bounds with the names of what they are of that the user gave, which may be files."""
    named = {"kernel": kernel, "plan": plan, "machine": machine}
    return replace(found, about={**found.about, **named})


def _of_program(
    file: str, facts: str | None, machine: str | None, how: Building
) -> tuple[Bounds, Assumed]:
    """The bounds of the program in `file`, and the facts, with notes on them."""
    from slotweave import api

    parsed = program_in(file, how)
    known = assumed(file, facts, how, parsed)
    with inputs.with_file(file):
        target = inputs.machine_of(parsed, machine)
        found = api.bound(parsed, known, machine=target)
    warnings = tuple(read_only_notes(parsed, file, target, known, facts))
    return found, replace(known, notes=(*known.notes, *warnings))


def _check(file: str, kernel: str | None, machine: str | None, json: bool) -> None:
    """Check all certificates in `file`; end in CheckFailed (SW412) if one shows too little."""
    from slotweave import api

    text = inputs.read_text(file, "SW220")
    with inputs.with_file(file):
        target = None if machine is None else inputs.machine_named(machine)
        found = api.check_bounds(text + "\n", kernel, machine=target)
    if json:
        print_json(found.to_json())
    found.expect_none(inputs.shown(file))
    if not json:
        print(found)


def _bad(reason: str) -> InputError:
    return InputError(Diagnostic("SW212", reason))


def _show(terminal: Terminal, found: Bounds, known: Assumed | None) -> None:
    """The ladder; `known` are the facts about memory under which a program is looked at."""
    from rich.table import Table

    from slotweave.views.bound_text import block_lines
    from slotweave.views.narrow import with_whole_numbers
    from slotweave.views.plans.bound import plans_lines

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("bound", no_wrap=True)
    table.add_column("cycles", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for rung in found.ladder:
        style = "bold green" if rung is found.best else ""
        table.add_row(rung.name, f"{rung.cycles:,}", rung.why, style=style)
    terminal.show(with_whole_numbers(table))
    print(*block_lines(found.blocks, found.loops), found.claim, sep="\n")
    if known is not None:
        print(f"facts: {known}")
    if found.plans is not None:
        print("", *plans_lines(found.plans), sep="\n")
