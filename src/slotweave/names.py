"""What is given to the front door by name or as a file, as values."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from slotweave.arguments import (
    held_program,
    name_in,
    path_of,
    seed_of,
    text_of,
    wanted,
    whole_number,
)
from slotweave.backend.fit import Effort
from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.base.files import read_text, write_whole
from slotweave.driver.job import INSTANCES
from slotweave.driver.job import Job as Job  # what `job` makes, for those above
from slotweave.driver.job import Use as Use  # what a program is verified against
from slotweave.driver.job import meta_for as meta_for  # what a program says of itself
from slotweave.extensions import kernels, machines
from slotweave.extensions.lookup import (
    NOTHING,
    contract_called,
    described_machine,
    described_plan,
    expect_parameters,
    named_facts,
    plan_called,
    unknown,
)
from slotweave.frontend.kernel import Kernel
from slotweave.frontend.kernel_function import KernelFunction
from slotweave.ir.facts import Facts, nothing_known
from slotweave.ir.plan import Plan
from slotweave.ir.program import Program
from slotweave.machine import Machine

if TYPE_CHECKING:
    from slotweave.ir.project import Project


class HasProgram(Protocol):
    """A result that holds a program, of compiling or repacking."""

    @property
    def program(self) -> Program:
        """The program."""


class HasFacts(Protocol):
    """Facts about memory, and what users call them."""

    @property
    def name(self) -> str:
        """The name that results repeat."""

    @property
    def facts(self) -> Facts:
        """The facts."""


#: A kernel: a function `f(k, n=64, ...)`, a value, or a name as the commands take it.
AnyKernel = Kernel | KernelFunction | Callable[..., object] | str
AnyPath = str | os.PathLike[str]
AnyMachine = Machine | AnyPath
AnyFacts = Facts | HasFacts | AnyPath | None
#: A program: a value, a result that holds one, or the name of a file.
AnyProgram = Program | HasProgram | AnyPath


def job(
    kernel: AnyKernel,
    *,
    contract: str | None = None,
    plan: Plan | AnyPath | None = None,
    machine: AnyMachine = "challenge",
    seed: int = 0,
    instances: int = INSTANCES,
    effort: str = "default",
    **parameters: int,
) -> Job:
    """What to compile: a kernel with its parameters, a contract and a plan, for a machine.

    `instances` random inputs of `seed` are run when it is compiled; `effort` is fast, default or
    max. If left out, the contract is the kernel's first one, the plan the one that is usual on the
    machine, and parameters have their defaults.

    Raises InputError: SW201 for an unknown kernel, SW202 for a parameter, SW208 for a machine,
    SW209 for a plan, SW212 for another option.

    >>> sw.job("tree-hash", height=4, batch=16, rounds=3).parameters["height"]
    4
    """
    target = machine_named(machine)
    chosen = kernel_of(kernel, target)
    values = parameters_of(chosen, parameters)
    if contract is not None:
        name_in(contract, f"contract of {chosen.name} called", chosen.contracts)
    promise = contract_called(chosen, contract)
    return Job(
        chosen, values, promise, plan_of(chosen, plan, values, promise, target), target,
        seed=seed_of(seed), instances=whole_number("instances", instances, 0),
        effort=effort_named(effort), has_usual_plan=plan is None,
    )  # fmt: skip


def job_of(what: Job | AnyKernel, options: Mapping[str, Any]) -> Job:
    """A job as it is, or for another `machine` with vectors as long (`Job.on`), which is the only
    option that it takes; or the one of a kernel with the options of `job`."""
    if not isinstance(what, Job):
        return job(what, **options)
    target = machine_named(options["machine"]) if "machine" in options else what.machine
    others = [name for name in options if name != "machine"]
    if target.vector_length != what.machine.vector_length:
        others.append("machine")  # the kernel may have been traced for vectors of another length
    if others:
        reason = f"a job is complete: give {', '.join(others)} to `job` instead"
        raise InputError(Diagnostic("SW212", reason))
    return what.on(target)


def effort_named(given: str) -> Effort:
    """How much is tried. Raises SW212."""
    known = {name.lower(): effort for name, effort in Effort.__members__.items()}
    return known[name_in(given, "effort", known)]


def job_for(kernel: AnyKernel, program: Program, machine: Machine) -> Job:
    """The job of `kernel` with the parameters and the contract that `program` names, if it is one
    for that kernel, else with the usual ones."""
    chosen = kernel_of(kernel, machine)
    said = meta_for(chosen, program)
    params = said.get("params") or {}
    return job(chosen, contract=said.get("contract"), machine=machine, **params)


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


def without_guess(program: Program, known: Facts) -> Program:
    """`program`, which a file was taken to be by the extension that reads it, as what it claims to
    be only as far as the facts that are `known` support that."""
    from slotweave.repacking.claims import CLAIMED, origin_of, supported_origin

    origin = origin_of(program, kernels())
    if origin is not None and known in origin.contracts.values():
        return supported_origin(program, known, origin)
    meta = {key: said for key, said in program.meta.items() if key not in CLAIMED}
    return replace(program, meta=MappingProxyType(meta))


def facts(name: AnyPath = "none", **values: Any) -> Facts:
    """What may be assumed of memory: `none`, a name of an extension's, or a JSON file.

    `values` are those that named facts are about, the usual ones if left out.

    >>> len(sw.facts("challenge", height=4, rounds=3, batch=16).regions)
    4
    """
    name = _name_of_facts(name)
    if name == NOTHING:
        return nothing_known()
    extension, named = named_facts().get(name, (None, None))
    if extension and named and extension.subject:
        about = kernels()[extension.subject.kernel]
        return about.facts(parameters_of(about, values), named.contract)
    if name.endswith(".json") or Path(name).is_file():
        from slotweave.ir.text.facts_json import facts_from_json

        return facts_from_json(read_text(name, "SW215"), name)
    known = [*named_facts(), NOTHING]
    raise unknown("SW215", "set of facts called", name, known, shown_by="slotweave facts list")


def load(path: AnyPath) -> Program:
    """The program in a file, or that a text is, in either form (JSON or text) or in a result.

    Raises InputError: SW203 if the file cannot be read, SW204 if it holds no program.

    >>> sw.load('{"machine": "challenge", "program": [{"flow": [["halt"]]}]}\\n').bundles[0]["flow"]
    (('halt',),)
    """
    text = path_of(path, "a program to load")
    if "\n" in text or text.lstrip()[:1] in ("{", "["):
        return program_in_text(text, "text")
    return program_in_text(read_text(text, "SW204"), text)


def is_record(text: str) -> bool:
    """Is this what a file of `compile --result` looks like?"""
    from slotweave.evidence.kind import is_record

    return is_record(text)


def program_in_text(text: str, file: str) -> Program:
    """The program that `file` holds as `text`, be it in a result. Raises SW204, SW218."""
    if is_record(text):
        from slotweave.evidence.record import record_from_json

        return record_from_json(text, file).program
    from slotweave.ir.text.program_files import parse_program

    return parse_program(text, file)


def save(program: AnyProgram, path: AnyPath) -> None:
    """Write `program` as JSON; the file appears whole or not at all.

    Raises InputError (SW207) if it cannot be written.
    """
    from slotweave.ir.text.program_files import program_to_json

    write_text(path, program_to_json(program_of(program)))


def program_of(given: AnyProgram) -> Program:
    """The program that is given, that a result holds, or that is in a file.

    Raises InputError: SW212 for what holds no program, SW203 and SW204 as `load` does.
    """
    if held := held_program(given):
        return held
    if isinstance(given, str | os.PathLike):
        return load(given)
    what = "a program must be a Program, a result that holds one, or the name of a file"
    raise wanted("SW212", what, given)


def machine_named(given: AnyMachine) -> Machine:
    """The machine that is given, or known by a name, or described in a .toml file."""
    if isinstance(given, Machine):
        return given
    given = path_of(given, "a machine that is not a value")
    known = machines()
    if given in known:
        return known[given]
    if given.endswith(".toml"):
        return described_machine(read_text(given, "SW205"), given)
    raise unknown("SW208", "machine", given, known, shown_by="slotweave machines list")


def machine_of(program: Program, given: AnyMachine | None) -> Machine:
    """The machine that is given, else the one that `program` is for."""
    return machine_named(program.machine if given is None else given)


def kernel_of(given: AnyKernel, machine: Machine) -> Kernel:
    """The kernel that is given, known by a name, or in a file, for vectors of `machine`."""
    from slotweave.frontend.load import kernel_of_function, load_kernel_file

    if isinstance(given, Kernel):
        return given
    if not isinstance(given, str):
        if not isinstance(given, KernelFunction) and not inspect.isfunction(given):
            what = "a kernel must be a function f(k, n=64), a Kernel or a name"
            raise wanted("SW201", what, given)
        name = given.name if isinstance(given, KernelFunction) else given.__name__
        return kernel_of_function(given, name, machine.vector_length)
    known = kernels()
    if given in known:
        return known[given]
    if ".py:" in given:
        return load_kernel_file(given, machine.vector_length)
    raise unknown("SW201", "kernel", given, known, shown_by="slotweave kernels list")


def is_kernel(given: object) -> TypeGuard[AnyKernel]:
    """Is this a kernel, or the name of one, and no facts?"""
    if isinstance(given, str):
        is_facts = given == NOTHING or given in named_facts()
        return not is_facts and (".py:" in given or given in kernels())
    return isinstance(given, Kernel | KernelFunction) or inspect.isfunction(given)


def parameters_of(kernel: Kernel, given: Mapping[str, int]) -> dict[str, int]:
    """The parameters of `kernel`: those given, its defaults for the others. Raises SW202."""
    numbers = {name: whole_number(name, value, code="SW202") for name, value in given.items()}
    expect_parameters(kernel, numbers)
    return {**{name: each.default for name, each in kernel.parameters.items()}, **numbers}


def plan_of(
    kernel: Kernel,
    given: Plan | AnyPath | None,
    values: Mapping[str, int],
    contract: str,
    machine: Machine,
) -> Plan:
    """The plan that is given, one of the kernel's by name, in a .json file, or the usual one."""
    if isinstance(given, Plan):
        return given
    if given is None:
        name = kernel.usual_plan(values, contract, machine)
    else:
        name = path_of(given, "a plan that is not a value")
    if name.endswith(".json"):
        return described_plan(kernel, read_text(name, "SW209"), name)
    return plan_called(kernel, name, values, contract)


