"""`slotweave bound`: how short a schedule could be at most, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from slotweave.cli import certificates, inputs, plan_bounds
from slotweave.cli.command import command
from slotweave.cli.options import (
    LOAD_SECONDS,
    Contract,
    Json,
    LoadTimeLimit,
    MachineOfProgram,
    Parameters,
    ShapeOption,
)
from slotweave.cli.output import expect_one_on_stdout, expect_writable, print_json
from slotweave.cli.terminal import Terminal
from slotweave.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from slotweave.bound import Bound
    from slotweave.bound.plans import PlansBound
    from slotweave.ir.problem import Problem


def add_to(app: typer.Typer) -> None:
    command(app, "bound")(bound)


def bound(
    terminal: Terminal,
    subject: Annotated[
        str | None,
        typer.Argument(metavar="KERNEL|PROGRAM", help="A kernel, or a program file; - is stdin."),
    ] = None,
    parameters: Parameters = None,
    contract: Contract = None,
    plan: Annotated[
        str | None, typer.Option(metavar="NAME|FILE.json", help="As for `slotweave compile`.")
    ] = None,
    machine: MachineOfProgram = None,
    certificate: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write there what shows each bound of a kernel."),
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Check certificates: build the problem anew, and hold."),
    ] = None,
    shape: ShapeOption = None,
    load_time_limit: LoadTimeLimit = LOAD_SECONDS,
    json: Json = False,
) -> None:
    """Show the ladder of lower bounds: how short a schedule could be at most, and why.

    Of a kernel by one plan, or of what a program computes, lifted out of its bundles. The ladder
    holds for the operations of that plan. Where the kernel says what its plans may choose from, a
    program over modes and ways gives a bound for all of them, and the mix that meets it.
    """
    expect_one_on_stdout(certificate, json)
    expect_writable(certificate)
    how = inputs.building(shape, load_time_limit, terminal)
    options = (subject, parameters, contract, plan, certificate)
    if check is not None:
        if any(options):
            raise _bad("--check takes all but --machine from its file; leave the rest out")
        certificates.check_file(check, machine, terminal, json)
        return
    if subject is None:
        raise _bad("name a kernel or a program, or a file to --check")
    if certificates.is_kernel(subject):
        made = certificates.Making(subject, parameters, contract, plan, machine or "challenge")
        about, problem = certificates.kernel_problem(made)
        plans = plan_bounds.over_all_plans(about, terminal)
    else:
        if any(options[1:]):
            raise _bad("-p, --contract, --plan and --certificate are for kernels, not for programs")
        about, problem = _program_problem(subject, machine, how)
        plans = None
    _deliver(about, problem, plans, terminal, certificate, json)


def _bad(reason: str) -> InputError:
    return InputError(Diagnostic("SW212", reason))


def _program_problem(
    file: str, machine: str | None, how: inputs.Building
) -> tuple[dict[str, object], Problem]:
    """What the program computes, as a problem; under the facts of its kernel, if it names one."""
    from slotweave.ir.facts import nothing_known
    from slotweave.kernels import KERNELS
    from slotweave.report.dataflow_problem import dataflow_problem
    from slotweave.report.inspect import refuse_faults
    from slotweave.report.placements import placements_with
    from slotweave.report.unrolled import unrolled

    program = inputs.program_in(file, how)
    with inputs.blaming(file):
        target = inputs.machine_of(program, machine)
        facts, contract = nothing_known(), "none"
        kernel = KERNELS.get(str(program.meta.get("kernel")))
        if kernel is not None:
            values = inputs.parameters_of(kernel, (), program.meta.get("params") or {})
            contract = inputs.contract_of(kernel, program.meta.get("contract"))
            facts = kernel.facts(values, contract)
        refuse_faults(program, target)
        run = unrolled(program, target, facts)
        placed = placements_with(run.program, target, run.known)
        return {"machine": target.name, "facts": contract}, dataflow_problem(placed, target)


def _deliver(
    about: dict[str, object],
    problem: Problem,
    plans: PlansBound | None,
    terminal: Terminal,
    destination: str | None,
    json: bool,
) -> None:
    from slotweave.bound import best_bound, bound_ladder

    ladder = bound_ladder(problem)
    best = best_bound(ladder)
    if destination is not None:
        certificates.write(destination, about, problem, ladder)
    if json:
        offered = {} if plans is None else {"plans": plan_bounds.as_json(plans)}
        rungs = [_rung(rung) for rung in ladder]
        print_json({**about, "bound": _rung(best), "ladder": rungs, **offered})
    elif destination != "-" and not terminal.quiet:
        of = "those of this plan" if "plan" in about else "each of them on any engine"
        _show(terminal, ladder, best, of)
        if plans is not None:
            plan_bounds.show(plans)


def _rung(bound: Bound) -> dict[str, object]:
    return {"name": bound.name, "cycles": bound.cycles, "why": bound.why}


def _show(terminal: Terminal, ladder: tuple[Bound, ...], best: Bound, of: str) -> None:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("bound", no_wrap=True)
    table.add_column("cycles", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for rung in ladder:
        style = "bold green" if rung is best else ""
        table.add_row(rung.name, f"{rung.cycles:,}", rung.why, style=style)
    terminal.show(table)
    print(f"no schedule of these operations ({of}) has fewer than {best.cycles:,} cycles")
