"""What a plan may choose for programs with loops, read from the plan and checked.

    {"style": "rolled", "vectors": 8, "shared_levels": 3, "detect": false}

`vectors` is how many vectors of items a trip takes (fewer if the batch has fewer), `shared_levels`
how many levels from the root on are answered from registers. `detect` has the levels below find out
while they run whether all items of the trip stand on one node, which is then read once.
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.ir.plan import Plan

STYLE = "rolled"

#: More vectors than this do not fit into any scratch, nor more levels.
MOST_VECTORS = 256
MOST_SHARED_LEVELS = 5

_KNOWN = ("style", "vectors", "shared_levels", "detect")


@dataclass(frozen=True)
class RolledChoices:
    """The choices of a plan for one shape."""

    vectors: int
    shared_levels: int
    detect: bool


def read_rolled_choices(plan: Plan, shape: Shape, contract: str, lanes: int) -> RolledChoices:
    """The choices in `plan`; raises InputError (SW209) naming what is wrong with them."""
    for key in plan.choices:
        if key not in _KNOWN:
            raise _bad(plan, f"unknown choice {key!r} (known: {', '.join(_KNOWN)})")
    if contract == "any-start":
        raise _bad(plan, "all items must start at the root: contracts values and full")
    if shape.batch < lanes:
        raise _bad(plan, f"a trip takes whole vectors: a batch of at least {lanes} items")
    vectors = _number(plan, "vectors", 8, 1, MOST_VECTORS)
    shared_levels = _number(plan, "shared_levels", 3, 0, MOST_SHARED_LEVELS)
    detect = plan.choices.get("detect", False)
    if not isinstance(detect, bool):
        raise _bad(plan, "'detect' must be true or false")
    return RolledChoices(min(vectors, shape.batch // lanes), shared_levels, detect)


def _number(plan: Plan, key: str, usual: int, lowest: int, highest: int) -> int:
    value = plan.choices.get(key, usual)
    if type(value) is not int or not lowest <= value <= highest:
        raise _bad(plan, f"'{key}' must be a number from {lowest} to {highest}")
    return value


def _bad(plan: Plan, reason: str) -> InputError:
    return InputError(Diagnostic("SW209", f"plan {plan.name!r}: {reason}"))
