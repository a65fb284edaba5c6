"""What a schedule does when: slots of each stage by cycle, and how many batches are under way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from slotweave.analysis.liveness import live_ranges
from slotweave.driver.compiled import Compiled
from slotweave.ir.problem import Problem
from slotweave.ir.schedule import Schedule

Counts = NDArray[np.int64]

#: What operations are called that belong to no item, or carry no label.
SETUP = "setup"


def slot_stages(result: Compiled) -> list[str]:
    """The stage of each operation; the kernel's constants and tables are `setup`."""
    fitted = result.block.fitted
    nodes, items = fitted.problem.nodes.tolist(), fitted.problem.items.tolist()
    return [
        (fitted.graph.nodes[node].stage or "other") if item >= 0 else SETUP
        for node, item in zip(nodes, items, strict=True)
    ]


def stage_slots(result: Compiled) -> dict[str, Counts]:
    """stage -> slots by cycle; stages in the order in which they begin."""
    stages = slot_stages(result)
    schedule = result.block.fitted.schedule
    width = np.diff(schedule.cycle_offset)
    names = list(dict.fromkeys(stages))
    number = {name: index for index, name in enumerate(names)}
    owner = np.repeat([number[stage] for stage in stages], width)
    table = np.zeros((len(names), result.cycles), np.int64)
    np.add.at(table, (owner, schedule.cycle), 1)
    return dict(zip(names, table, strict=True))


def flow_stages(result: Compiled) -> list[set[str]]:
    """The stages that have a slot in each bundle of a program that jumps."""
    stages: list[set[str]] = [set() for _ in result.program.bundles]
    for block in result.blocks:
        fitted, start = block.fitted, block.start
        problem, schedule = fitted.problem, fitted.schedule
        offset, cycle = schedule.cycle_offset.tolist(), schedule.cycle.tolist()
        for op, index in enumerate(problem.nodes.tolist()):
            label = fitted.graph.nodes[index].stage or SETUP
            for at in cycle[offset[op] : offset[op + 1]]:
                stages[start + at].add(label)
    return stages


def batches_alive(problem: Problem, schedule: Schedule, items: int) -> int:
    """How many batches of `items` items (as the kernel counts them) are in registers at once.

    A batch is in registers in the cycles in which a word that it wrote is live.
    """
    ranges = live_ranges(problem, schedule)
    owner = np.full(len(problem.storage_words), -1)
    makers = np.flatnonzero((problem.writes >= 0) & (problem.items >= 0))
    owner[problem.writes[makers]] = problem.items[makers] // items
    used = np.flatnonzero((owner >= 0) & (ranges.first >= 0))
    span = int(ranges.last.max(initial=0)) + 2
    change = np.zeros((int(owner.max(initial=-1)) + 1, span), np.int64)
    np.add.at(change, (owner[used], ranges.first[used] + 1), 1)
    np.add.at(change, (owner[used], ranges.last[used] + 1), -1)
    return int(np.count_nonzero(np.cumsum(change, axis=1), axis=0).max(initial=0))
