"""Jobs and plans that users name: plans of a kernel, those in files, and changes to one of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.assignments import assigned, given_as
from slotweave.cli.inputs import (
    STDIN,
    expect_effort,
    expect_one_from_stdin,
    kernel_named,
    machine_named,
    parameters_of,
    read_text,
    shown,
)
from slotweave.extensions.lookup import (
    contract_called,
    described_plan,
    expect_choices,
    plan_called,
)

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel
    from slotweave.ir.plan import Plan
    from slotweave.machine import Machine
    from slotweave.names import Job


def job_named(
    kernel: str,
    parameters: Iterable[str] | None,
    contract: str | None,
    plan: str | None,
    choice: Sequence[str] | None,
    machine: str,
    **options: Any,
) -> Job:
    """What to compile, as users name it; `options` are those of `api.job`.

    Raises InputError for what is unknown, with what was probably meant.
    """
    from slotweave.names import Job, effort_named

    expect_effort(options.get("effort", "default"))
    expect_one_from_stdin({"--plan": plan, "--machine": machine})
    target = machine_named(machine)
    workload = kernel_named(kernel, target)
    values = parameters_of(workload, parameters or ())
    promise = contract_called(workload, contract)
    named = plan_of(workload, plan, values, promise, target)
    chosen = with_choices(workload, named, choice or ())
    if "effort" in options:
        options["effort"] = effort_named(options["effort"])
    usual = plan is None and not choice
    return Job(workload, values, promise, chosen, target, has_usual_plan=usual, **options)


def plan_of(
    kernel: Kernel,
    name: str | None,
    parameters: Mapping[str, int],
    contract: str,
    machine: Machine,
) -> Plan:
    """The plan of `kernel` called `name` (the usual one if none), or what a .json file holds."""
    name = kernel.usual_plan(parameters, contract, machine) if name is None else name
    if name.endswith(".json") or name == STDIN:
        return described_plan(kernel, read_text(name, "SW209"), shown(name))
    return plan_called(kernel, name, parameters, contract)


def with_choices(kernel: Kernel, plan: Plan, changed: Sequence[str]) -> Plan:
    """`plan` of `kernel` with choices given as NAME=JSON instead of its own.

    A name that is none of the kernel's choices may be one of the scheduler's. Raises InputError
    (SW209) for what is not of this form, and where there is nothing of that name to choose.
    """
    if not changed:
        return plan
    from slotweave.ir.plan import SCHEDULE_CHOICES
    from slotweave.ir.text.plan_json import schedule_with

    of_kernel = {choice.name for choice in kernel.choices}
    of_schedule = {choice.name for choice in SCHEDULE_CHOICES} - of_kernel
    with given_as("--choice NAME=JSON"):
        values = {name: _value(name, text) for name, text in assigned(changed, "SW209").items()}
        schedule = {name: value for name, value in values.items() if name in of_schedule}
        choices = {name: value for name, value in values.items() if name not in of_schedule}
        made = replace(
            plan,
            name=f"{plan.name} with other choices",
            of=plan.first_name,
            schedule=schedule_with(plan.schedule, schedule),
            choices=MappingProxyType({**plan.choices, **choices}),
        )
        expect_choices(kernel, made)
    return made


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _value(name: str, text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        reason = f"the choice {name!r} is not JSON: {error}"
        if isinstance(error, json.JSONDecodeError) and text.replace("-", "_").isidentifier():
            reason = f"the choice {name!r} is not JSON: a text is written '{name}=\"{text}\"'"
        raise InputError(Diagnostic("SW209", reason)) from None
