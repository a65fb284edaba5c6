"""`slotweave verify PROGRAM`: compared with a kernel, or with another program on the memories of
a kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import CheckFailed
from slotweave.cli import inputs
from slotweave.cli.output import print_json
from slotweave.cli.program_files import built_for, built_like, program_in
from slotweave.cli.verifying.programs import (
    expect_one_subject,
    is_program_file,
    kernel_of,
    meta_for,
)
from slotweave.cli.verifying.proofs import prove_programs, proved_json, proved_lines
from slotweave.cli.verifying.request import Request, naming_compatible
from slotweave.cli.verifying.tried import inputs_tried, unreached_lines
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from slotweave.check.runs.execution import Verified
    from slotweave.driver.comparison import Subject
    from slotweave.driver.proof import Proved
    from slotweave.driver.verifying import Use
    from slotweave.ir.program import Program


@dataclass(frozen=True)
class _Question:
    """Is `first` right for the kernel of `use`, or the same as `second` on its memories?"""

    first: Subject
    second: Subject | None
    use: Use
    file: str
    against: str

    def to_json(self, seed: int) -> dict[str, Any]:
        return {
            "kernel": self.use.kernel.name,
            "params": dict(self.use.parameters),
            "contract": self.use.contract,
            "seed": seed,
        }


def verify_against(program: Program, file: str, request: Request) -> None:
    """Compare `program`, out of `file`, with what is asked for, or the kernel that it names.

    Raises CheckFailed for the first run that goes wrong, and for what is refuted (SW409).
    """
    question = _question(program, file, request)
    report = question.to_json(request.seed)
    proved = None
    if request.prove:
        proved = _proved(question, request)
        report["proved"] = proved_json(proved, question.use.contract)
        if question.second is not None:
            report["proved"]["of"] = [question.first.name, question.second.name]
        _refuse_refuted(proved, report, file, request.json)
    verified = _verified(question, request)
    if request.json:
        print_json({"verified": verified.to_json(), **report})
        return
    for line in _lines(question, verified, proved):
        print(line)


def _question(program: Program, file: str, request: Request) -> _Question:
    """What is asked, from the options and from what the files say of themselves."""
    from slotweave.driver.verifying import Use

    how, given = request.building, request.against
    if given is not None:
        how = built_like(program, file, given, how)
    first = request.subject(program, file)
    against = given or kernel_of(program).name
    other = program_in(against, how) if is_program_file(against) else None
    if other is None:
        kernel = inputs.kernel_named(against, first.machine)
    else:
        kernel = kernel_of(program, other)
        if not request.parameters:
            expect_one_subject(program, file, other, against)
    meta = meta_for(kernel, program, other)
    values = inputs.parameters_of(kernel, request.parameters or (), meta.get("params"))
    contract = contract_called(kernel, request.contract or meta.get("contract"))
    second = None
    if other is not None:
        with inputs.with_file(against):
            second = request.subject(other, against)
    return _Question(first, second, Use(kernel, values, contract), file, against)


def _proved(question: _Question, request: Request) -> Proved:
    """What is proved of the programs, after a run: it is cheap, a proof is not."""
    from slotweave.driver.verifying import run_first_of_kernel

    with inputs.with_file(question.file), naming_compatible():
        run_first_of_kernel(question.first, question.use, request.trial)
    programs = [(each.program, each.machine) for each in (question.first, question.second) if each]
    use = question.use
    return prove_programs(programs, use.kernel, use.parameters, use.contract)


def _verified(question: _Question, request: Request) -> Verified:
    from slotweave.driver.verifying import verified_by_kernel, verified_by_program
    from slotweave.views.differing_runs import telling_writers

    first, second, use = question.first, question.second, question.use
    with inputs.with_file(question.file), naming_compatible(), _naming_what_allows_it(use):
        if second is None:
            return verified_by_kernel(first, use, request.trial)
        told = telling_writers(first, second, use.facts)
        return verified_by_program(first, second, use, request.trial, told)


def _lines(question: _Question, verified: Verified, proved: Proved | None) -> Iterator[str]:
    """What was found, for a person."""
    kernel, second = question.use.kernel, question.second
    built = built_for(question.file, question.first.program)
    yield (
        f"{inputs_tried(verified)}, no difference to {inputs.shown(question.against)}"
        + (f" ({kernel.judge})" if second is None and kernel.judged_by_trace else "")
        + (f" (built for {built})" if built else "")
    )
    yield from unreached_lines(verified)
    if proved is None:
        return
    if second is not None:
        both = f"{question.first.name} and {second.name}"
        yield f"proved of {both}, each by itself against {kernel.name} (the least of the two):"
    yield from proved_lines(proved, kernel.definition is not None)


@contextmanager
def _naming_what_allows_it(use: Use) -> Iterator[None]:
    """Where an input was changed, errors name a contract of the kernel that has no inputs to
    keep."""
    try:
        yield
    except CheckFailed as error:
        found = error.diagnostic
        if found.code != "SW404":
            raise
        for contract in use.kernel.contracts:
            regions = use.kernel.facts(use.parameters, contract).regions
            if not any(region.read_only for region in regions):
                cure = f"the contract {contract} lets it end as it likes (--contract {contract})"
                message = f"{found.message}; {cure}"
                raise CheckFailed(replace(found, message=message)) from None
        raise


def _refuse_refuted(proved: Proved, report: Mapping[str, Any], program: str, json: bool) -> None:
    """Raise CheckFailed (SW409) if something is refuted; as JSON the whole report comes first."""
    from slotweave.driver.proof import refutation

    refuted = refutation(proved)
    if refuted is None:
        return
    if json:
        print_json(dict(report))
    with inputs.with_file(program):
        raise refuted
