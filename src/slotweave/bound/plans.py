"""A lower bound over all plans of a kernel: a linear program over modes and ways.

Each copy of a route may be spread over its ways, each operation over its modes; the slots of each
engine must hold what falls to it. The least number of cycles for which that is possible is a bound
for every plan that the alternatives describe (the relaxation of the multi-mode problem with
alternative subgraphs, without dependences). Needs ortools, for its solver GLOP.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from slotweave.ir.alternatives import END, START, Design, Route, Work

#: What the solver may be off by, in cycles.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class PlansBound:
    """No plan of `design` or any other takes fewer than `cycles`; `ways` is the mix that does.

    `ways` lists (route, way, copies), `busy` the share of each engine's slots in use.
    """

    cycles: int
    exact: float
    design: str
    ways: tuple[tuple[str, str, float], ...]
    busy: Mapping[str, float]


def plans_bound(designs: Iterable[Design], slots: Mapping[str, int]) -> PlansBound:
    """The least bound of all `designs` on engines with `slots` a cycle.

    Raises ImportError without ortools, ValueError if there is no design or one that cannot be.
    """
    return min((_design_bound(design, slots) for design in designs), key=lambda found: found.exact)


def _design_bound(design: Design, slots: Mapping[str, int]) -> PlansBound:
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    cycles = solver.NumVar(0, solver.infinity(), "cycles")
    wanted: dict[tuple[tuple[str, int], ...], Any] = defaultdict(float)
    _add(wanted, design.fixed, 1.0)
    taken = []
    for route in design.routes:
        for arc, copies in _walk(solver, route):
            _add(wanted, arc.work, copies)
            taken.append((route.name, arc.name, copies))
    load: dict[str, Any] = defaultdict(float)
    for modes, count in wanted.items():
        spread = [solver.NumVar(0, solver.infinity(), "") for _ in modes]
        solver.Add(sum(spread) == count)
        for part, (engine, width) in zip(spread, modes, strict=True):
            load[engine] = load[engine] + width * part
    for engine, used in load.items():
        solver.Add(used <= slots[engine] * cycles)
    solver.Minimize(cycles)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        raise ValueError(f"design {design.name!r} cannot be: a step of a route has no way")
    least = cycles.solution_value()
    ways = [(route, way, copies.solution_value()) for route, way, copies in taken]
    busy = {
        engine: used.solution_value() / (slots[engine] * least) if least else 0.0
        for engine, used in load.items()
        if slots[engine] and not isinstance(used, float)
    }
    mix = tuple(entry for entry in ways if entry[2] > TOLERANCE)
    return PlansBound(ceil(least - TOLERANCE), least, design.name, mix, busy)


def _walk(solver: Any, route: Route) -> list[tuple[Any, Any]]:
    """A variable for each arc of `route`: how many copies take it; what comes in goes out."""
    balance: dict[str, Any] = {START: float(route.count), END: -float(route.count)}
    copies = []
    for arc in route.arcs:
        taken = solver.NumVar(0, route.count, "")
        balance[arc.source] = balance.get(arc.source, 0.0) - taken
        balance[arc.target] = balance.get(arc.target, 0.0) + taken
        copies.append((arc, taken))
    for rest in balance.values():
        solver.Add(rest == 0.0)
    return copies


def _add(wanted: dict[tuple[tuple[str, int], ...], Any], work: tuple[Work, ...], by: Any) -> None:
    for entry in work:
        wanted[entry.modes] = wanted[entry.modes] + entry.count * by
