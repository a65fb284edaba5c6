"""What is given to the front door by name or as a file, as values."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from slotweave.backend.fit import Effort
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.files import write_whole
from slotweave.driver.job import INSTANCES, Job
from slotweave.extensions import extensions, kernels, machines
from slotweave.extensions.lookup import (
    contract_called,
    described_machine,
    described_plan,
    expect_parameters,
    plan_called,
    unknown,
)
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.kernel_function import KernelFunction
from slotweave.ir.facts import Facts, nothing_known
from slotweave.ir.plan import Plan
from slotweave.ir.program import Program
from slotweave.machine import Machine

#: A kernel: a function `f(k, n=64, ...)`, a value, or a name as the commands take it.
AnyKernel = Kernel | KernelFunction | Callable[..., object] | str
AnyMachine = Machine | str
AnyFacts = Facts | str | None
AnyPath = str | os.PathLike[str]


def job(
    kernel: AnyKernel,
    *,
    contract: str | None = None,
    plan: Plan | str | None = None,
    machine: AnyMachine = "challenge",
    seed: int = 0,
    instances: int = INSTANCES,
    effort: str = "default",
    **parameters: int,
) -> Job:
    """What to compile: a kernel with its parameters, a contract and a plan, for a machine.

    `instances` random inputs of `seed` are run when it is compiled; `effort` is fast, default or
    max. Contract and plan are the kernel's first ones if left out, parameters their defaults.

    Raises InputError: SW201 for an unknown kernel, SW202 for a parameter, SW208 for a machine,
    SW209 for a plan, SW212 for another choice that there is not.

    >>> job("tree-hash", height=4, batch=16, rounds=3).parameters["height"]
    4
    """
    target = machine_named(machine)
    chosen = kernel_of(kernel, target)
    values, promise = parameters_of(chosen, parameters), contract_called(chosen, contract)
    if effort.upper() not in Effort.__members__:
        raise unknown("SW212", "effort", effort, [name.lower() for name in Effort.__members__])
    return Job(
        chosen, values, promise, plan_of(chosen, plan, values, promise), target,
        seed=seed, instances=instances, effort=Effort[effort.upper()],
    )  # fmt: skip


def job_named_by(program: Program, machine: Machine) -> Job:
    """The job that a program says it was compiled from."""
    meta = program.meta
    name, params = meta.get("kernel"), meta.get("params")
    if not isinstance(name, str) or name not in kernels() or not isinstance(params, Mapping):
        reason = "the program does not name a kernel that is known: say what to compare it with"
        raise InputError(Diagnostic("SW212", reason))
    contract, plan = meta.get("contract"), meta.get("plan")
    known = plan if plan in kernels()[name].plan_names else None
    return job(name, contract=contract, plan=known, machine=machine, **params)


def facts(name: str = "none", **values: Any) -> Facts:
    """What may be assumed of memory: `none`, a name of an extension's, or a .json file.

    `values` are those that named facts are about, the usual ones if left out.

    >>> len(facts("challenge", height=4, rounds=3, batch=16).regions)
    4
    """
    if name == "none":
        return nothing_known()
    for extension in extensions():
        for each in extension.facts:
            if each.name == name and extension.subject:
                about = kernels()[extension.subject.kernel]
                return about.facts(parameters_of(about, values), each.contract)
    if name.endswith(".json"):
        from slotweave.ir.text.facts_json import facts_from_json

        return facts_from_json(read_text(name), name)
    known = [each.name for extension in extensions() for each in extension.facts]
    raise unknown("SW215", "set of facts called", name, ["none", *known])


def load(path: AnyPath) -> Program:
    """The program in a file, or that a text is, in either form (JSON or text).

    Raises InputError: SW203 if the file cannot be read, SW204 if it holds no program.

    >>> load('{"machine": "challenge", "program": [{"flow": [["halt"]]}]}\\n').bundles[0]["flow"]
    (('halt',),)
    """
    from slotweave.ir.text.program_files import parse_program

    text = os.fspath(path)
    if "\n" in text:
        return parse_program(text, "text")
    return parse_program(read_text(text), text)


def save(program: Program, path: AnyPath) -> None:
    """Write `program` as JSON; the file appears whole or not at all.

    Raises InputError (SW207) if it cannot be written.
    """
    from slotweave.ir.text.program_files import program_to_json

    write_text(path, program_to_json(program))


def machine_named(given: AnyMachine) -> Machine:
    """The machine that is given, or known by a name, or described in a .toml file."""
    if isinstance(given, Machine):
        return given
    known = machines()
    if given in known:
        return known[given]
    if given.endswith(".toml"):
        return described_machine(read_text(given), given)
    raise unknown("SW208", "machine", given, known)


def machine_of(program: Program, given: AnyMachine | None) -> Machine:
    """The machine that is given, else the one that `program` is for."""
    return machine_named(program.machine if given is None else given)


def kernel_of(given: AnyKernel, machine: Machine) -> Kernel:
    """The kernel that is given, known by a name, or in a file, for vectors of `machine`."""
    from slotweave.frontend.load import kernel_of_function, load_kernel_file

    if isinstance(given, Kernel):
        return given
    if not isinstance(given, str):
        name = given.name if isinstance(given, KernelFunction) else _name_of(given)
        return kernel_of_function(given, name, machine.vector_length)
    known = kernels()
    if given in known:
        return known[given]
    if ".py:" in given:
        return load_kernel_file(given, machine.vector_length)
    raise unknown("SW201", "kernel", given, known)


def _name_of(function: Callable[..., object]) -> str:
    return str(getattr(function, "__name__", "kernel"))


def parameters_of(kernel: Kernel, given: Mapping[str, int]) -> dict[str, int]:
    """The parameters of `kernel`: those given, its defaults for the others. Raises SW202."""
    expect_parameters(kernel, given)
    return {**{name: each.default for name, each in kernel.parameters.items()}, **given}


def plan_of(
    kernel: Kernel, given: Plan | str | None, values: Mapping[str, int], contract: str
) -> Plan:
    """The plan that is given, one of the kernel's by name, or in a .json file."""
    if isinstance(given, Plan):
        return given
    name = given or kernel.plan_names[0]
    if name.endswith(".json"):
        return described_plan(kernel, read_text(name), name)
    return plan_called(kernel, name, values, contract)


def facts_of(given: AnyFacts, program: Program) -> Facts:
    """What is given; by a name, about the parameters that the program says it is for."""
    if not isinstance(given, str):
        return nothing_known() if given is None else given
    params = program.meta.get("params")
    said = params if isinstance(params, Mapping) and not given.endswith(".json") else {}
    return facts(given, **said)


def read_text(path: str) -> str:
    """The text of a file. Raises SW203."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(Diagnostic("SW203", f"cannot be read: {reason}", file=path)) from None


def write_text(path: AnyPath, text: str) -> None:
    """Write a file, which appears whole or not at all. Raises SW207."""
    try:
        write_whole(Path(path), text.encode("utf-8"))
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise InputError(Diagnostic("SW207", reason, file=str(path))) from None
