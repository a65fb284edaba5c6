"""A lower bound over all plans of a kernel: a mixed-integer program over modes and ways.

Each copy of a route may be spread over its ways, each operation over its modes; the slots of each
engine must hold what falls to it. Only installations are there or not (the field's name: facility
location). The least number of cycles for which that is possible is a bound for every plan that the
alternatives describe (the relaxation of the multi-mode problem with alternative subgraphs, without
dependences). Needs ortools, for its solver SCIP.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType
from typing import Any

from slotweave.ir.alternatives import END, START, Alternatives, Arc, Route, Work

#: What the solver may be off by, in cycles.
TOLERANCE = 1e-6

NEVER_IDLE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class PlansBound:
    """No plan takes fewer than `cycles`; with `installed`, `ways` is the mix that takes `exact`.

    `ways` lists (route, way, copies), `busy` the share of each engine's slots in use.
    """

    cycles: int
    exact: float
    installed: tuple[str, ...]
    ways: tuple[tuple[str, str, float], ...]
    busy: Mapping[str, float]


def plans_bound(
    choice: Alternatives, slots: Mapping[str, int], idle: Mapping[str, int] = NEVER_IDLE
) -> PlansBound:
    """The bound of `choice` on engines with `slots` a cycle.

    `idle` says for how many cycles each engine can do nothing, at both ends of a program: the
    bound then holds for plans of which that is true, such as those whose operations begin and end
    as those of a plan do that is known (the windows of its heads and tails).

    Raises ImportError without ortools, ValueError if a step of a route has no way.
    """
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetSolverSpecificParametersAsString("misc/catchctrlc = FALSE")  # Python hears it
    cycles = solver.NumVar(0, solver.infinity(), "cycles")
    wanted: dict[tuple[tuple[str, int], ...], Any] = defaultdict(float)
    _add(wanted, choice.fixed, 1.0)
    installed = _installed(solver, choice, wanted)
    taken = []
    for route in choice.routes:
        for arc, copies in _walk(solver, route):
            _add(wanted, arc.work, copies)
            taken.append((route.name, arc.name, copies))
            if arc.needs:
                solver.Add(copies <= route.count * installed[arc.needs])
    load = _loads(solver, wanted)
    for engine, used in load.items():
        solver.Add(used <= slots[engine] * (cycles - idle.get(engine, 0)))
    solver.Minimize(cycles)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        raise ValueError("there is no plan: a step of a route has no way")
    least = cycles.solution_value()
    ways = [(route, way, copies.solution_value()) for route, way, copies in taken]
    busy = {
        engine: used.solution_value() / (slots[engine] * least) if least else 0.0
        for engine, used in load.items()
        if slots[engine] and not isinstance(used, float)
    }
    return PlansBound(
        ceil(solver.Objective().BestBound() - TOLERANCE),
        least,
        tuple(name for name, there in installed.items() if there.solution_value() > 0.5),
        tuple(entry for entry in ways if entry[2] > TOLERANCE),
        busy,
    )


def _installed(solver: Any, choice: Alternatives, wanted: dict[Any, Any]) -> dict[str, Any]:
    """A variable for each installation: whether it is there. What it needs is there, too."""
    there = {entry.name: solver.BoolVar(entry.name) for entry in choice.installations}
    for entry in choice.installations:
        _add(wanted, entry.work, there[entry.name])
        for other in entry.needs:
            solver.Add(there[entry.name] <= there[other])
    if there:
        sizes = [entry.size * there[entry.name] for entry in choice.installations]
        solver.Add(sum(sizes) <= choice.room)
    return there


def _walk(solver: Any, route: Route) -> list[tuple[Arc, Any]]:
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


def _loads(solver: Any, wanted: Mapping[tuple[tuple[str, int], ...], Any]) -> dict[str, Any]:
    """The slots that fall to each engine, each operation spread over its modes."""
    load: dict[str, Any] = defaultdict(float)
    for modes, count in wanted.items():
        spread = [solver.NumVar(0, solver.infinity(), "") for _ in modes]
        solver.Add(sum(spread) == count)
        for part, (engine, width) in zip(spread, modes, strict=True):
            load[engine] = load[engine] + width * part
    return load


def _add(wanted: dict[tuple[tuple[str, int], ...], Any], work: tuple[Work, ...], by: Any) -> None:
    for entry in work:
        wanted[entry.modes] = wanted[entry.modes] + entry.count * by
