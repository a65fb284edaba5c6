"""A kernel: a workload that can be traced, with everything needed to run and judge it.

`build` writes the kernel through a `Tracer`, for one set of parameters, one contract and one plan.
`memory` makes a random initial memory over all 32-bit values; `reference` says in plain NumPy what
memory must hold at the end, where it is judged (the regions that `facts` marks as output, and those
that are read-only).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from slotweave.frontend.tracer import Tracer
from slotweave.ir.alternatives import Alternatives
from slotweave.ir.definition import Definition
from slotweave.ir.facts import Facts
from slotweave.ir.flow import Flow
from slotweave.ir.plan import Plan, PlanChoice
from slotweave.machine import Machine

Words = NDArray[np.uint32]
Parameters = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its default, the range allowed (both ends included), and what it means."""

    default: int
    lowest: int
    highest: int
    text: str = ""


class Vary(Protocol):
    """Other choices for a plan, at random."""

    def __call__(
        self,
        plan: Plan,
        parameters: Parameters,
        contract: str,
        rng: np.random.Generator,
        few: bool = False,
    ) -> Plan:
        """A plan that differs from `plan`, if there are to be `few` changes as little as may be."""


@dataclass(frozen=True)
class Kernel:
    """A named workload. `contracts` and `plan_names` list the known names, the default one first;
    `choices` what its plans may choose. `usual` names the plan that is used where none is named, if
    that depends on the machine.

    `trace` says which words the trace buffer must hold at the end; without it nobody looks.
    `judged_by_trace` says that reference and trace are the kernel itself, as it was traced, or were
    compared with it. `judge` names the reference, as results do.
    `traced` gives the blocks for vectors of N words, where they are known already and the same for
    every contract and plan; None where they are not.
    `vary` gives a plan with other choices, at random, for `tune`; None if there is nothing to
    choose. `alternatives` says what plans may choose from, for a bound over all of them.
    """

    name: str
    text: str
    parameters: Mapping[str, Parameter]
    contracts: tuple[str, ...]
    build: Callable[[Tracer, Parameters, str, Plan], object]
    memory: Callable[[Parameters, str, np.random.Generator], Words]
    reference: Callable[[Words, Parameters, str], Words]
    facts: Callable[[Parameters, str], Facts]
    plan: Callable[[str, Parameters, str], Plan]
    plan_names: tuple[str, ...] = field(default=("default",))
    usual: Callable[[Parameters, str, Machine], str] | None = None
    choices: tuple[PlanChoice, ...] = ()
    definition: Callable[[Parameters], Definition] | None = None
    vary: Vary | None = None
    proofs: Callable[[], frozenset[str]] = frozenset
    alternatives: Callable[[Parameters, str, Machine], Alternatives | None] | None = None
    trace: Callable[[Words, Parameters, str], tuple[int, ...]] | None = None
    judged_by_trace: bool = False
    judge: str = "the reference"
    traced: Callable[[Parameters, int], Flow | None] | None = None

    def usual_plan(self, parameters: Parameters, contract: str, machine: Machine) -> str:
        """The name of the plan that is used on `machine` where none is named."""
        first = self.plan_names[0]
        return first if self.usual is None else self.usual(parameters, contract, machine)
