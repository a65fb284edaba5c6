"""The plans of tree hash by name.

`default` is made to fit the shape, `tuned` was found by search and comes with the package for some
shapes (for others it is the default one), `scalar` is the program to start from; the others are
rungs of the ladder, the last of which is the default one. On another machine than the challenge's
`default` is the usual one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.challenge.tree_hash.plans.ladder_plans import LADDER_PLAN_NAMES, ladder_plan
from slotweave.challenge.tree_hash.plans.plan_model import LANES, NONE, TWO, best_design, plain
from slotweave.challenge.tree_hash.plans.rolled_plans import ROLLED_PLAN_NAMES, rolled_plan
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.ir.plan import Plan, ScheduleOptions
from slotweave.ir.text.plan_json import plan_from_json
from slotweave.machine import CHALLENGE, Machine

#: The default plan as a loop over vectors.
PIPELINED = "pipelined"

PLAN_NAMES = ("tuned", "default", "scalar", *LADDER_PLAN_NAMES, "multi-stage")

#: Vectors start spread over this share of the run.
STAGGER_SHARE = 0.2

#: With every node read by gathers a vector fills the load engine for this long a round.
ANY_START_STAGGER = 3.0


def plan_named(name: str, parameters: Mapping[str, int], contract: str) -> Plan:
    """The plan called `name` for this shape; raises InputError (SW209) if there is none."""
    shape = Shape.of(parameters)
    if name == "scalar":
        return Plan("scalar", "tree-hash", rewrite=False,
                    schedule=ScheduleOptions(method="in-order"),
                    choices={"style": "scalar"})  # fmt: skip
    if name == "tuned":
        return tuned_plan(shape, contract) or default_plan(shape, contract)
    if name in LADDER_PLAN_NAMES:
        return ladder_plan(name, shape)
    if name in ("default", "multi-stage"):
        return default_plan(shape, contract)
    if name == PIPELINED:
        return pipelined_plan(shape, contract)
    if name in ROLLED_PLAN_NAMES:
        return rolled_plan(name)
    known = ", ".join((*PLAN_NAMES, *ROLLED_PLAN_NAMES, PIPELINED))
    raise InputError(Diagnostic("SW209", f"tree-hash has no plan {name!r} (known: {known})"))


def usual_plan(_parameters: Mapping[str, int], _contract: str, machine: Machine) -> str:
    """The plan for `machine` where none is named: what was tuned for the challenge's machine takes
    longer than `default` on most others, and may not fit."""
    return "tuned" if replace(machine, name=CHALLENGE.name) == CHALLENGE else "default"


def tuned_plan(shape: Shape, contract: str) -> Plan | None:
    """The plan that search found for this shape; None if the package holds none.

    The files under `tuned` are plans as `slotweave tune` writes them; each names the command that
    made it. They go through the pipeline like any other plan. Where `judged` has none, the program
    of the plan for `values` serves: it promises more.
    """
    name = f"h{shape.height}-r{shape.rounds}-b{shape.batch}-{contract}.json"
    file = files(__package__) / "tuned" / name
    if file.is_file():
        return plan_from_json(file.read_text(), name)
    stronger = tuned_plan(shape, "values") if contract == "judged" else None
    return stronger and replace(stronger, choices={**stronger.choices, "restore": True})


def default_plan(shape: Shape, contract: str) -> Plan:
    """The design that the model of engines likes best, vectors staggered over the whole run."""
    groups = -(-shape.batch // LANES)
    if contract == "any-start":
        return _plan(ANY_START_STAGGER * shape.rounds, {"style": "vector"})
    design = best_design(shape)
    stagger = STAGGER_SHARE * design.cycles / groups
    last = shape.rounds - len(design.last_pass)
    whole = plain(design.full_pass)
    ending = [
        {"rounds": [last + depth], "way": way}
        for depth, way in enumerate(plain(design.last_pass))
        if way != whole[depth] and way != "child"
    ]
    levels = ["record" if way == "child" else way for way in whole]
    passes = last // len(whole)
    ways = [*design.full_pass * passes, *design.last_pass]
    other = [*design.other_pass * passes, *design.last_pass]
    some = [group for group in range(groups) if group * design.eighths % 8 < design.eighths]
    windows = [number for number, way in enumerate(ways) if way.startswith("window")]
    choices = {
        "style": "vector",
        "levels": levels,
        "levels_but": ending,
        "tables": [table.depth for table in design.tables],
        "children": "both",
        "bias_but": [*_biases(ways), *_biases(other, ways, some)],
        "constant_but": [{"rounds": windows, "way": "whole"}] if windows else [],
    }
    return _plan(stagger, choices)


def pipelined_plan(shape: Shape, contract: str) -> Plan:
    """The default plan, a vector of items in each trip of a loop."""
    plan = default_plan(shape, contract)
    choices = dict(plan.choices)
    for name, value in plan.choices.items():
        if name.endswith("_but"):
            choices[name] = [
                {**one, "groups": [group for group in one["groups"] if group == 0]}
                if "groups" in one else one
                for one in value
            ]  # fmt: skip
    schedule = replace(plan.schedule, stagger=0.0)
    return replace(plan, name=PIPELINED, schedule=schedule, choices={**choices, "loop": 1})


def _biases(
    ways: Sequence[str], usual: Sequence[str] = (), groups: Sequence[int] = ()
) -> Iterator[dict[str, Any]]:
    """How the addresses of these ways are chosen; for some groups only what is not as usual."""
    for mark, name in ((TWO, "select-two"), (NONE, "arithmetic"), ("", "select")):
        rounds = [
            number
            for number, way in enumerate(ways)
            if _mark(way) == mark and not (groups and _mark(usual[number]) == mark)
        ]
        if groups and rounds:
            yield {"rounds": rounds, "groups": list(groups), "way": name}
        elif mark and not usual and rounds:
            yield {"rounds": rounds, "way": name}


def _mark(way: str) -> str:
    return next((mark for mark in (TWO, NONE) if way.endswith(mark)), "")


def _plan(stagger: float, choices: Mapping[str, Any]) -> Plan:
    schedule = ScheduleOptions(stagger=round(stagger, 1))
    return Plan("default", "tree-hash", schedule=schedule, choices=choices)
