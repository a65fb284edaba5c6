"""`slotweave verify PROGRAM`: compared with a kernel, or with another program on the memories of
a kernel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from slotweave.base.diagnostics import CheckFailed, changed
from slotweave.cli import inputs
from slotweave.cli.output import print_json
from slotweave.cli.program_files import built_for, built_like, program_in
from slotweave.cli.verifying.programs import (
    expect_one_subject,
    is_program_file,
    kernel_of,
)
from slotweave.cli.verifying.request import Request, naming_compatible, reported
from slotweave.extensions.lookup import contract_called
from slotweave.views.checked.inputs_tried import inputs_tried, unreached_lines
from slotweave.views.checked.proofs import proved_lines

if TYPE_CHECKING:
    from slotweave.ir.program import Program
    from slotweave.names import Use
    from slotweave.results.checked import Verification


@dataclass(frozen=True)
class _Question:
    """Is `first`, out of `file`, right for the kernel of `use`, or the same as `second`?"""

    first: Program
    second: Program | None
    use: Use
    file: str
    against: str


def verify_against(program: Program, file: str, request: Request) -> None:
    """Compare `program`, out of `file`, with what is asked for, or the kernel that it names.

    Raises CheckFailed for the first run that goes wrong, and for what is refuted (SW409).
    """
    from slotweave import api

    question = _question(program, file, request)
    names = (inputs.shown(file), inputs.shown(question.against))
    with (
        reported(request.json), inputs.with_file(file), naming_compatible(),
        _naming_what_allows_it(question.use),
    ):  # fmt: skip
        found = api.verify(
            question.first,
            question.second,
            use=question.use,
            names=names,
            **request.options(program),
        )
    if request.json:
        print_json(found.to_json())
    else:
        print("\n".join(_lines(question, found, names)))
    if request.require_proof:
        found.expect_proved(names[0])


def _question(program: Program, file: str, request: Request) -> _Question:
    """What is asked, from the options and from what the files say of themselves."""
    from slotweave.names import Use, meta_for

    how, given = request.building, request.against
    if given is not None:
        how = built_like(program, file, given, how)
    target = inputs.machine_of(program, request.machine)
    against = kernel_of(program).name if given is None else given
    other = program_in(against, how) if is_program_file(against) else None
    if other is None:
        kernel = inputs.kernel_named(against, target)
    else:
        kernel = kernel_of(program, other)
        if not request.parameters:
            expect_one_subject(program, file, other, against)
        with inputs.with_file(against):
            inputs.machine_of(other, request.machine)
    meta = meta_for(kernel, program, other)
    values = inputs.parameters_of(kernel, request.parameters or (), meta.get("params"))
    promise = meta.get("contract") if request.contract is None else request.contract
    contract = contract_called(kernel, promise)
    for name, said in (meta.get("params") or {}).items():
        if values.get(name, said) != said:
            note = f"{inputs.shown(file)} says {name}={said}; it is compared with"
            request.terminal.note(f"{note} {name}={values[name]}")
    return _Question(program, other, Use(kernel, values, contract), file, against)


def _lines(question: _Question, found: Verification, names: tuple[str, str]) -> Iterator[str]:
    """What was found, for a person."""
    kernel, second = question.use.kernel, question.second
    built = built_for(question.file, question.first)
    yield (
        f"{inputs_tried(found.verified)}, no difference to {names[1]}"
        + (f" ({kernel.judge})" if second is None and kernel.judged_by_trace else "")
        + (f" (built for {built})" if built else "")
    )
    yield from unreached_lines(found.verified)
    if found.proof is None:
        return
    if second is not None:
        both = " and ".join(names)
        yield f"proved of {both}, each by itself against {kernel.name} (the least of the two):"
    yield from proved_lines(found.proof, kernel.definition is not None)


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
                raise changed(error, replace(found, message=message)) from None
        raise
