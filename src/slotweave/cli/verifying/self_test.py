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
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from slotweave.driver.compiled import Compiled
    from slotweave.driver.job import Job
    from slotweave.ir.program import Program
    from slotweave.machine import Machine
    from slotweave.selftest.outcome import Outcome
    from slotweave.selftest.trial import Numbers

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
    from slotweave.selftest.outcome import summary
    from slotweave.selftest.trial import Numbers

    numbers = Numbers.of(choice.mutants)
    job, steps = _trials(choice, numbers, terminal)
    found = summary(terminal.progress(steps, numbers.all, "mutants"))
    if json:
        print_json({
            "self_test": found, "kernel": job.kernel.name, "params": dict(job.parameters),
            "contract": job.contract, "machine": job.machine.name,
            "plan": job.plan.name, "seed": choice.seed,
        })  # fmt: skip
    else:
        for line in _lines(found):
            print(line)
    if found["missed"]:
        first = found["missed_mutants"][0]
        raise CheckFailed(Diagnostic("SW411", f"{found['missed']} missed, the first: {first}"))


def _trials(choice: Choice, numbers: Numbers, terminal: Terminal) -> tuple[Job, Iterator[Outcome]]:
    """What is to be broken: a program file and where it came from, or a kernel compiled now."""
    name = choice.subject or next(iter(kernels()))
    if name == inputs.STDIN or (".py:" not in name and Path(name).is_file()):
        program = program_in(name, choice.building)
        with inputs.with_file(name):
            job = _job_of(program, inputs.machine_of(program, choice.machine))
            return job, _of_program(job, program, choice, numbers)
    compiled = _compiled(name, choice, terminal)
    return compiled.job, _of_compiled(compiled, choice, numbers)


def _of_program(job: Job, program: Program, choice: Choice, numbers: Numbers) -> Iterator[Outcome]:
    """Trials of a program whose kernel is known.

    One that jumps is broken block by block, so it is compiled again, and must be the same.
    """
    from slotweave.anatomy.words.live_scratch import is_straight
    from slotweave.driver.compile import compile_job, draft_after
    from slotweave.selftest.trial import trials

    if is_straight(program):
        first, *others = draft_after(job, "trace").traced.blocks
        if not others:
            return trials(job, first.graph, program, numbers, choice.seed)
    compiled = compile_job(job)
    if compiled.program.bundles != program.bundles:
        reason = (
            "the program jumps, and compiling its kernel by its plan gives another one, so there "
            "are no blocks to break; test the kernel instead"
        )
        raise InputError(Diagnostic("SW212", reason))
    return _of_compiled(compiled, choice, numbers)


def _of_compiled(compiled: Compiled, choice: Choice, numbers: Numbers) -> Iterator[Outcome]:
    """Trials of a program and of all that it was made from."""
    from slotweave.selftest.flow_trial import flow_trials
    from slotweave.selftest.trial import trials

    if compiled.jumps:
        return flow_trials(compiled, numbers, choice.seed)
    block, program = compiled.block, compiled.program
    return trials(compiled.job, block.traced, program, numbers, choice.seed, block.fitted)


def _compiled(name: str, choice: Choice, terminal: Terminal) -> Compiled:
    from slotweave.driver.compile import compile_job
    from slotweave.driver.job import Job

    machine = inputs.machine_named(choice.machine or "challenge")
    kernel = inputs.kernel_named(name, machine)
    values = inputs.parameters_of(kernel, choice.parameters)
    contract = contract_called(kernel, choice.contract)
    plan = plan_of(kernel, PLAN, values, contract)
    terminal.detail(f"compiling {kernel.name} for {machine.name} by the plan {plan.name}")
    return compile_job(Job(kernel, values, contract, plan, machine))


def _job_of(program: Program, machine: Machine) -> Job:
    """Where `program` says that it came from; the graph must be had again to judge mutants."""
    from slotweave.driver.job import Job

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
    promise = contract_called(kernel, contract)
    return Job(kernel, values, promise, kernel.plan(str(plan), values, promise), machine)


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