def facts_of(given: AnyFacts, program: Program) -> Facts:
    """What is given; by a name, about the parameters that the program says it is for."""
    params = program.meta.get("params")
    return facts_given(given, params if _has_values(given) and isinstance(params, Mapping) else {})


def facts_given(given: AnyFacts, values: Mapping[str, Any]) -> Facts:
    """What is given; by a name, about `values`. Raises SW202 for values of other facts."""
    if _has_values(given):
        return facts(os.fspath(given), **values)
    held = given if isinstance(given, Facts) else getattr(given, "facts", None)
    if given is None:
        held = nothing_known()
    elif not isinstance(held, Facts):
        held = facts(_name_of_facts(given))
    if values:
        raise wanted("SW202", "values are for kernels and for facts that have a name", given)
    return held


def _name_of_facts(given: object) -> str:
    """The name of facts, or of their file. An empty one is none that is known, as of machines."""
    is_empty = isinstance(given, str) and not given
    return "" if is_empty else path_of(given, "facts that are not a value")


def _has_values(given: AnyFacts) -> TypeGuard[AnyPath]:
    """Are these facts that have a name, and are about values?"""
    return isinstance(given, str | os.PathLike) and os.fspath(given) in named_facts()


def facts_name(given: AnyFacts) -> str:
    """What results call the facts that are given: `none`, their name, or `given` for a value."""
    if given is None:
        return "none"
    if isinstance(given, str | os.PathLike):
        return os.fspath(given)
    return "given" if isinstance(given, Facts) else given.name


