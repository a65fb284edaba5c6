"""Which line of the kernel each slot of a block was written at, in the order of `emit`."""

from __future__ import annotations

from slotweave.ir.graph import Graph
from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule
from slotweave.machine import Machine

#: engine -> the places ("walk.py:31", "" for none) of its slots.
BundleLines = dict[str, list[str]]


def slot_lines(
    graph: Graph, machine: Machine, problem: Problem, schedule: Schedule
) -> tuple[BundleLines, ...]:
    """For each cycle of the schedule the places of its slots, as `emit` lists them."""
    cycles: list[BundleLines] = [{} for _ in range(schedule.makespan)]
    chosen = (problem.mode_offset[:-1] + schedule.mode).tolist()
    sources = problem.mode_source.tolist()
    offset, cycle = schedule.cycle_offset.tolist(), schedule.cycle.tolist()
    for operation, index in enumerate(problem.nodes.tolist()):
        where = graph.nodes[index].where
        for at in cycle[offset[operation] : offset[operation + 1]]:
            engine = machine.modes[sources[chosen[operation]]].engine
            cycles[at].setdefault(engine, []).append(where)
    return tuple(cycles)
