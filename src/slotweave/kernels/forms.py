"""Kernels in two forms from one text: unrolled by Python, or with loops that run on the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.frontend.blocks import Variable
from slotweave.frontend.kernel import Kernel, Parameter, Parameters, Words
from slotweave.frontend.load import kernel_of_function
from slotweave.frontend.tracer import Tracer
from slotweave.frontend.values import Word
from slotweave.ir.plan import Plan, ScheduleOptions

UNROLLED, LOOP = "unrolled", "loop"


@dataclass
class Cell:
    """A value that is carried from round to round in unrolled code: as a variable in a loop."""

    value: Any


@dataclass(frozen=True)
class Form:
    """One form of a kernel while it is traced by `k`."""

    k: Tracer
    loops: bool

    def rounds(self, count: int) -> Iterator[Any]:
        """The numbers of `count` rounds: integers, or in a loop the word that holds the number."""
        if not self.loops:
            yield from range(count)
        elif count:
            at: Variable[Word] = self.k.variable(0)
            with self.k.loop(count):
                yield at.value
                at.value = at.value + 1

    def vectors(self, items: int, name: str) -> Iterator[Any]:
        """As `rounds`, a vector of items in each. Raises InputError (SW202) if some are left over.

        `name` is the parameter that counts the items.
        """
        lanes = self.k.vector_length
        if items % lanes:
            reason = f"{name} must be a multiple of {lanes}, the vector length, not {items}"
            raise InputError(Diagnostic("SW202", reason))
        return self.rounds(items // lanes)

    def carried(self, start: Any) -> Any:
        """What a round leaves for the next one, in `.value`."""
        return self.k.variable(start) if self.loops else Cell(start)


def workload(
    name: str,
    write: Callable[..., object],
    reference: Callable[..., None],
    parameters: Mapping[str, Parameter],
) -> Kernel:
    """A kernel in both forms, named by its plans.

    `write(form, **parameters)` traces it; `reference(memory, **parameters)` changes a NumPy array
    of 32-bit words as the kernel changes memory.
    """

    def function(k: Tracer, **values: int) -> object:
        return write(Form(k, loops=False), **values)

    function.__doc__ = write.__doc__
    function.__signature__ = _signature(parameters)  # type: ignore[attr-defined]
    unrolled = kernel_of_function(function, name)

    def build(k: Tracer, values: Parameters, _contract: str, plan: Plan) -> object:
        return write(Form(k, loops=plan.first_name == LOOP), **values)

    def plan(plan_name: str, _values: Parameters, _contract: str) -> Plan:
        return Plan(plan_name, kernel=name, schedule=ScheduleOptions(spill=True))

    def after(memory: Words, values: Parameters, _contract: str) -> Words:
        words = np.array(memory, np.uint32)
        reference(words, **values)
        return words

    return replace(
        unrolled, build=build, reference=after, parameters=parameters, trace=None, traced=None,
        plan=plan, plan_names=(UNROLLED, LOOP), judged_by_trace=False, judge="its NumPy reference",
    )  # fmt: skip


def _signature(parameters: Mapping[str, Parameter]) -> Any:
    from inspect import Parameter as Slot
    from inspect import Signature

    slots = [Slot(name, Slot.KEYWORD_ONLY, default=one.default) for name, one in parameters.items()]
    return Signature([Slot("k", Slot.POSITIONAL_OR_KEYWORD), *slots])


def size(default: int, lowest: int = 1, highest: int = 65_536, text: str = "") -> Parameter:
    """A parameter that counts something."""
    return Parameter(default, lowest, highest, text)