def project_in(problem: AnyPath, called: str = "") -> Project:
    """The scheduling problem in a file, or in a text, which is `called` as a file would be.

    The ending of the name tells the form; a text without a name is one of our own forms.
    """
    from slotweave.instances import read_instance

    given = path_of(problem, "a problem")
    if "\n" in given:
        return read_instance(given, called)
    return read_instance(read_text(given, "SW223"), given)


def settings_of(machine: Machine, given: Mapping[str, Sequence[int] | str]) -> dict[str, list[int]]:
    """Settings of a grid of machines, as `explore` takes them. Raises SW212."""
    from slotweave.recompiling.machines import settings_of as settings

    return settings(machine, given)


def store_named(given: AnyPath | None) -> str:
    """The path or the URL of a store, the user's own if none is given. Raises SW212."""
    from slotweave.tuning.store import default_store

    if given is None:
        return default_store()
    return text_of("store", path_of(given, "a store that is no URL"))


def write_text(path: AnyPath, text: str) -> None:
    """Write a file, which appears whole or not at all. Raises SW207."""
    name = path_of(path, "what is written")
    try:
        write_whole(Path(name), text.encode("utf-8"))
    except (OSError, ValueError) as error:
        reason = f"cannot be written: {getattr(error, 'strerror', None) or error}"
        raise InputError(Diagnostic("SW207", reason, file=name)) from None
