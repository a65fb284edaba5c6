"""A result derived again from what it carries: hashes, runs and counts, nothing compiled.

Guarantees, if no discrepancy is found: program, machine, simulator and inputs are those that were
hashed; the program runs on the recorded inputs, and on fresh ones, as its workload defines; and it
takes the recorded cycles and bundles. Bounds and proofs are hashed with the record, not derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from slotweave.base.diagnostics import CheckFailed
from slotweave.check.runs.breadth import FOLLOWED, Workload, run_broadly
from slotweave.check.runs.execution import instance_memory
from slotweave.check.runs.inputs import NOTHING_DIRECTED, directed_inputs
from slotweave.evidence.hashes import (
    inputs_hash,
    machine_hash,
    program_hash,
    record_hash,
    simulator_hash,
)
from slotweave.evidence.record import HASHED, Record
from slotweave.frontend.kernel import Kernel, Words
from slotweave.frontend.trace import trace_flow
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


def workload_of(
    kernel: Kernel,
    parameters: Mapping[str, int],
    contract: str,
    machine: Machine,
    seed: int = 0,
    instances: int = 0,
) -> Workload:
    """What `kernel` asks of a program; with inputs made for what it does if it has but one plan.

    The first of `instances` memories of `seed` count for what is reached.
    """
    trace, facts = kernel.trace, kernel.facts(parameters, contract)

    def memory(rng: np.random.Generator) -> Words:
        return kernel.memory(parameters, contract, rng)

    directed = NOTHING_DIRECTED
    if len(kernel.plan_names) == 1:
        plan = kernel.plan(kernel.plan_names[0], parameters, contract)
        flow = trace_flow(kernel, parameters, contract, plan, machine)
        followed = range(min(instances, FOLLOWED))
        begun = [instance_memory(memory, seed, number) for number in followed]
        directed = directed_inputs(flow, facts, seed, begun)
    return Workload(
        facts,
        memory,
        lambda memory: kernel.reference(memory, parameters, contract),
        trace=trace and (lambda memory: trace(memory, parameters, contract)),
        directed=directed,
        against=kernel.judge,
    )
