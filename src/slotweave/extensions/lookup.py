"""What users name, looked up among what is registered: the rules of all who look it up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from slotweave.base.diagnostics import Diagnostic, InputError, naming
from slotweave.extensions.registry import extensions, kernels, machines

if TYPE_CHECKING:
    from slotweave.extensions.extension import Extension, NamedFacts
    from slotweave.frontend.kernel import Kernel
    from slotweave.ir.plan import Plan
    from slotweave.machine import Machine

#: The name of facts that say nothing.
NOTHING = "none"

#: As many names are listed in a complaint; where there are more, a command may show them.
_FEW = 12


def unknown(
    code: str, what: str, name: str, known: Iterable[str], *, shown_by: str = ""
) -> InputError:
    """The complaint that there is no `what` called `name`, with what was probably meant.

    Many names are not listed where the command `shown_by` shows them.
    """
    names = list(known)
    close = get_close_matches(name, names, n=1)
    if not names:
        hint = "there is none"
    elif close:
        hint = f"did you mean {close[0]!r}?"
    elif len(names) <= _FEW or not shown_by:
        hint = f"known: {', '.join(names)}"
    else:
        hint = f"`{shown_by}` shows the {len(names)} names"
    return InputError(Diagnostic(code, f"there is no {what} {name!r} ({hint})"))


def expect_shipped(said: str, what: str, command: str) -> None:
    """Refuse (SW212) a kernel in a Python file that a data file names, for it is code."""
    if ".py:" in said and said not in kernels():
        raise not_run(said, what, command)


def not_run(said: str, what: str, command: str) -> InputError:
    """The complaint that a data file names a kernel that does not come with Slotweave, which only
    users may have run. In `command` they name it, instead of KERNEL."""
    named = " ".join(said.split())[:200]
    reason = (
        f"the {what} names {named!r}, which does not come with Slotweave, and what a data file "
        "names is not run; if you trust it, name it yourself: "
    )
    return InputError(Diagnostic("SW212", reason + command.replace("KERNEL", quote(named))))


def shows(kernel: Kernel) -> str:
    """The command that shows what a kernel offers."""
    return f"slotweave kernels show {kernel.name}"


def named_facts() -> dict[str, tuple[Extension, NamedFacts]]:
    """The facts that extensions name, beside NOTHING."""
    return {each.name: (extension, each) for extension in extensions() for each in extension.facts}


def described_machine(text: str, file: str) -> Machine:
    """The machine that a TOML description in `file` describes.

    Where it has the name of another one that is known, the name says that it was changed: a program
    for it must not pass for one of that machine.
    """
    from slotweave.machine import machine_from_toml

    machine = machine_from_toml(text, file=file)
    if machines().get(machine.name, machine) != machine:
        return replace(machine, name=f"{machine.name} (changed)")
    return machine


def described_plan(kernel: Kernel, text: str, file: str) -> Plan:
    """The plan of `kernel` in `file`, named for the file, without its directory: results and
    programs repeat the name, and the same plan must give the same program wherever it lies.

    Raises InputError (SW209) for what is no plan, and for one of another kernel.
    """
    from slotweave.ir.text.plan_json import plan_from_json

    plan = plan_from_json(text, file)
    with naming(file):
        expect_plan_of(kernel, plan)
    return replace(plan, name=f"{Path(file).name} ({plan.name})", of=plan.first_name)


def expect_plan_of(kernel: Kernel, plan: Plan) -> None:
    """Raise InputError (SW209) if `plan` is not one of `kernel`.

    A kernel of a file has the name of that file, from wherever it was called.
    """
    if _without_directory(plan.kernel) != _without_directory(kernel.name):
        reason = f"the plan is for the kernel {plan.kernel!r}, not for {kernel.name!r}"
        raise InputError(Diagnostic("SW209", reason))
    expect_choices(kernel, plan)


def _without_directory(kernel: str) -> str:
    """The name of a kernel, that of its file without the way there."""
    file, colon, function = kernel.rpartition(".py:")
    return f"{Path(file).name}{colon}{function}"


def expect_choices(kernel: Kernel, plan: Plan) -> None:
    """Raise InputError (SW209) for choices of a kernel that has none.

    A kernel that declares choices checks them itself, when it is traced.
    """
    from slotweave.ir.plan import SCHEDULE_CHOICES

    if plan.choices and not kernel.choices:
        names, others = ", ".join(sorted(plan.choices)), ", ".join(c.name for c in SCHEDULE_CHOICES)
        reason = f"{kernel.name} has no choices of its own, so no {names}; every plan has {others}"
        raise InputError(Diagnostic("SW209", reason))


def plan_called(kernel: Kernel, name: str, parameters: Mapping[str, int], contract: str) -> Plan:
    """The plan of `kernel` of that name. Raises InputError (SW209)."""
    if name not in kernel.plan_names:
        raise unknown(
            "SW209",
            f"plan of {kernel.name} called",
            name,
            kernel.plan_names,
            shown_by=shows(kernel),
        )
    return kernel.plan(name, parameters, contract)


def contract_called(kernel: Kernel, name: str | None) -> str:
    """The contract called `name`, the first one of `kernel` if none is. Raises SW212."""
    if name is None:
        return kernel.contracts[0]
    if name not in kernel.contracts:
        raise unknown(
            "SW212",
            f"contract of {kernel.name} called",
            name,
            kernel.contracts,
            shown_by=shows(kernel),
        )
    return name


def expect_parameter(kernel: Kernel, name: str) -> None:
    """Raise InputError (SW202) if `kernel` has no parameter called so."""
    if name not in kernel.parameters:
        what = f"parameter of {kernel.name} called"
        raise unknown("SW202", what, name, kernel.parameters, shown_by=shows(kernel))


def expect_parameters(kernel: Kernel, values: Mapping[str, int]) -> None:
    """Raise InputError (SW202) for what is no parameter of `kernel`, or out of range."""
    for name, value in values.items():
        expect_parameter(kernel, name)
        parameter = kernel.parameters[name]
        if not parameter.lowest <= value <= parameter.highest:
            allowed = f"{parameter.lowest} to {parameter.highest}"
            raise InputError(Diagnostic("SW202", f"{name} must be from {allowed}, not {value}"))
