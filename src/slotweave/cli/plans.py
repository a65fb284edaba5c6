"""Plans that users name: those of a kernel, those in files, and changes to one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.assignments import assigned, given_as
from slotweave.cli.inputs import STDIN, read_text, shown, unknown

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel
    from slotweave.ir.plan import Plan


def plan_of(kernel: Kernel, name: str | None, parameters: Mapping[str, int], contract: str) -> Plan:
    """The plan of `kernel` called `name` (its usual one if none), or what a .json file holds.

    A plan from a file is named for the file, without its directory: results and programs repeat
    the name, and the same plan must give the same program wherever it lies.
    """
    name = name or kernel.plan_names[0]
    if name.endswith(".json") or name == STDIN:
        from slotweave.ir.text.plan_json import plan_from_json

        plan = plan_from_json(read_text(name, "SW209"), shown(name))
        if plan.kernel != kernel.name:
            reason = f"the plan is for the kernel {plan.kernel!r}, not for {kernel.name!r}"
            raise InputError(Diagnostic("SW209", reason, file=shown(name)))
        return replace(plan, name=f"{Path(shown(name)).name} ({plan.name})")
    if name not in kernel.plan_names:
        raise unknown("SW209", f"plan of {kernel.name} called", name, kernel.plan_names)
    return kernel.plan(name, parameters, contract)


def with_choices(plan: Plan, changed: Sequence[str]) -> Plan:
    """`plan` with choices given as NAME=JSON instead of its own."""
    if not changed:
        return plan
    choices = dict(plan.choices)
    with given_as("--choice NAME=JSON"):
        for name, value in assigned(changed, "SW209").items():
            try:
                choices[name] = json.loads(value)
            except ValueError as error:
                reason = f"the choice {name!r} is not JSON: {error}"
                raise InputError(Diagnostic("SW209", reason)) from None
    return replace(plan, name=f"{plan.name} with other choices", choices=MappingProxyType(choices))
