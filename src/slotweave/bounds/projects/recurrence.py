"""What cycles of lags allow: the recurrence bound of the period, or no schedule at all.

A cycle of length L over D iterations asks for a period of ceil(L / D). A cycle that is too long
for a period says which period is the next that it allows; it is taken, and so on until no cycle is
too long: few rounds, for each one's cycle is a new one with a greater ratio (the cycle-ratio
algorithm of Lawler, "Combinatorial Optimization", 1976, with cycles in place of bisection).
"""

from __future__ import annotations

from slotweave.base.wording import plural
from slotweave.bounds.projects.chains import Edges, edges_of, long_cycle
from slotweave.ir.project import Project
from slotweave.ir.project_bound import MAKESPAN, PERIOD, CycleProof, ProjectBound


def recurrence_bound(project: Project) -> ProjectBound | None:
    """The bound of the cycle that binds most, None if there is none."""
    edges = edges_of(project)
    period = 1 if project.is_modulo else 0
    binding: tuple[int, ...] | None = None
    while (cycle := long_cycle(edges, period)) is not None:
        binding = cycle
        chosen = list(cycle)
        length, distance = int(edges.length[chosen].sum()), int(edges.distance[chosen].sum())
        if not distance:
            return _impossible(project, cycle, length)
        period = -(-length // distance)
    if binding is None:
        return None
    return _bound(project, edges, binding)


def _impossible(project: Project, cycle: tuple[int, ...], length: int) -> ProjectBound:
    why = f"the lags {_named(project, cycle)} come to {length} cycles, and must not exceed 0"
    of = PERIOD if project.is_modulo else MAKESPAN
    return ProjectBound(of, None, why, CycleProof(cycle))


def _bound(project: Project, edges: Edges, cycle: tuple[int, ...]) -> ProjectBound:
    chosen = list(cycle)
    length, distance = int(edges.length[chosen].sum()), int(edges.distance[chosen].sum())
    period = -(-length // distance)
    taken = f"{plural(length, 'cycle')} in {plural(distance, 'iteration')}"
    why = f"recurrence: {_named(project, cycle)} takes {taken}"
    return ProjectBound(PERIOD, period, why, CycleProof(cycle))


def _named(project: Project, cycle: tuple[int, ...]) -> str:
    """`a -> b -> a`, shortened in the middle."""
    names = [project.activities[project.lags[edge].before].name for edge in cycle]
    if len(names) > 8:
        names = [*names[:4], "...", *names[-3:]]
    return " -> ".join((*names, names[0]))
