"""What a plan says of modes, stages and windows, made part of the problem to be scheduled."""

from __future__ import annotations

import numpy as np

from slotweave.analysis.topological_order import topological_order
from slotweave.backend.schedule.barriers import first_modes_only, with_barriers
from slotweave.base.diagnostics import Diagnostic, NoSchedule
from slotweave.ir.graph import Graph
from slotweave.ir.plan import ScheduleOptions
from slotweave.ir.problem import Ints, Problem


def held_back(graph: Graph, problem: Problem, options: ScheduleOptions) -> Problem:
    """`problem` with what `options` says of modes, stages and windows made part of it."""
    held = first_modes_only(problem) if options.modes == "first" else problem
    if options.stages_open:
        held = with_barriers(held, stages_of(graph, problem), options.stages_open)
    if options.windows_open:
        windows = np.where(problem.items < 0, -1, problem.items // options.window)
        joins = np.full(held.size - problem.size, -1)
        held = with_barriers(held, np.concatenate((windows, joins)), options.windows_open)
    try:
        topological_order(held)
    except ValueError:
        reason = (
            "the kernel's operations need another order than the plan's schedule options allow;"
            " leave more stages and windows open (stages_open, windows_open)"
        )
        raise NoSchedule(Diagnostic("SW307", reason)) from None
    return held


def stages_of(graph: Graph, problem: Problem) -> Ints:
    """The number of each operation's stage: a run of one label in the order of the kernel.

    Operations that belong to no item, or carry no label, have none (-1).
    """
    numbers = np.full(problem.size, -1, np.int32)
    number, current = -1, ""
    for op, (node, item) in enumerate(
        zip(problem.nodes.tolist(), problem.items.tolist(), strict=True)
    ):
        stage = graph.nodes[node].stage
        if item < 0 or not stage:
            continue
        number += stage != current
        current = stage
        numbers[op] = number
    return numbers
