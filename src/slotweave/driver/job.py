"""A job: what is compiled, for which machine, and how much is tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slotweave.backend.fit import Effort
from slotweave.frontend.kernel import Kernel
from slotweave.ir.facts import Facts
from slotweave.ir.plan import Plan
from slotweave.machine import Machine

#: Random inputs on which every compiled program is run.
INSTANCES = 20


@dataclass(frozen=True)
class Job:
    """`kernel` of one shape, with what `contract` promises, written by `plan` for `machine`.

    `instances` are the random inputs of `seed` on which the program is verified. `effort` says how
    much is tried to find a shorter schedule.
    """

    kernel: Kernel
    parameters: Mapping[str, int]
    contract: str
    plan: Plan
    machine: Machine
    seed: int = field(default=0, kw_only=True)
    instances: int = field(default=INSTANCES, kw_only=True)
    effort: Effort = field(default=Effort.DEFAULT, kw_only=True)

    @property
    def facts(self) -> Facts:
        """What is known of memory before the program runs."""
        return self.kernel.facts(self.parameters, self.contract)
