"""`slotweave verify`: a program against a kernel's reference, or against another program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slotweave.cli import inputs
from slotweave.cli.command import command
from slotweave.cli.options import (
    Contract,
    Instances,
    Json,
    MachineOfProgram,
    Parameters,
    ProgramArgument,
    Seed,
)
from slotweave.cli.output import print_json
from slotweave.cli.proofs import prove_programs, proved_json, proved_lines, refutation
from slotweave.diagnostics import Diagnostic, InputError

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel, Words
    from slotweave.ir.program import Program
    from slotweave.machine import Machine
    from slotweave.proof import Proved

    Reference = Callable[[Words], Words]


def add_to(app: typer.Typer) -> None:
    command(app, "verify")(verify)


def verify(
    program: ProgramArgument,
    against: Annotated[
        str, typer.Option(metavar="KERNEL|PROGRAM", help="What the results must be equal to.")
    ],
    parameters: Parameters = None,
    contract: Contract = None,
    machine: MachineOfProgram = None,
    instances: Instances = 100,
    seed: Seed = 0,
    prove: Annotated[bool, typer.Option("--prove", help="Prove it for all inputs, too.")] = False,
    json: Json = False,
) -> None:
    """Compare what a program computes.

    It is run on random inputs, and what it leaves in memory is held against the kernel's reference
    or the other program. Parameters and contract are those that the program file names, unless
    they are given. With --prove, programs that decide no jump by data are proved to compute what
    the kernel is defined to compute, for all words, as far as that can be done.
    """
    from slotweave.check.execution import run_against_reference

    parsed = inputs.program_in(program)
    target = inputs.machine_of(parsed, machine)
    other = inputs.program_in(against) if _is_program_file(against) else None
    kernel = inputs.kernel_named(against, target) if other is None else _kernel_of(parsed, other)
    meta = _meta_for(kernel, parsed, other)
    values = inputs.parameters_of(kernel, parameters or (), meta.get("params"))
    promise = inputs.contract_of(kernel, contract or meta.get("contract"))
    report: dict[str, Any] = {
        "kernel": kernel.name,
        "params": values,
        "contract": promise,
        "seed": seed,
    }
    proved = None
    if prove:
        programs = [(parsed, target)]
        if other is not None:
            programs.append((other, inputs.machine_of(other, machine)))
        proved = prove_programs(programs, kernel, values, promise)
        report["proved"] = proved_json(proved, promise)
        _refuse_refuted(proved, report, program, json)
    if other is None:
        reference = _reference(kernel, values, promise)
    else:
        with inputs.blaming(against):
            reference = _memory_after(other, inputs.machine_of(other, machine))
    with inputs.blaming(program):
        verified = run_against_reference(
            parsed,
            target,
            facts=kernel.facts(values, promise),
            memory=lambda rng: kernel.memory(values, promise, rng),
            reference=reference,
            instances=instances,
            seed=seed,
        )
    if json:
        counts = {"instances": verified.instances, "mismatches": verified.mismatches}
        print_json({"verified": counts, **report})
        return
    print(f"{verified.instances} random inputs, no difference to {against}")
    for line in proved_lines(proved) if proved else ():
        print(line)


def _refuse_refuted(proved: Proved, report: Mapping[str, Any], program: str, json: bool) -> None:
    """Raise CheckFailed (SW409) if something is refuted; as JSON the whole report comes first."""
    refuted = refutation(proved)
    if refuted is None:
        return
    if json:
        print_json(dict(report))
    with inputs.blaming(program):
        raise refuted


def _reference(kernel: Kernel, parameters: Mapping[str, int], contract: str) -> Reference:
    """Memory at the end as the kernel defines it."""
    return lambda memory: kernel.reference(memory, parameters, contract)


def _memory_after(program: Program, machine: Machine) -> Reference:
    """Memory at the end of a run of `program`."""
    from slotweave.simulate.compiled import encode, run_compiled

    encoded = encode(program, machine)
    return lambda memory: run_compiled(encoded, memory).memory


def _is_program_file(name: str) -> bool:
    return name == inputs.STDIN or (".py:" not in name and Path(name).is_file())


def _kernel_of(*programs: Program) -> Kernel:
    """The kernel that one of `programs` says it is for; it knows which memories make sense."""
    from slotweave.kernels import KERNELS

    for program in programs:
        name = program.meta.get("kernel")
        if isinstance(name, str) and name in KERNELS:
            return KERNELS[name]
    reason = (
        "neither program file names a kernel that comes with Slotweave, so there is no telling "
        "which memories to try; verify each of them --against its kernel"
    )
    raise InputError(Diagnostic("SW212", reason))


def _meta_for(kernel: Kernel, *programs: Program | None) -> Mapping[str, Any]:
    """What the first of `programs` that is for `kernel` says of itself."""
    for program in programs:
        if program is not None and program.meta.get("kernel") == kernel.name:
            params, contract = program.meta.get("params"), program.meta.get("contract")
            return {
                "params": params if _are_numbers(params) else None,
                "contract": contract if isinstance(contract, str) else None,
            }
    return {}


def _are_numbers(params: object) -> bool:
    return isinstance(params, Mapping) and all(type(value) is int for value in params.values())
