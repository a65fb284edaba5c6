"""What a plan may choose for programs with loops, read from the plan and checked.

    {"style": "rolled", "vectors": 8, "shared_levels": 3, "detect": false}

`choice_table` says what each of them means.
"""

from __future__ import annotations

from dataclasses import dataclass

from slotweave.base.diagnostics import Diagnostic, InputError
from slotweave.challenge.tree_hash.plans.choice_table import (
    KNOWN_ROLLED,
    MOST_SHARED_LEVELS,
    MOST_VECTORS,
    choice,
)
from slotweave.challenge.tree_hash.plans.choice_values import unknown_choice
from slotweave.challenge.tree_hash.workload import Shape
from slotweave.ir.plan import Plan


@dataclass(frozen=True)
class RolledChoices:
    """The choices of a plan for one shape."""

    vectors: int
    shared_levels: int
    detect: bool


def read_rolled_choices(plan: Plan, shape: Shape, contract: str, lanes: int) -> RolledChoices:
    """The choices in `plan`; raises InputError (SW209) naming what is wrong with them."""
    for key in plan.choices:
        if key not in KNOWN_ROLLED:
            reason = unknown_choice(key, KNOWN_ROLLED)
            raise _bad(plan, f"{reason}: with style 'rolled' a plan has no other ones")
    if contract == "any-start":
        raise _bad(plan, "all items must start at the root: contracts values and full")
    if shape.batch < lanes:
        raise _bad(plan, f"a trip takes whole vectors: a batch of at least {lanes} items")
    vectors = _number(plan, "vectors", 1, MOST_VECTORS)
    shared_levels = _number(plan, "shared_levels", 0, MOST_SHARED_LEVELS)
    detect = plan.choices.get("detect", choice("detect").default)
    if not isinstance(detect, bool):
        raise _bad(plan, "'detect' must be true or false")
    return RolledChoices(min(vectors, shape.batch // lanes), shared_levels, detect)


def _number(plan: Plan, key: str, lowest: int, highest: int) -> int:
    value = plan.choices.get(key, choice(key).default)
    if type(value) is not int or not lowest <= value <= highest:
        raise _bad(plan, f"'{key}' must be a number from {lowest} to {highest}")
    return value


def _bad(plan: Plan, reason: str) -> InputError:
    return InputError(Diagnostic("SW209", f"plan {plan.name!r}: {reason}"))
