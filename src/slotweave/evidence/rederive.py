"""A result derived again from what it carries: hashes, runs and counts, nothing compiled.

Guarantees, if no discrepancy is found: program, machine, simulator and inputs are those that were
hashed; the program runs on the recorded inputs, and on fresh ones, as its workload defines; and it
takes the recorded cycles and bundles. Bounds and proofs are hashed with the record, not derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.runs.breadth import run_broadly
from slotweave.driver.verifying import workload_of
from slotweave.evidence.hashes import (
    inputs_hash,
    machine_hash,
    program_hash,
    record_hash,
    simulator_hash,
)
from slotweave.evidence.record import HASHED, Record
from slotweave.frontend.kernel import Kernel
from slotweave.machine import Machine


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """An entry of a result that is not what it is said to be."""

    entry: str
    reason: str

    def __str__(self) -> str:
        return f"{self.entry}: {self.reason}"


def discrepancies(record: Record, kernel: Kernel, machine: Machine) -> Iterator[Discrepancy]:
    """Everything in `record` that does not hold for `kernel` on `machine`, the real one."""
    yield from _other_hashes(record, kernel, machine)
    yield from _other_runs(record, kernel, machine)


def _other_hashes(record: Record, kernel: Kernel, machine: Machine) -> Iterator[Discrepancy]:
    found = _found_hashes(record, kernel, machine)
    for name in HASHED:
        if record.hashes[name] != found[name]:
            yield Discrepancy(name, f"{_WHAT[name]} ({found[name][:12]}, "
                                    f"recorded {record.hashes[name][:12]})")  # fmt: skip
    if machine_hash(record.machine) != record.hashes["machine"]:
        yield Discrepancy("machine_toml", "it is not the machine that was hashed")


_WHAT = {
    "record": "an entry of the result was changed",
    "program": "it is not the program that was hashed",
    "machine": "the machine is not the one that was hashed",
    "simulator": "the simulator here is another one than the one that was used",
    "inputs": "the seed gives other inputs than those that were hashed",
}


def _found_hashes(record: Record, kernel: Kernel, machine: Machine) -> Mapping[str, str]:
    parameters, contract = record.parameters, record.contract
    return {
        "record": record_hash(record.entries),
        "program": program_hash(record.program),
        "machine": machine_hash(machine),
        "simulator": simulator_hash(),
        "inputs": inputs_hash(kernel, parameters, contract, record.seed, record.instances),
    }


def _other_runs(record: Record, kernel: Kernel, machine: Machine) -> Iterator[Discrepancy]:
    bundles = len(record.program.bundles)
    if record.entries.get("bundles") != bundles:
        yield Discrepancy("bundles", f"{record.entries.get('bundles')} recorded, {bundles} found")
    workload = workload_of(kernel, record.parameters, record.contract, machine, record.seed,
                           record.instances)  # fmt: skip
    try:
        verified = run_broadly(record.program, machine, workload, record.instances, record.seed)
    except CheckFailed as error:
        yield Discrepancy("verified", str(error))
        return
    if verified.cycles != record.cycles:
        yield Discrepancy("cycles", f"{record.cycles} recorded, {verified.cycles} counted")
