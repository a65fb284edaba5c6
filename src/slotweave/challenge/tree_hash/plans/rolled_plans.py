"""The plans of programs with loops by name."""

from __future__ import annotations

from slotweave.challenge.tree_hash.plans.choice_table import ROLLED
from slotweave.ir.plan import Plan, ScheduleOptions

ROLLED_PLAN_NAMES = ("dedup-runtime", "hybrid-unroll")


def rolled_plan(name: str) -> Plan:
    """The plan called `name`, one of ROLLED_PLAN_NAMES; it is the same for every shape."""
    detect = name == "dedup-runtime"
    choices = {
        "style": ROLLED,
        "vectors": 16,
        "shared_levels": 0 if detect else 2,
        "detect": detect,
    }
    return Plan(
        name, "tree-hash", schedule=ScheduleOptions(stagger=2.0, pipeline=False), choices=choices
    )
