"""A graph taken all the way to a program, each value at hand."""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.backend.allocate import allocate
from slotweave.backend.emit import emit
from slotweave.backend.fitted import Fitted
from slotweave.backend.lower import Lowered, lower
from slotweave.backend.schedule import Pressure, list_schedule_by, program_order
from slotweave.ir.allocation import Allocation
from slotweave.ir.graph import Graph
from slotweave.ir.problem import Problem
from slotweave.ir.program import Program
from slotweave.ir.schedule import Schedule
from slotweave.machine import Machine

AMPLE = 100_000


@dataclass(frozen=True)
class Compiled:
    lowered: Lowered
    schedule: Schedule
    allocation: Allocation
    program: Program

    @property
    def fitted(self) -> Fitted:
        return Fitted(self.lowered, self.schedule, self.allocation)


def in_program_order(problem: Problem) -> Schedule:
    """As early as slots and operands allow, what was written first before the rest."""
    schedule = list_schedule_by(problem, program_order(problem), Pressure(AMPLE))
    assert isinstance(schedule, Schedule)
    return schedule


def compiled(
    graph: Graph,
    machine: Machine,
    schedule: Schedule | None = None,
    lowered: Lowered | None = None,
) -> Compiled:
    """`graph` on `machine`, with scratch for everything; scheduled in program order by default."""
    lowered = lowered or lower(graph, machine)
    schedule = schedule or in_program_order(lowered.problem)
    allocation = allocate(lowered.problem, schedule, machine.scratch_words)
    assert isinstance(allocation, Allocation)
    program = emit(lowered.graph, machine, lowered.problem, lowered.layout, schedule, allocation)
    return Compiled(lowered, schedule, allocation, program)
