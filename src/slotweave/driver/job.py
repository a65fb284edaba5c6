"""A job: what is compiled, for which machine, and how much is tried; and what a program is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from slotweave.backend.fit import Effort
from slotweave.base.diagnostics import CheckFailed, ReferenceDiffers
from slotweave.frontend.kernel import Kernel, Words
from slotweave.ir.facts import Facts
from slotweave.ir.plan import Plan
from slotweave.ir.program import Program
from slotweave.machine import Machine

#: Random inputs on which every compiled program is run.
INSTANCES = 20


@dataclass(frozen=True, repr=False)
class Job:
    """`kernel` of one shape, with what `contract` promises, written by `plan` for `machine`.

    `instances` are the random inputs of `seed` on which the program is verified. `effort` says how
    much is tried to find a shorter schedule. `has_usual_plan` says that nobody named a plan: the
    one that is usual on the machine was taken.
    """

    kernel: Kernel
    parameters: Mapping[str, int]
    contract: str
    plan: Plan
    machine: Machine
    seed: int = field(default=0, kw_only=True)
    instances: int = field(default=INSTANCES, kw_only=True)
    effort: Effort = field(default=Effort.DEFAULT, kw_only=True)
    has_usual_plan: bool = field(default=False, kw_only=True)

    def __repr__(self) -> str:
        shape = "".join(f", {name} {value}" for name, value in self.parameters.items())
        how = f"contract {self.contract}, plan {self.plan.name}"
        return f"<Job: {self.kernel.name}{shape}, {how}, for {self.machine.name}>"

    def on(self, machine: Machine) -> Job:
        """The same for another machine, by the plan that is usual there if nobody named one."""
        is_usual = self.has_usual_plan and self.plan == self._usual_plan(self.machine)
        plan = self._usual_plan(machine) if is_usual else self.plan
        return replace(self, machine=machine, plan=plan, has_usual_plan=is_usual)

    def _usual_plan(self, machine: Machine) -> Plan:
        name = self.kernel.usual_plan(self.parameters, self.contract, machine)
        return self.kernel.plan(name, self.parameters, self.contract)

    @property
    def facts(self) -> Facts:
        """What is known of memory before the program runs."""
        return self.kernel.facts(self.parameters, self.contract)


@dataclass(frozen=True)
class Use:
    """A kernel with the parameters and the contract that a program is for."""

    kernel: Kernel
    parameters: Mapping[str, int]
    contract: str

    @property
    def facts(self) -> Facts:
        return self.kernel.facts(self.parameters, self.contract)

    def memory(self, rng: np.random.Generator) -> Words:
        """A random memory of the kernel."""
        return self.kernel.memory(self.parameters, self.contract, rng)

    def means(self, memory: Words) -> bool:
        """Does the kernel say what is to be made of this memory?

        Raises ReferenceDiffers if the kernel and the reference that it brings differ.
        """
        try:
            self.kernel.reference(memory, self.parameters, self.contract)
        except ReferenceDiffers:
            raise
        except CheckFailed:
            return False
        return True


def meta_for(kernel: Kernel, *programs: Program | None) -> Mapping[str, Any]:
    """What the first of `programs` that is for `kernel` says of itself."""
    for program in programs:
        if program is not None and program.meta.get("kernel") == kernel.name:
            params, contract = program.meta.get("params"), program.meta.get("contract")
            return {
                "params": params if are_numbers(params) else None,
                "contract": contract if isinstance(contract, str) else None,
            }
    return {}


def are_numbers(params: object) -> bool:
    """Are these parameters as a kernel takes them?"""
    return isinstance(params, Mapping) and all(type(value) is int for value in params.values())
