"""Plans that users name: those of a kernel, those in files, and changes to one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.cli.assignments import assigned, given_as
from slotweave.cli.inputs import STDIN, read_text, shown
from slotweave.extensions.lookup import described_plan, expect_choices, plan_called

if TYPE_CHECKING:
    from slotweave.frontend.kernel import Kernel
    from slotweave.ir.plan import Plan


def plan_of(kernel: Kernel, name: str | None, parameters: Mapping[str, int], contract: str) -> Plan:
    """The plan of `kernel` called `name` (its usual one if none), or what a .json file holds."""
    name = name or kernel.plan_names[0]
    if name.endswith(".json") or name == STDIN:
        return described_plan(kernel, read_text(name, "SW209"), shown(name))
    return plan_called(kernel, name, parameters, contract)


def with_choices(kernel: Kernel, plan: Plan, changed: Sequence[str]) -> Plan:
    """`plan` of `kernel` with choices given as NAME=JSON instead of its own.

    Raises InputError (SW209) for what is not of this form, and where there is nothing to choose.
    """
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
        made = replace(
            plan, name=f"{plan.name} with other choices", choices=MappingProxyType(choices)
        )
        expect_choices(kernel, made)
    return made
