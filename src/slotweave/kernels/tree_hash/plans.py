"""The plans of tree hash by name: `scalar`, and `default`, which is made to fit the shape."""

from __future__ import annotations

from collections.abc import Mapping

from slotweave.diagnostics import Diagnostic, InputError
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.kernels.tree_hash.workload import Shape

PLAN_NAMES = ("default", "scalar")

#: Levels above this depth are chosen among nodes held in registers: 2^d - 1 selects, 2^d vectors.
SELECT_DEPTH = 3

_LANES = 8
_CYCLES_A_ROUND = 17  # of one vector alone: its hash and the answer of its level, end to end
_LANES_A_ROUND = 12 * _LANES  # arithmetic of a round: hash, node, parity
_LANES_A_CYCLE = 60
_LOADS_A_CYCLE = 2


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
    """Selects for the top of the tree, gathers below, vectors staggered over the whole run."""
    ways = ["select"] * min(SELECT_DEPTH + 1, shape.height + 1) + ["gather"]
    gathers = sum(
        contract == "any-start" or shape.level_of_round(number) > SELECT_DEPTH
        for number in range(shape.rounds)
    )
    groups = max(1, -(-shape.batch // _LANES))
    cycles = groups * max(
        gathers * _LANES / _LOADS_A_CYCLE, shape.rounds * _LANES_A_ROUND / _LANES_A_CYCLE
    )
    alone = shape.rounds * _CYCLES_A_ROUND
    stagger = max(0.0, (cycles - alone) / groups)
    return Plan(
        "default",
        "tree-hash",
        schedule=ScheduleOptions(stagger=round(stagger, 1)),
        choices={"style": "vector", "levels": ways},
    )
