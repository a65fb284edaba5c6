"""What `verify --self-test` does and says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slotweave.cli import inputs
from slotweave.cli.output import print_json
from slotweave.cli.plans import job_named
from slotweave.cli.program_files import Building, program_in
from slotweave.cli.terminal import Terminal
from slotweave.extensions import kernels

if TYPE_CHECKING:
    from slotweave.results.checked import SelfTested


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
    found = _tested(choice, terminal)
    if json:
        print_json(found.to_json())
    else:
        print(found)
    found.expect_none()


def _tested(choice: Choice, terminal: Terminal) -> SelfTested:
    """What is to be broken: a program file and where it came from, or a kernel compiled now."""
    from slotweave import api
    from slotweave.api.deriving import job_to_test

    name = next(iter(kernels())) if choice.subject is None else choice.subject
    if name == inputs.STDIN or (".py:" not in name and Path(name).is_file()):
        program = program_in(name, choice.building)
        with inputs.with_file(name):
            target = inputs.machine_of(program, choice.machine)
            return api.self_test(
                program, machine=target, mutants=choice.mutants, seed=choice.seed,
                through=lambda steps, count: terminal.progress(steps, count, "mutants"),
            )  # fmt: skip
    machine = "challenge" if choice.machine is None else choice.machine
    job = job_to_test(job_named(name, choice.parameters, choice.contract, None, (), machine))
    name = job.plan.name
    terminal.detail(f"compiling {job.kernel.name} for {job.machine.name} by the plan {name}")
    return api.self_test(
        job, mutants=choice.mutants, seed=choice.seed,
        through=lambda steps, count: terminal.progress(steps, count, "mutants"),
    )  # fmt: skip
