"""What `verify --self-test` does and says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.output import print_json
from slotweave.cli.plans import plan_of
from slotweave.cli.program_files import Building, program_in
from slotweave.cli.terminal import Terminal
from slotweave.extensions import kernels

if TYPE_CHECKING:
    from slotweave.driver.flow_pipeline import FlowResult
    from slotweave.ir.program import Program
    from slotweave.machine import Machine
    from slotweave.selftest.fitted_mutations import Fitted
    from slotweave.selftest.trial import Origin

#: By which plan a kernel is compiled.
PLAN = "default"


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of the command: a program file or a kernel, and how much to try."""

    subject: str | None
    parameters: list[str]
    contract: str | None
    machine: str | None
    seed: int
    mutants: int
    building: Building


def test_checks(choice: Choice, terminal: Terminal, json: bool) -> None:
    """Try mutants; end in CheckFailed (SW411) if one that differs is caught by nobody."""
    from slotweave.driver.flow_pipeline import FlowResult
    from slotweave.selftest.flow_trial import flow_trials
    from slotweave.selftest.outcome import summary
    from slotweave.selftest.trial import Numbers, trials

    origin, subject, fitted = _subject(choice, terminal)
    numbers = Numbers.of(choice.mutants)
    if isinstance(subject, FlowResult):
        steps = flow_trials(subject, numbers, choice.seed)
    else:
        steps = trials(origin, subject, numbers, choice.seed, fitted)
    found = summary(terminal.progress(steps, numbers.all, "mutants"))
    if json:
        print_json({
            "self_test": found, "kernel": origin.kernel.name, "params": dict(origin.parameters),
            "contract": origin.contract, "machine": origin.machine.name,
            "plan": origin.plan.name, "seed": choice.seed,
        })  # fmt: skip
    else:
        for line in _lines(found):
            print(line)
    if found["missed"]:
        first = found["missed_mutants"][0]
        raise CheckFailed(Diagnostic("SW411", f"{found['missed']} missed, the first: {first}"))


def _subject(
    choice: Choice, terminal: Terminal
) -> tuple[Origin, Program | FlowResult, Fitted | None]:
    """What is to be broken: a program file and where it came from, or a kernel compiled now.

    A program that jumps is broken block by block, so it is compiled again, and must be the same.
    """
    name = choice.subject or next(iter(kernels()))
    if name == inputs.STDIN or (".py:" not in name and Path(name).is_file()):
        program = program_in(name, choice.building)
        with inputs.with_file(name):
            origin = _origin_of(program, inputs.machine_of(program, choice.machine))
            return origin, _blocks_of(program, origin) or program, None
    return _compiled(name, choice, terminal)


def _blocks_of(program: Program, origin: Origin) -> FlowResult | None:
    """What `program` was made from if it jumps."""
    from slotweave.driver.flow_pipeline import FlowResult, compile_any
    from slotweave.frontend.trace import trace_flow

    kernel, values, contract = origin.kernel, origin.parameters, origin.contract
    if len(trace_flow(kernel, values, contract, origin.plan, origin.machine).blocks) == 1:
        return None
    result = compile_any(kernel, origin.machine, values, contract, origin.plan)
    if not isinstance(result, FlowResult) or result.program.bundles != program.bundles:
        reason = (
            "the program jumps, and compiling its kernel by its plan gives another one, so there "
            "are no blocks to break; test the kernel instead"
        )
        raise InputError(Diagnostic("SW212", reason))
    return result


def _compiled(
    name: str, choice: Choice, terminal: Terminal
) -> tuple[Origin, Program | FlowResult, Fitted | None]:
    from slotweave.driver.flow_pipeline import FlowResult, compile_any
    from slotweave.selftest.fitted_mutations import Fitted
    from slotweave.selftest.trial import Origin

    machine = inputs.machine_named(choice.machine or "challenge")
    kernel = inputs.kernel_named(name, machine)
    values = inputs.parameters_of(kernel, choice.parameters)
    contract = inputs.contract_of(kernel, choice.contract)
    plan = plan_of(kernel, PLAN, values, contract)
    terminal.detail(f"compiling {kernel.name} for {machine.name} by the plan {plan.name}")
    result = compile_any(kernel, machine, values, contract, plan)
    origin = Origin(kernel, values, contract, plan, machine)
    if isinstance(result, FlowResult):
        return origin, result, None
    return origin, result.program, Fitted(result.schedule, result.allocation)


def _origin_of(program: Program, machine: Machine) -> Origin:
    """Where `program` says that it came from; the graph must be had again to judge mutants."""
    from slotweave.selftest.trial import Origin

    meta = program.meta
    kernel = kernels().get(str(meta.get("kernel")))
    params, contract, plan = meta.get("params"), meta.get("contract"), meta.get("plan")
    if kernel is None or not _fits(params) or plan not in kernel.plan_names:
        reason = (
            "the program file does not name a kernel, parameters and a plan that come with "
            "Slotweave, so there is no graph to hold its mutants against; test a kernel instead"
        )
        raise InputError(Diagnostic("SW212", reason))
    values = inputs.parameters_of(kernel, (), params)
    promise = inputs.contract_of(kernel, contract)
    return Origin(kernel, values, promise, kernel.plan(str(plan), values, promise), machine)


def _fits(params: object) -> bool:
    return isinstance(params, Mapping) and all(type(value) is int for value in params.values())


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The counts for a reader."""
    differ = found["mutants"] - found["equivalent"]
    yield f"{found['mutants']:,} mutants, {differ:,} of which differ"
    yield f"caught   {found['caught']:5}"
    for checker, count in found["by"].items():
        yield f"  {count:5}  by {checker}"
    yield f"missed   {found['missed']:5}"
    yield f"no difference {found['equivalent']:5}"
    for reason, count in found["equivalent_by"].items():
        yield f"  {count:5}  {reason}"
    for subject, counts in found["subjects"].items():
        yield (
            f"of the {subject}: {counts['mutants']} mutants, {counts['equivalent']} without a "
            f"difference, {counts['caught']} caught, {counts['missed']} missed"
        )
