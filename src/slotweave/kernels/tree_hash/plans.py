"""The plans of tree hash by name: `scalar`, and `default`, which is made to fit the shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slotweave.diagnostics import Diagnostic, InputError
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.kernels.tree_hash.plan_model import LANES, best_design
from slotweave.kernels.tree_hash.workload import Shape

PLAN_NAMES = ("default", "scalar")

#: Vectors start spread over this share of the run.
STAGGER_SHARE = 0.25

#: With every node read by gathers a vector fills the load engine for this long a round.
ANY_START_STAGGER = 3.0


def plan_named(name: str, parameters: Mapping[str, int], contract: str) -> Plan:
    """The plan called `name` for this shape; raises InputError (SW209) if there is none."""
    shape = Shape.of(parameters)
    if name == "scalar":
        return Plan("scalar", "tree-hash", rewrite=False,
                    schedule=ScheduleOptions(method="in-order"),
                    choices={"style": "scalar"})  # fmt: skip
    if name == "default":
        return default_plan(shape, contract)
    known = ", ".join(PLAN_NAMES)
    raise InputError(Diagnostic("SW209", f"tree-hash has no plan {name!r} (known: {known})"))


def default_plan(shape: Shape, contract: str) -> Plan:
    """The design that the model of engines likes best, vectors staggered over the whole run."""
    groups = -(-shape.batch // LANES)
    if contract == "any-start":
        return _plan(ANY_START_STAGGER * shape.rounds, {"style": "vector"})
    design = best_design(shape)
    stagger = STAGGER_SHARE * design.cycles / groups
    last = shape.rounds - len(design.last_pass)
    ending = [
        {"rounds": [last + depth], "way": way}
        for depth, way in enumerate(design.last_pass)
        if way != design.full_pass[depth] and way != "child"
    ]
    levels = ["record" if way == "child" else way for way in design.full_pass]
    choices = {"style": "vector", "levels": levels, "levels_but": ending,
               "tables": list(design.tables), "children": "both"}  # fmt: skip
    return _plan(stagger, choices)


def _plan(stagger: float, choices: Mapping[str, Any]) -> Plan:
    schedule = ScheduleOptions(stagger=round(stagger, 1))
    return Plan("default", "tree-hash", schedule=schedule, choices=choices)
