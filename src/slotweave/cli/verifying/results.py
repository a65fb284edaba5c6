"""What `verify` does with a saved result: derive it again, and say what does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slotweave.base.diagnostics import CheckFailed, Diagnostic, InputError
from slotweave.cli import inputs
from slotweave.cli.output import print_json
from slotweave.extensions.lookup import contract_called

if TYPE_CHECKING:
    from slotweave.cli.terminal import Terminal
    from slotweave.evidence.record import Record
    from slotweave.frontend.kernel import Kernel
    from slotweave.machine import Machine


def is_result(text: str) -> bool:
    """Is this what a file of `compile --result` looks like?"""
    from slotweave.evidence.record import is_record

    return is_record(text)


def verify_result(
    text: str,
    file: str,
    against: str | None,
    machine: str | None,
    terminal: Terminal,
    json: bool,
) -> None:
    """Derive the result again; end in CheckFailed (SW410) that names all that does not hold.

    The machine is the one that goes by the recorded name, unless `machine` names one; what is
    recorded of a machine is believed of one that does not come with Slotweave.
    """
    from slotweave.evidence.record import record_from_json
    from slotweave.evidence.rederive import discrepancies

    record = record_from_json(text, inputs.shown(file))
    target = _machine(record, machine)
    kernel = inputs.kernel_named(against or record.kernel, target)
    _expect_fitting(record, kernel, file)
    terminal.detail(f"deriving {record.cycles} cycles of {kernel.name} on {target.name} again")
    with inputs.with_file(file):
        found = list(discrepancies(record, kernel, target))
    if json:
        print_json({
            "kernel": kernel.name, "params": dict(record.parameters), "contract": record.contract,
            "seed": record.seed, "cycles": record.cycles, "hashes": dict(record.hashes),
            "discrepancies": [{"entry": d.entry, "reason": d.reason} for d in found],
        })  # fmt: skip
    if found:
        reason = "; ".join(map(str, found))
        raise CheckFailed(Diagnostic("SW410", reason, file=inputs.shown(file)))
    if not json:
        print(
            f"the result holds: {record.cycles} cycles, {record.instances} recorded inputs and "
            "fresh ones; program, machine, simulator and inputs are those that were hashed"
        )


def _machine(record: Record, given: str | None) -> Machine:
    from slotweave.extensions import machines

    if given is not None:
        return inputs.machine_named(given)
    return machines().get(record.machine.name, record.machine)


def _expect_fitting(record: Record, kernel: Kernel, file: str) -> None:
    """Complain about parameters and a contract that the kernel does not have."""
    with inputs.with_file(file):
        values = inputs.parameters_of(kernel, (), record.parameters)
        contract_called(kernel, record.contract)
        if values != dict(record.parameters):
            reason = f"'params' are not those of {kernel.name}: {', '.join(kernel.parameters)}"
            raise InputError(Diagnostic("SW218", reason))
