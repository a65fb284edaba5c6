"""What `bound` does with certificates: write them, and check them against the rebuilt problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import CheckFailed, Diagnostic
from slotweave.cli import inputs
from slotweave.cli.output import print_json, write_output
from slotweave.cli.plans import plan_of
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from slotweave.bounds import Bound
    from slotweave.cli.terminal import Terminal
    from slotweave.ir.problem import Problem
    from slotweave.ir.text.certificate_json import CertifiedBounds


@dataclass(frozen=True)
class ProblemRequest:
    """How a problem is made, as users say it; what is None is the kernel's usual choice."""

    kernel: str
    parameters: list[str] | None
    contract: str | None
    plan: str | None
    machine: str


def is_kernel(subject: str) -> bool:
    """Whether `subject` names a kernel; anything else that is a file is a program."""
    from pathlib import Path

    from slotweave.extensions import kernels

    if subject in kernels() or ".py:" in subject:
        return True
    return subject != inputs.STDIN and not Path(subject).exists()


def kernel_problem(
    request: ProblemRequest, defaults: Mapping[str, int] | None = None
) -> tuple[dict[str, Any], Problem]:
    """What the names stand for, by the keys of a certificate file, and the problem."""
    target = inputs.machine_named(request.machine)
    kernel = inputs.kernel_named(request.kernel, target)
    values = inputs.parameters_of(kernel, request.parameters or (), defaults)
    promise = contract_called(kernel, request.contract)
    plan = plan_of(kernel, request.plan, values, promise)

    from slotweave.driver.compile import lowered_of
    from slotweave.driver.job import Job

    about = {
        "kernel": request.kernel, "params": values, "contract": promise,
        "plan": request.plan or kernel.plan_names[0], "machine": request.machine,
    }  # fmt: skip
    return about, lowered_of(Job(kernel, values, promise, plan, target)).problem


def write(
    destination: str, about: Mapping[str, Any], problem: Problem, ladder: tuple[Bound, ...]
) -> None:
    """Write the certificates of all bounds to the file `destination`."""
    from slotweave.ir.text.certificate_json import (
        CertifiedBound,
        CertifiedBounds,
        certified_to_json,
        problem_hash,
    )

    bounds = tuple(
        CertifiedBound(bound.name, bound.cycles, bound.certificate)
        for bound in ladder
        if bound.certificate is not None
    )
    certified = CertifiedBounds(problem=problem_hash(problem), bounds=bounds, **about)
    write_output(destination, certified_to_json(certified))


def check_file(file: str, machine: str | None, terminal: Terminal, json: bool) -> None:
    """Check all certificates in `file`; end in CheckFailed (SW412) if one shows too little."""
    from slotweave.ir.text.certificate_json import certified_from_json

    certified = certified_from_json(inputs.read_text(file, "SW220"), inputs.shown(file))
    request = ProblemRequest(
        certified.kernel, None, certified.contract, certified.plan, machine or certified.machine
    )
    with inputs.with_file(file):
        about, problem = kernel_problem(request, certified.params)
        reasons = list(_faults(certified, problem))
    rows = [{"name": bound.name, "cycles": bound.cycles} for bound in certified.bounds]
    if json:
        print_json({**about, "bounds": rows, "faults": reasons})
    if reasons:
        raise CheckFailed(Diagnostic("SW412", "; ".join(reasons), file=inputs.shown(file)))
    if not json and not terminal.quiet:
        for row in rows:
            print(f"{row['name']}: at least {row['cycles']:,} cycles, as its certificate shows")


def _faults(certified: CertifiedBounds, problem: Problem) -> Iterator[str]:
    from slotweave.check.legality.bound_certificates import certificate_faults
    from slotweave.ir.text.certificate_json import problem_hash

    if problem_hash(problem) != certified.problem:
        yield "the problem is not the one that the certificates were written for (key 'problem')"
        return
    for bound in certified.bounds:
        for fault in certificate_faults(bound.certificate, bound.cycles, problem):
            yield f"{bound.name}: {fault.message}"
